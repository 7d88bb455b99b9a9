"""Passes: the signed QR credential of a member.

A pass is valid from and until a moment, revoked or not; its code holds no personal data and is verified without
network. Signing keys are current, retired (still verify) or revoked (do not). Never: a word about bookings, a name in
a code, a code with two spellings.
"""
