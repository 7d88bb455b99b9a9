"""Who may do what, from values alone."""

from datetime import timedelta
from uuid import uuid4

import pytest

from booking.access import rules
from booking.access.errors import NotAllowed, SecondFactorNeeded, SignInNeeded
from booking.access.schemas import NOBODY, SYSTEM, AccountKind, Actor, Grant, Role

RESIDENT = Actor(kind="account", id=uuid4(), account_kind=AccountKind.RESIDENT)
HALF = Actor(kind="account", id=uuid4(), account_kind=AccountKind.STAFF)
DESK = Actor(kind="staff", id=uuid4(), account_kind=AccountKind.STAFF, grants=(Grant(Role.FRONT_DESK, "kiryu"),))
CHIEF = Actor(kind="token", id=uuid4(), grants=(Grant(Role.BODY_ADMINISTRATOR), Grant(Role.AUDITOR, "100005")))


def test_residents_and_cards_are_accounts() -> None:
    assert rules.require_account(RESIDENT) is RESIDENT


@pytest.mark.parametrize(
    ("actor", "refusal"), [(NOBODY, SignInNeeded), (HALF, SecondFactorNeeded), (DESK, NotAllowed), (CHIEF, NotAllowed)]
)
def test_others_are_no_accounts(actor: Actor, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        rules.require_account(actor)


def test_staff_pass_with_a_role_in_its_scope() -> None:
    assert rules.require_staff(DESK) is DESK
    assert rules.require_staff(DESK, Role.FRONT_DESK, scopes=("kiryu", "102032")) is DESK
    assert rules.require_staff(CHIEF, Role.BODY_ADMINISTRATOR, scopes=("kiryu",)) is CHIEF
    assert rules.require_staff(SYSTEM, Role.AUDITOR, scopes=("x",)) is SYSTEM


@pytest.mark.parametrize(
    ("actor", "roles", "scopes", "refusal"),
    [
        (NOBODY, (), (), SignInNeeded),
        (HALF, (), (), SecondFactorNeeded),
        (RESIDENT, (), (), NotAllowed),
        (DESK, (Role.AUDITOR,), (), NotAllowed),
        (DESK, (Role.FRONT_DESK,), ("maebashi", "100005"), NotAllowed),
        (CHIEF, (Role.AUDITOR,), ("102032",), NotAllowed),
    ],
)
def test_staff_do_not_pass_beyond_their_grants(
    actor: Actor, roles: tuple[Role, ...], scopes: tuple[str, ...], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        rules.require_staff(actor, *roles, scopes=scopes)


def test_a_browser_is_sent_to_the_right_door() -> None:
    with pytest.raises(SignInNeeded) as residents:
        rules.require_account(NOBODY)
    with pytest.raises(SignInNeeded) as staff:
        rules.require_staff(NOBODY)
    assert (residents.value.page, staff.value.page) == ("/sign-in", "/staff/sign-in")


def test_scopes_of_a_role() -> None:
    assert rules.scopes_of(DESK) == {"kiryu"}
    assert rules.scopes_of(CHIEF, Role.AUDITOR) == {"100005"}
    assert rules.scopes_of(CHIEF) is None
    assert rules.scopes_of(SYSTEM) is None
    assert rules.scopes_of(RESIDENT) == frozenset()


def test_cookies_and_how_long_they_last() -> None:
    assert rules.cookie_name(secure=True) == "__Host-booking"
    assert rules.cookie_name(secure=False) == "booking"
    assert rules.device_cookie_name(secure=True).startswith("__Host-")
    assert rules.device_cookie_name(secure=False) == "booking-device"
    assert rules.sign_in_lasts(AccountKind.CARD, second_factor=False) == timedelta(days=90)
    assert rules.sign_in_lasts(AccountKind.STAFF, second_factor=True) == timedelta(hours=12)
    assert rules.sign_in_lasts(AccountKind.STAFF, second_factor=False) == timedelta(minutes=15)
