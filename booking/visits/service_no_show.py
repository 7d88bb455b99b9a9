"""Judging who did not come, once every door of the place has said what it knows.

A kiosk without network goes on letting people in. So nobody is judged while a kiosk of the place is silent or has
scans to send, and then only up to the moment of its last word: that its queue was empty *after* the judged moment.
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from booking.access.schemas import SYSTEM
from booking.facilities.queries import lock_facilities
from booking.kiosks.rules import SILENT_AFTER
from booking.kit import clock, db
from booking.reservations.service_no_show import release, revive
from booking.visits import queries_no_show as queries
from booking.visits.rules_batch import Result

CHANNEL = "occupancy"
JUDGED_FOR = timedelta(days=14)
"""As long as a kiosk keeps its list; what was never judged until then stays as it is."""
AT_ONCE = 500
LATE_AFTER = timedelta(minutes=1)


async def release_missing() -> int:
    """Release the reservations of those who have not come in time; how many.

    Safe: repeated, and beside check-ins: each facility is locked as a check-in locks it, and read again.
    """
    now = clock.now()
    first_day = clock.local_date(now - JUDGED_FOR)
    released = 0
    for facility_id, place_id in await queries.list_places_missing_somebody(first_day, now):
        if await _judged_until(place_id) is not None:
            released += await _release_at(facility_id, place_id, first_day)
    return released


async def _judged_until(place_id: UUID) -> datetime | None:
    """The moment up to which everything is known of a place; None while one of its doors is silent or has scans.

    A place without a kiosk is judged by what staff entered.
    """
    now = clock.now()
    heard = await queries.heard_until([place_id], now - SILENT_AFTER)
    return heard.get(place_id, now)


async def _release_at(facility_id: UUID, place_id: UUID, first_day: date) -> int:
    async with db.transaction():
        places = await lock_facilities([facility_id])
        until = await _judged_until(place_id)
        if until is None:
            return 0
        missing = await queries.list_missing(facility_id, first_day, until, AT_ONCE)
        released = await release(SYSTEM, missing)
        if released:
            await db.execute("select pg_notify($1, $2)", CHANNEL, places[facility_id].code)
    return len(released)


def came_late(results: Iterable[Result], now: datetime) -> tuple[set[UUID], set[date]]:
    """Of whom, and of which days, a welcome arrives that was said some time ago or by the kiosk alone."""
    said = [
        one
        for one in results
        if one.entry.person is not None
        and one.outcome.verdict.verdict == "welcome"
        and (one.entry.shown.scan.told is not None or one.entry.shown.at < now - LATE_AFTER)
    ]
    return {one.entry.person.id for one in said if one.entry.person}, {one.entry.shown.on for one in said}


_USED = """
update visit set reservation = $2, session = seat.id, program = seat.program
from reservation join session seat on seat.id = reservation.session where visit.id = $1 and reservation.id = $2
"""


async def revive_late(member_ids: Collection[UUID], days: Iterable[date]) -> None:
    """Give back the reservations of those whose scans came after their seats were released, within the transaction of
    the scans. Safe: repeated, nothing changes.
    """
    if not member_ids:
        return
    came = {one.reservation: one for one in await queries.list_came(member_ids, days)}
    if not came:
        return
    revived = await revive(SYSTEM, {one.reservation: one.entered_at for one in came.values()})
    rows = [(came[one].visit, one) for one in revived]
    await db.execute_many(_USED, rows)
