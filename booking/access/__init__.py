"""Who may enter: accounts, sign-in, roles, API tokens, and the two logs nobody may change.

An *account* signs in; a *sign-in* is one browser; a *grant* is a role for a scope. Nobody has a password: a mailed
code, a card's number with its PIN, or a one-time link proves who somebody is, and staff prove a second thing besides.
Invariants: secrets are kept as digests or sealed; every sign-in has a new id; guesses are counted in the database and
so limited across processes; an audit row is written in the transaction of its change. It knows no place and no member.
"""
