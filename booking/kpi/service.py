"""The plan's targets and first readings, and the annual-users figure with what it is made of."""

import csv
from datetime import date, timedelta
from pathlib import Path

import msgspec

from booking.kit import clock, db
from booking.kit.tokens import new_id
from booking.kpi import queries, queries_behind, rules
from booking.kpi.errors import NoSuchFiscalYear
from booking.kpi.rules import Dimension, Unit
from booking.kpi.schemas import AnnualUsers, Band, Cell, NotCountable, ScopeView
from booking.kpi.service_projection import list_open_days, project

PLAN = Path(__file__).parent / "plan" / "kpi_targets.csv"
SCOPES = (
    ("plan", "計画のすべての場所", None, {"en": "All places of the plan"}),
    ("tumo", "TUMOのプログラムだけ", "tumo", {"en": "TUMO programs only"}),
)
DEFINITIONS = (
    ("plan-person-days", "延べ人日（計画のすべての場所）", "Person-days, all places of the plan", "plan", True),
    ("tumo-person-days", "延べ人日（TUMOのプログラムだけ）", "Person-days, TUMO programs only", "tumo", False),
)


async def seed() -> int:
    """Load the plan's targets and the two default readings, once. Safe: inserts by key and never updates."""
    added = 0
    async with db.transaction():
        for line in csv.DictReader(PLAN.read_text(encoding="utf-8").splitlines()):
            for column, value in line.items():
                if column.startswith("fy") and value:
                    added += await _insert_target(line, int(column.removeprefix("fy")), int(value))
        for position, (code, name, brand, names) in enumerate(SCOPES):
            done = await db.execute(
                """insert into kpi_scope (id, code, name, names, brand, position, made_at)
                   values ($1, $2, $3, $4, $5, $6, $7) on conflict (code) do nothing""",
                *(new_id(), code, name, msgspec.json.encode(names).decode(), brand, position, clock.now()),
            )
            added += int(done.split()[-1])
        for code, name, english, scope, is_reported in DEFINITIONS:
            done = await db.execute(
                """insert into kpi_definition (id, code, name, names, scope, unit, is_reported, status, valid_from_on)
                   values ($1, $2, $3, $4, $5, $6, $7, 'assumed', $8) on conflict do nothing""",
                new_id(),
                code,
                name,
                msgspec.json.encode({"en": english}).decode(),
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
        scopes = await queries.list_scopes(language)
        counts = await queries.count_by_days(fiscal_year, definition.scope, body_code)
        totals = await queries_behind.sum_imported(from_on, until_on, body_code)
    values = _values(sums, people, scopes)
    heads = _nameless(sums)
    value = values[definition.scope][definition.unit]
    left = await list_open_days(max(today + timedelta(days=1), from_on), until_on, body_code)
    is_running = from_on <= today < until_on
    return AnnualUsers(
        fiscal_year=fiscal_year,
        from_on=from_on,
        until_on=until_on,
        as_of=clock.now(),
        target=target,
        definition=definition,
        value=value,
        values=values,
        own_values=values,
        scopes=scopes,
        registered=registered,
        readings=sum(len(by_unit) for by_unit in values.values()),
        readings_met=rules.readings_met(values, target),
        projection=await project(definition, value, left, body_code) if is_running else None,
        distribution=[Band(low=low, high=high, people=n) for low, high, n in rules.bands_of(counts)],
        remaining_open_days=len(left),
        needed_per_day=rules.needed_per_day(value, target, len(left)),
        not_countable={
            scope.code: NotCountable(heads=heads.get(scope.code, 0), imported=totals.get(scope.code, 0))
            for scope in scopes
        },
        certified=False,
        certified_scopes=[],
        own_certified=False,
        certification=None,
        breakdowns_of=body_code,
        held_back={},
        **_breakdowns(sums, definition.scope, names, fiscal_year),
    )


def _values(
    sums: list[dict[str, object]], people: dict[str, int], scopes: list[ScopeView]
) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {
        scope.code: {Unit.PERSON_SESSIONS: 0, Unit.PERSON_DAYS: 0, Unit.PEOPLE: people.get(scope.code, 0)}
        for scope in scopes
    }
    for row in sums:
        if row["dimension"] == "all" and row["value"] is not None:
            by_unit = found[str(row["scope"])]
            by_unit[Unit.PERSON_SESSIONS] = _whole(row["person_sessions"])
            by_unit[Unit.PERSON_DAYS] = _whole(row["person_days"])
    return found


def _nameless(sums: list[dict[str, object]]) -> dict[str, int]:
    """By scope, how many of the person-days are of groups and of visits without a name."""
    return {
        str(row["scope"]): _whole(row["person_days"])
        for row in sums
        if row["dimension"] == Dimension.NAMELESS and row["value"] is not None
    }


def _whole(value: object) -> int:
    return int(str(value))


def _breakdowns(
    sums: list[dict[str, object]], scope: str, names: dict[str, dict[str, str]], fiscal_year: int
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
