"""Who may do what, from values alone."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from booking.access import rules
from booking.access.errors import NotAllowed, PinTooEasy, SecondFactorNeeded, SignInNeeded, WrongAddress
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


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        (" Hanako@Example.JP ", "hanako@example.jp"),
        ("ｈａｎａ＠example.jp", "hana@example.jp"),
        ("a.b+c@x-y.co.jp",) * 2,
    ],
)
def test_addresses_are_folded(typed: str, folded: str) -> None:
    assert rules.fold_address(typed) == folded


@pytest.mark.parametrize("typed", ["", "a", "a@b", "a@b.1", "@x.jp", "a b@x.jp", "a@x.jp\nBcc: b@x.jp", "a@x.jp" * 60])
def test_what_is_no_address(typed: str) -> None:
    with pytest.raises(WrongAddress):
        rules.fold_address(typed)


def test_digits_are_read_as_people_type_them() -> None:
    assert (
        rules.fold_digits("１２３ ４５６") == rules.fold_digits("123-456") == rules.fold_digits("123ー456") == "123456"
    )
    assert rules.fold_digits("12a456") == "12a456"


@pytest.mark.parametrize("pin", ["8052", "13579", "70410852"])
def test_fit_pins(pin: str) -> None:
    assert rules.check_pin(pin) == pin


@pytest.mark.parametrize("pin", ["805", "123456789", "2222", "4567", "7654", "80a2", "", "7890", "０１２３"])
def test_pins_that_are_none_or_too_easy(pin: str) -> None:
    with pytest.raises(PinTooEasy):
        rules.check_pin(pin)


def test_only_our_own_paths_are_followed() -> None:
    assert rules.own_path("/pass?x=1", "/") == "/pass?x=1"
    for asked in (None, "", "pass", "https://x.jp", "//x.jp", "/\\x.jp", "/a\r\nb"):
        assert rules.own_path(asked, "/home") == "/home"


def test_three_half_minutes_are_taken() -> None:
    assert rules.totp_counters(datetime(1970, 1, 1, 0, 5, tzinfo=UTC)) == (10, 9, 11)


def test_who_may_appoint_whom() -> None:
    body = Actor(kind="staff", id=uuid4(), grants=(Grant(Role.BODY_ADMINISTRATOR, "102032"),))
    assert rules.may_grant(body, "kiryu", "102032") and rules.may_grant(body, "102032", None)
    assert not rules.may_grant(body, "maebashi", "100005") and not rules.may_grant(body, None, None)
    assert rules.may_grant(CHIEF, None, None) and rules.may_grant(SYSTEM, None, None)
    assert not rules.may_grant(DESK, "kiryu", "102032") and not rules.may_grant(RESIDENT, "kiryu", None)
