"""Verbs of facilities: loading the plan's reference data. What staff change is in `service_staff`."""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from uuid import UUID

from booking.access.schemas import SYSTEM
from booking.access.service import record_audit
from booking.facilities import queries
from booking.facilities.rules import ClosingKind, MunicipalityKind, OnHoliday
from booking.facilities.rules_plan import (
    OUTSIDE,
    YEAR_END,
    Difference,
    PlannedFacility,
    read_facilities,
    read_rows,
    read_words,
)
from booking.facilities.schemas import FacilityView
from booking.kit import db
from booking.kit.tokens import new_id
from booking.kit.words import others_of

PLAN = Path(__file__).parent / "plan"


@cache
def _read(name: str) -> str:
    return (PLAN / name).read_text("utf-8")


async def seed() -> int:
    """Load bodies, municipalities, places and facilities that are not there yet; how many rows of them were new.

    Inserts by code and never updates: what staff have changed stays. Safe: repeated, and in several processes at once
    (the later one waits for the unique code and finds the work done).
    """
    async with db.transaction():
        added = await _seed_bodies() + await _seed_municipalities() + await _seed_places()
        for planned in read_facilities(_read("facilities.csv"), _read("words.csv")):
            facility_id = await _seed_facility(planned)
            if facility_id is not None:
                await _seed_hours(facility_id, planned)
                await _seed_closing(facility_id, planned)
                await record_audit(SYSTEM, "facility.seed", "facility", facility_id, scope=planned.code)
                added += 1
    return added


async def list_differences() -> list[Difference]:
    """Where the database differs from the plan's reference data: what is missing and what staff have changed."""
    found = [
        Difference(f"{kind} {code}", "code", code, "")
        for kind, code in [*await _missing_bodies(), *await _missing_municipalities()]
    ]
    here = {facility.code: facility for facility in await queries.list_facilities()}
    for planned in read_facilities(_read("facilities.csv"), _read("words.csv")):
        facility = here.get(planned.code)
        if facility is None:
            found.append(Difference(f"facility {planned.code}", "code", planned.code, ""))
        else:
            found.extend(await _compare(planned, facility))
    return found


async def _seed_bodies() -> int:
    return await _insert(
        "insert into body (id, code, name, names) values ($1, $2, $3, $4) on conflict (code) do nothing",
        _named("bodies.csv", "body"),
    )


def _named(file: str, kind: str) -> list[tuple[str, str, str]]:
    """Code, name and the names in other languages of each row."""
    said = read_words(_read("words.csv"), kind)
    return [
        (row["code"], row["name"], others_of(said.get((row["code"], "names"), {}))) for row in read_rows(_read(file))
    ]


async def _seed_municipalities() -> int:
    rows = [(row["code"], row["name"], row["kana"], row["kind"]) for row in read_rows(_read("municipalities.csv"))]
    return await _insert(
        "insert into municipality (id, code, name, kana, kind) values ($1, $2, $3, $4, $5)"
        " on conflict (code) do nothing",
        [*rows, (*OUTSIDE, MunicipalityKind.OUTSIDE)],
    )


async def _seed_places() -> int:
    return await _insert(
        "insert into place (id, code, name, names) values ($1, $2, $3, $4) on conflict (code) do nothing",
        _named("places.csv", "place"),
    )


async def _insert(sql: str, rows: Iterable[Sequence[str]]) -> int:
    """Insert each row unless its code is there; how many were new."""
    done = [await db.execute(sql, new_id(), *row) for row in rows]
    return sum(status == "INSERT 0 1" for status in done)


async def _seed_facility(planned: PlannedFacility) -> UUID | None:
    """The id of the facility when it was not there."""
    made: UUID | None = await db.fetchval(
        "insert into facility (id, code, name, names, kind, brand, body, place, municipality, address, opened_on,"
        " capacity, source, provisional, addresses, entry_opens_minutes, late_minutes, no_show_minutes, shows_names)"
        " select $1, $2, $3, $4, $5, $6, body.id, place.id, municipality.id, $7, $8, $9, $10, $11, $15, 30, 15, 20,"
        " true"
        "   from body, place, municipality"
        "  where body.code = $12 and place.code = $13 and municipality.code = $14"
        " on conflict (code) do nothing returning id",
        new_id(),
        planned.code,
        planned.name,
        others_of(planned.names),
        planned.kind,
        planned.brand,
        planned.address,
        planned.opened_on,
        planned.capacity,
        planned.source,
        list(planned.provisional),
        planned.body,
        planned.place,
        planned.municipality,
        others_of(planned.addresses),
    )
    return made


async def _seed_hours(facility_id: UUID, planned: PlannedFacility) -> None:
    await db.execute_many(
        "insert into opening_hours (id, facility, weekday, opens, closes, valid_from_on)"
        " values ($1, $2, $3, $4, $5, $6)",
        [
            (new_id(), facility_id, hours.weekday, hours.opens, hours.closes, planned.opened_on)
            for hours in planned.hours
        ],
    )


async def _seed_closing(facility_id: UUID, planned: PlannedFacility) -> None:
    """Weekly closing days and the year end. What a closing day does on a public holiday is published nowhere, so the
    weekly rule is provisional even where its weekday is not."""
    await db.execute_many(
        "insert into closing_rule (id, facility, kind, weekday, on_holiday, valid_from_on, provisional)"
        " values ($1, $2, $3, $4, $5, $6, true)",
        [
            (new_id(), facility_id, ClosingKind.WEEKLY, weekday, OnHoliday.STAY_CLOSED, planned.opened_on)
            for weekday in planned.closed_weekdays
        ],
    )
    await db.execute(
        "insert into closing_rule (id, facility, kind, first_day, last_day, valid_from_on, provisional)"
        " values ($1, $2, $3, $4, $5, $6, true)",
        new_id(),
        facility_id,
        ClosingKind.YEARLY,
        *YEAR_END,
        planned.opened_on,
    )


async def _missing_bodies() -> list[tuple[str, str]]:
    here = {body.code for body in await queries.list_bodies()}
    return [("body", row["code"]) for row in read_rows(_read("bodies.csv")) if row["code"] not in here]


async def _missing_municipalities() -> list[tuple[str, str]]:
    here = {row["code"] for row in await db.fetch("select code from municipality")}
    planned = [*(row["code"] for row in read_rows(_read("municipalities.csv"))), OUTSIDE[0]]
    return [("municipality", code) for code in planned if code not in here]


async def _compare(planned: PlannedFacility, here: FacilityView) -> list[Difference]:
    pairs: dict[str, tuple[object, object]] = {
        name: (getattr(planned, name), getattr(here, name))
        for name in ("names", "kind", "brand", "addresses", "opened_on", "capacity")
    }
    pairs["body"] = (planned.body, here.body_code)
    pairs["place"] = (planned.place, here.place_code)
    pairs["municipality"] = (planned.municipality, here.municipality_code)
    pairs["hours"] = (_words(planned), await _words_here(here))
    return [
        Difference(f"facility {planned.code}", column, str(there), str(now))
        for column, (there, now) in pairs.items()
        if there != now
    ]


def _words(planned: PlannedFacility) -> str:
    return " ".join(f"{each.weekday}:{each.opens:%H:%M}-{each.closes:%H:%M}" for each in planned.hours)


async def _words_here(facility: FacilityView) -> str:
    hours = await queries.list_hours([facility.id], date.max)
    return " ".join(f"{each.weekday}:{each.opens:%H:%M}-{each.closes:%H:%M}" for each in hours)
