"""A calendar as it would be with one decision more or less: so that people see what a closure does beforehand."""

from datetime import datetime
from uuid import UUID

import msgspec

from booking.facilities.schemas import Calendar, ClosureView
from booking.facilities.schemas_forms import DayDecision


def with_decision(
    calendar: Calendar, facility_id: UUID, decision: DayDecision, closure_id: UUID, at: datetime
) -> Calendar:
    """The calendar if somebody decided this about a day."""
    closure = ClosureView(
        id=closure_id,
        facility_id=facility_id,
        closed_on=decision.day,
        kind=decision.kind,
        from_time=decision.from_time,
        until_time=decision.until_time,
        reason=decision.reason,
        reasons=decision.reasons,
        decided_at=at,
    )
    return _replaced(calendar, facility_id, (*calendar.facilities[facility_id].closures, closure))


def without_closure(calendar: Calendar, facility_id: UUID, closure_id: UUID) -> Calendar:
    """The calendar if this decision were taken back."""
    kept = tuple(each for each in calendar.facilities[facility_id].closures if each.id != closure_id)
    return _replaced(calendar, facility_id, kept)


def _replaced(calendar: Calendar, facility_id: UUID, closures: tuple[ClosureView, ...]) -> Calendar:
    one = msgspec.structs.replace(calendar.facilities[facility_id], closures=closures)
    return msgspec.structs.replace(calendar, facilities={**calendar.facilities, facility_id: one})
