"""Every read of reservations, and the reservation lock."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from booking.kit import db
from booking.kit.words import with_words, words_sql
from booking.people import queries as people
from booking.people.schemas import MemberView
from booking.programs.queries import ELIGIBILITY, SESSION_COLUMNS, SESSION_TABLES, as_session
from booking.programs.schemas import EligibilityView, SessionView
from booking.reservations.rules import LIVE, TAKING_A_SEAT, ReservationState
from booking.reservations.schemas import KioskBooking, ReservationView, RosterEntry
from booking.reservations.schemas_facts import Chosen, Holding
from booking.reservations.schemas_finding import DayCount, ListedSession, PlaceListed


def _listed(states: Iterable[str]) -> str:
    return "(" + ", ".join(f"'{state}'" for state in sorted(states)) + ")"


_TAKING, _LIVE = _listed(TAKING_A_SEAT), _listed(LIVE)
_OPTIONS = f"""
coalesce((select jsonb_agg(jsonb_build_object('code', program_option.code, 'names',
                   {words_sql("program_option.name", "program_option.names")})
                   order by program_option.code)
            from reservation_option join session_option on session_option.id = reservation_option.option
            join program_option on program_option.id = session_option.option
           where reservation_option.reservation = reservation.id), '[]')"""
_COLUMNS = f"""
reservation.id, reservation.order_id, reservation.state, session.id as session_id, member.id as member_id,
member.shown_name as member_name, program.code as program_code, program.name as program_name,
{words_sql("program.name", "program.names")} as program_names, session.title,
{words_sql("session.title", "session.titles")} as titles,
session.series as series_id, facility.code as facility_code,
facility.name as facility_name, {words_sql("facility.name", "facility.names")} as facility_names,
{words_sql("facility.address", "facility.addresses")} as facility_addresses,
place.code as place_code, body.code as body_code, session.held_on, session.starts_at, session.ends_at,
session.cancel_until, reservation.booked_at, reservation.arrived_at, reservation.cancelled_at,
reservation.uses_wheelchair, reservation.helpers, {_OPTIONS} as options,
reservation.enrolment as enrolment_id,
reservation.is_party, reservation.waiting_at, reservation.offered_at, reservation.offered_until,
reservation.extended_at, case reservation.state when 'waiting' then
  (select count(*) from reservation ahead where ahead.session = reservation.session and ahead.state = 'waiting'
      and (ahead.waiting_at, ahead.id) <= (reservation.waiting_at, reservation.id)) end as position"""
_TABLES = """
reservation join session on session.id = reservation.session join member on member.id = reservation.member
join program on program.id = session.program join facility on facility.id = session.facility
join place on place.id = facility.place join body on body.id = facility.body"""
NO_LIMIT = 10_000


def _view(row: Any) -> ReservationView:
    fields = with_words(row, "program_names", "titles", "facility_names", "facility_addresses")
    fields["options"] = msgspec.json.decode(fields["options"], type=tuple[Chosen, ...])
    return ReservationView(**fields)


# ---- facts of an order --------------------------------------------------------------------------------------------


async def taken(session_ids: Iterable[UUID]) -> dict[UUID, int]:
    """How many seats of each session are taken by reservations; 0 for those without any."""
    ids = list(session_ids)
    rows = await db.fetch(
        f"select session, count(*) as n from reservation where session = any($1) and state in {_TAKING} group by 1",
        ids,
    )
    return {**dict.fromkeys(ids, 0), **{row["session"]: row["n"] for row in rows}}


async def list_holdings(member_ids: Iterable[UUID], since: datetime) -> tuple[Holding, ...]:
    """The live reservations of these members in sessions that end after `since`."""
    rows = await db.fetch(
        "select reservation.session as session_id, reservation.member as member_id, session.program as program_id,"
        "       reservation.state, reservation.enrolment as enrolment_id, session.held_on, session.starts_at,"
        f"      session.ends_at, {words_sql('session.title', 'session.titles')} as titles,"
        f"      {words_sql('program.name', 'program.names')} as program_names"
        "  from reservation join session on session.id = reservation.session"
        "  join program on program.id = session.program"
        f" where reservation.member = any($1) and reservation.state in {_LIVE} and session.ends_at > $2",
        list(member_ids),
        since,
    )
    return tuple(_holding(with_words(row, "titles", "program_names")) for row in rows)


def _holding(fields: dict[str, Any]) -> Holding:
    titles, program_names = fields.pop("titles"), fields.pop("program_names")
    return Holding(**fields, names=titles or program_names)


async def lock_reservations(reservation_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Lock reservations until the transaction ends, in order of id; their states as they are then."""
    rows = await db.fetch(
        "select id, state from reservation where id = any($1) order by id for no key update", list(reservation_ids)
    )
    return {row["id"]: row["state"] for row in rows}


async def lock_draws(draw_ids: Iterable[UUID]) -> dict[UUID, datetime | None]:
    """Lock draws until the transaction ends, in order of id, after their sessions; when each was run, if it was."""
    rows = await db.fetch(
        "select id, drawn_at from draw where id = any($1) order by id for no key update", list(draw_ids)
    )
    return {row["id"]: row["drawn_at"] for row in rows}


# ---- reservations -------------------------------------------------------------------------------------------------


async def list_reservations(reservation_ids: Iterable[UUID]) -> list[ReservationView]:
    """These reservations, in the order their sessions start."""
    rows = await db.fetch(
        f"select {_COLUMNS} from {_TABLES} where reservation.id = any($1)"
        " order by session.starts_at, member.created_at, reservation.id",
        list(reservation_ids),
    )
    return [_view(row) for row in rows]


async def list_order_of(reservation_id: UUID) -> list[ReservationView]:
    """Every reservation made in one order with this one, whoever they are of: the caller decides who may see them."""
    rows = await db.fetch(
        f"select {_COLUMNS} from {_TABLES}"
        " where reservation.order_id = (select order_id from reservation where id = $1)"
        " order by session.starts_at, member.created_at, reservation.id",
        reservation_id,
    )
    return [_view(row) for row in rows]


async def find_reservation(reservation_id: UUID) -> ReservationView | None:
    """A reservation by id, whoever it is of: the caller decides who may see it."""
    found = await list_reservations([reservation_id])
    return found[0] if found else None


async def list_reservations_of(
    member_ids: Iterable[UUID] | None,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    states: Iterable[str] = LIVE,
    session_id: UUID | None = None,
    after: tuple[datetime, UUID] | None = None,
    newest_first: bool = False,
    limit: int = NO_LIMIT,
) -> list[ReservationView]:
    """Reservations of these members, live ones unless asked otherwise, in the order sessions start.

    None instead of members: everybody's but those of protected members, who are in no list.
    `since` leaves sessions that end after it, `until` those that have ended by then, `session_id` those of one session;
    `after` is where the page before ended.
    """
    members = None if member_ids is None else list(member_ids)
    starts_at, last_id = after or (None, None)
    way = "desc" if newest_first else "asc"
    rows = await db.fetch(
        f"select {_COLUMNS} from {_TABLES}"
        " where (case when $1::uuid[] is null then not member.is_protected else reservation.member = any($1) end)"
        " and reservation.state = any($2)"
        " and ($3::timestamptz is null or session.ends_at > $3) and ($4::uuid is null or session.id = $4)"
        " and ($5::timestamptz is null or (session.starts_at, reservation.id) > ($5, $6::uuid))"
        " and ($8::timestamptz is null or session.ends_at <= $8)"
        f" order by session.starts_at {way}, reservation.id {way} limit $7",
        *(members, [str(state) for state in states], since, session_id, starts_at, last_id, limit, until),
    )
    return [_view(row) for row in rows]


async def bookings_for_kiosk(facility_ids: Iterable[UUID], first_day: date, last_day: date) -> list[KioskBooking]:
    """Confirmed and arrived seats at these facilities from `first_day` to `last_day`, both included."""
    rows = await db.fetch(
        "select reservation.id as reservation_id, reservation.session as session_id, reservation.member as member_id,"
        "       reservation.state"
        "  from session join reservation on reservation.session = session.id"
        " where session.facility = any($1) and session.held_on between $2 and $3"
        "   and reservation.state in ('confirmed', 'arrived') and session.state = 'published'"
        "   and reservation.member is not null"
        " order by reservation.session, reservation.id",
        *(list(facility_ids), first_day, last_day),
    )
    return [KioskBooking(**row) for row in rows]


async def list_roster(session_id: UUID, *, with_waiting: bool = False) -> list[RosterEntry]:
    """Who holds a seat of a session, by reading, then who waits for one, in order; for the staff of that place."""
    waiting = f"or state = '{ReservationState.WAITING}'" if with_waiting else ""
    rows = await db.fetch(
        "select id, member, state, assistance, booked_at, arrived_at, overridden, override_reason, uses_wheelchair,"
        f" helpers, {_OPTIONS} as options, waiting_at, case state when '{ReservationState.WAITING}' then"
        "   row_number() over (partition by state order by waiting_at, id) end as position"
        f" from reservation where session = $1 and member is not null and (state in {_TAKING} {waiting})",
        session_id,
    )
    members = await people.list_members(row["member"] for row in rows)
    entries = [_entry(dict(row), members[row["member"]]) for row in rows]
    return sorted(entries, key=lambda each: (each.position or 0, each.member.kana or each.member.name, str(each.id)))


def _entry(fields: dict[str, Any], member: MemberView) -> RosterEntry:
    overridden = tuple(fields.pop("overridden") or ())
    options = msgspec.json.decode(fields.pop("options"), type=tuple[Chosen, ...])
    return RosterEntry(**{**fields, "member": member}, overridden=overridden, options=options)


# ---- finding a session --------------------------------------------------------------------------------------------


async def list_places(first_day: date, last_day: date) -> list[PlaceListed]:
    """Every facility in use, with how many published sessions of each program it has on each of these days."""
    rows = await db.fetch(
        f"select facility.id, facility.code, facility.name, {words_sql('facility.name', 'facility.names')} as names,"
        f"      {words_sql('place.name', 'place.names')} as place_names,"
        "       coalesce(jsonb_agg(jsonb_build_object('day', counted.held_on, 'program', counted.code, 'n', counted.n,"
        f"        'names', {words_sql('counted.name', 'counted.names')})"
        "         order by counted.code) filter (where counted.code is not null), '[]') as counts"
        "  from facility join place on place.id = facility.place"
        "  left join (select session.facility, held_on, program.code, program.name, program.names,"
        "                    count(*) as n from session join program on program.id = session.program"
        "              where held_on between $1 and $2 and session.state = 'published' and \"group\" is null"
        "              group by 1, 2, program.id) as counted on counted.facility = facility.id"
        " where facility.ended_on is null or facility.ended_on > $1"
        " group by facility.id, place.id order by facility.code",
        *(first_day, last_day),
    )
    return [_place(with_words(row, "names", "place_names")) for row in rows]


def _place(fields: dict[str, Any]) -> PlaceListed:
    fields["counts"] = msgspec.json.decode(fields["counts"], type=tuple[DayCount, ...])
    return PlaceListed(**fields)


async def list_days(
    days: tuple[date, date], *, facility_id: UUID | None = None, program: str = "", member_ids: Sequence[UUID] = ()
) -> list[ListedSession]:
    """The published sessions of these days, both included, as they start, with which of `member_ids` hold a seat."""
    return await _list_sessions(
        "session.held_on between $2 and $3 and ($4::uuid is null or session.facility = $4)"
        " and ($5 = '' or program.code = $5) and session.state = 'published' and session.\"group\" is null",
        list(member_ids),
        *(*days, facility_id, program),
    )


async def list_same(session: SessionView, now: datetime) -> list[ListedSession]:
    """The next sessions of the same program at the same facility on other days."""
    return await _list_sessions(
        "session.program = $2 and session.facility = $3 and session.starts_at > $4 and session.held_on <> $5"
        " and session.starts_at < $6 and session.state = 'published'",
        [],
        *(session.program_id, session.facility_id, now, session.held_on, now + timedelta(days=28)),
        limit=3,
    )


async def list_series(series_id: UUID, member_ids: Sequence[UUID] = ()) -> list[ListedSession]:
    """The published sessions of a series in the order they start, with which of `member_ids` hold a seat."""
    where = "session.series = $2 and session.state = 'published'"
    return await _list_sessions(where, list(member_ids), series_id, order="session.starts_at, session.id")


async def list_session(session_id: UUID, member_ids: Sequence[UUID] = ()) -> ListedSession | None:
    """One session that has been published, cancelled or not, with its seats."""
    found = await _list_sessions("session.id = $2 and session.state <> 'draft'", list(member_ids), session_id)
    return found[0] if found else None


async def list_upcoming(
    *,
    facility: str | None,
    program: str | None,
    span: tuple[datetime, datetime],
    after: tuple[datetime, UUID] | None,
    only_free_at: datetime | None,
    limit: int,
) -> list[ListedSession]:
    """Published and cancelled sessions that start in `span`; `only_free_at` leaves those that can be booked then."""
    starts_at, last_id = after or (None, None)
    free = f"""
    ($8::timestamptz is null or (session.state = 'published'
      and session."group" is null and coalesce(session.selection, program.selection) = 'first-come'
      and session.booking_opens_at <= $8 and session.booking_closes_at > $8 and session.roll_over_at > $8
      and session.web_seats > (select count(*) from reservation as seat
                                where seat.session = session.id and seat.state in {_TAKING})))"""
    return await _list_sessions(
        "session.state <> 'draft' and ($2::text is null or facility.code = $2)"
        " and ($3::text is null or program.code = $3) and session.starts_at >= $4 and session.starts_at < $5"
        f" and ($6::timestamptz is null or (session.starts_at, session.id) > ($6, $7::uuid)) and {free}",
        [],
        *(facility, program, *span, starts_at, last_id, only_free_at),
        order="session.starts_at, session.id",
        limit=limit,
    )


async def _list_sessions(
    where: str,
    member_ids: list[UUID],
    *args: Any,
    order: str = "session.starts_at, facility.code, program.code, session.id",
    limit: int = NO_LIMIT,
) -> list[ListedSession]:
    rows = await db.fetch(
        f"""
        select {SESSION_COLUMNS}, coalesce(counted.taken, 0) as taken, coalesce(counted.waiting, 0) as waiting,
               coalesce(counted.mine, '{{}}') as mine, coalesce(counted.mine_waiting, '{{}}') as mine_waiting, who.rules
          from {SESSION_TABLES}
          left join lateral (
            select count(*) filter (where state in {_TAKING}) as taken,
                   count(*) filter (where state = '{ReservationState.WAITING}') as waiting,
                   array_agg(member) filter (where member = any($1) and state in {_TAKING}) as mine,
                   array_agg(member) filter (where member = any($1) and state not in {_TAKING}) as mine_waiting
              from reservation where reservation.session = session.id and state in {_LIVE}) as counted on true
          left join lateral (
            select jsonb_agg(to_jsonb(rule) order by valid_from_on) as rules
              from (select {ELIGIBILITY} from eligibility
                      left join qualification on qualification.id = eligibility.qualification
                     where eligibility.program = session.program) as rule) as who on true
         where {where} order by {order} limit {limit}""",
        *(member_ids, *args),
    )
    return [_listed_session(row) for row in rows]


def _listed_session(row: Any) -> ListedSession:
    return ListedSession(
        session=as_session(row),
        taken=row["taken"],
        waiting=row["waiting"],
        eligibility=msgspec.json.decode(row["rules"] or "[]", type=tuple[EligibilityView, ...]),
        mine=tuple(row["mine"]),
        mine_waiting=tuple(row["mine_waiting"]),
    )
