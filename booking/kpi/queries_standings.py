"""What of a year is certified, as little of it as a page of numbers needs."""

from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from booking.kit import db
from booking.kpi.schemas import ScopeView
from booking.kpi.schemas_certifying import CertifiedPart

_PARTS = """
select c.id, c.period, c.starts_on, c.body, c.definition ->> 'code' as reading, c.definition ->> 'scope' as scope,
  c.definition ->> 'unit' as unit, (c.definition ->> 'counts_imports')::bool as counts_imports, c.value,
  c.certified_by_name as certified_by, c.certified_at, c.origin, coalesce(c.figures -> 'scopes', '[]') as scopes,
  case when c.period = 'month' then c.days end as days
from kpi_certification c where c.starts_on >= $1 and c.starts_on < $2 order by c.starts_on, c.body"""


async def list_parts(from_on: date, until_on: date) -> list[CertifiedPart]:
    """The certified months and years that begin in a span."""
    return [_part(row) for row in await db.fetch(_PARTS, from_on, until_on)]


def _part(row: Any) -> CertifiedPart:
    scopes = msgspec.json.decode(row["scopes"], type=list[ScopeView])
    days = msgspec.json.decode(row["days"] or "{}", type=dict[str, dict[str, int]])
    names = ("id", "period", "starts_on", "body", "reading", "unit", "counts_imports", "value", "certified_by")
    return msgspec.convert(
        {
            **{name: row[name] for name in (*names, "certified_at", "origin")},
            "scope": next((each for each in scopes if each.code == row["scope"]), None),
            "by_facility": {facility: sum(by_day.values()) for facility, by_day in days.items()},
        },
        CertifiedPart,
    )


async def list_moved(from_on: date, until_on: date) -> dict[tuple[UUID, str], int]:
    """By how much a facility gives another number than it was certified with: (certification, facility) → number. Of a
    figure in people the whole period does (facility empty)."""
    rows = await db.fetch(
        """select d.certification, coalesce(f.code, '') as code, sum(d.now - d.was)::bigint as moved
           from kpi_difference d join kpi_certification c on c.id = d.certification
           left join facility f on f.id = d.facility
           where c.starts_on >= $1 and c.starts_on < $2 group by 1, 2""",
        *(from_on, until_on),
    )
    return {(row["certification"], row["code"]): row["moved"] for row in rows}
