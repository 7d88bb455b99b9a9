"""Closing a facility at once, and opening it again: the rows. Who calls looks after people, bookings and doors."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from booking.access.schemas import Actor
from booking.access.service import record_audit
from booking.facilities.errors import ClosedNowAlready, NotClosedNow
from booking.facilities.schemas import ClosingNowView, FacilityView
from booking.facilities.tables import ClosingNow, Facility
from booking.kit import clock, db
from booking.kit.tokens import new_id


async def close_at_once(by: Actor, facility: FacilityView, *, reason: str, note: str, now: datetime) -> ClosingNowView:
    """Let nobody in from this moment until the day ends, within the caller's transaction, who has locked the facility.

    Raises: ClosedNowAlready.
    """
    if facility.closed_now_at is not None:
        raise ClosedNowAlready
    await _end_with_their_days(facility.id, now)
    closing = ClosingNowView(
        id=new_id(),
        facility_id=facility.id,
        reason=reason,
        note=note or None,
        closed_at=now,
        closed_by=by.id,
        reopened_at=None,
        reopened_by=None,
    )
    await ClosingNow.insert(
        ClosingNow(
            id=closing.id, facility=facility.id, reason=reason, note=closing.note, closed_at=now, closed_by=by.id
        )
    )
    shut: dict[Any, Any] = {"closed_now_at": now, "closed_now_reason": reason}
    await Facility.update(shut).where(Facility.id == facility.id)
    detail = {"closing": str(closing.id), "note": note}
    await record_audit(
        by, "facility.close-now", "facility", facility.id, scope=facility.code, reason=reason, detail=detail
    )
    return closing


async def _end_with_their_days(facility_id: UUID, now: datetime) -> None:
    """Closings of earlier days ended with those days, whoever remembered."""
    rows = await db.fetch(
        "select id, closed_at from closing_now where facility = $1 and reopened_at is null", facility_id
    )
    for row in rows:
        day_end = clock.day_span(clock.local_date(row["closed_at"]) + timedelta(days=1))[0]
        if day_end <= now:
            await ClosingNow.update({"reopened_at": day_end}).where(ClosingNow.id == row["id"])


async def open_again(by: Actor, facility: FacilityView, closing: ClosingNowView, now: datetime) -> None:
    """Let people in again, within the caller's transaction, who has locked the facility.

    Raises: NotClosedNow when it was opened meanwhile, or its day is over.
    """
    if facility.closed_now_at != closing.closed_at or closing.reopened_at is not None:
        raise NotClosedNow
    opened: dict[Any, Any] = {"closed_now_at": None, "closed_now_reason": None}
    await Facility.update(opened).where(Facility.id == facility.id)
    done: dict[Any, Any] = {"reopened_at": now, "reopened_by": by.id}
    await ClosingNow.update(done).where(ClosingNow.id == closing.id)
    detail = {"closing": str(closing.id)}
    await record_audit(by, "facility.reopen", "facility", facility.id, scope=facility.code, detail=detail)
