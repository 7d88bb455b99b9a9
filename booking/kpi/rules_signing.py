"""Signatures under what leaves an installation, and the short form of a key that two people compare."""

import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from booking.kit.tokens import from_text, to_text

FINGERPRINT_DIGITS = 24


def public_key_of(private: Ed25519PrivateKey) -> str:
    """The key that others check with."""
    return to_text(private.public_key().public_bytes_raw())


def sign(private: Ed25519PrivateKey, purpose: str, content: bytes) -> str:
    """A signature under bytes made for a purpose; it holds for no other purpose."""
    return to_text(private.sign(_message(purpose, content)))


def is_signed(public_key: str, signature: str, purpose: str, content: bytes) -> bool:
    """Whether a signature was made by the owner of a key."""
    try:
        key = Ed25519PublicKey.from_public_bytes(from_text(public_key))
        key.verify(from_text(signature), _message(purpose, content))
    except (InvalidSignature, ValueError):
        return False
    return to_text(from_text(signature)) == signature and to_text(from_text(public_key)) == public_key


def _message(purpose: str, content: bytes) -> bytes:
    return purpose.encode() + b"\n" + content


def fingerprint(public_key: str) -> str:
    """A key as it is read out: 24 hexadecimal digits of its SHA-256, in fours."""
    digits = hashlib.sha256(public_key.encode()).hexdigest()[:FINGERPRINT_DIGITS]
    return " ".join(digits[n : n + 4] for n in range(0, FINGERPRINT_DIGITS, 4))
