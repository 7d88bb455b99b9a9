"""Closing a facility's day (日報): heads are counted beside it, somebody signs, and what comes later shows."""

from datetime import date, datetime, timedelta
from uuid import UUID

import msgspec

from booking.access.errors import NotAllowed
from booking.access.rules import require_staff
from booking.access.schemas import Actor
from booking.access.service import record_audit
from booking.facilities.queries import get_facility, load_calendar, lock_facilities
from booking.facilities.rules import hours_of
from booking.facilities.schemas import FacilityView
from booking.kit import clock, db
from booking.kit.tokens import new_id
from booking.visits import queries_day_close as queries
from booking.visits.errors_day_close import (
    CountNotThen,
    CountUnknown,
    CoverageReasonMissing,
    DayNotOver,
    DaySignedAlready,
)
from booking.visits.rules_day_close import coverage_of, differences_of, may_sign_from, needs_reason
from booking.visits.schemas_day_close import DayCloseView, DayFigures, SignedDay
from booking.visits.service_desk import DESK

LONGEST_SPAN_DAYS = 400
UNSIGNED_DAYS = 30
"""How many open days back an unsigned day is still reminded of."""
LOOK_BACK = timedelta(days=92)


async def read_days(place: FacilityView, first: date, last: date) -> list[DayCloseView]:
    """The days of a facility from `first` to `last`, newest first, without kiosks and later changes."""
    figures = await queries.figures_of_days(place.id, first, last)
    counts = await queries.counts_of_days(place.id, first, last)
    signed = await queries.signatures_of_days(place.id, first, last)
    ends = await _ends(place, first, last)
    days = [last - timedelta(days=back) for back in range((last - first).days + 1)]
    views = []
    for day in days:
        now_figures, now_counts, signature = figures.get(day, DayFigures()), counts.get(day, ()), signed.get(day)
        from_at = may_sign_from(ends[day], clock.day_span(day)[0], _closed_now(place, day))
        ready = "ready" if clock.now() >= from_at else "running"
        differences = (
            differences_of(signature.day.figures, now_figures, signature.day.counts, now_counts) if signature else ()
        )
        views.append(
            DayCloseView(
                facility=place.code,
                on=day,
                state="signed" if signature else ready,
                may_sign_from=from_at,
                figures=now_figures,
                counts=now_counts,
                coverage_permille=coverage_of(now_counts),
                needs_reason=needs_reason(now_counts),
                signature=signature,
                differences=differences,
            )
        )
    return views


async def read_day(place: FacilityView, day: date) -> DayCloseView:
    """One day with its kiosks and, when it is signed, with what came later."""
    (view,) = await read_days(place, day, day)
    kiosks = await queries.kiosks_of_day(place.id, day)
    changes = await queries.list_later_changes(place.id, day, view.signature.signed_at) if view.signature else ()
    return msgspec.structs.replace(view, kiosks=kiosks, changes=changes)


async def _ends(place: FacilityView, first: date, last: date) -> dict[date, list[datetime]]:
    """When each day's sessions and opening hours end."""
    calendar = await load_calendar([place.id], first, last)
    sessions = await queries.last_ends(place.id, first, last)
    found: dict[date, list[datetime]] = {}
    for ahead in range((last - first).days + 1):
        day = first + timedelta(days=ahead)
        spans = hours_of(calendar, place.id, day).spans
        closes = [clock.at_local(day, spans[-1].closes)] if spans else []
        found[day] = closes + ([sessions[day]] if day in sessions else [])
    return found


def _closed_now(place: FacilityView, day: date) -> datetime | None:
    at = place.closed_now_at
    return at if at is not None and clock.local_date(at) == day else None


async def list_unsigned(place: FacilityView) -> list[date]:
    """Past days that were open or had visits and that nobody has signed, newest first: of the last 30 such days."""
    first_known = await queries.first_visit_on(place.id)
    last = clock.today() - timedelta(days=1)
    if first_known is None or first_known > last:
        return []
    first = max(first_known, last - LOOK_BACK)
    calendar = await load_calendar([place.id], first, last)
    came = await queries.days_with_visits(place.id, first, last)
    signed = await queries.signatures_of_days(place.id, first, last)
    days = [last - timedelta(days=back) for back in range((last - first).days + 1)]
    open_days = [day for day in days if day in came or hours_of(calendar, place.id, day).is_open]
    return [day for day in open_days[:UNSIGNED_DAYS] if day not in signed]


async def count_heads(by: Actor, facility_code: str, heads: int, counted_at: datetime) -> UUID:
    """Write down how many heads somebody counted at a moment, beside how many the service knew.

    Raises: NotAllowed, CountNotThen for a moment to come, DaySignedAlready.
    """
    place = await get_facility(facility_code)
    require_staff(by, *DESK, scopes=place.scopes)
    now, day = clock.now(), clock.local_date(counted_at)
    if counted_at > now or counted_at < now - LOOK_BACK:
        raise CountNotThen
    count_id = new_id()
    async with db.transaction():
        await lock_facilities([place.id])
        await _refuse_signed(place, day)
        (inside,) = await queries.inside_at(place.id, [counted_at])
        await db.execute(
            "insert into head_count (id, facility, counted_on, counted_at, heads, inside, by_account, made_at)"
            " values ($1, $2, $3, $4, $5, $6, $7, $8)",
            *(count_id, place.id, day, counted_at, heads, inside, by.id, now),
        )
        said = {"heads": heads, "inside": inside, "at": counted_at.isoformat()}
        await record_audit(by, "head-count.add", "head-count", count_id, scope=place.code, detail=said)
    return count_id


async def remove_count(by: Actor, count_id: UUID) -> tuple[str, date]:
    """Take a head count back that was mistyped; the audit trail keeps it. Facility and day, for the way back.

    Raises: CountUnknown, NotAllowed, DaySignedAlready.
    """
    found = await queries.find_count(count_id)
    if found is None:
        raise CountUnknown
    code, day, heads, counted_at = found
    place = await get_facility(code)
    require_staff(by, *DESK, scopes=place.scopes)
    async with db.transaction():
        await lock_facilities([place.id])
        await _refuse_signed(place, day)
        await db.execute("delete from head_count where id = $1", count_id)
        said = {"heads": heads, "at": counted_at.isoformat()}
        await record_audit(by, "head-count.remove", "head-count", count_id, scope=code, detail=said)
    return code, day


async def sign_day(by: Actor, facility_code: str, day: date, *, reason: str = "", note: str = "") -> DayCloseView:
    """Sign a facility's day with its figures as they are now.

    Raises: NotAllowed, DayNotOver, CoverageReasonMissing, DaySignedAlready (it says by whom).
    Safe: the facility's lock lets one of two at once sign; the other is told who did.
    """
    place = await get_facility(facility_code)
    require_staff(by, *DESK, scopes=place.scopes)
    if by.id is None:
        raise NotAllowed
    async with db.transaction():
        place = (await lock_facilities([place.id]))[place.id]
        await _refuse_signed(place, day)
        view = await read_day(place, day)
        _check(view, reason)
        now, close_id = clock.now(), new_id()
        signed = SignedDay(figures=view.figures, counts=view.counts, kiosks=view.kiosks)
        await db.execute(
            "insert into day_close (id, facility, closed_on, figures, coverage_permille, reason, note, signed_by,"
            " signed_by_name, signed_at) values ($1, $2, $3, $4::jsonb, $5, $6, $7, $8, $9, $10)",
            *(close_id, place.id, day, msgspec.json.encode(signed).decode(), view.coverage_permille),
            *(reason.strip() or None, note.strip() or None, by.id, by.name, now),
        )
        said = {"on": day.isoformat(), "coverage_permille": view.coverage_permille}
        await record_audit(
            by, "day-close.sign", "day-close", close_id, scope=place.code, reason=reason.strip() or None, detail=said
        )
        return await read_day(place, day)


def _check(view: DayCloseView, reason: str) -> None:
    if view.state == "running":
        raise DayNotOver(at=view.may_sign_from)
    if view.needs_reason and not reason.strip():
        raise CoverageReasonMissing(fields={"reason": CoverageReasonMissing()})


async def _refuse_signed(place: FacilityView, day: date) -> None:
    signed = (await queries.signatures_of_days(place.id, day, day)).get(day)
    if signed is not None:
        raise DaySignedAlready(name=signed.signed_by_name, at=signed.signed_at)
