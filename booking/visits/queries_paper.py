"""What was typed in from paper before: a sheet typed twice changes nothing twice."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from booking.kit import clock, db


async def typed_before(member_ids: Iterable[UUID], day: date) -> set[tuple[UUID, datetime, str]]:
    """Member, moment and direction of every line typed from paper for a day."""
    rows = await db.fetch(
        "select member, happened_at, direction from scan where from_paper and member = any($1)"
        " and happened_at >= $2 and happened_at < $3",
        *(list(member_ids), *clock.day_span(day)),
    )
    return {(row["member"], row["happened_at"], row["direction"]) for row in rows}


async def tallies_before(facility_id: UUID, day: date) -> set[tuple[str | None, int, datetime, str | None]]:
    """Whom, how many, when and which party: every tally typed from paper for a day of a facility."""
    rows = await db.fetch(
        "select heads_of, heads, happened_at, party from scan where from_paper and kind = 'heads' and facility = $1"
        " and happened_at >= $2 and happened_at < $3",
        *(facility_id, *clock.day_span(day)),
    )
    return {(row["heads_of"], row["heads"], row["happened_at"], row["party"]) for row in rows}
