"""The sweep at closing: who forgot to scan out has left with the last opening hour of the day, and it says so."""

from datetime import datetime

from booking.facilities.queries import list_facilities, load_calendar
from booking.kit import clock, db
from booking.visits.queries_reference import open_spans
from booking.visits.queries_staff import list_open, list_session_ends
from booking.visits.rules_answers import closing_after
from booking.visits.rules_kinds import ClosedBy
from booking.visits.schemas_staff import OpenRow
from booking.visits.schemas_state import FacilityState
from booking.visits.service_changes import note_changes
from booking.visits.service_writing import CHANNEL

_END = """
update visit set left_at = one.left_at, closed_by = $3
from unnest($1::uuid[], $2::timestamptz[]) as one (id, left_at)
where visit.id = one.id and visit.left_at is null and visit.voided_at is null
returning visit.facility, visit.visited_on
"""


async def close_open_visits() -> int:
    """End every visit whose facility has closed; how many ended.

    Where nobody knows a closing (no hours that day, no session), the day's end is it.
    Safe: repeated, and beside scans: a visit that has ended meanwhile is left alone.
    """
    now = clock.now()
    rows = await list_open()
    due = {one.id: at for one, at in (await _closings(rows)).items() if at <= now} if rows else {}
    if not due:
        return 0
    codes = {one.id: one.code for one in await list_facilities()}
    async with db.transaction():
        ended = await db.fetch(_END, list(due), list(due.values()), ClosedBy.AUTO)
        touched = sorted({(row["facility"], row["visited_on"]) for row in ended})
        if touched:
            await note_changes(touched)
            said = ",".join(sorted({codes[facility] for facility, _ in touched}))
            await db.execute("select pg_notify($1, $2)", CHANNEL, said)
    return len(ended)


async def _closings(rows: list[OpenRow]) -> dict[OpenRow, datetime]:
    days = [one.visited_on for one in rows]
    calendar = await load_calendar({one.facility for one in rows}, min(days), max(days))
    ends = await list_session_ends({one.session for one in rows if one.session is not None})
    found = {}
    for one in rows:
        place = FacilityState(name="", capacity=0, open=open_spans(calendar, one.facility, one.visited_on))
        closing = closing_after(place, one.entered_at) or (ends.get(one.session) if one.session else None)
        at = closing or clock.day_span(one.visited_on)[1]
        found[one] = max(at, one.entered_at)
    return found
