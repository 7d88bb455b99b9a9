"""What a leader does with a weekly group: open it anyway, change it, move its people, merge it, end it.

Members, then both groups by id, then their sessions, then bookings are locked, as everywhere.
"""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from booking.access.rules import require_staff
from booking.access.schemas import Actor
from booking.access.service import record_audit, record_view
from booking.facilities.errors import ChangedMeanwhile
from booking.facilities.queries import get_facility
from booking.facilities.rules_forms import version_of
from booking.kit import clock, db
from booking.kit.tokens import new_id
from booking.people import queries as people
from booking.people.schemas import MemberView
from booking.programs import queries as programs
from booking.programs import queries_groups as groups
from booking.programs import service_groups as program_verbs
from booking.programs.errors_groups import GroupFormRefused, GroupOpenAlready, GroupOver, SeatsBelowEnrolled
from booking.programs.rules import GroupState
from booking.programs.rules_groups import ALIVE, MEETING
from booking.programs.rules_groups_forms import check_group
from booking.programs.schemas import SessionView
from booking.programs.schemas_groups import GroupForm, GroupView
from booking.programs.service_staff import EDITORS, cancel_sessions
from booking.reservations import mail, mail_enrolments, queries, queries_enrolments, queries_moves, queries_waiting
from booking.reservations.errors_enrolments import MergeTooFull, MoveUnfit, NoFirstDay
from booking.reservations.rules import ReservationState
from booking.reservations.rules_kinds import EnrolmentState, MoveState
from booking.reservations.rules_moves import decide_moving, fits, too_full
from booking.reservations.schemas_enrolments import EnrolmentView
from booking.reservations.schemas_moves import Comer, MergePlan
from booking.reservations.service_seats import (
    after_opening,
    end_enrolments,
    hold_seats,
    let_in,
    lock_ahead,
    open_when_reached,
    read_facts,
)
from booking.reservations.service_waiting import read_line, serve_waits

_INSERT = """
insert into enrolment (id, "group", member, state, other_times, enrolled_at, enrolled_by_kind, enrolled_by, overridden,
                       override_reason)
select $2, $3, member, $4, other_times, $5, enrolled_by_kind, enrolled_by, overridden, override_reason
  from enrolment where id = $1"""


async def get_led(by: Actor, group_id: UUID) -> GroupView:
    """A group that the asker may change. Raises: UnknownGroup, GroupOver, NotAllowed."""
    group = await groups.get_group(group_id)
    require_staff(by, *EDITORS, scopes=group.scopes)
    if group.state not in ALIVE:
        raise GroupOver
    return group


async def lock_with_people(group_ids: Sequence[UUID]) -> dict[UUID, MemberView]:
    """Lock everybody in these groups and who comes first where they wait, the groups and their sessions to come; the
    members of the groups by id."""
    inside = {each.member_id for each in await queries_enrolments.list_live(group_ids)}
    line = await read_line(await queries_waiting.list_sessions_waited_for(inside))
    members = await people.lock_members(inside | line.member_ids)
    await programs.lock_groups(group_ids)
    await lock_ahead(group_ids, line)
    return {one: member for one, member in members.items() if one in inside}


async def open_anyway(by: Actor, group_id: UUID) -> GroupView:
    """Open a group that has not reached its minimum.

    Raises: UnknownGroup, GroupOver, GroupOpenAlready, NoFirstDay, NotAllowed.
    """
    async with db.transaction():
        members = await lock_with_people([group_id])
        group = await get_led(by, group_id)
        if group.state != GroupState.GATHERING:
            raise GroupOpenAlready
        opened = await program_verbs.open_group(by, group, reason="open-anyway")
        if opened is None:
            raise NoFirstDay
        live = await queries_enrolments.list_live([group_id])
        enrolled = [each for each in live if each.state == EnrolmentState.ENROLLED]
        await after_opening(by, opened, enrolled, members)
        return opened


async def change(by: Actor, group_id: UUID, form: GroupForm) -> GroupView:
    """Change words, seats, minimum and last day; a lower minimum may open the group, more seats let people in.

    Raises: GroupFormRefused, ChangedMeanwhile, UnknownGroup, GroupOver, NotAllowed.
    """
    async with db.transaction():
        members = await lock_with_people([group_id])
        group = await get_led(by, group_id)
        if form.seen != version_of(group):
            raise ChangedMeanwhile
        facility = await get_facility(group.facility_code)
        values = check_group(form, group.first_on, facility.capacity)
        enrolled, _ = (await queries_enrolments.count_enrolled([group_id]))[group_id]
        if values.seats < enrolled:
            raise GroupFormRefused(fields={"seats": SeatsBelowEnrolled(n=enrolled)})
        values = await program_verbs.with_room(facility, values, form)
        changed = await program_verbs.change_group(by, group, values, without_room=form.without_room)
        if values.last_on is not None:
            coming = await groups.list_sessions_of_groups([group_id], clock.now())
            late = [each for each in coming if each.held_on > values.last_on]
            await call_off(by, group, late, program_verbs.GROUP_ENDED)
        await let_in(by, changed, members)
        now = await _with_seats(by, group_id, members)
        await serve_waits(members)
        return now


async def _with_seats(by: Actor, group_id: UUID, members: Mapping[UUID, MemberView]) -> GroupView:
    """The group as it is now, after seats in what has come back or was made."""
    group = await groups.get_group(group_id)
    if group.state in MEETING:
        live = await queries_enrolments.list_live([group_id])
        await hold_seats(by, group, [each for each in live if each.member_id in members], members)
    return group


async def call_off(by: Actor, group: GroupView, sessions: Sequence[SessionView], reason: str) -> None:
    """Cancel locked sessions of a group with every booking; guests are told here, its people by the caller.

    The bookings no longer belong to an enrolment: should a session come back, its people get a seat in it again.
    """
    ids = [each.id for each in sessions]
    held, guests = await queries_moves.list_held_in(ids), await queries_moves.list_guests(ids)
    told = await queries.list_reservations(guests)
    await queries.lock_reservations([*held, *guests])
    await db.execute(
        "update reservation set state = $2, cancelled_at = $3, cancelled_by = $4, enrolment = null where id = any($1)",
        *([*held, *guests], str(ReservationState.CANCELLED), clock.now(), by.id),
    )
    for one in [*held, *guests]:
        await record_audit(by, "reservation.cancelled", "reservation", one, scope=group.facility_code, reason=reason)
    for view in told:
        await mail.tell_cancelled(by, view)
    await cancel_sessions(ids, reason, clock.now())


async def end(by: Actor, group_id: UUID) -> None:
    """End a group and tell its people. Raises: UnknownGroup, GroupOver, NotAllowed."""
    async with db.transaction():
        members = await lock_with_people([group_id])
        group = await get_led(by, group_id)
        live = await queries_enrolments.list_live([group_id])
        await end_enrolments(by, group, live, EnrolmentState.ENDED)
        await mail_enrolments.tell("ended", group, live, key="ended")
        await _close(by, group)
        await serve_waits(members)


async def _close(by: Actor, group: GroupView, *, into: UUID | None = None) -> None:
    coming = await groups.list_sessions_of_groups([group.id], clock.now())
    await call_off(by, group, coming, program_verbs.GROUP_ENDED)
    await settle_move(by, group.id, MoveState.WITHDRAWN)
    await program_verbs.end_group(by, group, merged_into=into)


async def settle_move(by: Actor, group_id: UUID, state: MoveState) -> None:
    """Let what the people of a group are being asked be over."""
    settled = await db.fetchval(
        "update group_move set state = $2, settled_at = $3, settled_by = $4"
        " where \"group\" = $1 and state = 'asked' returning id",
        *(group_id, str(state), clock.now(), by.id),
    )
    if settled is not None:
        group = await groups.get_group(group_id)
        await record_audit(by, f"group.move-{state}", "group", group_id, scope=group.facility_code)


# ---- moving people ------------------------------------------------------------------------------------------------


async def plan_merge(by: Actor, group_id: UUID, into_id: UUID) -> MergePlan:
    """What a merge would do now. Raises: UnknownGroup, GroupOver, MoveUnfit, NotAllowed."""
    group, into = await get_led(by, group_id), await get_led(by, into_id)
    if not fits(group, into):
        raise MoveUnfit
    live = await queries_enrolments.list_live([group_id])
    members = await people.list_members({each.member_id for each in live})
    comers = await who_comes(group, into, live, members)
    enrolled, _ = (await queries_enrolments.count_enrolled([into_id]))[into_id]
    return MergePlan(
        group=group,
        into=into,
        left=max(into.seats - enrolled, 0),
        coming=[each for each in comers if each.refusal is None],
        staying=[each for each in comers if each.refusal is not None],
    )


async def show_merge(by: Actor, group_id: UUID, into_id: UUID) -> MergePlan:
    """The same for the leader's eyes: whoever is named is noted, protected members are counted only."""
    async with db.transaction():
        plan = await plan_merge(by, group_id, into_id)
        named = [each for each in [*plan.coming, *plan.staying] if not each.enrolment.is_protected]
        members = (each.enrolment.member_id for each in named)
        await record_view(by, members, "group", scope=plan.group.facility_code, by_list=True)
        return plan


async def who_comes(
    group: GroupView, into: GroupView, moving: Sequence[EnrolmentView], members: Mapping[UUID, MemberView]
) -> list[Comer]:
    """What becomes of these people of a group in another, as it is now."""
    own = {each.member_id: members[each.member_id] for each in moving if each.member_id in members}
    facts = await read_facts(into, own, frozenset(own), is_desk=True)
    return decide_moving(facts, group.id, moving)


async def merge(by: Actor, group_id: UUID, into_id: UUID) -> GroupView:
    """Move everybody into another group and end this one; for whom the other does not fit, the enrolment ends.

    Raises: MergeTooFull, MoveUnfit, UnknownGroup, GroupOver, NotAllowed.
    """
    async with db.transaction():
        members = await lock_with_people([group_id, into_id])
        plan = await plan_merge(by, group_id, into_id)
        if full := too_full(plan.staying):
            raise MergeTooFull(left=plan.left, n=full)
        await carry_over(by, plan.group, plan.into, plan.coming, members)
        staying = [each.enrolment for each in plan.staying]
        await end_enrolments(by, plan.group, staying, EnrolmentState.ENDED, reason="merged")
        await mail_enrolments.tell("not-moved", plan.group, staying, key="merged")
        await _close(by, plan.group, into=into_id)
        await serve_waits(members)
        return await groups.get_group(into_id)


async def carry_over(
    by: Actor, group: GroupView, into: GroupView, comers: Iterable[Comer], members: Mapping[UUID, MemberView]
) -> None:
    """Move people who fit from a group to another, both locked with everybody in them, and tell them."""
    coming = list(comers)
    await end_enrolments(by, group, [each.enrolment for each in coming], EnrolmentState.MOVED)
    made: list[UUID] = []
    for each in coming:
        if each.is_there:
            continue
        made.append(new_id())
        await db.execute(_INSERT, each.enrolment.id, made[-1], into.id, str(each.state), clock.now())
        detail = {"group": str(into.id), "from": str(group.id)}
        await record_audit(
            by, f"enrolment.{each.state}", "enrolment", made[-1], scope=into.facility_code, detail=detail
        )
    moved = await queries_enrolments.list_enrolments(made)
    await mail_enrolments.tell("moved", group, [each.enrolment for each in coming], other=into, key=into.id)
    live = await queries_enrolments.list_live([into.id])
    now_open = await open_when_reached(by, into, live, members)
    if now_open is into and into.state in MEETING:
        await hold_seats(by, into, moved, members)
