"""The visits behind a number: rights checked, every view logged, and the list comes to the same number."""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

import msgspec

from booking.access import service as access
from booking.access.rules import EXPORTERS, Role, require_staff
from booking.access.schemas import Actor
from booking.facilities import queries as facilities
from booking.kit import clock, db
from booking.kit.errors import MalformedRequest
from booking.kit.tokens import from_text, to_text
from booking.kpi import queries, queries_behind
from booking.kpi.errors import ListTooLong, NoSuchPeriod
from booking.kpi.rules import READERS, DefinitionStatus, Unit
from booking.kpi.rules_certifying import month_span
from booking.kpi.schemas_behind import Asked, Counted, CountedVisits, ImportedTotal

LONGEST_FILE = 100_000
"""Rows of a file; a workbook has a million, a reader a patience."""
FILTERS = ("body", "facility", "program", "municipality", "school_stage", "entered_by", "closed_by")
_BAND = re.compile(r"^([0-9]{1,3})-([0-9]{1,3})?$")


def period_of(fiscal_year: str | None, month: str | None, day: str | None) -> tuple[date, date]:
    """First day of the period asked for and of the next; a day wins over a month over a year. Raises: NoSuchPeriod."""
    if day:
        try:
            found = date.fromisoformat(day)
        except ValueError:
            raise NoSuchPeriod from None
        if not 2000 <= found.year <= 2100:
            raise NoSuchPeriod
        return found, found + timedelta(days=1)
    if month:
        named = month_span(month)
        if named is None:
            raise NoSuchPeriod
        return named
    year = fiscal_year or str(clock.fiscal_year(clock.today()))
    if not re.fullmatch(r"20[0-9]{2}", year):
        raise NoSuchPeriod
    return clock.fiscal_span(int(year))


async def read_asked(by: Actor, given: Mapping[str, str]) -> Asked:
    """What an address asks for; scope and unit are those of the reading in force unless it says others.

    Raises: NotAllowed, NoSuchPeriod, MalformedRequest.
    """
    require_staff(by, *READERS)
    now = await queries.get_reported_definition()
    from_on, until_on = period_of(given.get("fiscal_year"), given.get("month"), given.get("day"))
    scope, unit, often = given.get("scope") or now.scope, given.get("unit") or now.unit, given.get("often")
    band = _BAND.match(often) if often else None
    if scope not in {each.code for each in await queries.list_scopes()} or (often and band is None):
        raise MalformedRequest
    if unit not in tuple(Unit):
        raise MalformedRequest
    return Asked(
        from_on=from_on,
        until_on=until_on,
        scope=scope,
        unit=Unit(unit),
        often=(int(band[1]), int(band[2]) if band[2] else None) if band else None,
        **{name: given.get(name) for name in FILTERS},
    )


async def list_counted_visits(by: Actor, asked: Asked, *, cursor: str | None = None, limit: int = 50) -> CountedVisits:
    """A page of the visits behind a number, at facilities whose data the asker may see. Raises: NotAllowed."""
    return await _list(by, asked, READERS, after=_after(cursor), limit=limit)


async def list_for_file(by: Actor, asked: Asked) -> CountedVisits:
    """All of them. Raises: NotAllowed, ListTooLong."""
    return await _list(by, asked, EXPORTERS, after=None, limit=None)


async def _list(
    by: Actor, asked: Asked, roles: tuple[Role, ...], *, after: tuple[datetime, UUID] | None, limit: int | None
) -> CountedVisits:
    require_staff(by, *roles)
    seen = await list_seen(by, asked, roles)
    definition = await queries.get_reported_definition(by.language)
    async with db.transaction():
        counted = await queries_behind.count_behind(asked, seen)
        if limit is None and counted.visits > LONGEST_FILE:
            raise ListTooLong(most=LONGEST_FILE)
        rows = await queries_behind.list_behind(
            asked, seen, after=after, limit=LONGEST_FILE if limit is None else limit + 1
        )
        items = rows if limit is None else rows[:limit]
        imported = await queries_behind.list_imported(asked, seen) if _has_imports(asked) else []
        shown = [item.member_id for item in items if item.member_id]
        await access.record_view(by, shown, "kpi-visits", scope=asked.facility or asked.body, by_list=True)
    return CountedVisits(
        items=items,
        next_cursor=_cursor(items[-1].entered_at, items[-1].id) if len(rows) > len(items) else None,
        counted=_with_imports(counted, imported),
        imported=imported,
        definition=definition.name,
        provisional=definition.status is DefinitionStatus.ASSUMED,
    )


async def list_seen(by: Actor, asked: Asked, roles: tuple[Role, ...]) -> list[str]:
    """Codes of the facilities of a number whose visits somebody may see."""
    return [
        each.code
        for each in await facilities.list_facilities()
        if by.may_in(each.scopes, *roles)
        and asked.facility in (None, each.code)
        and asked.body in (None, each.body_code)
    ]


def _has_imports(asked: Asked) -> bool:
    narrowed = (asked.program, asked.municipality, asked.school_stage, asked.closed_by, asked.often)
    return asked.entered_by in (None, "import") and all(each is None for each in narrowed)


def _with_imports(counted: Counted, imported: list[ImportedTotal]) -> Counted:
    return msgspec.structs.replace(
        counted,
        person_days=counted.person_days + sum(each.person_days for each in imported),
        person_sessions=counted.person_sessions + sum(each.person_sessions for each in imported),
    )


def _cursor(entered_at: datetime, visit_id: UUID) -> str:
    return to_text(f"{entered_at.isoformat()} {visit_id}".encode())


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
