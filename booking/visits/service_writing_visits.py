"""Visits as they are stored: opened with a snapshot of the person, closed only once."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from booking.kit import clock, db
from booking.people.service import person_keys
from booking.visits.rules_plan import snapshot
from booking.visits.schemas_facts import ClosedVisit, NewVisit

_CLOSE = """
update visit set left_at = one.left_at, closed_by = one.closed_by, exit_scan = one.exit_scan
from unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::uuid[]) as one (id, left_at, closed_by, exit_scan)
where visit.id = one.id and visit.left_at is null and visit.voided_at is null
"""
_OPEN = """
insert into visit (id, member, person_key, kind, heads, facility, program, session, reservation, visited_on, entered_at,
  left_at, entered_by, closed_by, grade, school_stage, age_band, municipality_code, entry_scan, exit_scan, party,
  created_at)
select one.*, $22 from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::int[], $6::uuid[], $7::uuid[],
  $8::uuid[], $9::uuid[], $10::date[], $11::timestamptz[], $12::timestamptz[], $13::text[], $14::text[],
  $15::smallint[], $16::text[], $17::text[], $18::text[], $19::uuid[], $20::uuid[],
  $21::text[]) as one
"""


class Raced(Exception):
    """Another transaction ended a visit that this one wanted to end: the facts must be read again."""


async def close_visits(closed: Sequence[ClosedVisit]) -> None:
    """End stored visits. Raises: Raced when one of them has ended meanwhile."""
    if not closed:
        return
    answer = await db.execute(
        _CLOSE,
        [one.id for one in closed],
        [one.left_at for one in closed],
        [one.closed_by for one in closed],
        [one.exit_scan for one in closed],
    )
    if answer != f"UPDATE {len(closed)}":
        raise Raced


async def open_visits(opened: Sequence[NewVisit], now: datetime) -> None:
    """Store visits with what a published table will need of the person."""
    if not opened:
        return
    keys = await _person_keys(opened)
    rows = [_visit_row(one, keys) for one in opened]
    await db.execute(_OPEN, *(list(column) for column in zip(*rows, strict=True)), now)


async def _person_keys(opened: Sequence[NewVisit]) -> dict[tuple[UUID, int], UUID]:
    """The key of each person in the fiscal year of the visit; people of the year's first visit get one now."""
    found: dict[tuple[UUID, int], UUID] = {}
    missing: dict[int, set[UUID]] = {}
    for one in opened:
        if one.person is None:
            continue
        year = clock.fiscal_year(one.visited_on)
        if year in one.person.keys:
            found[one.person.id, year] = one.person.keys[year]
        else:
            missing.setdefault(year, set()).add(one.person.id)
    for year, members in missing.items():
        made = await person_keys(members, year)
        found.update({(member, year): key for member, key in made.items()})
    return found


def _visit_row(one: NewVisit, keys: Mapping[tuple[UUID, int], UUID]) -> tuple[Any, ...]:
    kept, person = snapshot(one.person, one.visited_on), one.person
    return (
        one.id,
        person.id if person else None,
        keys.get((person.id, clock.fiscal_year(one.visited_on))) if person else None,
        one.kind,
        one.heads,
        one.facility,
        one.program,
        one.session,
        one.reservation,
        one.visited_on,
        one.entered_at,
        one.left_at,
        one.entered_by,
        one.closed_by,
        kept.grade,
        kept.school_stage,
        kept.age_band,
        kept.municipality_code,
        one.entry_scan,
        one.exit_scan,
        one.party,
    )
