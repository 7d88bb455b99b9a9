"""Visits from before this service, as an old record tells them: written as nobody's, and taken back as one.

They hold no member: whoever came has a random key for the fiscal year and nothing finer than the school stage, as a
visit has after an erasure. Whoever calls has the transaction, and has looked at what is certified.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from booking.access.schemas import Actor
from booking.kit import clock, db
from booking.kit.tokens import new_id
from booking.visits.rules_kinds import ClosedBy, EnteredBy, VisitKind
from booking.visits.service_changes import note_changes


class OldVisit(msgspec.Struct, frozen=True, kw_only=True):
    """A stay that an old record tells of. Without a key it is somebody without a name, or as many as `heads`."""

    facility: UUID
    program: UUID | None
    person_key: UUID | None
    heads: int
    visited_on: date
    entered_at: datetime
    left_at: datetime
    has_exit: bool
    school_stage: str | None
    municipality_code: str | None


async def import_visits(import_id: UUID, visits: Sequence[OldVisit]) -> None:
    """Within a transaction: store visits of one file and note the days they change."""
    if not visits:
        return
    rows = [_row(one) for one in visits]
    await db.execute(
        """insert into visit (id, person_key, kind, heads, facility, program, visited_on, entered_at, left_at,
             closed_by, school_stage, municipality_code, entered_by, created_at, import_id)
           select one.*, $13, $14, $15 from unnest($1::uuid[], $2::uuid[], $3::text[], $4::int[], $5::uuid[],
             $6::uuid[], $7::date[], $8::timestamptz[], $9::timestamptz[], $10::text[], $11::text[], $12::text[])
             as one""",
        *(list(column) for column in zip(*rows, strict=True)),
        *(EnteredBy.IMPORT.value, clock.now(), import_id),
    )
    await note_changes(sorted({(one.facility, one.visited_on) for one in visits}))


def _row(one: OldVisit) -> tuple[Any, ...]:
    return (
        new_id(),
        one.person_key,
        (VisitKind.MEMBER if one.person_key else VisitKind.ANONYMOUS).value,
        one.heads,
        one.facility,
        one.program,
        one.visited_on,
        one.entered_at,
        one.left_at,
        (ClosedBy.STAFF if one.has_exit else ClosedBy.AUTO).value,
        one.school_stage,
        one.municipality_code,
    )


async def void_import(by: Actor, import_id: UUID, reason: str) -> int:
    """Within a transaction: the visits of one file count no more; how many. Each stays, with who said so and why."""
    now = clock.now()
    rows = await db.fetch(
        """update visit set voided_at = $2 where import_id = $1 and voided_at is null
           returning id, facility, visited_on""",
        *(import_id, now),
    )
    ids: list[UUID] = [row["id"] for row in rows]
    await db.execute(
        """insert into visit_correction (id, visit, kind, reason, by_account, made_at)
           select one.id, one.visit, 'void', $3, $4, $5 from unnest($1::uuid[], $2::uuid[]) as one(id, visit)""",
        *([new_id() for _ in ids], ids, reason, by.id, now),
    )
    await note_changes(sorted({(row["facility"], row["visited_on"]) for row in rows}))
    return len(ids)
