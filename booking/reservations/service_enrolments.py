"""Joining a weekly group and leaving it.

Both lock the members, then the group, then its sessions, each by id: the last seat goes to one person, and of two who
both reach the minimum the group opens once. Source: docs/decisions/0001-who-referees.md.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec

from booking.access.rules import STAFF_ROLES, require_account, require_staff
from booking.access.schemas import Actor
from booking.access.service import record_audit
from booking.kit import clock, db
from booking.kit.tokens import new_id
from booking.people import queries as people
from booking.people.rules import may_be_known
from booking.people.schemas import MemberView
from booking.programs import queries as programs
from booking.programs import queries_groups as groups
from booking.programs.rules import GroupState
from booking.programs.rules_groups import MEETING
from booking.programs.schemas_groups import GroupView
from booking.reservations import mail_enrolments, queries_enrolments, queries_waiting
from booking.reservations.errors_bookings import OrderEmpty
from booking.reservations.errors_enrolments import EnrolmentUnknown
from booking.reservations.rules_enrolments import (
    LIVE,
    check_enrol_override,
    decide_enrolling,
    refusal_of_enrolling,
)
from booking.reservations.rules_kinds import EnrolmentState
from booking.reservations.schemas_enrolments import EnrolDecision, EnrolmentView, EnrolWish
from booking.reservations.service import DESK
from booking.reservations.service_seats import (
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
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"""


async def enrol(by: Actor, wish: EnrolWish) -> list[EnrolmentView]:
    """Let every one of these members join a group, or nobody; opens it when that reaches the minimum.

    Raises: GroupFull and the other refusals of the first member who cannot, with each member's own in `fields`.
    Safe: concurrent enrolments take turns at the group.
    """
    refusal = check_enrol_override(wish.overridden, wish.reason)
    refusal = refusal or (None if wish.member_ids else OrderEmpty())
    if refusal is not None:
        raise refusal
    async with db.transaction():
        known = await groups.get_group(wish.group_id)
        bookable = await _bookable(by, known, wish)
        members = await people.lock_members({*wish.member_ids, *await _about_to_open(known, wish)})
        await programs.lock_groups([known.id])
        group = await groups.get_group(known.id)
        own = {each: members[each] for each in wish.member_ids if each in members}
        facts = await read_facts(group, own, bookable, is_desk=by.kind != "account")
        facts = msgspec.structs.replace(facts, may_wait=wish.may_wait, overridden=wish.overridden)
        decisions = decide_enrolling(facts, wish.member_ids)
        if (refusal := refusal_of_enrolling(decisions)) is not None:
            raise refusal
        return await _join(by, group, wish, decisions, members)


async def _bookable(by: Actor, group: GroupView, wish: EnrolWish) -> frozenset[UUID]:
    """For whom the asker may act: residents for the members they see, the desk for anybody at its own places.

    Of a protected member no desk of another body is told that there is one.
    """
    if by.kind in ("account", "nobody") and not wish.overridden:
        return frozenset(await people.may_book(require_account(by).id or new_id(), wish.member_ids))
    require_staff(by, *DESK, scopes=group.scopes)
    members = await people.list_members(wish.member_ids)
    return frozenset(each.id for each in members.values() if may_be_known(each, (group.body_code,)))


async def _about_to_open(group: GroupView, wish: EnrolWish) -> set[UUID]:
    """Who is in a group that this enrolment may open: they get their seats with it, so they are locked with it."""
    if group.state != GroupState.GATHERING:
        return set()
    live = await queries_enrolments.list_live([group.id])
    is_close = len(live) + len(wish.member_ids) >= group.min_to_open
    return {each.member_id for each in live} if is_close else set()


async def _join(
    by: Actor,
    group: GroupView,
    wish: EnrolWish,
    decisions: Sequence[EnrolDecision],
    members: Mapping[UUID, MemberView],
) -> list[EnrolmentView]:
    made = await _insert(by, group, wish, decisions)
    live = await queries_enrolments.list_live([group.id])
    now_open = await open_when_reached(by, group, live, members)
    joined = [each for each in made if each.state == EnrolmentState.ENROLLED]
    waiting = [each for each in made if each.state == EnrolmentState.WAITING]
    if now_open is group:
        if group.state in MEETING:
            await hold_seats(by, group, joined, members)
        enrolled = sum(each.state == EnrolmentState.ENROLLED for each in live)
        await mail_enrolments.tell("enrolled", group, joined, missing=group.min_to_open - enrolled, key="joined")
    await mail_enrolments.tell("waiting", now_open, waiting, key="joined")
    return made


async def _insert(
    by: Actor, group: GroupView, wish: EnrolWish, decisions: Sequence[EnrolDecision]
) -> list[EnrolmentView]:
    other = msgspec.json.encode(wish.other_times).decode()
    rows = []
    for each in decisions:
        reason = wish.reason.strip() if each.overridden else None
        who = (clock.now(), by.kind, by.id, list(each.overridden), reason)
        rows.append((new_id(), group.id, each.member_id, str(each.state), other, *who))
    await db.execute_many(_INSERT, rows)
    for row, each in zip(rows, decisions, strict=True):
        await record_audit(
            by,
            f"enrolment.{each.state}",
            "enrolment",
            row[0],
            scope=group.facility_code,
            reason=wish.reason.strip() if each.overridden else None,
            overridden=each.overridden,
            detail={"group": str(group.id)},
        )
    return await queries_enrolments.list_enrolments(row[0] for row in rows)


async def leave(by: Actor, enrolment_id: UUID, *, reason: str = "") -> EnrolmentView:
    """Leave a group, or its waiting list: the seats ahead are free again, and whoever waits longest comes in. Whoever
    left gets what the group stood in the way of: seats, and places in other groups.

    Raises: EnrolmentUnknown. Safe: a second time changes nothing and answers the same.
    """
    async with db.transaction():
        known = await get_enrolment_for(by, enrolment_id)
        waiting = [each for each in await queries_enrolments.list_live([known.group_id]) if each.state == "waiting"]
        line = await read_line(await queries_waiting.list_sessions_waited_for([known.member_id]))
        first = {known.member_id, *(each.member_id for each in waiting)}
        members = await people.lock_members(first | line.member_ids)
        others = await _waited_for(known)
        await programs.lock_groups([known.group_id, *others])
        group = await groups.get_group(known.group_id)
        found = (await queries_enrolments.list_enrolments([enrolment_id]))[0]
        if found.state not in LIVE:
            return found
        await lock_ahead([group.id, *others], line)
        await end_enrolments(by, group, [found], EnrolmentState.LEFT, reason=reason.strip() or None)
        await mail_enrolments.tell("left", group, [found], key="left")
        await let_in(by, group, members)
        for other in others:
            await let_in(by, await groups.get_group(other), {known.member_id: members[known.member_id]})
        await serve_waits([known.member_id])
        return (await queries_enrolments.list_enrolments([enrolment_id]))[0]


async def _waited_for(leaving: EnrolmentView) -> list[UUID]:
    """The other groups that somebody waits for."""
    own = await queries_enrolments.list_of_members([leaving.member_id])
    waits = {each.group_id for each in own if each.state == EnrolmentState.WAITING}
    return sorted(waits - {leaving.group_id})


async def get_enrolment_for(by: Actor, enrolment_id: UUID) -> EnrolmentView:
    """An enrolment that the asker may end: of their own members, or at their own places.

    Raises: EnrolmentUnknown whenever it is not theirs, as if there were none.
    """
    found = await queries_enrolments.find_enrolment(enrolment_id)
    if by.kind in ("account", "nobody"):
        account_id = require_account(by).id or new_id()
        if found is None or not await people.may_book(account_id, [found.member_id]):
            raise EnrolmentUnknown
        return found
    require_staff(by, *DESK)
    group = None if found is None else await groups.find_group(found.group_id)
    if found is None or group is None or not (by.kind == "system" or by.may_in(group.scopes, *STAFF_ROLES)):
        raise EnrolmentUnknown
    require_staff(by, *DESK, scopes=group.scopes)
    return found
