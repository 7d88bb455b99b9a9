"""Seals that a person opens with a short number on a device without network: PBKDF2 and AES-256-GCM.

WebCrypto has both. The seal of one text under one number is always the same, so that an ETag over it says whether
anything changed: the nonce is a digest of the text under a key of its own, never used for two different texts.
"""

import hashlib
import hmac
import secrets
import zlib
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from msgspec import Struct

from booking.kit.tokens import from_text, to_text

ITERATIONS = 600_000
"""Source: OWASP Password Storage Cheat Sheet, PBKDF2-HMAC-SHA256."""
NONCE_BYTES = 12
SALT_BYTES = 16


class Sealed(Struct, frozen=True, kw_only=True):
    """Deflated text, sealed; bytes are base64url without padding."""

    salt: str
    iterations: int
    nonce: str
    sealed: str


def new_salt() -> str:
    """A salt as `seal_with` takes it."""
    return to_text(secrets.token_bytes(SALT_BYTES))


@lru_cache(maxsize=256)
def key_from(number: str, salt: str) -> bytes:
    """The key of a number; half a second of work on a slow machine, so call it in a thread."""
    return hashlib.pbkdf2_hmac("sha256", number.encode(), from_text(salt), ITERATIONS, 32)


def seal_with(number: str, salt: str, plain: bytes) -> Sealed:
    """Deflate and seal. Safe: the same text under the same number gives the same seal."""
    key = key_from(number, salt)
    deflated = zlib.compress(plain, 6)
    nonce_key = hmac.digest(key, b"nonce", "sha256")
    nonce = hmac.digest(nonce_key, deflated, "sha256")[:NONCE_BYTES]
    sealed = AESGCM(key).encrypt(nonce, deflated, None)
    return Sealed(salt=salt, iterations=ITERATIONS, nonce=to_text(nonce), sealed=to_text(sealed))


def open_with(number: str, found: Sealed) -> bytes:
    """The text inside. Raises: ValueError when the number is another one."""
    key = hashlib.pbkdf2_hmac("sha256", number.encode(), from_text(found.salt), found.iterations, 32)
    try:
        return zlib.decompress(AESGCM(key).decrypt(from_text(found.nonce), from_text(found.sealed), None))
    except InvalidTag:
        raise ValueError("not the number this was sealed with") from None
