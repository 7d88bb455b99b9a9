"""The pass code: `P1` and BASE32 of 89 signed bytes, so that any scanner and any keyboard layout carries it whole."""

import base64
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from booking.passes.errors import ForgedPass, MalformedPass, PassExpired, PassNotYetValid, PassRevoked, UnknownKey
from booking.passes.schemas import DecodedPass, PassClaims, VerifyingKey

PREFIX = "P1"
LENGTH = 145
_BYTES = 89
_CLAIMS_BYTES = 25
_STRAY_BITS = 0b111
"""143 digits of five bits are three bits more than 89 bytes; the last three must be zero: one spelling."""
_DIGITS = re.compile("P1[A-Z2-7]{143}")
_TO_BASE_32 = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789ABCDEFGHIJKLMNOPQRSTUV")
"""From the digits of RFC 4648 to those `int` reads: many times faster than `base64.b32decode`."""
_TO_HALF_WIDTH = {0x3000: 0x20, **{code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}}
_TO_UPPER = {code: code - 32 for code in range(ord("a"), ord("z") + 1)}
_WHITE_SPACE = " \t\r\n"


def encode(claims: PassClaims, private_key: Ed25519PrivateKey) -> str:
    """The one spelling of a signed pass, 145 characters for a QR code in alphanumeric mode."""
    body = (
        claims.kid.to_bytes(1)
        + claims.pass_id.bytes
        + int(claims.valid_from.timestamp()).to_bytes(4)
        + int(claims.valid_until.timestamp()).to_bytes(4)
    )
    signature = private_key.sign(PREFIX.encode() + body)
    return PREFIX + base64.b32encode(body + signature).decode().rstrip("=")


def normalise(text: str) -> str:
    """What a scanner on any keyboard layout meant: half width, upper case, no white space around."""
    return text.translate(_TO_HALF_WIDTH).translate(_TO_UPPER).strip(_WHITE_SPACE)


def decode(text: str) -> DecodedPass:
    """Take a code apart without believing it.

    Raises: MalformedPass when it is not exactly one pass code.
    """
    code = normalise(text)
    if len(code) != LENGTH or not code.startswith(PREFIX):
        raise MalformedPass
    if not _DIGITS.fullmatch(code):
        raise MalformedPass
    value = int(code[len(PREFIX) :].translate(_TO_BASE_32), 32)
    if value & _STRAY_BITS:
        raise MalformedPass
    raw = (value >> 3).to_bytes(_BYTES)
    body = raw[:_CLAIMS_BYTES]
    claims = PassClaims(
        kid=body[0],
        pass_id=UUID(bytes=body[1:17]),
        valid_from=datetime.fromtimestamp(int.from_bytes(body[17:21]), UTC),
        valid_until=datetime.fromtimestamp(int.from_bytes(body[21:25]), UTC),
    )
    return DecodedPass(claims, PREFIX.encode() + body, raw[_CLAIMS_BYTES:])


def verify(decoded: DecodedPass, keys: Mapping[int, VerifyingKey]) -> PassClaims:
    """Believe a pass that a known key signed; a retired key still counts.

    Raises: UnknownKey · PassRevoked when its key was revoked · ForgedPass.
    """
    key = keys.get(decoded.claims.kid)
    if key is None:
        raise UnknownKey
    if key.state == "revoked":
        raise PassRevoked
    try:
        _public_key(key.public_key).verify(decoded.signature, decoded.signed)
    except InvalidSignature:
        raise ForgedPass from None
    return decoded.claims


def check_validity(claims: PassClaims, at: datetime, *, is_revoked: bool) -> None:
    """See that a believed pass holds at a moment.

    Raises: PassRevoked · PassExpired · PassNotYetValid.
    """
    if is_revoked:
        raise PassRevoked
    if at >= claims.valid_until:
        raise PassExpired
    if at < claims.valid_from:
        raise PassNotYetValid


@lru_cache(maxsize=256)
def _public_key(raw: bytes) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(raw)
