"""Reservations: one member, one session, one state.

States: confirmed → arrived | cancelled | released; offered, waiting and applied are live too, expired and not-drawn are
ends. A member holds at most one live reservation of a session (partial unique index).

Invariants: reservations that take a seat never outnumber the web seats of a session, unless staff gave one of the
walk-in seats by name and with a reason, and then never all its seats; nobody holds more than the program's limits.
Both hold under any concurrency because `book` locks members, then sessions, then counts.

It must never store a count of seats, decide anything for a member the asker may not see, or send anything before the
commit.
"""
