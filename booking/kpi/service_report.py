"""The review report of September: the last closed year, the running year to 31 August, and the plan so far.

It is public, so every number in it is one that the public may see (decision 0051).
Source: the plan (review in September of every fiscal year); decision 0054.
"""

import csv
from datetime import date, timedelta
from uuid import UUID

import msgspec

from booking.access.rules import Role, require_staff
from booking.access.schemas import Actor
from booking.access.service import record_audit
from booking.facilities import queries as facilities
from booking.kit import clock, db
from booking.kit.settings import get_settings
from booking.kit.suppression import secret_of
from booking.kit.tokens import new_id
from booking.kpi import (
    queries,
    queries_behind,
    queries_importing,
    queries_report,
    rules,
    service_certifying,
    service_parallel,
)
from booking.kpi import queries_certifying as certified
from booking.kpi import rules_report as words
from booking.kpi.errors import NoSuchBody, NoSuchFiscalYear, ReportTooEarly
from booking.kpi.rules import READERS, Period, Unit
from booking.kpi.rules_report_facts import Facts, YearFacts, unit_of_parts
from booking.kpi.rules_report_tables import written
from booking.kpi.schemas import Definition
from booking.kpi.schemas_certifying import Certification, Span
from booking.kpi.schemas_report import ActualForm, RemarkForm, Report
from booking.kpi.service import PLAN
from booking.kpi.service_definitions import LEAD_BODY
from booking.occupancy.service_history import get_use

COLUMNS = {Unit.PERSON_DAYS: "person_days", Unit.PERSON_SESSIONS: "person_sessions"}
FIELDS = {"program": "program", "municipality": "municipality", "school-stage": "school-stage"}


async def list_report_years() -> list[int]:
    """The fiscal years in whose September the plan is reviewed, as far as they have begun; the last one first."""
    known = await queries.list_fiscal_years()
    running = clock.fiscal_year(clock.today())
    return [year for year in reversed([*known, *(max(known) + 1 for _ in known[:1])]) if year <= running]


async def make_report(by: Actor, fiscal_year: int, body: str = "") -> Report:
    """The report for the review in September of a fiscal year, of a body or (empty) of the whole plan.

    Raises: NoSuchFiscalYear, ReportTooEarly, NoSuchBody, NotAllowed. Safe: one snapshot.
    """
    require_staff(by, *READERS, scopes=(body,) if body else ())
    async with db.transaction("repeatable_read", readonly=True):
        names = await _check(fiscal_year, body)
        return written(await _facts(fiscal_year, body, names.get(body, "")))


async def _check(fiscal_year: int, body: str) -> dict[str, str]:
    names = {each.code: each.name for each in await facilities.list_bodies()}
    known = await queries.list_fiscal_years()
    if body and body not in names:
        raise NoSuchBody
    if not known or not known[0] <= fiscal_year <= known[-1] + 1:
        raise NoSuchFiscalYear
    if fiscal_year > clock.fiscal_year(clock.today()):
        raise ReportTooEarly
    return names


async def _facts(fiscal_year: int, body: str, body_name: str) -> Facts:
    years = [year for year in await queries.list_fiscal_years() if year <= fiscal_year]
    definition = await queries.get_reported_definition()
    review_from = date(fiscal_year, words.REVIEW_MONTH, 1)
    begun, tomorrow = clock.fiscal_span(fiscal_year), clock.today() + timedelta(days=1)
    has_more = fiscal_year in years and tomorrow > review_from
    until = {year: min(review_from, tomorrow) if year == fiscal_year else clock.fiscal_span(year)[1] for year in years}
    return Facts(
        fiscal_year=fiscal_year,
        body=body,
        body_name=body_name,
        today=clock.today(),
        secret=secret_of(get_settings().secret_key),
        definition=definition,
        scopes=await queries.list_scopes(),
        names=await queries.list_names(),
        targets=await queries_report.list_targets(),
        plan=list(csv.DictReader(PLAN.read_text(encoding="utf-8").splitlines())),
        actuals=await queries_report.list_actuals(),
        remark=await queries_report.find_remark(fiscal_year, body),
        years=[await _year(definition, year, until[year], body, is_close=year >= fiscal_year - 1) for year in years],
        of_plan=[await _year(definition, year, until[year], "") for year in years] if body else [],
        parallels=await service_parallel.list_parallels(body or None),
        breaks=await queries_importing.list_breaks(body or None),
        since=await _year(definition, fiscal_year, min(begun[1], tomorrow), body) if has_more else None,
    )


async def _year(
    definition: Definition, fiscal_year: int, until_on: date, body: str, *, is_close: bool = False
) -> YearFacts:
    """A year until a day. With `is_close` it is looked at closely: what is missing, and who came how often."""
    first, end = clock.fiscal_span(fiscal_year)
    sums = await queries.list_figures(first, until_on, body or None)
    people = await _people(fiscal_year, until_on, body)
    values: dict[str, dict[str, int]] = {
        scope.code: {Unit.PERSON_DAYS: 0, Unit.PERSON_SESSIONS: 0, Unit.PEOPLE: people.get(scope.code, 0)}
        for scope in await queries.list_scopes()
    }
    for row in sums:
        if row["dimension"] == "all" and row["value"] is not None:
            for unit, column in COLUMNS.items():
                values[str(row["scope"])][unit] = int(str(row[column]))
    found = YearFacts(
        fiscal_year=fiscal_year,
        until_on=until_on,
        is_whole=until_on == end,
        values=values,
        parts=_parts([row for row in sums if row["scope"] == definition.scope], COLUMNS[unit_of_parts(definition)]),
        certification=await _certification(fiscal_year, body) if until_on == end else None,
    )
    return await _closely(found, definition, body) if is_close else found


async def _people(fiscal_year: int, until_on: date, body: str) -> dict[str, int]:
    first, end = clock.fiscal_span(fiscal_year)
    if until_on == end:
        return await queries.count_people(fiscal_year, first, end, body or None)
    return await queries_report.count_people_between(first, until_on, body)


async def _certification(fiscal_year: int, body: str) -> Certification | None:
    first, _ = clock.fiscal_span(fiscal_year)
    return await certified.find_certification(first, body, Period.YEAR)


def _parts(sums: list[dict[str, object]], column: str) -> dict[str, dict[str, int]]:
    """Lines by dimension and code."""
    found: dict[str, dict[str, int]] = {}

    def add(dimension: str, code: object, row: dict[str, object]) -> None:
        if code is not None:
            found.setdefault(dimension, {})[str(code)] = int(str(row[column]))

    for row in sums:
        dimension = str(row["dimension"])
        if dimension == "all":
            add("facility", row["facility_code"], row)
            add("month", row["month"], row)
        elif dimension == "entered-by" or (dimension == "closed-by" and row["value"] == "auto"):
            add("entry", row["value"], row)
        elif dimension in FIELDS:
            add(dimension, row["value"], row)
    return found


async def _closely(year: YearFacts, definition: Definition, body: str) -> YearFacts:
    first, _ = clock.fiscal_span(year.fiscal_year)
    state = await service_certifying.read_period(
        Span(period=Period.YEAR, starts_on=first, until_on=year.until_on, body=body)
    )
    counts = await queries.count_by_days(year.fiscal_year, definition.scope, body or None) if year.is_whole else {}
    totals = await queries_behind.sum_imported(first, year.until_on, body or None)
    return msgspec.structs.replace(
        year,
        open_days=state.open_days,
        unclosed=state.unclosed,
        uncovered=state.uncovered,
        bands=rules.bands_of(counts),
        has_totals=bool(totals.get(definition.scope)),
        use=await get_use(await _places(body), first, year.until_on - timedelta(days=1)) if year.is_whole else None,
    )


async def _places(body: str) -> list[UUID]:
    return [each.id for each in await facilities.list_facilities() if body in ("", each.body_code)]


async def write_remark(by: Actor, form: RemarkForm) -> None:
    """Keep 要因・課題・次年度への反映 for a report; the words before stay in the record.

    Raises: ReportRefused, NoSuchFiscalYear, ReportTooEarly, NoSuchBody, NotAllowed.
    """
    require_staff(by, Role.BODY_ADMINISTRATOR, scopes=(form.body or LEAD_BODY,))
    year = words.year_of(form.fiscal_year)
    if year is None:
        raise NoSuchFiscalYear
    async with db.transaction():
        await _check(year, form.body)
        said = words.check_remark(form)
        made = new_id()
        await db.execute(
            """insert into kpi_remark (id, fiscal_year, body, factors, issues, next_steps, author, made_at)
               values ($1, $2, $3, $4, $5, $6, $7, $8)""",
            *(made, year, form.body, *said, by.name, clock.now()),
        )
        await record_audit(by, "kpi.remark", "kpi-remark", made, scope=form.body or None, detail={"year": year})


async def enter_actual(by: Actor, form: ActualForm) -> None:
    """Keep a value of indicator 1, 2 or 3 with its source; the values before stay in the record.

    Raises: ReportRefused, NotAllowed.
    """
    require_staff(by, Role.BODY_ADMINISTRATOR, scopes=(LEAD_BODY,))
    async with db.transaction():
        kpi, year, value, on, source = words.check_actual(form, await queries.list_fiscal_years(), clock.today())
        made = new_id()
        await db.execute(
            """insert into kpi_actual (id, kpi, fiscal_year, value, as_of_on, source, author, made_at)
               values ($1, $2, $3, $4, $5, $6, $7, $8)""",
            *(made, kpi, year, value, on, source, by.name, clock.now()),
        )
        detail = {"kpi": kpi, "year": year, "value": value, "source": source}
        await record_audit(by, "kpi.actual", "kpi-actual", made, detail=detail)
