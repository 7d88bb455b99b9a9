"""Weekly groups: made, opened, running, given other times, ended. Who is enrolled is for `reservations`, whose verbs
hold the group's lock and the transaction around what is marked here."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from booking.access.rules import require_staff
from booking.access.schemas import SYSTEM, Actor
from booking.access.service import record_audit
from booking.facilities import queries as facilities
from booking.facilities.rules import days_of
from booking.facilities.schemas import FacilityView
from booking.kit import clock, db
from booking.kit.tokens import new_id
from booking.kit.words import others_of
from booking.programs import queries, queries_groups
from booking.programs.errors import OtherBody, UnknownProgram
from booking.programs.errors_groups import GroupFormRefused, NeverOpenThen, NotForInterim
from booking.programs.rules import GroupState, SessionState
from booking.programs.rules_groups import FIRST_DAY_WITHIN, is_ever_open, is_reached
from booking.programs.rules_groups_forms import check_new_group
from booking.programs.schemas_groups import (
    GroupForm,
    GroupTimeView,
    GroupValues,
    GroupView,
    NewGroup,
    WeeklyTime,
)
from booking.programs.service import insert_sessions
from booking.programs.service_group_sessions import find_first_day, plan_if_open, plan_sessions
from booking.programs.service_rooms import find_room, require_free, wish_rooms
from booking.programs.service_staff import EDITORS
from booking.programs.tables import Group, GroupTime, Interim, Session

TIME_CHANGED = "グループの時間が変わったため"
GROUP_ENDED = "グループが終わったため"


async def _note(by: Actor, action: str, group: GroupView, **detail: Any) -> None:
    await record_audit(by, action, "group", group.id, scope=group.facility_code, detail=detail)


def columns_of(values: GroupValues) -> dict[Any, Any]:
    """What staff may change of a group as columns."""
    columns: dict[Any, Any] = msgspec.structs.asdict(values)
    for name in ("names", "notes"):
        columns[name] = others_of(columns[name])
    return columns


async def add_group(by: Actor, form: GroupForm) -> UUID:
    """Make a group that begins to gather people.

    Raises: GroupFormRefused, UnknownProgram, UnknownFacility, NotAllowed.
    """
    program = await queries.get_program(form.program)
    facility = await facilities.get_facility(form.facility)
    require_staff(by, *EDITORS, scopes=facility.scopes)
    new = check_new_group(form, clock.today(), facility.capacity)
    if program.body_id != facility.body_id:
        raise GroupFormRefused(fields={"program": OtherBody()})
    if program.ended_on is not None and new.first_on >= program.ended_on:
        raise GroupFormRefused(fields={"program": UnknownProgram()})
    await check_times(facility, new.times, new.first_on)
    new = msgspec.structs.replace(new, values=await with_room(facility, new.values, form))
    async with db.transaction():
        group_id = await _insert(program.id, facility.id, new)
        group = await queries_groups.get_group(group_id)
        if not form.without_room:
            await require_free(await plan_if_open(group), GroupFormRefused)
        await _note(by, "group.added", group, new=msgspec.to_builtins(new), program=program.code)
    return group_id


async def _insert(program_id: UUID, facility_id: UUID, new: NewGroup) -> UUID:
    group_id = new_id()
    await Group.insert(
        Group(
            id=group_id,
            program=program_id,
            facility=facility_id,
            first_on=new.first_on,
            state=GroupState.GATHERING,
            created_at=clock.now(),
            **columns_of(new.values),
        )
    )
    await _insert_times(group_id, new.times, new.first_on)
    return group_id


async def _insert_times(group_id: UUID, times: Sequence[WeeklyTime], since: date) -> None:
    await GroupTime.insert(
        *(
            GroupTime(
                id=new_id(),
                group=group_id,
                weekday=each.weekday,
                starts=each.starts,
                ends=each.ends,
                valid_from_on=since,
            )
            for each in times
        )
    )


async def with_room(facility: FacilityView, values: GroupValues, form: GroupForm) -> GroupValues:
    """What staff wrote, with the room they chose. Raises: GroupFormRefused."""
    space = await find_room(facility, form.space, values.seats, GroupFormRefused)
    return msgspec.structs.replace(values, space=None if space is None else space.id)


async def check_rooms_then(group: GroupView, times: Sequence[WeeklyTime], since: date) -> None:
    """Raises: GroupFormRefused when something else is in the group's room at these times; each day is named."""
    moved = tuple(
        GroupTimeView(weekday=each.weekday, starts=each.starts, ends=each.ends, valid_from_on=since) for each in times
    )
    planned = await plan_if_open(msgspec.structs.replace(group, times=moved))
    await require_free(planned, GroupFormRefused, own=await _coming_ids(group.id), field="times")


async def _coming_ids(group_id: UUID) -> list[UUID]:
    return [each.id for each in await queries_groups.list_sessions_of_groups([group_id], clock.now())]


async def check_times(facility: FacilityView, times: Sequence[WeeklyTime], since: date) -> None:
    """Raises: GroupFormRefused when the facility is never open at one of the times in the weeks to come."""
    calendar = await facilities.load_calendar([facility.id], since, since + FIRST_DAY_WITHIN)
    if not is_ever_open(times, days_of(calendar, facility.id)):
        raise GroupFormRefused(fields={"times": NeverOpenThen()})


# ---- within the transaction of a verb that holds the group's lock --------------------------------------------------


async def open_if_reached(by: Actor, group: GroupView, enrolled: int) -> GroupView | None:
    """Open a gathering group whose minimum is reached; the group as it is then, or None when nothing changed."""
    return await open_group(by, group) if is_reached(group, enrolled) else None


async def open_group(by: Actor, group: GroupView, *, reason: str | None = None) -> GroupView | None:
    """Let a group open and make its sessions; None while its facility is never open on its days to come."""
    starts_on = await find_first_day(group)
    if starts_on is None:
        return None
    opened: dict[Any, Any] = {
        "state": GroupState.OPEN,
        "opened_at": clock.now(),
        "opened_by": by.id,
        "starts_on": starts_on,
    }
    await Group.update(opened).where(Group.id == group.id)
    said = {"starts_on": starts_on.isoformat()}
    await record_audit(by, "group.opened", "group", group.id, scope=group.facility_code, reason=reason, detail=said)
    now_open = await queries_groups.get_group(group.id)
    await insert_sessions(await plan_sessions([now_open]))
    return now_open


async def change_group(by: Actor, group: GroupView, values: GroupValues, *, without_room: bool = False) -> GroupView:
    """Change words, seats, minimum, last day and room; sessions to come get the new seats and the new room.

    Raises: GroupFormRefused when the new room is taken on some days, unless those do `without_room`.
    """
    old = {name: getattr(group, name) for name in values.__struct_fields__}
    new = msgspec.structs.asdict(values)
    await Group.update(columns_of(values)).where(Group.id == group.id)
    changed = {name: to for name, to in new.items() if to != old[name]}
    kept = {name: old[name] for name in changed}
    await _note(by, "group.changed", group, old=msgspec.to_builtins(kept), new=msgspec.to_builtins(changed))
    if values.seats != group.seats:
        coming = await queries_groups.list_sessions_of_groups([group.id], clock.now())
        ids = [each.id for each in coming]
        if ids:
            await queries.lock_sessions(ids)
            await Session.update({Session.web_seats: values.seats}).where(Session.id.is_in(ids))
    if values.space != group.space:
        await _move_rooms(group, without_room=without_room)
    return await _make_sessions(group.id)


async def _move_rooms(group: GroupView, *, without_room: bool) -> None:
    """Take the sessions to come along into the room that the group has by now. Raises: GroupFormRefused."""
    moved = await queries_groups.get_group(group.id)
    ids = await _coming_ids(group.id)
    if not without_room:
        await require_free(await plan_if_open(moved), GroupFormRefused, own=ids)
    await wish_rooms(await queries.list_in_room(ids, group.space), moved.space)


async def change_times(by: Actor, group: GroupView, times: Sequence[WeeklyTime], from_on: date) -> GroupView:
    """Let a group meet at other times from a day on. Its sessions that no longer fit are for the caller to cancel."""
    later, valid = GroupTime.valid_from_on >= from_on, GroupTime.group == group.id
    await GroupTime.delete().where(valid & later)
    ended: dict[Any, Any] = {"valid_until_on": from_on}
    open_ended = GroupTime.valid_until_on.is_null() | (GroupTime.valid_until_on > from_on)
    await GroupTime.update(ended).where(valid & open_ended)
    await _insert_times(group.id, times, from_on)
    said = [msgspec.to_builtins(each) for each in times]
    await _note(by, "group.times-changed", group, from_on=from_on.isoformat(), times=said)
    return await _make_sessions(group.id)


async def _make_sessions(group_id: UUID) -> GroupView:
    """The group as it is now, with every session it should have; those called off by a change before come back."""
    group = await queries_groups.get_group(group_id)
    planned = await plan_sessions([group])
    back: dict[Any, Any] = {"state": SessionState.PUBLISHED, "cancelled_at": None, "cancel_reason": None}
    starts = [each.starts_at for each in planned]
    if starts:
        called_off = Session.cancel_reason.is_in([TIME_CHANGED, GROUP_ENDED])
        is_planned = (Session.group == group_id) & called_off & Session.starts_at.is_in(starts)
        held_again = await Session.update(back).where(is_planned).returning(Session.id)
        await wish_rooms([row["id"] for row in held_again], group.space)
    await insert_sessions(planned)
    return group


async def end_group(by: Actor, group: GroupView, *, merged_into: UUID | None = None) -> None:
    """Mark a group as ended, or as gone into another. Its sessions are for the caller to cancel."""
    state = GroupState.ENDED if merged_into is None else GroupState.MERGED
    over: dict[Any, Any] = {"state": state, "ended_at": clock.now(), "merged_into": merged_into}
    await Group.update(over).where(Group.id == group.id)
    into = None if merged_into is None else str(merged_into)
    await _note(by, f"group.{state}", group, into=into)


# ---- sessions offered meanwhile -----------------------------------------------------------------------------------


async def offer_meanwhile(by: Actor, group_id: UUID, session_id: UUID) -> None:
    """Offer a session to those who wait for a group.

    Raises: UnknownGroup, NotForInterim, NotAllowed. Safe: repeated.
    """
    async with db.transaction():
        group = await queries_groups.get_group(group_id)
        require_staff(by, *EDITORS, scopes=group.scopes)
        session = await queries.find_session(session_id)
        fits = session is not None and session.state == SessionState.PUBLISHED and session.group_id is None
        if session is None or not fits or session.body_code != group.body_code or session.starts_at <= clock.now():
            raise NotForInterim
        await db.execute(
            'insert into group_interim (id, "group", session) values ($1, $2, $3) on conflict do nothing',
            *(new_id(), group_id, session_id),
        )
        await _note(by, "group.interim-offered", group, session=str(session_id))


async def take_back_interim(by: Actor, group_id: UUID, session_id: UUID) -> None:
    """No longer offer a session; what is booked stays. Raises: UnknownGroup, NotAllowed. Safe: repeated."""
    async with db.transaction():
        group = await queries_groups.get_group(group_id)
        require_staff(by, *EDITORS, scopes=group.scopes)
        await Interim.delete().where((Interim.group == group_id) & (Interim.session == session_id))
        await _note(by, "group.interim-taken-back", group, session=str(session_id))


# ---- by the clock -------------------------------------------------------------------------------------------------


async def start_running() -> int:
    """Let open groups run whose first session has begun; how many. Safe: repeated and concurrent."""
    started = 0
    for group in await queries_groups.list_started(clock.now()):
        async with db.transaction():
            changed = await db.fetchval(
                "update weekly_group set state = 'running' where id = $1 and state = 'open' returning id", group.id
            )
            if changed is not None:
                await _note(SYSTEM, "group.running", group)
                started += 1
    return started
