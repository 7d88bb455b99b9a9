"""What was shown, read without asking anybody: the code of a pass, a number, the key of a family member."""

import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from uuid import UUID

from msgspec import Struct

from booking.access.rules import fold_digits
from booking.kit.errors import Refusal
from booking.passes.rules import decode, verify
from booking.passes.schemas import DecodedPass, PassClaims, VerifyingKey
from booking.people.rules import is_number
from booking.reservations.rules_group_visits import CODE_DIGITS, LETTER_MARK

REMEMBERED = 20_000
"""Codes whose signature was found good; a signature takes a tenth of a millisecond, and codes are shown often."""
_DOOR_CODE = re.compile(rf"(?:{LETTER_MARK}(?P<day>[0-9]{{8}}))?(?P<code>[0-9]{{{CODE_DIGITS}}})")
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF10, 0xFF1A)}


class Read(Struct, frozen=True, kw_only=True):
    """A code that was read: its claims, believed unless `problem` says why not."""

    claims: PassClaims | None = None
    problem: str | None = None


def read_pass(token: str, keys: Mapping[int, bytes]) -> Read:
    """Read the code of a pass and check its signature; whether key and pass were revoked is another question."""
    try:
        decoded = decode(token)
        key = keys.get(decoded.claims.kid)
        if key is None:
            return Read(claims=decoded.claims, problem="pass-unknown-key")
        _check_signature(decoded, key)
    except Refusal as refusal:
        return Read(problem=refusal.code)
    return Read(claims=decoded.claims)


@lru_cache(maxsize=REMEMBERED)
def _check_signature(decoded: DecodedPass, public_key: bytes) -> None:
    """Raises: ForgedPass. What raised is not remembered."""
    verify(decoded, {decoded.claims.kid: VerifyingKey(public_key)})


def read_number(text: str) -> str | None:
    """A member number as typed or scanned: eight digits with their check digit, spaces and hyphens dropped."""
    digits = text.translate(_FULL_WIDTH).replace(" ", "").replace("-", "").replace("\u3000", "")
    return digits if is_number(digits) else None


def read_door_code(text: str, day: date) -> tuple[str | None, str | None]:
    """The code of the day of a group visit, typed or from the letter, and what is wrong with it on a day."""
    found = _DOOR_CODE.fullmatch(fold_digits(text).upper())
    if found is None:
        return None, "group-unknown"
    if found["day"] is not None and found["day"] != f"{day:%Y%m%d}":
        return None, "group-not-today"
    return found["code"], None


def read_member_key(text: str) -> UUID | None:
    """The key under which a kiosk knows a member."""
    try:
        return UUID(text)
    except ValueError:
        return None
