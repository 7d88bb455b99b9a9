"""Booking decided from values alone: every refusal, and that nothing else is refused."""

from datetime import date, timedelta
from typing import Any

import pytest

from booking.kit.tokens import new_id
from booking.reservations import rules
from booking.reservations.schemas_facts import Decision, OrderFacts, Seats
from tests.reservations.facts import NOW, PROGRAM, a_holding, a_member, a_reservation, a_rule, a_session, the_facts

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def codes(facts: OrderFacts) -> list[list[str]]:
    """The refusal codes of each pair of an order."""
    return [[refusal.code for refusal in each.refusals] for each in rules.decide_order(facts)]


def one(facts: OrderFacts) -> Decision:
    """The decision of an order of one pair."""
    (decision,) = rules.decide_order(facts)
    return decision


def test_a_seat_is_granted() -> None:
    """Nothing stands against it."""
    assert codes(the_facts(a_session(), a_member())) == [[]]


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"state": "draft"}, "unknown-session"),
        ({"state": "cancelled"}, "session-cancelled"),
        ({"hours": -2}, "session-past"),
        ({"selection": "draw"}, "session-by-draw"),
        ({"booking_opens_at": NOW + MINUTE}, "booking-not-open-yet"),
        ({"booking_closes_at": NOW}, "booking-closed"),
        ({"roll_over_at": NOW}, "seats-at-door"),
        ({"web_seats": 0}, "session-full"),
        ({"body_code": "102032"}, "consent-missing"),
    ],
)
def test_what_a_session_refuses(columns: dict[str, Any], expected: str) -> None:
    """The first refusal is the one that is said."""
    assert codes(the_facts(a_session(**columns), a_member()))[0][0] == expected


@pytest.mark.parametrize(
    "columns",
    [
        {"booking_opens_at": NOW},
        {"booking_closes_at": NOW + MINUTE},
        {"roll_over_at": NOW + MINUTE},
        {"hours": -1, "booking_closes_at": NOW + MINUTE, "roll_over_at": NOW + MINUTE},
    ],
)
def test_windows_are_half_open(columns: dict[str, Any]) -> None:
    """From the opening instant on, until just before the closing one; also while the session runs."""
    assert codes(the_facts(a_session(**columns), a_member())) == [[]]


@pytest.mark.parametrize(
    ("born", "grades", "adults", "grade"),
    [
        (date(2014, 4, 2), (7, 12), False, 6),
        (date(2014, 4, 1), (8, 12), False, 7),
        (date(2008, 4, 2), (1, 9), False, 12),
        (date(1990, 1, 1), (1, 12), False, None),
        (date(2022, 1, 1), (1, 12), True, 0),
        (date(2012, 6, 1), None, True, 8),
    ],
)
def test_who_is_not_eligible(born: date, grades: tuple[int, int] | None, adults: bool, grade: int | None) -> None:
    """Decided by the school year as of the session's day; the refusal knows where the member can go."""
    facts = the_facts(a_session(), a_member(birth_on=born), eligibility={PROGRAM: (a_rule(grades, adults=adults),)})
    (refusal,) = one(facts).refusals
    assert refusal.code == "not-eligible"
    assert refusal.params["grade"] == grade
    assert "たろう" in refusal.say("ja") and "{" not in refusal.say("ja") and "{" not in refusal.say("en")


def test_a_school_year_counts_on_the_day_of_the_session() -> None:
    """A sixth-grader books in March for April, when they will be in 中学1年."""
    april = a_session(starts_at=NOW + timedelta(days=140), ends_at=NOW + timedelta(days=141), held_on=date(2027, 4, 10))
    march = a_session(starts_at=NOW + timedelta(days=120), ends_at=NOW + timedelta(days=121), held_on=date(2027, 3, 20))
    assert codes(the_facts([april, march], a_member(birth_on=date(2014, 6, 1)))) == [[], ["not-eligible"]]


def test_without_a_rule_nobody_is_eligible() -> None:
    """A program that has said nothing is for nobody, and says that it is being prepared."""
    (refusal,) = one(the_facts(a_session(), a_member(), eligibility={})).refusals
    assert refusal.code == "not-eligible"
    assert "準備中" in refusal.say("ja")


def test_nobody_books_for_strangers_or_those_who_left() -> None:
    """The answer is the same for a stranger, a member who left and nobody at all."""
    stranger, gone, nobody = a_member(), a_member(left_at=NOW), new_id()
    facts = the_facts(a_session(), [stranger, gone])
    facts = the_facts(
        a_session(), [stranger, gone], bookable=frozenset({gone.id}), member_ids=(stranger.id, gone.id, nobody)
    )
    assert codes(facts) == [["not-yours"]] * 3


def test_one_cannot_book_twice_nor_be_in_two_places() -> None:
    """A live reservation of the session itself, or one that overlaps it; touching ends do not overlap."""
    member, session = a_member(), a_session()
    before, after = a_session(hours=22), a_session(hours=26)
    inside, waiting = a_session(hours=25), a_session(hours=25)
    assert codes(the_facts(session, member, holdings=(a_holding(session, member, "waiting"),))) == [["already-waiting"]]
    held = (a_holding(before, member), a_holding(after, member), a_holding(waiting, member, "waiting"))
    assert codes(the_facts(session, member, holdings=held)) == [[]]
    (refusal,) = one(the_facts(session, member, holdings=(a_holding(inside, member),))).refusals
    assert refusal.code == "overlaps" and "つくる" in refusal.say("ja") and "Make" in refusal.say("vi")
    assert codes(the_facts(session, a_member(), holdings=(a_holding(session, member),))) == [[]]


def test_the_limit_of_bookings_held_at_once() -> None:
    """Confirmed and offered ones of the program that have not ended count; others do not."""
    member, session = a_member(), a_session(max_held=2)
    running, ended, elsewhere = a_session(hours=-1), a_session(hours=-48), a_session(hours=48, program_id=new_id())
    arrived = a_holding(a_session(hours=-1), member, "arrived")
    few = (a_holding(running, member), a_holding(ended, member), a_holding(elsewhere, member), arrived)
    assert codes(the_facts(session, member, holdings=few)) == [[]]
    enough = (*few, a_holding(a_session(hours=72), member, "offered"))
    assert codes(the_facts(session, member, holdings=enough)) == [["limit-held"]]


def test_the_limit_of_a_week() -> None:
    """Weeks begin on Monday; seats used count as well; waiting does not."""
    member = a_member()
    saturday, sunday, monday = a_session(hours=-4), a_session(max_per_week=1), a_session(hours=48, max_per_week=1)
    used = (a_holding(saturday, member, "arrived"),)
    assert codes(the_facts(sunday, member, holdings=used)) == [["limit-week"]]
    assert codes(the_facts(monday, member, holdings=used)) == [[]]
    assert codes(the_facts(sunday, member, holdings=(a_holding(saturday, member, "waiting"),))) == [[]]
    assert codes(
        the_facts(sunday, member, holdings=(a_holding(a_session(program_id=new_id(), hours=-9), member),))
    ) == [[]]


def test_what_an_order_grants_counts_for_the_rest_of_it() -> None:
    """The last seat goes to the first child; a limit of one leaves the second session."""
    ann, ben = a_member(), a_member()
    full = a_session(web_seats=1)
    assert codes(the_facts(full, [ann, ben])) == [[], ["session-full"]]
    first, second = a_session(max_held=1), a_session(hours=48, max_held=1)
    assert codes(the_facts([first, second], ann)) == [[], ["limit-held"]]
    assert codes(the_facts([a_session(), a_session()], ann)) == [[], ["overlaps"]]


@pytest.mark.parametrize(
    ("taken", "overridden", "expected"),
    [
        (10, set(), ["session-full"]),
        (10, {"session-full"}, []),
        (11, {"session-full"}, []),
        (12, {"session-full"}, ["session-full"]),
        (9, {"session-full"}, []),
    ],
)
def test_staff_may_give_a_walk_in_seat_but_never_more_than_there_are(
    taken: int, overridden: set[str], expected: list[str]
) -> None:
    """Ten web seats and two for walk-ins."""
    session = a_session()
    facts = the_facts(session, a_member(), taken={session.id: taken}, overridden=frozenset(overridden))
    decision = one(facts)
    assert [each.code for each in decision.refusals] == expected
    assert decision.overridden == (("session-full",) if not expected and taken >= 10 else ())


def test_staff_learn_no_name_of_the_other_bodys_members() -> None:
    """The refusal says what to do and nobody's name."""
    (refusal,) = one(the_facts(a_session(), a_member(body_codes=("102032",)), is_desk=True)).refusals
    assert refusal.code == "registration-missing" and "たろう" not in refusal.say("ja")


def test_only_named_rules_are_set_aside() -> None:
    """An override names its rule; rules that protect a person or the past cannot be named."""
    session = a_session(booking_opens_at=NOW + HOUR)
    named = frozenset({"booking-not-open-yet", "limit-held", "session-past", "consent-missing"})
    decision = one(the_facts(session, a_member(), overridden=named))
    assert (decision.refusals, decision.overridden) == ((), ("booking-not-open-yet",))
    assert codes(the_facts(a_session(hours=-9), a_member(), overridden=named))[0][0] == "session-past"
    assert codes(the_facts(a_session(), a_member(body_codes=()), overridden=named)) == [["consent-missing"]]


def test_seats_roll_over_to_the_door() -> None:
    """Before the roll-over free web seats can be booked, from it on the door gives them."""
    session = a_session(roll_over_at=NOW)
    assert rules.seats_of(session, 3, NOW - MINUTE) == Seats(10, 2, 3, 7)
    assert rules.seats_of(session, 3, NOW) == Seats(10, 2, 3, 0)
    assert rules.seats_of(session, 11, NOW - MINUTE) == Seats(10, 2, 11, 0)


@pytest.mark.parametrize(
    ("columns", "taken", "expected"),
    [
        ({}, 9, None),
        ({}, 10, "session-full"),
        ({"state": "cancelled"}, 10, "session-cancelled"),
        ({"booking_opens_at": NOW + MINUTE}, 0, "booking-not-open-yet"),
    ],
)
def test_why_nobody_can_book_a_session(columns: dict[str, Any], taken: int, expected: str | None) -> None:
    """What a page says before anybody is chosen."""
    refusal = rules.refusal_of_session(a_session(**columns), taken, NOW)
    assert (refusal.code if refusal else None) == expected


def test_why_one_member_cannot() -> None:
    """Each on their own, whatever the others book."""
    ann, ben = a_member(), a_member(body_codes=())
    facts = the_facts(a_session(web_seats=1), [ann, ben])
    assert rules.refusal_for(facts, ann.id) is None
    refusal = rules.refusal_for(facts, ben.id)
    assert refusal is not None and refusal.code == "consent-missing"


@pytest.mark.parametrize(
    ("state", "hours_before", "overridden", "expected"),
    [
        ("confirmed", 2, (), None),
        ("waiting", 2, (), None),
        ("confirmed", 1, (), "too-late-to-cancel"),
        ("confirmed", 1, ("too-late-to-cancel",), None),
        ("arrived", 2, (), "already-arrived"),
        ("released", 2, (), "reservation-ended"),
        ("cancelled", 0, (), None),
    ],
)
def test_what_can_be_cancelled(
    state: str, hours_before: int, overridden: tuple[str, ...], expected: str | None
) -> None:
    """Until the time the session says; staff may name the rule; twice is no complaint."""
    reservation = a_reservation(state)
    now = reservation.starts_at - hours_before * HOUR
    refusal = rules.decide_cancel(reservation, now, frozenset(overridden))
    assert (refusal.code if refusal else None) == expected


@pytest.mark.parametrize(
    ("overridden", "reason", "expected"),
    [
        ((), "", None),
        (("limit-held",), "校外学習", None),
        (("limit-held",), " ", "override-reason-missing"),
        (("already-booked",), "x", "not-overridable"),
        (("nonsense",), "x", "not-overridable"),
    ],
)
def test_an_override_is_named_and_has_a_reason(overridden: tuple[str, ...], reason: str, expected: str | None) -> None:
    """Both, or nothing is set aside."""
    refusal = rules.check_override(frozenset(overridden), reason)
    assert (refusal.code if refusal else None) == expected


@pytest.mark.parametrize(
    ("sessions", "members", "expected"),
    [(1, 1, None), (10, 5, None), (0, 1, "order-empty"), (1, 0, "order-empty"), (17, 3, "order-too-large")],
)
def test_the_size_of_an_order(sessions: int, members: int, expected: str | None) -> None:
    """Somebody, something, and not more than fifty seats."""
    refusal = rules.check_wish(sessions, members)
    assert (refusal.code if refusal else None) == expected


def test_a_refused_order_says_each_pair() -> None:
    """The first refusal speaks for the order; `fields` has every pair's own."""
    ann, ben = a_member(), a_member(body_codes=())
    session = a_session()
    decisions = rules.decide_order(the_facts(session, [ann, ben]))
    refusal = rules.refusal_of(decisions)
    assert refusal.code == "consent-missing"
    assert set(refusal.fields) == {f"{session.id}/{ben.id}"}
    assert rules.refusal_of(rules.decide_order(the_facts(session, ben))).fields == {}


def test_how_far_back_other_reservations_matter() -> None:
    """A running one counts as held, and a week's limit looks at its Monday."""
    assert rules.since_of([a_session(hours=24 * 30)], NOW) == NOW
    assert rules.since_of([a_session(hours=24), a_session(hours=48)], NOW) == NOW - timedelta(days=6)
