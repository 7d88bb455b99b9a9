"""Facilities, hours, sessions and eligibility for the door, kept in memory as long as their version is the same.

They change when staff change them, some times a day; scans come many times a second. The version comes with the facts
of every batch, so an edit is seen by the next scan, in every process.
"""

from collections import OrderedDict
from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from booking.facilities.queries import list_facilities, load_calendar
from booking.facilities.rules import hours_of
from booking.facilities.schemas import Calendar
from booking.kit import clock
from booking.programs.queries import list_sessions, load_eligibility
from booking.programs.rules import SessionState
from booking.visits.rules_facts import has_opened
from booking.visits.schemas_day_list import OpenSpan
from booking.visits.schemas_facts import Reference

KEPT = 8
_kept: OrderedDict[tuple[str, tuple[date, ...]], Reference] = OrderedDict()


async def reference(version: str, days: Sequence[date]) -> Reference:
    """What the door refers to on these days, as of a version."""
    key = (version, tuple(days))
    found = _kept.get(key)
    if found is None:
        found = _kept[key] = await load_reference(version, days)
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return found


async def load_reference(version: str, days: Sequence[date]) -> Reference:
    """The same, read now."""
    facilities = {one.id: one for one in await list_facilities()}
    first, last = min(days) - timedelta(days=1), max(days) + timedelta(days=1)
    calendar = await load_calendar(facilities, first, last)
    wanted = {day + timedelta(days=shift) for day in days for shift in (-1, 0, 1)}
    spans = {(one, day): open_spans(calendar, one, day) for one in facilities for day in wanted}
    states = (SessionState.PUBLISHED, SessionState.CANCELLED)
    held = await list_sessions(first_day=min(days), last_day=max(days), states=states)
    sessions = {one.id: one for one in held if has_opened(one)}
    programs = {one.program_id: one.program_code for one in sessions.values()}
    return Reference(
        version=version,
        facilities=facilities,
        spans=spans,
        sessions=sessions,
        sessions_at={at: tuple(one for one in sessions.values() if one.facility_id == at) for at in facilities},
        program_codes=programs,
        eligibility=await load_eligibility(programs),
        allowed={},
    )


def open_spans(calendar: Calendar, facility_id: UUID, day: date) -> tuple[OpenSpan, ...]:
    """When a facility is open on a day, as instants."""
    spans = hours_of(calendar, facility_id, day).spans
    return tuple(OpenSpan(clock.at_local(day, one.opens), clock.at_local(day, one.closes)) for one in spans)
