"""The visits behind a number: rights checked, every view logged."""

import re
from datetime import date, datetime
from uuid import UUID

import msgspec

from booking.access import service as access
from booking.access.rules import Role, require_staff
from booking.access.schemas import Actor
from booking.facilities import queries as facilities
from booking.kit import clock, db
from booking.kit.errors import MalformedRequest
from booking.kit.tokens import from_text, to_text
from booking.kpi import queries
from booking.kpi.errors import NoSuchPeriod
from booking.kpi.schemas import CountedVisit, CountedVisits

READERS = (Role.FACILITY_MANAGER, Role.OPERATOR, Role.BODY_ADMINISTRATOR, Role.AUDITOR)
_MONTH = re.compile(r"^(20[0-9]{2})-(0[1-9]|1[0-2])$")


def period_of(fiscal_year: int | None, month: str | None) -> tuple[date, date]:
    """First day of the period asked for and of the next; a month wins over a year. Raises: NoSuchPeriod."""
    if month:
        found = _MONTH.match(month)
        if found is None:
            raise NoSuchPeriod
        first = date(int(found[1]), int(found[2]), 1)
        return first, date(first.year + first.month // 12, first.month % 12 + 1, 1)
    year = clock.fiscal_year(clock.today()) if fiscal_year is None else fiscal_year
    if not 2000 <= year <= 2100:
        raise NoSuchPeriod
    return clock.fiscal_span(year)


async def list_counted_visits(
    by: Actor,
    period: tuple[date, date],
    *,
    facility: str | None = None,
    program: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> CountedVisits:
    """A page of visits that count in a period. Raises: NotAllowed, NotFound for another body's facility."""
    require_staff(by, *READERS)
    seen = [each for each in await facilities.list_facilities() if by.may_in(each.scopes, *READERS)]
    if facility:
        seen = [each for each in seen if each.code == facility]
    async with db.transaction():
        rows = await queries.list_counted_visits(
            *period, [each.code for each in seen], program=program, after=_after(cursor), limit=limit + 1
        )
        items = [msgspec.convert(row, CountedVisit) for row in rows[:limit]]
        shown = [item.member_id for item in items if item.member_id]
        await access.record_view(by, shown, "kpi-visits", scope=facility, by_list=True)
    return CountedVisits(items=items, next_cursor=_cursor(items[-1]) if len(rows) > limit else None)


def _cursor(last: CountedVisit) -> str:
    return to_text(f"{last.entered_at.isoformat()} {last.id}".encode())


def _after(cursor: str | None) -> tuple[datetime, UUID] | None:
    if not cursor:
        return None
    try:
        entered_at, visit_id = from_text(cursor).decode().split(" ")
        found = datetime.fromisoformat(entered_at), UUID(visit_id)
    except ValueError:
        raise MalformedRequest from None
    if found[0].tzinfo is None:
        raise MalformedRequest
    return found
