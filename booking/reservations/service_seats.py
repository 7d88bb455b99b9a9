"""The seats that come with an enrolment, and what is due for groups by the clock.

Everything here but the sweep runs within the transaction of a verb that has locked the members, then the group.
Source: docs/decisions/0001-who-referees.md.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec

from booking.access.schemas import SYSTEM, Actor
from booking.access.service import record_audit
from booking.kit import clock, db
from booking.kit.tokens import new_id
from booking.people import queries as people
from booking.people.schemas import MemberView
from booking.programs import queries as programs
from booking.programs import queries_groups as groups
from booking.programs.rules_groups import MEETING
from booking.programs.schemas_groups import GroupView
from booking.programs.service_groups import open_if_reached
from booking.reservations import mail_enrolments, queries, queries_enrolments
from booking.reservations.rules import ReservationState, since_of
from booking.reservations.rules_enrolments import decide_enrolling, decide_seats, first_outgrown, has_outgrown
from booking.reservations.rules_kinds import EnrolmentState
from booking.reservations.schemas_enrolments import EnrolFacts, EnrolmentView, Seat, SeatFacts
from booking.reservations.service_waiting import Line, lock_pools

_INSERT = """
insert into reservation (id, session, member, state, enrolment, order_id, booked_at, booked_by_kind, booked_by)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)"""
_END = """
update enrolment set state = $2, ended_at = $3, ended_by = $4
where id = any($1) and state in ('enrolled', 'waiting') returning id"""


async def look_at_seats(
    group: GroupView, people_in: Sequence[EnrolmentView], members: Mapping[UUID, MemberView], *, lock: bool = True
) -> list[Seat]:
    """Which seats these people could get now in the group's sessions to come, and why not; `lock` to take them."""
    known = await groups.list_sessions_of_groups([group.id], clock.now())
    ids = [each.id for each in known]
    if not ids or not people_in:
        return []
    read = await (programs.lock_sessions(ids) if lock else programs.list_sessions_by_id(ids))
    sessions = tuple(sorted(read.values(), key=lambda each: (each.starts_at, each.id)))
    enrolled = tuple(each for each in people_in if each.state == EnrolmentState.ENROLLED)
    facts = SeatFacts(
        sessions=sessions,
        enrolments=enrolled,
        members=members,
        taken=await queries.taken(ids),
        holdings=await queries.list_holdings(members, since_of(sessions, clock.now())),
        eligibility=(await programs.load_eligibility([group.program_id]))[group.program_id],
        seen=await queries_enrolments.list_seen(ids, enrolled),
    )
    return decide_seats(facts)


async def hold_seats(
    by: Actor, group: GroupView, people_in: Sequence[EnrolmentView], members: Mapping[UUID, MemberView]
) -> int:
    """Reserve for these people what they can have in the sessions to come; how many seats were new.

    Whose school year or age no longer fits from one of the sessions on is told so once, as soon as there is one.
    """
    looked_at = await look_at_seats(group, people_in, members)
    seats = [each for each in looked_at if each.refusal is None]
    now = clock.now()
    rows = [
        (
            *(new_id(), each.session.id, each.enrolment.member_id, str(ReservationState.CONFIRMED)),
            *(each.enrolment.id, each.enrolment.id, now, each.enrolment.booked_by_kind, each.enrolment.booked_by),
        )
        for each in seats
    ]
    await db.execute_many(_INSERT, rows)
    for row, each in zip(rows, seats, strict=True):
        detail = {"session": str(each.session.id), "enrolment": str(each.enrolment.id)}
        scope = group.facility_code
        await record_audit(by, "reservation.booked", "reservation", row[0], scope=scope, detail=detail)
    for each in first_outgrown(looked_at):
        day = each.session.held_on
        await mail_enrolments.tell("outgrows", group, [each.enrolment], from_on=day, key=clock.fiscal_year(day))
    return len(rows)


async def lock_ahead(group_ids: Sequence[UUID], line: Line | None = None) -> None:
    """Lock the sessions to come of these groups: before any booking of theirs, as the order of locks asks.

    `line`: who may get a seat elsewhere when people leave; the caller has locked the members in it.
    """
    known = await groups.list_sessions_of_groups(group_ids, clock.now())
    await programs.lock_sessions({each.id for each in known} | (line.session_ids if line else set()))
    if line is not None:
        await lock_pools(line.waiters)


async def give_back_seats(by: Actor, group: GroupView, enrolment_ids: Sequence[UUID]) -> None:
    """Cancel what these enrolments hold in sessions that have not begun."""
    ids = await queries_enrolments.list_seats_ahead(enrolment_ids, clock.now())
    await queries.lock_reservations(ids)
    await db.execute(
        "update reservation set state = $2, cancelled_at = $3, cancelled_by = $4 where id = any($1)",
        *(ids, str(ReservationState.CANCELLED), clock.now(), by.id),
    )
    for one in ids:
        await record_audit(by, "reservation.cancelled", "reservation", one, scope=group.facility_code)


async def end_enrolments(
    by: Actor, group: GroupView, ended: Sequence[EnrolmentView], state: EnrolmentState, *, reason: str | None = None
) -> None:
    """Let these people leave with everything they hold ahead. Safe: who has left already stays so."""
    rows = await db.fetch(_END, [each.id for each in ended], str(state), clock.now(), by.id)
    gone = [row["id"] for row in rows]
    await give_back_seats(by, group, gone)
    for one in gone:
        await record_audit(by, f"enrolment.{state}", "enrolment", one, scope=group.facility_code, reason=reason)


async def open_when_reached(
    by: Actor, group: GroupView, live: Sequence[EnrolmentView], members: Mapping[UUID, MemberView]
) -> GroupView:
    """Open the group when its minimum is reached, with the seats of everybody locked, and tell them; else as it is."""
    enrolled = [each for each in live if each.state == EnrolmentState.ENROLLED]
    opened = await open_if_reached(by, group, len(enrolled))
    if opened is None:
        return group
    await after_opening(by, opened, enrolled, members)
    return opened


async def after_opening(
    by: Actor, opened: GroupView, enrolled: Sequence[EnrolmentView], members: Mapping[UUID, MemberView]
) -> None:
    """The seats of those whose members are locked, and the news for everybody; the sweep holds what is left."""
    await hold_seats(by, opened, [each for each in enrolled if each.member_id in members], members)
    await mail_enrolments.tell("opened", opened, enrolled, key=opened.opened_at)


async def promote(by: Actor, group: GroupView, members: Mapping[UUID, MemberView]) -> list[EnrolmentView]:
    """Let those who wait longest into free seats, of those whose members are locked, and tell them; who came in."""
    live = await queries_enrolments.list_live([group.id])
    waiting = [each for each in live if each.state == EnrolmentState.WAITING and each.member_id in members]
    came: list[UUID] = []
    enrolled = len(live) - sum(each.state == EnrolmentState.WAITING for each in live)
    for each in waiting:
        if enrolled + len(came) < group.seats and await _may_come(group, each, members[each.member_id]):
            came.append(each.id)
    if came:
        await db.execute("update enrolment set state = 'enrolled' where id = any($1)", came)
        for one in came:
            await record_audit(by, "enrolment.promoted", "enrolment", one, scope=group.facility_code)
    return await queries_enrolments.list_enrolments(came)


async def _may_come(group: GroupView, enrolment: EnrolmentView, member: MemberView) -> bool:
    facts = await read_facts(group, {member.id: member}, frozenset({member.id}), is_desk=True)
    alone = msgspec.structs.replace(facts, live=frozenset(), enrolled=0, overridden=frozenset(enrolment.overridden))
    (decision,) = decide_enrolling(alone, [member.id])
    return not decision.refusals


async def read_facts(
    group: GroupView, members: Mapping[UUID, MemberView], bookable: frozenset[UUID], *, is_desk: bool
) -> EnrolFacts:
    """What an enrolment of these members is decided from, as it is now."""
    live = await queries_enrolments.list_live([group.id])
    now = clock.now()
    return EnrolFacts(
        now=now,
        today=clock.today(),
        group=group,
        enrolled=sum(each.state == EnrolmentState.ENROLLED for each in live),
        live=frozenset(each.member_id for each in live),
        members=members,
        bookable=bookable,
        enrolments=await queries_enrolments.list_held(members),
        holdings=await queries.list_holdings(members, now),
        eligibility=(await programs.load_eligibility([group.program_id]))[group.program_id],
        is_desk=is_desk,
    )


async def let_in(by: Actor, group: GroupView, members: Mapping[UUID, MemberView]) -> list[EnrolmentView]:
    """Promote who waits, open the group if that reaches its minimum, hold the seats; whom it let in."""
    came = await promote(by, group, members)
    now_open = await open_when_reached(by, group, await queries_enrolments.list_live([group.id]), members)
    if came and now_open.state in MEETING:
        await hold_seats(by, now_open, came, members)
    if came:
        await mail_enrolments.tell("promoted", now_open, came)
    return came


async def _let_go(group: GroupView, members: Mapping[UUID, MemberView]) -> None:
    """End the places of those who have left the service, and of those for whose school year or age the group is no
    longer; these are told."""
    live = [each for each in await queries_enrolments.list_live([group.id]) if each.member_id in members]
    gone = [each for each in live if members[each.member_id].left_at is not None]
    eligibility = (await programs.load_eligibility([group.program_id]))[group.program_id]
    grown = [
        each
        for each in live
        if each not in gone and has_outgrown(group, each, members[each.member_id], eligibility, clock.today())
    ]
    if gone or grown:
        await lock_ahead([group.id])
        await end_enrolments(SYSTEM, group, gone, EnrolmentState.LEFT, reason="member-left")
        await end_enrolments(SYSTEM, group, grown, EnrolmentState.ENDED, reason="outgrown")
        await mail_enrolments.tell("outgrown", group, grown, key="outgrown")


async def settle_groups() -> int:
    """Do what is due for groups: open what is reached, fill free seats, hold seats in new sessions; how many looked at.

    Safe: repeated and concurrent; each group in a transaction of its own.
    """
    due = await queries_enrolments.list_to_look_at(clock.now())
    for group_id in due:
        async with db.transaction():
            known = await queries_enrolments.list_live([group_id])
            members = await people.lock_members({each.member_id for each in known})
            await programs.lock_groups([group_id])
            group = await groups.get_group(group_id)
            await _let_go(group, members)
            await let_in(SYSTEM, group, members)
            group = await groups.get_group(group_id)
            live = await queries_enrolments.list_live([group_id])
            if group.state in MEETING:
                await hold_seats(SYSTEM, group, [each for each in live if each.member_id in members], members)
    return len(due)
