"""Facilities: bodies, municipalities, places, facilities, and when they are open.

A facility belongs to one body and stands in a place whose entrance it may share. It is open on a day when its hours
say so and no closing rule closes it, unless somebody decided otherwise for that day. What nobody has confirmed is
marked provisional. Never: a calendar rule in code that staff cannot see and edit, a day opened by one rule against
another without being listed.
"""
