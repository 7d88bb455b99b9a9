"""What changes in a certified period is written down, dated, with its reason; the certified figure stays as it is."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from booking.facilities import queries as facilities
from booking.kit import clock, db
from booking.kit.tokens import new_id
from booking.kpi import queries_certifying as certified
from booking.kpi.rules_certifying import reason_of
from booking.kpi.rules_recounting import by_facility_day
from booking.kpi.schemas_certifying import CertifiedDays


async def note_differences(days: Sequence[date]) -> int:
    """Within the fold of these days: how many facility-days give another number than was certified or last found.

    Each is counted under the reading it was certified under, so that a new reading makes no difference.
    """
    covering = await certified.list_covering(days)
    ids = {each.code: each.id for each in await facilities.list_facilities()} if covering else {}
    return sum([await _note(one, set(days), ids) for one in covering])


async def _note(one: CertifiedDays, changed: set[date], ids: dict[str, UUID]) -> int:
    mine = {on for on in changed if one.starts_on <= on < one.until_on}
    rows = await certified.list_rows(min(mine), max(mine) + timedelta(days=1), one.body)
    counted = by_facility_day(rows, one.definition, one.scope, one.definition.unit)
    now = {(facility, on): value for facility, on, value in counted if on in mine}
    known = {where for where in one.given if where[1] in mine}
    moved = sorted(where for where in now.keys() | known if now.get(where, 0) != one.given.get(where, 0))
    for facility, on in moved:
        late, corrections = await certified.list_causes(ids[facility], on, one.certified_at)
        await db.execute(
            """insert into kpi_difference (id, certification, facility, counted_on, was, now, reason, found_at)
               values ($1, $2, $3, $4, $5, $6, $7, $8)""",
            *(new_id(), one.id, ids[facility], on, one.given.get((facility, on), 0), now.get((facility, on), 0)),
            *(reason_of(late, corrections), clock.now()),
        )
    return len(moved)
