"""Verbs of the roll call: begin, tick, end; what kiosks ticked; and the list itself with whom to ring."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from booking.access.rules import require_staff
from booking.access.schemas import Actor
from booking.access.service import record_audit, record_view
from booking.facilities.queries import get_facility, list_facilities
from booking.facilities.schemas import FacilityView
from booking.kit import clock, db
from booking.kit.tokens import new_id
from booking.people.queries import list_members
from booking.people.queries_phones import list_phones_to_call
from booking.people.rules_text import print_phone
from booking.people.schemas import MemberView, PhoneToCall
from booking.visits import queries_roll
from booking.visits.errors import RollCallOver, RollCallUnknown, VisitUnknown
from booking.visits.rules_roll import state_of, sums_of
from booking.visits.schemas_roll import How, RollCallPage, RollCallView, RollPerson, RollPhone, RollRow
from booking.visits.service_desk import DESK
from booking.visits.service_writing import CHANNEL

VIEW = "roll-call"
LOGGED_EVERY = timedelta(minutes=10)
"""A page that renews itself with every tick is one look, not sixty."""

_MARK = """
insert into roll_call_mark (id, roll_call, visit, how, marked_at, by_account, by_name, kiosk, nonce)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (nonce) do nothing"""


async def list_places(by: Actor, facility_code: str) -> list[FacilityView]:
    """The facilities of a place that somebody works at, the asked one first. Raises: UnknownFacility, NotAllowed."""
    asked = await get_facility(facility_code)
    require_staff(by, *DESK, scopes=asked.scopes)
    others = [one for one in await list_facilities() if one.place_id == asked.place_id and one.id != asked.id]
    return [asked, *(one for one in others if by.kind == "system" or by.may_in(one.scopes, *DESK))]


async def read_roll_call(by: Actor, facility_code: str, roll_call_id: UUID | None = None) -> RollCallPage:
    """Everybody inside the place of a facility, or as a roll call of it was left; the look is logged.

    Raises: UnknownFacility, NotAllowed, RollCallUnknown.
    """
    places = await list_places(by, facility_code)
    if roll_call_id is None:
        call = await queries_roll.find_roll_call(places[0].place_id)
    else:
        call = await queries_roll.get_roll_call(roll_call_id)
        if call.place_id != places[0].place_id:
            raise RollCallUnknown
    day = clock.today() if call is None else clock.local_date(call.began_at)
    rows = await queries_roll.list_rows([one.id for one in places], day, call)
    people = await _people(rows)
    await _log(by, [one.member for one in people if one.member is not None], places[0].code)
    return RollCallPage(
        place=places[0].place_name,
        facilities=tuple(one.code for one in places),
        roll_call=call,
        sums=sums_of(rows),
        items=people,
    )


async def _log(by: Actor, member_ids: list[UUID], scope: str) -> None:
    unseen = await queries_roll.list_unseen(by.id, member_ids, VIEW, clock.now() - LOGGED_EVERY)
    await record_view(by, unseen, VIEW, scope=scope, by_list=True)


async def _people(rows: Sequence[RollRow]) -> list[RollPerson]:
    ids = {row.member_id for row in rows if row.member_id is not None}
    members, phones = await list_members(ids), await list_phones_to_call(ids)
    people = [_person(row, members, phones) for row in rows]
    return sorted(people, key=lambda one: (one.member is None, one.kana or one.name, one.entered_at, one.visit))


def _person(row: RollRow, members: dict[UUID, MemberView], phones: dict[UUID, list[PhoneToCall]]) -> RollPerson:
    member = members.get(row.member_id) if row.member_id is not None else None
    return RollPerson(
        visit=row.id,
        member=row.member_id,
        kind=row.kind,
        heads=row.heads,
        party=row.party,
        name=member.name if member else "",
        kana=member.kana if member else "",
        grade=member.grade if member else None,
        stage=member.school_stage if member else "",
        assistance=member.assistance if member else None,
        phones=said_phones(phones.get(member.id, ())) if member else (),
        facility=row.facility_code,
        facility_name=row.facility_name,
        entered_at=row.entered_at,
        left_at=row.left_at,
        state=state_of(row),
        marked_at=row.marked_at,
        marked_by=row.by_name,
        by_kiosk=row.by_kiosk,
    )


def said_phones(phones: Sequence[PhoneToCall]) -> tuple[RollPhone, ...]:
    """Telephones as people dial them."""
    return tuple(RollPhone(name=one.name, relation=one.relation, phone=print_phone(one.phone)) for one in phones)


async def open_roll_call(place_id: UUID, now: datetime, by_id: UUID | None = None) -> UUID:
    """The roll call that goes on at a place, begun now if none does; within the caller's transaction.

    Safe: beside others; the database knows one at a time. One that nobody ended is ended with its day.
    """
    today = clock.day_span(clock.local_date(now))[0]
    await db.execute(
        "update roll_call set ended_at = $2 where place = $1 and ended_at is null and began_at < $2", place_id, today
    )
    await db.execute(
        "insert into roll_call (id, place, began_at, began_by) values ($1, $2, $3, $4)"
        " on conflict (place) where ended_at is null do nothing",
        *(new_id(), place_id, now, by_id),
    )
    found: UUID = await db.fetchval("select id from roll_call where place = $1 and ended_at is null", place_id)
    return found


async def begin(by: Actor, facility_code: str) -> RollCallView:
    """Begin to look for everybody inside a place. Safe: a second time it is the one that goes on.

    Raises: UnknownFacility, NotAllowed.
    """
    places = await list_places(by, facility_code)
    async with db.transaction():
        found = await queries_roll.find_roll_call(places[0].place_id)
        if found is not None:
            return found
        roll_call_id = await open_roll_call(places[0].place_id, clock.now(), by.id)
        await record_audit(by, "roll-call.begin", "roll-call", roll_call_id, scope=places[0].code)
        await announce(places)
        return await queries_roll.get_roll_call(roll_call_id)


async def end(by: Actor, facility_code: str, roll_call_id: UUID) -> None:
    """Nobody is looked for any more. Raises: RollCallUnknown, RollCallOver, NotAllowed."""
    places = await list_places(by, facility_code)
    async with db.transaction():
        await _lock_running(places, roll_call_id)
        await db.execute(
            "update roll_call set ended_at = $2, ended_by = $3 where id = $1", roll_call_id, clock.now(), by.id
        )
        await record_audit(by, "roll-call.end", "roll-call", roll_call_id, scope=places[0].code)
        await announce(places)


async def tick(by: Actor, facility_code: str, roll_call_id: UUID, visit_id: UUID, how: How, *, nonce: UUID) -> None:
    """Note that somebody was found safe or handed over, or take that back. The last tick counts.

    Raises: RollCallUnknown, RollCallOver, VisitUnknown, NotAllowed. Safe: a repeated nonce is the same tick.
    """
    places = await list_places(by, facility_code)
    async with db.transaction():
        call = await _lock_running(places, roll_call_id)
        rows = await queries_roll.list_rows([one.id for one in places], clock.local_date(call.began_at), call)
        if visit_id not in {row.id for row in rows}:
            raise VisitUnknown
        await db.execute(_MARK, new_id(), roll_call_id, visit_id, how, clock.now(), by.id, by.name, None, nonce)
        await announce(places)


async def _lock_running(places: Sequence[FacilityView], roll_call_id: UUID) -> RollCallView:
    call = await queries_roll.lock_roll_call(roll_call_id)
    if call.place_id != places[0].place_id:
        raise RollCallUnknown
    if call.ended_at is not None or _day_of(call) < clock.today():
        raise RollCallOver
    return call


def _day_of(call: RollCallView) -> date:
    return clock.local_date(call.began_at)


async def announce(places: Sequence[FacilityView]) -> None:
    """Let boards and open lists renew themselves, with the commit."""
    await db.execute("select pg_notify($1, $2)", CHANNEL, ",".join(sorted(one.code for one in places)))


async def write_tick(
    roll_call_id: UUID, visit_id: UUID, how: str, at: datetime, *, by_name: str, kiosk_id: UUID, nonce: UUID
) -> None:
    """A tick made at a kiosk, within the caller's transaction. Safe: a repeated nonce is the same tick."""
    await db.execute(_MARK, new_id(), roll_call_id, visit_id, how, at, None, by_name, kiosk_id, nonce)
