"""Visits: who came and went, by which door, and what the door said.

A scan is append-only truth. A visit is a fold of one person's scans and corrections of one local day; it is open
while the person is inside, and at most one visit of a person is open. A scan that happened is never refused as a
record: where the service disagrees with what a kiosk told, it flags. Never: a visit without a scan or a correction
behind it, a nonce with two answers, a reason on the screen that shames.
"""
