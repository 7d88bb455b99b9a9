"""Members, households, guardianships and consents.

A member belongs to a household and is registered with a body. Never: a protected member shown to an
account nobody named.
"""
