"""What certified periods gave when they were last looked at, what they give now, and why."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from booking.kit import db
from booking.kpi import queries_counting as counting
from booking.kpi.schemas import CountingRules, Definition, ScopeView
from booking.kpi.schemas_certifying import CertifiedDays


async def list_covering(days: Sequence[date]) -> list[CertifiedDays]:
    """Periods certified here that one of these days is in, with what each facility-day gave when looked at last."""
    rows = await db.fetch(
        """select c.id, c.starts_on, c.until_on, c.body, c.certified_at, c.definition, c.days,
             c.figures -> 'scopes' as scopes,
             c.value + (select coalesce(sum(d.now - d.was), 0) from kpi_difference d where d.certification = c.id
             )::bigint as value
           from kpi_certification c where c.origin is null and exists (
             select 1 from unnest($1::date[]) as d(day) where d.day >= c.starts_on and d.day < c.until_on)""",
        list(days),
    )
    later = await db.fetch(
        """select distinct on (d.certification, d.facility, d.counted_on) d.certification, f.code, d.counted_on, d.now
           from kpi_difference d join facility f on f.id = d.facility where d.certification = any($1::uuid[])
           order by d.certification, d.facility, d.counted_on, d.found_at desc, d.id desc""",
        [row["id"] for row in rows],
    )
    found = {row["id"]: _certified_days(row) for row in rows}
    for row in later:
        found[row["certification"]].given[row["code"], row["counted_on"]] = row["now"]
    return list(found.values())


def _certified_days(row: Any) -> CertifiedDays:
    days = msgspec.json.decode(row["days"], type=dict[str, dict[date, int]])
    definition = msgspec.json.decode(row["definition"], type=Definition)
    scopes = msgspec.json.decode(row["scopes"], type=list[ScopeView])
    return CertifiedDays(
        id=row["id"],
        starts_on=row["starts_on"],
        until_on=row["until_on"],
        body=row["body"],
        certified_at=row["certified_at"],
        definition=definition,
        scope=next(each for each in scopes if each.code == definition.scope),
        given={(facility, on): value for facility, by_day in days.items() for on, value in by_day.items()},
        value=row["value"],
    )


async def list_causes(
    facilities: Sequence[UUID], from_on: date, until_on: date, since: datetime
) -> tuple[int, list[str]]:
    """Why days of facilities changed since a moment: visits that came later, and the reasons of corrections."""
    where = (list(facilities), from_on, until_on, since)
    late = await db.fetchval(
        """select count(*) from visit where facility = any($1::uuid[]) and visited_on >= $2 and visited_on < $3
             and created_at > $4""",
        *where,
    )
    rows = await db.fetch(
        """select distinct c.reason from visit_correction c join visit v on v.id = c.visit
           where v.facility = any($1::uuid[]) and v.visited_on >= $2 and v.visited_on < $3 and c.made_at > $4
             and c.reason <> '' order by c.reason""",
        *where,
    )
    return int(late), [row["reason"] for row in rows]


async def count_people(reading: CountingRules, scope: ScopeView, from_on: date, until_on: date, body: str) -> int:
    """Distinct people of a span, of one body (empty: of all), under a reading and a scope as somebody wrote them down:
    straight from the visits."""
    rules = (reading.places, reading.counts_trials, reading.counts_groups, reading.counts_staff_entries)
    return int(
        await db.fetchval(
            counting.PEOPLE_GIVEN,
            *(*rules, reading.counts_imports, reading.min_stay_minutes, from_on, until_on, body),
            *(scope.brand, scope.facilities, scope.programs),
        )
    )
