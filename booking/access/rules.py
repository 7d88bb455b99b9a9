"""Who may do what is decided here, from values alone."""

import re
import unicodedata
from datetime import datetime, timedelta
from enum import StrEnum

from booking.access.errors import NotAllowed, PinTooEasy, SecondFactorNeeded, SignInNeeded, WrongAddress
from booking.access.schemas import AccountKind as AccountKind
from booking.access.schemas import Actor
from booking.access.schemas import Role as Role

STAFF_ROLES = (Role.FRONT_DESK, Role.FACILITY_MANAGER, Role.OPERATOR, Role.BODY_ADMINISTRATOR, Role.AUDITOR)
EXPORTERS = (Role.FACILITY_MANAGER, Role.BODY_ADMINISTRATOR)
"""Who may take lists with people's names out as files; the desk and an operator read them on the page."""
RESIDENT_SIGN_IN = timedelta(days=90)
STAFF_SIGN_IN = timedelta(hours=12)
HALF_SIGN_IN = timedelta(minutes=15)
"""How long staff have between the mailed code and the second factor."""


CODE_LASTS = timedelta(minutes=10)
CODE_GUESSES = 5
PIN_GUESSES = 5
LINK_LASTS = timedelta(hours=24)
TOTP_SECONDS = 30
_ADDRESS = re.compile(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]+")
_RUNS = "01234567890", "09876543210"


class CredentialKind(StrEnum):
    """What proves who somebody is, besides a mailed code."""

    PIN = "pin"
    TOTP = "totp"


class LinkPurpose(StrEnum):
    """What a one-time link opens."""

    ENROL_STAFF = "enrol-staff"
    DEMO = "demo"
    MOVED = "moved"


class ProviderKind(StrEnum):
    """What stands behind a button of the sign-in page: LINE, whose address is known, or any OpenID provider."""

    LINE = "line"
    OIDC = "oidc"


class Paper(StrEnum):
    """What the desk was shown before it moved an account."""

    DRIVING_LICENCE = "driving-licence"
    MY_NUMBER_CARD = "my-number-card"
    RESIDENCE_CARD = "residence-card"
    PASSPORT = "passport"
    OTHER = "other"


def cookie_name(*, secure: bool) -> str:
    """The cookie of a sign-in; over https browsers bind it to this host."""
    return "__Host-booking" if secure else "booking"


def device_cookie_name(*, secure: bool) -> str:
    """The cookie that tells one browser from another before anybody has signed in."""
    return "__Host-booking-device" if secure else "booking-device"


def sign_in_lasts(kind: AccountKind, *, second_factor: bool) -> timedelta:
    """How long a sign-in is good for."""
    if kind is not AccountKind.STAFF:
        return RESIDENT_SIGN_IN
    return STAFF_SIGN_IN if second_factor else HALF_SIGN_IN


def require_account(actor: Actor) -> Actor:
    """The actor, when a resident or a child with a card asks. Raises: SignInNeeded, SecondFactorNeeded, NotAllowed."""
    if actor.is_signed_in:
        return actor
    if actor.kind == "nobody":
        raise SignInNeeded
    if actor.kind == "account":
        raise SecondFactorNeeded
    raise NotAllowed


def require_adult(actor: Actor) -> Actor:
    """The actor, when a resident asks and not a child with a card: a card opens nothing about the family.

    Raises: as `require_account`.
    """
    if require_account(actor).account_kind is AccountKind.CARD:
        raise NotAllowed
    return actor


def require_staff(actor: Actor, *roles: Role, scopes: tuple[str, ...] = ()) -> Actor:
    """The actor, when staff (or a token) with one of `roles` for one of `scopes` asks; the service itself always may.

    No roles: any staff role. No scopes: whatever the scope; the verb then keeps to the scopes of the grants.
    Raises: SignInNeeded, SecondFactorNeeded, NotAllowed.
    """
    if actor.kind == "system":
        return actor
    if actor.kind == "nobody":
        raise SignInNeeded(staff=True)
    if actor.kind == "account" and actor.account_kind is AccountKind.STAFF:
        raise SecondFactorNeeded
    wanted = roles or STAFF_ROLES
    if not actor.is_staff or not (actor.may_in(scopes, *wanted) if scopes else actor.has_role(*wanted)):
        raise NotAllowed
    return actor


def scopes_of(actor: Actor, *roles: Role) -> frozenset[str] | None:
    """The body and facility codes for which one of `roles` is held; None means everything."""
    wanted = roles or STAFF_ROLES
    scopes = {grant.scope for grant in actor.grants if grant.role in wanted}
    if actor.kind == "system" or None in scopes:
        return None
    return frozenset(scope for scope in scopes if scope is not None)


def fold_address(typed: str) -> str:
    """A mail address as it is stored: half width, lower case. Raises: WrongAddress."""
    folded = unicodedata.normalize("NFKC", typed).strip().lower()
    if len(folded) > 254 or not _ADDRESS.fullmatch(folded):
        raise WrongAddress
    return folded


def fold_digits(typed: str) -> str:
    """Digits as people type or paste them: full width, with spaces or hyphens between; anything else stays wrong."""
    return re.sub(r"[\s‐-―ー-]", "", unicodedata.normalize("NFKC", typed))


def check_pin(typed: str) -> str:
    """A PIN fit to be set: 4 to 8 digits, not all alike, no run. Raises: PinTooEasy."""
    pin = fold_digits(typed)
    is_run = any(pin in run for run in _RUNS)
    if not re.fullmatch(r"[0-9]{4,8}", pin) or len(set(pin)) == 1 or is_run:
        raise PinTooEasy
    return pin


def own_path(asked: str | None, otherwise: str) -> str:
    """Where to go after a sign-in: a path of ours, never another site's address."""
    if not asked or not asked.startswith("/") or asked.startswith(("//", "/\\")) or not asked.isprintable():
        return otherwise
    return asked


def totp_counters(instant: datetime) -> tuple[int, int, int]:
    """The counters whose digits are taken now: this half minute, the one before, the one after. Source: RFC 6238."""
    counter = int(instant.timestamp()) // TOTP_SECONDS
    return counter, counter - 1, counter + 1


def may_grant(by: Actor, scope: str | None, within: str | None) -> bool:
    """Whether `by` decides who works for a scope: its body's administrators; for everything, those of everything."""
    if by.kind == "system":
        return True
    scopes = tuple(code for code in (scope, within) if code is not None)
    return by.is_staff and by.may_in(scopes, Role.BODY_ADMINISTRATOR)
