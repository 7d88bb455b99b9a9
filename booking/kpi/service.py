"""Folding visits into figures, and reading the annual-users figure with what it is made of."""

import asyncio
import csv
from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from uuid import UUID

from booking.facilities import queries as facilities
from booking.facilities.rules import hours_of
from booking.kit import clock, db
from booking.kit.tokens import new_id
from booking.kpi import queries, rules
from booking.kpi.errors import NoSuchFiscalYear
from booking.kpi.rules import Scope, Unit
from booking.kpi.schemas import AnnualUsers, Cell
from booking.visits.service_changes import forget_changes, note_changes

PLAN = Path(__file__).parent / "plan" / "kpi_targets.csv"
FOLD_KEY = 0x6B7069
DEFINITIONS = (
    ("plan-person-days", "延べ人日（計画のすべての場所）", "Person-days, all places of the plan", Scope.PLAN, True),
    ("tumo-person-days", "延べ人日（TUMOの講座だけ）", "Person-days, TUMO programs only", Scope.TUMO, False),
)


async def seed() -> int:
    """Load the plan's targets and the two default readings, once. Safe: inserts by key and never updates."""
    added = 0
    async with db.transaction():
        for line in csv.DictReader(PLAN.read_text(encoding="utf-8").splitlines()):
            for column, value in line.items():
                if column.startswith("fy") and value:
                    added += await _insert_target(line, int(column.removeprefix("fy")), int(value))
        for code, name, name_en, scope, is_reported in DEFINITIONS:
            done = await db.execute(
                """insert into kpi_definition (id, code, name, name_en, scope, unit, is_reported, status, valid_from_on)
                   values ($1, $2, $3, $4, $5, $6, $7, 'assumed', $8) on conflict (code) do nothing""",
                new_id(),
                code,
                name,
                name_en,
                scope,
                Unit.PERSON_DAYS,
                is_reported,
                date(2024, 4, 1),
            )
            added += int(done.split()[-1])
    return added


async def _insert_target(line: dict[str, str], fiscal_year: int, target: int) -> int:
    done = await db.execute(
        """insert into kpi_target (id, kpi, name, unit, fiscal_year, target) values ($1, $2, $3, $4, $5, $6)
           on conflict (kpi, fiscal_year) do nothing""",
        new_id(),
        int(line["kpi"]),
        line["name"],
        line["unit"],
        fiscal_year,
        target,
    )
    return int(done.split()[-1])


async def fold(limit: int = 5_000) -> int:
    """Fold changed facility-days into stored figures; how many days were folded.

    Safe: repeated and concurrent. One snapshot reads the changes and the visits; exactly the rows seen are deleted, so
    a change that commits meanwhile stays for the next fold. Another fold in progress is waited for.
    """
    while True:
        folded = await db.in_transaction(partial(_fold_once, limit), isolation="repeatable_read")
        if folded is not None:
            return folded
        await asyncio.sleep(0.05)


async def _fold_once(limit: int) -> int | None:
    """One fold; None when another is in progress. Changes go first: if another fold has just taken them, the snapshot
    is too old, PostgreSQL says so, and the whole is tried again."""
    if not await db.fetchval("select pg_try_advisory_xact_lock($1)", FOLD_KEY):
        return None
    ids, days = await queries.list_changes(limit)
    if days:
        await forget_changes(ids)
        await _refold(days)
    return len(days)


async def _refold(days: Sequence[tuple[UUID, date]]) -> None:
    where = ([facility for facility, _ in days], [on for _, on in days])
    gone = await db.fetch(
        """delete from kpi_presence k using unnest($1::uuid[], $2::date[]) as c(facility, counted_on)
           where k.facility = c.facility and k.counted_on = c.counted_on
           returning k.person_key, k.scope, k.counted_on""",
        *where,
    )
    await db.execute(
        """delete from kpi_figure k using unnest($1::uuid[], $2::date[]) as c(facility, counted_on)
           where k.facility = c.facility and k.counted_on = c.counted_on""",
        *where,
    )
    await db.execute(queries.FOLD, *where)
    await db.execute(queries.FOLD_PRESENCE, *where)
    come = await db.fetch(
        """select k.person_key, k.scope, k.counted_on from kpi_presence k
           join unnest($1::uuid[], $2::date[]) as c(facility, counted_on)
             on k.facility = c.facility and k.counted_on = c.counted_on""",
        *where,
    )
    people = {(row["person_key"], row["scope"], clock.fiscal_year(row["counted_on"])) for row in (*gone, *come)}
    if people:
        keys, scopes, years = zip(*people, strict=True)
        await db.execute(queries.FOLD_PEOPLE, list(keys), list(scopes), list(years))


async def get_annual_users(fiscal_year: int, *, body_code: str | None = None, language: str = "ja") -> AnnualUsers:
    """The annual-users figure of a fiscal year as of now. Raises: NoSuchFiscalYear.

    Source: decisions, What counts. Safe: one snapshot, never a mixture of two moments.
    """
    if not date.min.year < fiscal_year < date.max.year:
        raise NoSuchFiscalYear
    from_on, until_on = clock.fiscal_span(fiscal_year)
    today = clock.today()
    async with db.transaction("repeatable_read", readonly=True):
        if fiscal_year not in await queries.list_fiscal_years():
            raise NoSuchFiscalYear
        target = await queries.find_target(fiscal_year) if body_code is None else None
        definition = await queries.get_reported_definition(language)
        sums = await queries.list_figures(from_on, until_on, body_code)
        people = await queries.count_people(fiscal_year, from_on, until_on, body_code)
        registered = await queries.count_registered(min(today, until_on - timedelta(days=1)), body_code)
        names = await queries.list_names(language)
    values = _values(sums, people)
    value = values[definition.scope][definition.unit]
    remaining = await count_open_days(max(today + timedelta(days=1), from_on), until_on)
    return AnnualUsers(
        fiscal_year=fiscal_year,
        from_on=from_on,
        until_on=until_on,
        as_of=clock.now(),
        target=target,
        definition=definition,
        value=value,
        values=values,
        registered=registered,
        readings=sum(len(by_unit) for by_unit in values.values()),
        readings_met=rules.readings_met(values, target),
        remaining_open_days=remaining,
        needed_per_day=rules.needed_per_day(value, target, remaining),
        **_breakdowns(sums, definition.scope, names, fiscal_year),
    )


def _values(sums: list[dict[str, object]], people: dict[str, int]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {
        scope.value: {Unit.PERSON_SESSIONS: 0, Unit.PERSON_DAYS: 0, Unit.PEOPLE: people.get(scope, 0)}
        for scope in Scope
    }
    for row in sums:
        if row["dimension"] == "all" and row["value"] is not None:
            by_unit = found[str(row["scope"])]
            by_unit[Unit.PERSON_SESSIONS] = _whole(row["person_sessions"])
            by_unit[Unit.PERSON_DAYS] = _whole(row["person_days"])
    return found


def _whole(value: object) -> int:
    return int(str(value))


def _breakdowns(
    sums: list[dict[str, object]], scope: Scope, names: dict[str, dict[str, str]], fiscal_year: int
) -> dict[str, list[Cell]]:
    mine = [row for row in sums if row["scope"] == scope]

    def cells(dimension: str, column: str, known: dict[str, str]) -> list[Cell]:
        rows = [row for row in mine if row["dimension"] == dimension and row[column] is not None]
        made = [_cell(str(row[column]), known.get(str(row[column]), str(row[column])), row) for row in rows]
        return sorted(made, key=lambda cell: (-cell.person_days, cell.code))

    months = {cell.code: cell for cell in cells("all", "month", {})}
    every_month = [
        months.get(key) or Cell(code=key, name=key, person_days=0, person_sessions=0)
        for key in (rules.month_key(month) for month in rules.months_of(fiscal_year))
    ]
    return {
        "by_facility": cells("all", "facility_code", names["facility"]),
        "by_program": cells("program", "value", names["program"]),
        "by_month": every_month,
        "by_municipality": cells("municipality", "value", names["municipality"]),
        "by_school_stage": cells("school-stage", "value", {}),
        "by_entry": cells("entered-by", "value", {})
        + [cell for cell in cells("closed-by", "value", {}) if cell.code == "auto"],
    }


def _cell(code: str, name: str, row: dict[str, object]) -> Cell:
    return Cell(
        code=code, name=name, person_days=_whole(row["person_days"]), person_sessions=_whole(row["person_sessions"])
    )


async def count_open_days(from_on: date, until_on: date) -> int:
    """Days of a span on which at least one facility is open."""
    if from_on >= until_on:
        return 0
    everywhere = [facility.id for facility in await facilities.list_facilities()]
    calendar = await facilities.load_calendar(everywhere, from_on, until_on - timedelta(days=1))
    days = (from_on + timedelta(days=n) for n in range((until_on - from_on).days))
    return sum(1 for on in days if any(hours_of(calendar, facility, on).is_open for facility in everywhere))


async def rebuild() -> list[str]:
    """Fold everything again from the visits; the differences found, one sentence each (none, normally)."""
    differences: list[str] = []
    before = await _sums_by_day()
    async with db.transaction():
        await note_changes(await queries.list_days_with_figures())
    while await fold():
        pass
    after = await _sums_by_day()
    for where in sorted(before.keys() | after.keys()):
        if before.get(where, 0) != after.get(where, 0):
            differences.append(f"{where[0]} {where[1]}: {before.get(where, 0)} → {after.get(where, 0)} person-days")
    return differences


async def _sums_by_day() -> dict[tuple[str, str], int]:
    while await fold():
        pass
    rows = await db.fetch(
        """select f.code, k.counted_on, k.person_days from kpi_figure k join facility f on f.id = k.facility
           where k.dimension = 'all' and k.scope = 'plan'"""
    )
    return {(row["code"], row["counted_on"].isoformat()): row["person_days"] for row in rows}
