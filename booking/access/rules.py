"""Who may do what is decided here, from values alone."""

from datetime import timedelta
from enum import StrEnum

from booking.access.errors import NotAllowed, SecondFactorNeeded, SignInNeeded
from booking.access.schemas import AccountKind as AccountKind
from booking.access.schemas import Actor
from booking.access.schemas import Role as Role

STAFF_ROLES = (Role.FRONT_DESK, Role.FACILITY_MANAGER, Role.OPERATOR, Role.BODY_ADMINISTRATOR, Role.AUDITOR)
RESIDENT_SIGN_IN = timedelta(days=90)
STAFF_SIGN_IN = timedelta(hours=12)
HALF_SIGN_IN = timedelta(minutes=15)
"""How long staff have between the mailed code and the second factor."""


class CredentialKind(StrEnum):
    """What proves who somebody is, besides a mailed code."""

    PIN = "pin"
    TOTP = "totp"


class LinkPurpose(StrEnum):
    """What a one-time link opens."""

    ENROL_STAFF = "enrol-staff"
    DEMO = "demo"


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
