"""Reads of group visits, the lock of a request, and what a facility has at the time of one."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from booking.facilities.queries import load_calendar
from booking.facilities.queries_spaces import list_spaces, list_uses
from booking.facilities.rules import SpaceUse, hours_of
from booking.facilities.schemas import Hours
from booking.kit import clock, db
from booking.kit.words import with_words, words_sql
from booking.programs.queries import list_sessions, list_sessions_by_id
from booking.programs.queries_taken import count_taken
from booking.programs.schemas import SessionView
from booking.reservations import rules_group_visits as rules
from booking.reservations.errors_group_visits import GroupRequestUnknown
from booking.reservations.rules_kinds import RequestState
from booking.reservations.schemas_group_visits import (
    FreeRoom,
    GroupRequestView,
    Outlook,
    RoomShare,
    SessionThen,
    UsedRoom,
    VisitTime,
)

_REQUEST = f"""
select r.id, r.facility as facility_id, facility.code as facility_code, facility.name as facility_name,
       {words_sql("facility.name", "facility.names")} as facility_names,
       facility.address as facility_address,
       {words_sql("facility.address", "facility.addresses")} as facility_addresses,
       coalesce(facility.phone, body.phone) as facility_phone, body.code as body_code, body.name as body_name,
       r.organisation, r.contact_name, r.phone, r.email, r.language, r.dates, r.pupils, r.adults, r.wheelchairs,
       r.bus_count, r.assistance, r.note, r.state, r.created_at, r.visit_on, r.starts, r.ends, r.staff_note,
       r.door_code, r.decided_at, r.answered_at, r.displaced_at, r.called
  from group_request r
  join facility on facility.id = r.facility
  join body on body.id = facility.body
"""
_JSON = {"dates": tuple[VisitTime, ...], "pupils": dict[int, int]}


def _view(row: Any, rooms: Iterable[RoomShare] = ()) -> GroupRequestView:
    values = {name: row[name] for name in row.keys() if name not in ("visit_on", "starts", "ends")}  # noqa: SIM118
    values = with_words(values, "facility_names", "facility_addresses")
    for name, kind in _JSON.items():
        values[name] = msgspec.json.decode(values[name], type=kind)
    visit = None if row["visit_on"] is None else VisitTime(row["visit_on"], row["starts"], row["ends"])
    return GroupRequestView(**values, visit=visit, rooms=tuple(rooms))


async def _views(rows: Sequence[Any]) -> list[GroupRequestView]:
    shares = await db.fetch(
        "select g.request, g.space as space_id, space.name as space_name,"
        f"      {words_sql('space.name', 'space.names')} as space_names, g.heads from group_room g"
        " join space on space.id = g.space where g.request = any($1) order by g.heads desc, space.name",
        [row["id"] for row in rows],
    )
    of: dict[UUID, list[RoomShare]] = {row["id"]: [] for row in rows}
    for share in shares:
        said = {name: share[name] for name in RoomShare.__struct_fields__}
        of[share["request"]].append(RoomShare(**with_words(said, "space_names")))
    return [_view(row, of[row["id"]]) for row in rows]


async def find_request(request_id: UUID) -> GroupRequestView | None:
    """A request by id."""
    views = await _views(await db.fetch(f"{_REQUEST} where r.id = $1", request_id))
    return next(iter(views), None)


async def get_request(request_id: UUID) -> GroupRequestView:
    """A request by id. Raises: GroupRequestUnknown."""
    found = await find_request(request_id)
    if found is None:
        raise GroupRequestUnknown
    return found


async def lock_group_request(request_id: UUID) -> GroupRequestView:
    """Lock a request until the transaction ends and read it as it is then. Its facility is locked before.

    Raises: GroupRequestUnknown.
    """
    views = await _views(await db.fetch(f"{_REQUEST} where r.id = $1 for no key update of r", request_id))
    if not views:
        raise GroupRequestUnknown
    return views[0]


async def list_requests(facility_ids: Collection[UUID], states: Collection[str]) -> list[GroupRequestView]:
    """Requests at these facilities: those with a time by it, the others by the day they came in."""
    rows = await db.fetch(
        f"{_REQUEST} where r.facility = any($1) and r.state = any($2)"
        " order by coalesce(r.visit_on, r.created_at::date), r.starts nulls first, r.id",
        *(list(facility_ids), [str(each) for each in states]),
    )
    return await _views(rows)


async def list_visits_on(facility_ids: Collection[UUID], day: date) -> list[GroupRequestView]:
    """The approved visits of a day at these facilities, in the order they begin."""
    return await list_visits(facility_ids, day, day)


async def list_visits(facility_ids: Collection[UUID], first: date, last: date) -> list[GroupRequestView]:
    """The approved visits from one day to another at these facilities, in the order they begin."""
    rows = await db.fetch(
        f"{_REQUEST} where r.facility = any($1) and r.visit_on between $2 and $3 and r.state = $4"
        " order by r.visit_on, r.starts, r.id",
        *(list(facility_ids), first, last, str(RequestState.APPROVED)),
    )
    return await _views(rows)


async def list_caught(facility_id: UUID, hours: Hours, before: Hours) -> list[GroupRequestView]:
    """Visits fixed or proposed for a day that it will not cover any more; `before`: the day as it is until then.

    Who comes outside the opening hours on purpose is caught only when the whole day is closed.
    """
    rows = await db.fetch(
        f"{_REQUEST} where r.facility = $1 and r.visit_on = $2 and r.state = any($3) order by r.starts, r.id",
        *(facility_id, hours.day, [str(RequestState.APPROVED), str(RequestState.COUNTERED)]),
    )
    return [one for one in await _views(rows) if one.visit is not None and _is_caught(one.visit, hours, before)]


def _is_caught(visit: VisitTime, hours: Hours, before: Hours) -> bool:
    if hours.covers(visit.starts, visit.ends):
        return False
    return before.covers(visit.starts, visit.ends) or not hours.is_open


async def list_coming(facility_ids: Collection[UUID], now: datetime) -> list[GroupRequestView]:
    """Visits fixed or proposed for today that are not over yet."""
    today = clock.local_date(now)
    rows = await db.fetch(
        f"{_REQUEST} where r.facility = any($1) and r.visit_on = $2 and r.ends > $3 and r.state = any($4)"
        " order by r.id",
        *(list(facility_ids), today, clock.local(now).time()),
        [str(RequestState.APPROVED), str(RequestState.COUNTERED)],
    )
    return await _views(rows)


async def list_displaced(facility_id: UUID, displaced_at: datetime) -> list[GroupRequestView]:
    """Whose day was taken by the closing of a moment and for whom no other time was found yet."""
    rows = await db.fetch(
        f"{_REQUEST} where r.facility = $1 and r.displaced_at = $2 and r.state = $3 order by r.starts, r.id",
        *(facility_id, displaced_at, str(RequestState.DISPLACED)),
    )
    return await _views(rows)


async def list_over(today: date) -> list[tuple[UUID, UUID]]:
    """Requests without an answer of which every day is over, as (facility, request)."""
    rows = await db.fetch(
        "select facility, id from group_request where state = any($1) and coalesce(visit_on, created_at::date) < $2"
        " and not exists (select 1 from jsonb_array_elements(dates) wish where (wish->>'on')::date >= $2) order by id",
        *([str(RequestState.ASKED), str(RequestState.DISPLACED)], today),
    )
    return [(row["facility"], row["id"]) for row in rows]


async def find_by_code(facility_id: UUID, day: date, code: str) -> GroupRequestView | None:
    """The approved visit that has this code of the day."""
    visits = await list_visits_on([facility_id], day)
    return next((one for one in visits if one.door_code == code), None)


async def list_closed_wishes(request: GroupRequestView) -> list[VisitTime]:
    """The times wished for at which the place is not open by its calendar."""
    days = [one.on for one in request.dates]
    if not days:
        return []
    calendar = await load_calendar([request.facility_id], min(days), max(days))
    hours = {one: hours_of(calendar, request.facility_id, one.on) for one in request.dates}
    return [one for one, then in hours.items() if not then.covers(one.starts, one.ends)]


async def list_codes(place_id: UUID, day: date, besides: UUID | None = None) -> set[str]:
    """The codes of a day at every facility behind one entrance, but for one request's."""
    rows = await db.fetch(
        "select r.door_code from group_request r join facility on facility.id = r.facility"
        " where facility.place = $1 and r.visit_on = $2 and r.door_code is not null and r.id is distinct from $3",
        *(place_id, day, besides),
    )
    return {row["door_code"] for row in rows}


async def list_lapsed(now: datetime) -> list[tuple[UUID, UUID]]:
    """Proposals nobody answered in time, as (facility, request)."""
    rows = await db.fetch(
        "select facility, id from group_request where state = $1 and (decided_at <= $2 or visit_on <= $3) order by id",
        *(str(RequestState.COUNTERED), now - rules.STANDS_FOR, clock.local_date(now)),
    )
    return [(row["facility"], row["id"]) for row in rows]


async def list_rooms(facility_id: UUID) -> dict[UUID, FreeRoom]:
    """All rooms of a facility, whatever uses them."""
    return {
        one.id: FreeRoom(id=one.id, name=one.name, capacity=one.capacity, wheelchair_places=one.wheelchair_places)
        for one in await list_spaces([facility_id], clock.today())
    }


async def read_outlook(request: GroupRequestView, at: VisitTime) -> Outlook:
    """What the facility has at a time, and how the group could be split; rooms kept for itself count as free."""
    calendar = await load_calendar([request.facility_id], at.on, at.on)
    hours = hours_of(calendar, request.facility_id, at.on)
    since, until = clock.at_local(at.on, at.starts), clock.at_local(at.on, at.ends)
    rooms = await list_rooms(request.facility_id)
    uses = [one for one in await list_uses(rooms, since, until) if one.used_by != request.id]
    busy = {one.space_id for one in uses}
    free = tuple(room for room in rooms.values() if room.id not in busy)
    shares = rules.split(request.heads, free, request.wheelchairs)
    names = await _names([one.used_by for one in uses if one.used_for == SpaceUse.SESSION])
    return Outlook(
        time=at,
        hours=hours,
        is_open=hours.covers(at.starts, at.ends),
        free=free,
        used=tuple(
            UsedRoom(
                name=rooms[one.space_id].name,
                used_for=names.get(one.used_by, one.used_for),
                starts_at=one.starts_at,
                ends_at=one.ends_at,
            )
            for one in uses
        ),
        sessions=await _sessions_then(request.facility_id, at.on, since, until),
        shares=shares,
        missing=max(request.heads - sum(shares.values()), 0) if rooms else 0,
    )


async def _names(session_ids: Sequence[UUID]) -> dict[UUID, str]:
    return {each: _name_of(session) for each, session in (await list_sessions_by_id(session_ids)).items()}


def _name_of(session: SessionView) -> str:
    return session.title or session.program_name


async def _sessions_then(facility_id: UUID, day: date, since: datetime, until: datetime) -> tuple[SessionThen, ...]:
    sessions = [
        one
        for one in await list_sessions(first_day=day, last_day=day, facility_ids=[facility_id])
        if one.starts_at < until and since < one.ends_at
    ]
    taken = await count_taken([one.id for one in sessions])
    return tuple(
        SessionThen(
            id=one.id,
            name=_name_of(one),
            starts_at=one.starts_at,
            ends_at=one.ends_at,
            seats=one.web_seats + one.walk_in_seats,
            taken=taken[one.id],
        )
        for one in sessions
    )
