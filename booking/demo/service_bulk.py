"""Members and visits of a demo at any size, written by COPY.

This room is exempt, by name, from the law that rows are written only by the verbs of their room: ten million visits
through the door would take a day. What the verbs guarantee is kept: snapshots at entry, person keys, change rows.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from booking.demo import rules
from booking.facilities import queries as facilities
from booking.facilities.rules import hours_of
from booking.facilities.schemas import FacilityView
from booking.kit import clock, db
from booking.kit.tokens import new_id
from booking.people import rules as people

CHUNK = 20_000
VISIT_COLUMNS = [
    "id",
    "member",
    "person_key",
    "kind",
    "heads",
    "facility",
    "program",
    "visited_on",
    "entered_at",
    "left_at",
    "entered_by",
    "closed_by",
    "grade",
    "school_stage",
    "age_band",
    "municipality_code",
    "created_at",
]
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Row:
    """A member as the visits need one."""

    id: UUID
    who: rules.Somebody


async def make_members(count: int, seed: int) -> list[Row]:
    """So many more members, each in a household without an account, registered with the prefecture or Kiryu."""
    now, today = clock.now(), clock.today()
    towns = {row["code"]: row["id"] for row in await db.fetch("select id, code from municipality")}
    texts = await db.fetch(
        """select distinct on (b.code) b.code, b.id as body, c.id as text
           from body b join consent_text c on c.body = b.id order by b.code, c.version desc"""
    )
    by_body = {row["code"]: row for row in texts}
    taken = [row["number"] for row in await db.fetch("select number from member")]
    rows = [Row(new_id(), who) for who in rules.people(count, seed, clock.fiscal_year(today), taken)]
    households = {row.id: new_id() for row in rows}
    async with db.transaction() as conn:
        await conn.copy_records_to_table(
            "household",
            columns=["id", "phone", "preferred", "language", "created_at"],
            records=[(households[row.id], "0270000000", "phone", "ja", now) for row in rows],
        )
        await conn.copy_records_to_table(
            "member",
            columns=[
                "id",
                "number",
                "household",
                "family_name",
                "given_name",
                "family_kana",
                "given_kana",
                "shown_name",
                "birth_on",
                "municipality",
                "is_protected",
                "seen_at_desk_at",
                "created_at",
            ],
            records=[_member(row, households[row.id], towns, now) for row in rows],
        )
        await conn.copy_records_to_table(
            "registration",
            columns=["id", "member", "body", "consent_text", "on_paper", "registered_at", "consented_at"],
            records=[_registration(row, by_body, now) for row in rows],
        )
    return rows


def _member(row: Row, household: UUID, towns: dict[str, UUID], now: datetime) -> tuple[Any, ...]:
    who, since = row.who, now - timedelta(days=row.who.joined_days_ago)
    return (
        *(row.id, who.number, household, who.family_name, who.given_name, who.family_kana, who.given_kana),
        *(who.given_name, who.birth_on, towns[who.town], False, since, since),
    )


def _registration(row: Row, by_body: dict[str, Any], now: datetime) -> tuple[Any, ...]:
    body = by_body["102032" if row.who.town == "102032" else "100005"]
    since = now - timedelta(days=row.who.joined_days_ago)
    return (new_id(), row.id, body["body"], body["text"], True, since, since)


async def make_visits(
    members: list[Row], count: int, seed: int, from_on: date, *, until_on: date, progress: Progress = lambda *_: None
) -> int:
    """About so many visits on the open days from `from_on` until before `until_on`; how many were made."""
    days = await _open_days(from_on, until_on)
    if not days or not members:
        return 0
    programs = await _programs()
    known = await _known_keys([row.id for row in members])
    keys = dict(known)
    chance = Random(f"visits {seed}")  # noqa: S311 - plausible, not secret
    weights = [rules.share_of_day(chance, facility.code, on.weekday(), 1000.0) for facility, on, _, _ in days]
    made, batch, changed = 0, list[tuple[Any, ...]](), list[tuple[UUID, date]]()
    reached, whole = 0.0, max(1.0, sum(weights))
    for (facility, on, opens_at, minutes), weight in zip(days, weights, strict=True):
        before, reached = reached, reached + weight
        share = round(count * reached / whole) - round(count * before / whole)
        for stay in _stays_of_day(chance, members, share, minutes):
            batch.append(
                _visit(members[stay.member], stay, facility, programs=programs, on=on, opens_at=opens_at, keys=keys)
            )
        changed.append((facility.id, on))
        if len(batch) >= CHUNK:
            made += await _write(batch, changed)
            progress(made, count)
    made += await _write(batch, changed)
    await _write_keys({which: key for which, key in keys.items() if which not in known})
    progress(made, made)
    return made


def _stays_of_day(chance: Random, members: list[Row], share: int, minutes: int) -> Iterator[rules.Stay]:
    seen: set[int] = set()
    for stay in rules.stays(chance, len(members), share, minutes):
        if stay.member not in seen or len(members) < share * 3:
            seen.add(stay.member)
            yield stay


async def _open_days(from_on: date, until_on: date) -> list[tuple[FacilityView, date, datetime, int]]:
    everywhere = await facilities.list_facilities()
    calendar = await facilities.load_calendar([each.id for each in everywhere], from_on, until_on - timedelta(days=1))
    found = []
    for n in range((until_on - from_on).days):
        on = from_on + timedelta(days=n)
        for each in everywhere:
            hours = hours_of(calendar, each.id, on)
            if hours.is_open:
                span = hours.spans[0]
                found.append((each, on, clock.at_local(on, span.opens), rules.minutes_between(span.opens, span.closes)))
    return found


async def _programs() -> dict[UUID, UUID]:
    """By facility: the program that has its weekly times there."""
    rows = await db.fetch("select distinct on (facility) facility, program from pattern order by facility, program")
    return {row["facility"]: row["program"] for row in rows}


def _visit(
    row: Row,
    stay: rules.Stay,
    facility: FacilityView,
    *,
    programs: dict[UUID, UUID],
    on: date,
    opens_at: datetime,
    keys: dict[tuple[UUID, int], UUID],
) -> tuple[Any, ...]:
    entered = opens_at + timedelta(minutes=stay.starts_minute)
    left = entered + timedelta(minutes=stay.lasts_minutes)
    year = clock.fiscal_year(on)
    grade = people.grade(row.who.birth_on, on)
    return (
        *(new_id(), row.id, keys.setdefault((row.id, year), new_id()), "member", 1, facility.id),
        *(programs.get(facility.id), on, entered, left, stay.entered_by, stay.closed_by, grade),
        *(people.school_stage(row.who.birth_on, on), people.age_band(row.who.birth_on, on)),
        *(row.who.town, entered),
    )


async def _write(batch: list[tuple[Any, ...]], changed: list[tuple[UUID, date]]) -> int:
    async with db.transaction() as conn:
        await conn.copy_records_to_table("visit", columns=VISIT_COLUMNS, records=batch)
        await conn.copy_records_to_table("visit_change", columns=["facility_id", "visited_on"], records=changed)
    made = len(batch)
    batch.clear()
    changed.clear()
    return made


async def _known_keys(members: list[UUID]) -> dict[tuple[UUID, int], UUID]:
    rows = await db.fetch("select member, fiscal_year, key from person_key where member = any($1::uuid[])", members)
    return {(row["member"], row["fiscal_year"]): row["key"] for row in rows}


async def _write_keys(keys: dict[tuple[UUID, int], UUID]) -> None:
    async with db.transaction() as conn:
        await conn.copy_records_to_table(
            "person_key",
            columns=["id", "member", "fiscal_year", "key"],
            records=[(new_id(), member, year, key) for (member, year), key in keys.items()],
        )
