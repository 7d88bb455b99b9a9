"""Making the files of open data from what is stored. A file changes only when what it says does."""

from datetime import timedelta

import msgspec

from booking.facilities import queries as facilities
from booking.facilities.queries_accessibility import list_accessibility
from booking.kit import clock, db
from booking.kit.i18n import translate
from booking.kit.settings import get_settings
from booking.kit.spreadsheets import Cell, csv_bytes
from booking.kit.suppression import Count, Published, publish, secret_of
from booking.kpi import queries as kpi
from booking.kpi.queries_importing import list_beginnings
from booking.kpi.rules import DefinitionStatus, Unit, month_key
from booking.kpi.schemas_importing import Beginning
from booking.opendata import queries, rules_places
from booking.opendata.errors import NoSuchDataset
from booking.opendata.rules_datasets import COUNTED, EVENT, FACILITY, LICENCE, listed, method_of
from booking.opendata.schemas import Dataset, MonthCount, TownCount, YearTotal
from booking.programs.queries import list_sessions

AHEAD_DAYS = 365
CATALOGUE = "datasets.json"
UNITS = {Unit.PERSON_DAYS: "延べ人日", Unit.PERSON_SESSIONS: "延べコマ", Unit.PEOPLE: "実人数"}
STANDINGS = {True: "確定", False: "暫定"}


class Year(msgspec.Struct, frozen=True, kw_only=True):
    """A fiscal year with all that is published of it."""

    total: YearTotal
    unit: Unit
    months: list[MonthCount]
    towns: list[TownCount]
    shown: Published
    beginnings: dict[str, Beginning]


async def list_datasets() -> list[Dataset]:
    """Every file, for the page and the catalogue."""
    return listed({each.code: each.names for each in await facilities.list_bodies()})


async def read_file(name: str) -> bytes:
    """A file as it is now. Raises: NoSuchDataset."""
    if name == CATALOGUE:
        return await _catalogue()
    if name not in {each.file for each in await list_datasets()}:
        raise NoSuchDataset
    if name.endswith(FACILITY):
        return csv_bytes(rules_places.PUBLIC_FACILITY, await _places(name.removesuffix(FACILITY)))
    if name.endswith(EVENT):
        return csv_bytes(rules_places.EVENT, await _events(name.removesuffix(EVENT)))
    head = next([column for column, _ in each.columns] for each in COUNTED if each.file == name)
    rows = {"kpi_annual_users.csv": _series, "visits_monthly.csv": _monthly, "users_by_municipality.csv": _by_town}
    return csv_bytes(head, rows[name](await list_years()))


async def list_years() -> list[Year]:
    """The fiscal years of the plan that have begun, as the public may see them; months that are over alone."""
    until = clock.today().replace(day=1)
    async with db.transaction("repeatable_read", readonly=True):
        years = [each for each in await kpi.list_fiscal_years() if clock.fiscal_span(each)[0] < until]
        reading = await kpi.get_reported_definition()
        beginnings = {each.facility: each for each in await list_beginnings()}
        found = []
        for each in years:
            starts_on, ends_on = clock.fiscal_span(each)
            total = await queries.get_year(each, min(until, ends_on), reading)
            is_tied = total.definition.unit is not Unit.PEOPLE
            unit = total.definition.unit if is_tied else Unit.PERSON_DAYS
            months = await queries.list_months(starts_on, min(until, ends_on), total.definition.scope, unit)
            towns = (
                await queries.list_towns(starts_on, ends_on, total.definition.scope, unit) if ends_on <= until else []
            )
            known, secret = Count(total.number, total.is_certified), secret_of(get_settings().secret_key)
            shown = publish(str(each), _tables(months, towns), known, secret, is_tied=is_tied)
            found.append(Year(total=total, unit=unit, months=months, towns=towns, shown=shown, beginnings=beginnings))
        return found


def _tables(months: list[MonthCount], towns: list[TownCount]) -> dict[str, dict[str, Count]]:
    tables = {"months": {_cell(each): Count(each.number, each.is_certified) for each in months}}
    if towns:
        tables["municipality"] = {each.code: Count(each.number, is_certified=False) for each in towns}
    return tables


def _cell(month: MonthCount) -> str:
    return f"{month.month_on.isoformat()} {month.facility}"


def _series(years: list[Year]) -> list[list[Cell]]:
    return [
        [
            each.total.fiscal_year,
            each.total.target,
            each.shown.total,
            STANDINGS[each.total.is_certified],
            UNITS[each.total.definition.unit],
            each.total.definition.name,
            "暫定" if each.total.definition.status is DefinitionStatus.ASSUMED else "確認済み",
        ]
        for each in years
    ]


def _monthly(years: list[Year]) -> list[list[Cell]]:
    return [
        [
            month_key(each.month_on),
            rules_places.identifier_of(each.facility),
            each.name,
            year.shown.tables["months"][_cell(each)],
            STANDINGS[each.is_certified],
            UNITS[year.unit],
            method_of(each.month_on, year.beginnings.get(each.facility)),
        ]
        for year in years
        for each in year.months
    ]


def _by_town(years: list[Year]) -> list[list[Cell]]:
    return [
        [
            year.total.fiscal_year,
            each.code,
            each.name,
            year.shown.tables["municipality"][each.code],
            STANDINGS[False],
            UNITS[year.unit],
        ]
        for year in years
        for each in year.towns
    ]


async def _places(body: str) -> list[list[Cell]]:
    url, today = _url(), clock.today()
    mine = [
        each
        for each in await facilities.list_facilities()
        if each.body_code == body and (each.ended_on is None or each.ended_on > today)
    ]
    hours = [
        row
        for row in await facilities.list_hours([each.id for each in mine], today)
        if row.valid_from_on <= today and (row.valid_until_on is None or row.valid_until_on > today)
    ]
    rows = []
    for each in mine:
        access = {item.item: item.presence for item in await list_accessibility(each.id)}
        rows.append(rules_places.facility_row(each, hours, access, url))
    return rows


async def _events(body: str) -> list[list[Cell]]:
    url, today = _url(), clock.today()
    places = {each.id: each for each in await facilities.list_facilities() if each.body_code == body}
    found = await list_sessions(first_day=today, last_day=today + timedelta(days=AHEAD_DAYS), facility_ids=list(places))
    return [
        rules_places.event_row(
            each,
            places[each.facility_id],
            url,
            starts=clock.local(each.starts_at),
            ends=clock.local(each.ends_at),
            opens=clock.local(each.booking_opens_at),
            closes=clock.local(each.booking_closes_at),
        )
        for each in found
        if each.category in rules_places.KINDS
    ]


def _url() -> str:
    return get_settings().public_url.rstrip("/")


async def _catalogue() -> bytes:
    """The catalogue in DCAT (JSON-LD), in Japanese and English."""
    url = _url()

    def said(text: str) -> dict[str, str]:
        return {"ja": text, "en": translate(text, "en")}

    entries = [
        {
            "@id": f"{url}/opendata/{each.file}",
            "@type": "dcat:Dataset",
            "dct:identifier": each.file,
            "dct:title": said(each.title),
            "dct:description": said(each.about),
            "dct:license": {"@id": LICENCE, "name": "PDL1.0"},
            "dct:spatial": "群馬県",
            **({"dct:publisher": each.of["ja"]} if each.of else {}),
            "isProvisional": each.is_provisional,
            "columns": [{"name": name, "note": said(note)} for name, note in each.columns]
            or [{"name": name} for name in _standard(each.file)],
            "dcat:distribution": [
                {
                    "@type": "dcat:Distribution",
                    "dcat:downloadURL": {"@id": f"{url}/opendata/{each.file}"},
                    "dcat:mediaType": "text/csv",
                    "encoding": "UTF-8 (BOM), CRLF",
                }
            ],
        }
        for each in await list_datasets()
    ]
    terms = {"dcat": "http://www.w3.org/ns/dcat#", "dct": "http://purl.org/dc/terms/", "@vocab": f"{url}/opendata#"}
    terms_of_languages = {
        name: {"@id": name, "@container": "@language"} for name in ("dct:title", "dct:description", "note")
    }
    return msgspec.json.encode(
        {
            "@context": {**terms, **terms_of_languages},
            "@id": f"{url}/opendata/{CATALOGUE}",
            "@type": "dcat:Catalog",
            "dct:title": said("オープンデータ"),
            "dct:license": {"@id": LICENCE, "name": "PDL1.0"},
            "dcat:dataset": entries,
        }
    )


def _standard(file: str) -> tuple[str, ...]:
    return rules_places.PUBLIC_FACILITY if file.endswith(FACILITY) else rules_places.EVENT
