"""Reads of drafts and of when they will be published."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from booking.kit import db
from booking.programs.schemas import PublicationView

_PUBLICATION = """
select publication.id, publication.facility as facility_id, facility.code as facility_code,
       facility.name as facility_name, program.name as program_name, publication.from_on, publication.until_on,
       publication.publish_at
  from publication join facility on facility.id = publication.facility
  left join program on program.id = publication.program
 where publication.published_at is null and publication.cancelled_at is null
"""


async def list_publications(facility_ids: Sequence[UUID]) -> list[PublicationView]:
    """What will be published at these facilities, the soonest first."""
    rows = await db.fetch(
        _PUBLICATION + " and publication.facility = any($1) order by publication.publish_at", list(facility_ids)
    )
    return [PublicationView(**row) for row in rows]


async def lock_due(now: datetime) -> list[Any]:
    """What is due to be published, locked; what another runner is at is passed over."""
    return await db.fetch(
        "select id, facility, program, from_on, until_on from publication"
        " where publish_at <= $1 and published_at is null and cancelled_at is null"
        " order by publish_at, id limit 50 for no key update skip locked",
        now,
    )
