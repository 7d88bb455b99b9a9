"""Populations of the municipalities: brought in by the body whose plan it is, and the users per 1,000 residents."""

import asyncio
from itertools import groupby
from uuid import UUID

from booking.access.rules import Role, require_staff
from booking.access.schemas import Actor
from booking.access.service import record_audit
from booking.facilities import queries as facilities
from booking.kit import clock, db
from booking.kit.spreadsheet_files import read_table
from booking.kit.tokens import new_id
from booking.kpi import queries, rules, service_reading
from booking.kpi import queries_populations as populations
from booking.kpi import rules_populations as checks
from booking.kpi.errors import NoSuchFiscalYear
from booking.kpi.errors_importing import UploadFaulty, UploadUnknown
from booking.kpi.rules import Upload
from booking.kpi.schemas_importing import Origin, UploadReport, UploadView
from booking.kpi.schemas_populations import KeptPopulation, Population, PopulationsRead, Rate, Rates, Source
from booking.kpi.service_definitions import LEAD_BODY
from booking.kpi.service_uploads import close_upload, get_upload, keep_upload, open_upload, require_body

FEW = 10


async def upload_populations(by: Actor, content: bytes, as_of_on: str, document: str, author: str) -> UUID:
    """Read a table, keep it sealed for an hour, and say what bringing it in would do. Nothing is changed yet.

    Raises: NotAllowed, NoSuchBody, ImportRefused, ColumnsNotFound, what `read_table` raises.
    """
    await require_body(by, LEAD_BODY)
    source = checks.check_source(as_of_on, document, author, clock.today())
    report, _ = await _check(await _read(content), source)
    origin = Origin(method="", document=source.document, author=source.author)
    async with db.transaction():
        return await keep_upload(by, Upload.POPULATIONS, LEAD_BODY, content, origin=origin, report=report)


async def commit_populations(by: Actor, upload_id: UUID) -> UploadView:
    """Bring in every population of a table, all or none; another number of the same day is replaced.

    Raises: NotAllowed, UploadUnknown, UploadFaulty. Safe: repeated.
    """
    asked = await get_upload(by, upload_id)
    if asked.committed_at is not None:
        return asked
    as_of_on = asked.report.first_on
    async with db.transaction():
        content = await open_upload(upload_id)
        if content is None or as_of_on is None:
            found = await get_upload(by, upload_id)
            if found.committed_at is None:
                raise UploadUnknown
            return found
        source = Source(as_of_on=as_of_on, document=asked.document, author=asked.author)
        report, rows = await _check(await _read(content), source)
        if report.faults:
            raise UploadFaulty(n=len(report.faults))
        await _store(rows, source)
        await close_upload(upload_id, report)
        detail = {"made": report.new, "replaced": report.replacing, "as_of": as_of_on.isoformat()}
        await record_audit(by, "kpi.populations", "kpi-upload", upload_id, scope=LEAD_BODY, detail=detail)
    return await get_upload(by, upload_id)


async def _read(content: bytes) -> PopulationsRead:
    places = {each.code: each.name for each in await facilities.list_municipalities() if each.kind != "outside"}
    return await asyncio.to_thread(lambda: checks.read_populations(read_table(content), places))


async def _check(read: PopulationsRead, source: Source) -> tuple[UploadReport, list[Population]]:
    """What the rows would do now, and those that change something."""
    kept = {each.municipality: each for each in await populations.list_populations() if _is_of(each, source)}
    rows = [each for each in read.populations if not _is_same(each, kept.get(each.municipality), source)]
    report = UploadReport(
        new=len(rows),
        replacing=sum(1 for each in rows if each.municipality in kept),
        known=len(read.populations) - len(rows),
        person_days=sum(each.people for each in read.populations),
        first_on=source.as_of_on,
        last_on=source.as_of_on,
        faults=read.faults,
        unused=read.unused,
    )
    return report, rows


def _is_of(one: KeptPopulation, source: Source) -> bool:
    return one.as_of_on == source.as_of_on


def _is_same(row: Population, kept: KeptPopulation | None, source: Source) -> bool:
    return kept is not None and (kept.people, kept.source) == (row.people, source.document)


async def _store(rows: list[Population], source: Source) -> None:
    for row in sorted(rows, key=lambda each: each.municipality):
        await db.execute(
            """insert into kpi_population (id, municipality, as_of_on, people, source, author, made_at)
               values ($1, $2, $3, $4, $5, $6, $7)
               on conflict (municipality, as_of_on) do update set people = excluded.people,
                 source = excluded.source, author = excluded.author, made_at = excluded.made_at""",
            *(new_id(), row.municipality, source.as_of_on, row.people, source.document, source.author, clock.now()),
        )


def may_bring_in(by: Actor) -> bool:
    """Whether somebody may bring in populations."""
    return by.kind == "system" or by.may_in((LEAD_BODY,), Role.BODY_ADMINISTRATOR)


async def read_rates(by: Actor, fiscal_year: int) -> Rates:
    """Users of school age per 1,000 residents of 6 to 18, by municipality: at all the plan's places for whoever may
    see all bodies, else at those of the asker's own.

    Raises: NoSuchFiscalYear, NotAllowed. Safe: one to nine people are a number only for whoever may open their visits.
    """
    require_staff(by, *rules.READERS)
    if fiscal_year not in await queries.list_fiscal_years():
        raise NoSuchFiscalYear
    mine = await service_reading.list_bodies_of(by, *rules.READERS)
    every = {each.code for each in await facilities.list_bodies()}
    body = None if by.kind == "system" or set(mine) == every else mine[0]
    span = clock.fiscal_span(fiscal_year)
    async with db.transaction("repeatable_read", readonly=True):
        users = await populations.count_by_municipality(fiscal_year, span, body, checks.STAGES)
        kept = await populations.list_populations()
    known = {code: list(each) for code, each in groupby(kept, key=lambda one: one.municipality)}
    opens = await _may_open_all(by, body)
    items = []
    for place in await facilities.list_municipalities():
        if place.kind == "outside":
            continue
        shown = checks.shown_users(users.get(place.code, 0), FEW, may_open=opens)
        population = checks.population_at(known.get(place.code, []), min(span[1], clock.today()))
        rate = checks.per_thousand(shown, population.people if population else None)
        items.append(
            Rate(municipality=place.code, name=place.name, users=shown, population=population, per_thousand=rate)
        )
    certified = fiscal_year in await service_reading.list_certified_years(body or "")
    return Rates(fiscal_year=fiscal_year, body=body, items=items, is_certified=certified)


async def _may_open_all(by: Actor, body: str | None) -> bool:
    """Whether somebody may open every visit that is counted."""
    counted = [each for each in await facilities.list_facilities() if body in (None, each.body_code)]
    return by.kind == "system" or all(by.may_in(each.scopes, *rules.READERS) for each in counted)
