"""Group visits from values: what can be asked, how a group is split over rooms, who may do what when."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import pytest

from booking.reservations import rules_group_visits as rules
from booking.reservations.errors_group_visits import (
    GroupDecisionRefused,
    GroupRequestRefused,
    GroupRequestSettled,
    GroupTooLarge,
    MoreWheelchairsThanPeople,
    PupilsMissing,
    RoomsDoNotAddUp,
    RoomTooSmall,
    WheelchairsDoNotFit,
    WishMissing,
    WishTooFar,
    WishTwice,
)
from booking.reservations.rules_kinds import RequestState
from booking.reservations.schemas_group_visits import AnswerForm, FreeRoom, GroupRequestForm, VisitTime

TODAY = date(2026, 11, 21)


def room(number: int, capacity: int, wheelchairs: int | None = None) -> FreeRoom:
    """A room whose id is its number."""
    return FreeRoom(id=UUID(int=number), name=f"部屋{number}", capacity=capacity, wheelchair_places=wheelchairs)


SPLITS = [
    # heads, capacities, shares
    (10, [20, 30], {1: 10}),
    (25, [20, 30], {2: 25}),
    (38, [20, 20, 8], {1: 19, 2: 19}),
    (39, [20, 20], {1: 19, 2: 20}),
    (45, [40, 20, 10], {1: 35, 3: 10}),
    (59, [20, 20, 20], {1: 19, 2: 20, 3: 20}),
    (100, [40, 30], {1: 40, 2: 30}),
    (5, [], {}),
    (2, [1, 1, 1], {1: 1, 2: 1}),
]


@pytest.mark.parametrize(("heads", "capacities", "shares"), SPLITS)
def test_a_group_is_split_over_as_few_rooms_as_hold_it(
    heads: int, capacities: list[int], shares: dict[int, int]
) -> None:
    rooms = [room(number, capacity) for number, capacity in enumerate(capacities, 1)]
    assert rules.split(heads, rooms) == {UUID(int=number): share for number, share in shares.items()}


WHEELS = [
    # wheelchairs, (capacity, places) of the rooms, shares of 20 people
    (1, [(20, 0), (25, 2)], {2: 20}),
    (2, [(20, 1), (20, 1)], {1: 10, 2: 10}),
    (3, [(30, 1), (30, None)], {2: 20}),
    (3, [(30, 1), (30, 1)], {}),
]


@pytest.mark.parametrize(("wheelchairs", "given", "shares"), WHEELS)
def test_wheelchairs_go_where_they_fit(
    wheelchairs: int, given: list[tuple[int, int | None]], shares: dict[int, int]
) -> None:
    rooms = [room(number, *one) for number, one in enumerate(given, 1)]
    assert rules.split(20, rooms, wheelchairs) == {UUID(int=number): share for number, share in shares.items()}


def test_of_many_rooms_the_largest_are_looked_at() -> None:
    rooms = [room(number, number) for number in range(1, 31)]
    assert sum(rules.split(200, rooms).values()) == 200
    assert len(rules.split(999, rooms)) == rules.MOST_ROOMS


REFUSED_ROOMS = [
    ([(1, 30)], 30, 0, RoomTooSmall),
    ([(1, 19)], 20, 0, RoomsDoNotAddUp),
    ([(1, 20), (2, 1)], 20, 0, RoomsDoNotAddUp),
    ([(1, 20)], 20, 2, WheelchairsDoNotFit),
]


@pytest.mark.parametrize(("chosen", "heads", "wheelchairs", "kind"), REFUSED_ROOMS)
def test_rooms_that_do_not_fit_are_refused(
    chosen: list[tuple[int, int]], heads: int, wheelchairs: int, kind: type[Exception]
) -> None:
    rooms = {one.id: one for one in (room(1, 25, 1), room(2, 10, 0))}
    with pytest.raises(GroupDecisionRefused) as said:
        rules.check_rooms(heads, wheelchairs, [(UUID(int=number), n) for number, n in chosen], rooms)
    assert isinstance(said.value.fields["room"], kind)


def test_rooms_that_fit_are_taken_and_a_house_without_rooms_needs_none() -> None:
    rooms = {one.id: one for one in (room(1, 25, 1), room(2, 10, 0))}
    rules.check_rooms(30, 1, [(UUID(int=1), 22), (UUID(int=2), 8)], rooms)
    rules.check_rooms(30, 1, [], {})
    with pytest.raises(GroupDecisionRefused):
        rules.check_rooms(5, 0, [(UUID(int=9), 5)], rooms)


def form(**given: object) -> GroupRequestForm:
    """A request that can be kept, but for what is given."""
    texts = {
        "nonce": "",
        "facility": "house",
        "organisation": "ためし中学校",
        "contact_name": "先生 ためし",
        "phone": "027-226-2111",
        "email": "",
        "day": ["2026-12-01", "", ""],
        "starts": ["10:00", "", ""],
        "ends": ["12:00", "", ""],
        "pupils": ["", "", "", "", "", "", "38"],
        "adults": "3",
        "wheelchairs": "",
        "bus_count": "1",
        "assistance": "",
        "language": "ja",
        "note": "",
    }
    return GroupRequestForm(**{**texts, **given})  # type: ignore[arg-type]


def test_a_request_is_read() -> None:
    values = rules.check_request(
        form(email="Ｔeacher@Example.jp", language="xx", pupils=["1", "", "2"]), TODAY, ("house",)
    )
    assert values.dates == (VisitTime(date(2026, 12, 1), time(10), time(12)),)
    assert values.pupils == {1: 1, 3: 2}
    assert (values.adults, values.bus_count, values.wheelchairs) == (3, 1, 0)
    assert (values.phone, values.email, values.language) == ("+81272262111", "teacher@example.jp", "ja")


WISHES: list[tuple[dict[str, object], str, type[Exception] | None]] = [
    ({"day": ["", "", ""], "starts": [], "ends": []}, "day-1", WishMissing),
    ({"day": ["2026-12-01", "2026-12-01"], "starts": ["10:00"] * 2, "ends": ["12:00"] * 2}, "day-2", WishTwice),
    ({"day": ["2028-12-01"]}, "day-1", WishTooFar),
    ({"day": ["2026-11-21"]}, "day-1", None),
    ({"ends": ["9:00"]}, "ends-1", None),
    ({"pupils": [], "adults": ""}, "pupils", PupilsMissing),
    ({"pupils": ["400", "200"]}, "pupils", GroupTooLarge),
    ({"pupils": ["x"]}, "pupils-1", None),
    ({"wheelchairs": "99"}, "wheelchairs", MoreWheelchairsThanPeople),
    ({"phone": "12"}, "phone", None),
    ({"email": "nowhere"}, "email", None),
    ({"organisation": " "}, "organisation", None),
    ({"contact_name": "あ" * 81}, "contact_name", None),
    ({"bus_count": "21"}, "bus_count", None),
    ({"facility": ""}, "facility", None),
]


@pytest.mark.parametrize(("given", "field", "kind"), WISHES)
def test_what_cannot_be_used_is_refused_at_its_field(
    given: dict[str, object], field: str, kind: type[Exception] | None
) -> None:
    with pytest.raises(GroupRequestRefused) as said:
        rules.check_request(form(**given), TODAY, ("house",))
    assert field in said.value.fields
    assert kind is None or isinstance(said.value.fields[field], kind)


def test_an_answer_is_read() -> None:
    given = AnswerForm(
        day="2026-12-01", starts="10:00", ends="12:00", room=[str(UUID(int=1)), str(UUID(int=2))], heads=["20", ""],
        outside=True, note=" バスは北側へ ",
    )  # fmt: skip
    values = rules.check_answer(given, TODAY)
    assert values.rooms == ((UUID(int=1), 20),)
    assert (values.note, values.may_be_outside) == ("バスは北側へ", True)
    given.room = ["x"]
    with pytest.raises(GroupDecisionRefused):
        rules.check_answer(given, TODAY)
    given.room = given.heads = []
    assert rules.check_answer(given, TODAY).rooms is None


def test_a_reason_and_a_decision_are_needed() -> None:
    assert rules.check_reason(" この日は点検です ") == "この日は点検です"
    assert rules.check_decision("counter") == "counter"
    for check in (rules.check_reason, rules.check_decision):
        with pytest.raises(GroupDecisionRefused):
            check("")


STEPS = {
    ("asked", "approve"): "approved",
    ("asked", "counter"): "countered",
    ("asked", "decline"): "declined",
    ("asked", "withdraw"): "withdrawn",
    ("countered", "approve"): "approved",
    ("countered", "counter"): "countered",
    ("countered", "decline"): "declined",
    ("countered", "withdraw"): "withdrawn",
    ("countered", "accept"): "approved",
    ("countered", "refuse"): "asked",
    ("countered", "lapse"): "asked",
    ("approved", "counter"): "countered",
    ("approved", "decline"): "declined",
    ("approved", "withdraw"): "withdrawn",
    ("approved", "displace"): "displaced",
    ("countered", "displace"): "displaced",
    ("displaced", "approve"): "approved",
    ("displaced", "counter"): "countered",
    ("displaced", "decline"): "declined",
    ("displaced", "withdraw"): "withdrawn",
    ("displaced", "restore"): "approved",
    ("displaced", "expire"): "expired",
    ("asked", "expire"): "expired",
}


def test_every_state_allows_these_acts_and_no_other() -> None:
    for state in RequestState:
        for act in rules.NEXT:
            expected = STEPS.get((str(state), act))
            assert rules.may(state, act) == (expected is not None)
            if expected is None:
                with pytest.raises(GroupRequestSettled):
                    rules.next_state(state, act)
            else:
                assert rules.next_state(state, act) == expected


def test_why_a_request_is_open_again() -> None:
    then = datetime(2026, 11, 20, tzinfo=UTC)
    assert rules.standing_of("asked", None, None) == "asked"
    assert rules.standing_of("asked", then, None) == "lapsed"
    assert rules.standing_of("asked", then, then + timedelta(days=1)) == "refused"
    assert rules.standing_of("approved", then, None) == "approved"


def test_a_code_has_four_digits_and_is_nobody_elses() -> None:
    assert rules.pick_code(0, ()) == "1000"
    assert rules.pick_code(8999, ()) == "9999"
    assert rules.pick_code(9000, {"1000", "1001"}) == "1002"


def test_who_waits_too_long_for_an_answer_of_ours() -> None:
    then = datetime(2026, 11, 20, tzinfo=UTC)
    late = then + rules.UNANSWERED_FOR + timedelta(seconds=1)
    assert not rules.is_overdue("asked", then, then + rules.UNANSWERED_FOR)
    assert [state for state in RequestState if rules.is_overdue(state, then, late)] == ["asked", "displaced"]


def test_a_call_says_who_called() -> None:
    assert rules.check_called(" 教頭の方 ") == "教頭の方"
    with pytest.raises(GroupRequestRefused):
        rules.check_called(" ")


def test_the_code_of_a_letter_is_the_day_and_the_digits() -> None:
    assert rules.letter_code(date(2026, 11, 22), "0427") == "G1202611220427"
