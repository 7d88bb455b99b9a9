"""Identifiers, secrets and seals."""

import hashlib
import hmac
import os
import secrets
import threading
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import cache
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken

from booking.kit.settings import get_settings

_made = threading.Lock()
_last_made = 0


def new_id() -> UUID:
    """A UUID version 7: sorts by the time it was made, and within a process by the order of making.

    The twelve bits after the version are the 4096ths of a millisecond, counted on where the clock stands still or goes
    back. Source: RFC 9562, 5.7 and 6.2 (methods 3 and 1).
    """
    global _last_made  # noqa: PLW0603 - one order of making per process
    ticks = (time.time_ns() << 12) // 1_000_000  # the machine's clock on purpose: order of making, not a domain time
    with _made:
        _last_made = ticks = max(ticks, _last_made + 1)
    value = (ticks >> 12 & (2**48 - 1)) << 80 | 0x7 << 76 | (ticks & 0xFFF) << 64
    return UUID(int=value | 0x2 << 62 | int.from_bytes(os.urandom(8), "big") >> 2)


def new_secret(prefix: str = "", size_bytes: int = 32) -> str:
    """A secret that cannot be guessed, URL-safe, with a prefix that tells its kind."""
    return prefix + secrets.token_urlsafe(size_bytes)


def digest(text: str) -> str:
    """SHA-256 in hex: what is stored instead of a secret."""
    return hashlib.sha256(text.encode()).hexdigest()


def keyed_digest(text: str) -> str:
    """HMAC-SHA-256 under the installation's secret key: for what is short enough to be tried out, such as a code."""
    return hmac.new(get_settings().secret_key.encode(), text.encode(), hashlib.sha256).hexdigest()


@cache
def _sealer(secret_key: str) -> Fernet:
    return Fernet(urlsafe_b64encode(hashlib.sha256(b"booking seal " + secret_key.encode()).digest()))


def seal(plain: bytes) -> str:
    """Encrypt for storage under the installation's secret key."""
    return _sealer(get_settings().secret_key).encrypt(plain).decode()


def unseal(sealed: str) -> bytes:
    """Open what `seal` made. Raises: ValueError when the secret key is another one."""
    try:
        return _sealer(get_settings().secret_key).decrypt(sealed.encode())
    except InvalidToken:
        raise ValueError("BOOKING_SECRET_KEY is not the one this was sealed with") from None


def to_text(raw: bytes) -> str:
    """Bytes as URL-safe text without padding."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def from_text(text: str) -> bytes:
    """Bytes from `to_text`. Raises: ValueError."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
