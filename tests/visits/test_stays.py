"""A day told again from what was said at the doors."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from booking.visits.rules_kinds import ClosedBy
from booking.visits.rules_stays import Entered, Event, beside_entered, stays_of

NOON = datetime(2026, 11, 21, 3, tzinfo=UTC)
HERE, THERE = uuid4(), uuid4()


def said(minute: int, verdict: Any = "welcome", facility: UUID | None = HERE, **given: Any) -> Event:
    """Something said some minutes after noon."""
    at = NOON + timedelta(minutes=minute)
    given = {"session": None, "code": verdict, **given}
    return Event(at=at, scan=uuid4(), verdict=verdict, facility=facility, **given)


def spans(*events: Event, now: int = 600) -> list[tuple[UUID, int, int | None, ClosedBy | None]]:
    """The stays as minutes after noon."""

    def minutes(at: datetime | None) -> int | None:
        return None if at is None else int((at - NOON).total_seconds()) // 60

    stays = stays_of(events, NOON + timedelta(minutes=now))
    return [(one.facility, minutes(one.entered_at) or 0, minutes(one.left_at), one.closed_by) for one in stays]


def test_in_and_out_in_whatever_order_it_is_told() -> None:
    events = [said(40, "goodbye"), said(0)]
    assert spans(*events) == [(HERE, 0, 40, ClosedBy.SCAN)]


def test_again_inside_is_the_same_stay() -> None:
    assert spans(said(0), said(5), said(9, "refused"), said(9, "ask", None)) == [(HERE, 0, None, None)]


def test_elsewhere_is_a_move() -> None:
    assert spans(said(0), said(30, facility=THERE)) == [(HERE, 0, 30, ClosedBy.MOVE), (THERE, 30, None, None)]


def test_another_session_at_the_same_place_is_a_new_stay() -> None:
    first, second = uuid4(), uuid4()
    told = spans(said(0, session=first), said(60, session=second), said(61))
    assert told == [(HERE, 0, 60, ClosedBy.MOVE), (HERE, 60, None, None)]


def test_closing_ends_a_stay_before_the_next_thing_happens() -> None:
    closing = NOON + timedelta(minutes=100)
    assert spans(said(0, until=closing), said(200)) == [(HERE, 0, 100, ClosedBy.AUTO), (HERE, 200, None, None)]
    assert spans(said(0, until=closing), said(100, "goodbye")) == [(HERE, 0, 100, ClosedBy.AUTO)]
    assert spans(said(0, until=closing), now=99) == [(HERE, 0, None, None)]


def test_leaving_without_having_come_is_nothing() -> None:
    assert spans(said(0, "goodbye")) == []
    assert spans(said(0, "welcome", None)) == []


def test_of_one_moment_the_counter_decides() -> None:
    assert spans(said(0, "goodbye", order=2), said(0, order=1)) == [(HERE, 0, 0, ClosedBy.SCAN)]


def entered(start: int, end: int | None, facility: UUID = HERE, closed_by: Any = ClosedBy.STAFF) -> Entered:
    """A visit that staff entered, in minutes after noon."""
    return Entered(
        id=uuid4(),
        facility=facility,
        entered_at=NOON + timedelta(minutes=start),
        left_at=None if end is None else NOON + timedelta(minutes=end),
        closed_by=None if end is None else closed_by,
        entry_scan=None,
        exit_scan=None,
    )


def beside(events: list[Event], *visits: Entered, is_stored: bool = False) -> tuple[list[tuple[int, int | None]], int]:
    """The stays that remain, as minutes after noon, and how many found no place."""
    stays = stays_of(events, NOON + timedelta(minutes=600))
    own, lost = beside_entered(stays, visits, {one.entry_scan for one in stays} if is_stored else ())
    for one in own:
        assert not any(each.overlaps(one) for each in visits)
    spans = [(one.entered_at, one.left_at) for one in own]
    return [tuple(at and int((at - NOON).total_seconds()) // 60 for at in span) for span in spans], len(lost)  # type: ignore[misc]


def test_stays_within_what_staff_entered_are_that_visit() -> None:
    visit = entered(10, 60)
    events = [said(12), said(30, "goodbye"), said(40), said(58, "goodbye")]
    assert beside(events, visit) == ([], 0)
    assert (visit.entry_scan, visit.left_at) == (events[0].scan, NOON + timedelta(minutes=60))
    assert beside([said(0), said(5, "goodbye"), said(70)], visit) == ([(0, 5), (70, None)], 0)
    assert beside([said(5), said(90, "goodbye")], entered(10, None)) == ([], 0)


def test_a_stored_stay_gives_way_to_what_staff_entered() -> None:
    assert beside([said(0), said(90, "goodbye")], entered(10, 60), is_stored=True) == ([(0, 10)], 0)
    assert beside([said(20), said(90, "goodbye")], entered(10, 60), is_stored=True) == ([(60, 90)], 0)
    assert beside([said(20), said(40, "goodbye")], entered(10, 60), is_stored=True) == ([], 1)
    assert beside([said(20)], entered(10, None), is_stored=True) == ([], 1)


def test_a_stay_elsewhere_has_the_time_that_is_left() -> None:
    there = entered(10, 60, THERE)
    assert beside([said(20), said(90, "goodbye")], there) == ([(60, 90)], 0)
    assert beside([said(20), said(40, "goodbye")], there) == ([], 1)
    assert there.entry_scan is None


def test_an_exit_nobody_said_is_where_somebody_went_on() -> None:
    for visit in (entered(10, None, THERE), entered(10, 300, THERE, ClosedBy.AUTO)):
        event = said(20)
        assert beside([event], visit) == ([(20, None)], 0)
        assert (visit.left_at, visit.closed_by, visit.exit_scan) == (event.at, ClosedBy.MOVE, event.scan)
    assert beside([said(5)], entered(10, None, THERE)) == ([(5, 10)], 0)
