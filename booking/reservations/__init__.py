"""Reservations: a member's place in a session.

States: applied, waiting, offered, confirmed, arrived; cancelled, expired, not-drawn, released. Never: two people on one
seat, or a member beyond a limit, whatever arrives at the same moment.
"""
