"""People: members, the households they belong to, and the guardians who act for them.

A member is a person who may visit. What an account may see and do for a member comes from a guardianship alone, never
from sharing a household: rights `consent`, `book`, `be_told`, state `claimed` (booking yes; notices and history no)
until the desk has seen both, then `confirmed`. A member is registered with a body under a text that somebody agreed
to; staff see only the members registered with a body of theirs.

Invariants: one live household per account; a member number is never given twice; a protected member exists only for
the accounts that staff have named, and every read that starts from an account goes through `queries` so that nobody
else can tell. This room must never say that a child is already known, and never record why a child is protected.
"""
