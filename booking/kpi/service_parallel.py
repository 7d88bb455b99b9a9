"""Eight weeks in which a place goes on counting in the old way while the service counts: how far the two agree."""

from datetime import date, timedelta

from booking.access.rules import Role, require_staff
from booking.access.schemas import Actor
from booking.access.service import record_audit
from booking.facilities import queries as facilities
from booking.facilities.schemas import FacilityView
from booking.kit import clock, db
from booking.kit.tokens import new_id
from booking.kpi import queries_parallel as queries
from booking.kpi import rules_parallel as rules
from booking.kpi.rules import READERS
from booking.kpi.schemas_parallel import Parallel, ParallelForm

COUNTERS = (Role.FACILITY_MANAGER, Role.OPERATOR, Role.BODY_ADMINISTRATOR)
"""Who enters what was counted in the old way."""


async def enter_count(by: Actor, form: ParallelForm) -> None:
    """Keep how many came on a day as counted in the old way; a number typed again replaces the one before, which
    stays in the audit trail.

    Raises: NotAllowed, ParallelRefused, UnknownFacility. Safe: repeated, and two at once.
    """
    place = await facilities.get_facility(form.facility)
    require_staff(by, *COUNTERS, scopes=place.scopes)
    async with db.transaction():
        await facilities.lock_facilities([place.id])
        known = (await queries.list_old_counts([place.code])).get(place.code, {})
        on, users = rules.check_form(form, known, clock.today())
        made = new_id()
        await db.execute(
            """insert into kpi_parallel (id, facility, counted_on, users, author, made_at)
               values ($1, $2, $3, $4, $5, $6) on conflict (facility, counted_on)
               do update set users = excluded.users, author = excluded.author, made_at = excluded.made_at""",
            *(made, place.id, on, users, by.name, clock.now()),
        )
        detail = {"on": on.isoformat(), "users": users, "before": known.get(on)}
        await record_audit(by, "kpi.counted-in-parallel", "facility", place.id, scope=place.code, detail=detail)


async def read_parallel(by: Actor, facility: str) -> Parallel:
    """The eight weeks of a facility: from the first week with an old count, else the first week the service counts.

    Raises: NotAllowed, UnknownFacility.
    """
    place = await facilities.get_facility(facility)
    require_staff(by, *READERS, scopes=place.scopes)
    known = (await queries.list_old_counts([place.code])).get(place.code, {})
    return await _compare(place, known)


async def list_parallels(body: str | None = None) -> list[Parallel]:
    """The facilities, of one body or all, with days counted in both ways."""
    places = [each for each in await facilities.list_facilities() if body in (None, each.body_code)]
    known = await queries.list_old_counts([each.code for each in places])
    found = [await _compare(each, known[each.code]) for each in places if each.code in known]
    return [one for one in found if one.percent is not None]


async def _compare(place: FacilityView, known: dict[date, int]) -> Parallel:
    first = await queries.find_first_day(place.id)
    starts_on = rules.monday_of(min(known, default=first or clock.today()))
    until = min(starts_on + timedelta(weeks=rules.WEEKS), clock.today())
    counted = await queries.count_days(place.id, starts_on, until)
    days = (starts_on + timedelta(days=n) for n in range((until - starts_on).days))
    by_day = {on: counted.get(on, 0) for on in days if first is not None and on >= first}
    return rules.compare(place.code, starts_on, known, by_day)
