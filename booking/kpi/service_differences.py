"""What changes in a certified period is written down, dated, with its reason; the certified figure stays as it is."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from booking.facilities import queries as facilities
from booking.kit import clock, db
from booking.kit.tokens import new_id
from booking.kpi import queries_differences
from booking.kpi.queries_certifying import list_rows
from booking.kpi.rules import Unit
from booking.kpi.rules_certifying import reason_of
from booking.kpi.rules_recounting import by_facility_day
from booking.kpi.schemas_certifying import CertifiedDays


async def note_days(days: Sequence[date]) -> None:
    """Within the fold of these days: which facility-days give another number than was certified or last found.

    Each is counted under the reading it was certified under, so that a new reading makes no difference. Of figures in
    people see `note_people`.
    """
    covering = [one for one in await queries_differences.list_covering(days) if one.definition.unit is not Unit.PEOPLE]
    ids = {each.code: each.id for each in await facilities.list_facilities()} if covering else {}
    for one in covering:
        await _note_days(one, set(days), ids)


async def note_people(days: Sequence[date]) -> None:
    """The same of figures in people, each counted once over its whole period, however many of its days changed."""
    covering = [one for one in await queries_differences.list_covering(days) if one.definition.unit is Unit.PEOPLE]
    places = await facilities.list_facilities() if covering else []
    for one in covering:
        await _note_whole(one, [each.id for each in places if one.body in ("", each.body_code)])


async def _note_whole(one: CertifiedDays, facility_ids: Sequence[UUID]) -> None:
    """Distinct people do not add up, so the period is counted as a whole."""
    span = (one.starts_on, one.until_on)
    now = await queries_differences.count_people(one.definition, one.scope, *span, one.body)
    if now != one.value:
        causes = await queries_differences.list_causes(facility_ids, *span, one.certified_at)
        await _insert(one, None, None, (one.value, now), reason_of(*causes))


async def _note_days(one: CertifiedDays, changed: set[date], ids: dict[str, UUID]) -> None:
    mine = {on for on in changed if one.starts_on <= on < one.until_on}
    rows = await list_rows(min(mine), max(mine) + timedelta(days=1), one.body)
    counted = by_facility_day(rows, one.definition, one.scope, one.definition.unit)
    now = {(facility, on): value for facility, on, value in counted if on in mine}
    known = {where for where in one.given if where[1] in mine}
    moved = sorted(where for where in now.keys() | known if now.get(where, 0) != one.given.get(where, 0))
    for facility, on in moved:
        causes = await queries_differences.list_causes([ids[facility]], on, on + timedelta(days=1), one.certified_at)
        moved_by = (one.given.get((facility, on), 0), now.get((facility, on), 0))
        await _insert(one, ids[facility], on, moved_by, reason_of(*causes))


async def _insert(
    one: CertifiedDays, facility: UUID | None, on: date | None, moved_by: tuple[int, int], reason: str
) -> None:
    """`moved_by`: from which number to which."""
    await db.execute(
        """insert into kpi_difference (id, certification, facility, counted_on, was, now, reason, found_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8)""",
        *(new_id(), one.id, facility, on, *moved_by, reason, clock.now()),
    )
