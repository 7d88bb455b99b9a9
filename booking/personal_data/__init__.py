"""Everything about one person: what is kept, and how it goes.

Erasing deletes the member with everything the rooms below know, each through its own verb. What stays are facts of
nobody that a published number is made of: a visit with its random key of the year, a past booking of a session, a
registration from when until when. No figure, live or certified, may change by it; it cannot be undone; and nothing
that is written about it may hold the name of the erased person. Only the body that registered a person erases them: a
person registered with two bodies goes when the second one agrees.

Two records of one person become one: everything of the second is the first's, nobody sees more of them than was shown
before, and certified figures get dated differences. An account goes alone when nobody is left with nobody. What a body
keeps for a time goes by the same verbs when the time is over.
"""
