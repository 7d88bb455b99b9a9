"""What is offered: programs, who may take part, weekly patterns and the sessions they make.

A session is drafted, published or cancelled. Seats taken are counted, never stored.
"""
