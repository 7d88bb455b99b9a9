"""What a kiosk may be set to, and how a pairing code is written."""

import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from booking.kiosks.errors import KioskFormRefused, KioskNameMissing, NoFacilityChosen, NotOnePlace, StaffPinRefused

CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without 0 O 1 I L U: nobody has to ask which one it was."""
CODE_LENGTH = 8
CODE_LIFETIME = timedelta(minutes=30)
SILENT_AFTER = timedelta(minutes=2)
"""How long a kiosk may say nothing before its place waits for its scans. Source: decisions, no-show."""
CLOCK_WRONG_MS = 120_000
NAME_LENGTH = 60
PIN_DIGITS = 6
PIN_LENGTHS = range(6, 9)
_TO_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}


class Direction(StrEnum):
    """Whether a kiosk lets people in, out, or decides by who is inside."""

    IN = "in"
    OUT = "out"
    AUTO = "auto"


class Contact(StrEnum):
    """What staff see of a kiosk at a glance."""

    UNPAIRED = "unpaired"
    REVOKED = "revoked"
    NEVER = "never"
    ALIVE = "alive"
    SILENT = "silent"


def new_code() -> str:
    """A pairing code that nobody can guess within its life."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))


def normalise_code(text: str) -> str:
    """What was meant: upper case, half width, without spaces and hyphens."""
    folded = text.translate(_TO_HALF_WIDTH).upper()
    return "".join(character for character in folded if character.isalnum())


def spell_code(code: str) -> str:
    """A code as staff read it out: two groups of four."""
    return f"{code[:4]}-{code[4:]}"


def new_staff_pin() -> str:
    """A staff number that is not easily guessed."""
    while _is_easy(pin := f"{secrets.randbelow(10**PIN_DIGITS):0{PIN_DIGITS}}"):
        continue
    return pin


def check_staff_pin(text: str) -> str:
    """A staff number as somebody typed it: six to eight digits, neither all the same nor counted up or down.

    Raises: StaffPinRefused.
    """
    pin = text.translate(_TO_HALF_WIDTH).strip()
    if len(pin) not in PIN_LENGTHS or not (pin.isascii() and pin.isdigit()) or _is_easy(pin):
        raise StaffPinRefused
    return pin


def _is_easy(pin: str) -> bool:
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}
    return len(steps) == 1 and steps <= {0, 1, 9}


def contact(
    *, paired_at: datetime | None, revoked_at: datetime | None, seen_at: datetime | None, now: datetime
) -> Contact:
    """How a kiosk is doing."""
    if revoked_at is not None:
        return Contact.REVOKED
    if paired_at is None:
        return Contact.UNPAIRED
    if seen_at is None:
        return Contact.NEVER
    return Contact.ALIVE if now - seen_at < SILENT_AFTER else Contact.SILENT


def check_kiosk(name: str, places: frozenset[str]) -> None:
    """See that a kiosk can be put on the register.

    Raises: KioskFormRefused with every field's refusal.
    """
    fields = {
        **({} if 0 < len(name.strip()) <= NAME_LENGTH else {"name": KioskNameMissing(n=NAME_LENGTH)}),
        **({} if places else {"facility": NoFacilityChosen()}),
        **({"facility": NotOnePlace()} if len(places) > 1 else {}),
    }
    if fields:
        raise KioskFormRefused(fields=fields)
