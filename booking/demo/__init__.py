"""The demo: plausible, plainly fictional data, and the walk on one laptop.

Exempt, by name, from the law that a room is changed only through its own verbs.
"""
