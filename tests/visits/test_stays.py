"""A day told again from what was said at the doors."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from booking.visits.rules_kinds import ClosedBy
from booking.visits.rules_stays import Event, stays_of

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
