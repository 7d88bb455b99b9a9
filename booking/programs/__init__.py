"""Programs: what is offered, who may take part, weekly patterns and the sessions they make.

A session is drafted, published or cancelled; its windows (booking opens, booking closes, cancel until, roll over) are
computed once, when it is made. Who may take part is decided as of the session's day. Never: a count of seats taken, a
session made twice from one pattern, a session with bookings cancelled from here (that is closing, which tells people).
"""
