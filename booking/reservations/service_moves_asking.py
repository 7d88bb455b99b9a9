"""Asking the people of a weekly group: to come to another group, or to meet at other times.

Everybody who may know gets a link of their own. A link shows a page; only the button there answers, and only for
whoever may still act for the member: a link mailed before a member was protected shows nothing after.
"""

import hmac
from collections.abc import Sequence
from datetime import date
from uuid import UUID

import msgspec

from booking.access.queries import find_actor
from booking.access.rules import require_staff
from booking.access.schemas import SYSTEM, Actor
from booking.access.service import record_audit
from booking.facilities.queries import get_facility
from booking.kit import clock, db
from booking.kit.settings import get_settings
from booking.kit.tokens import from_text, keyed_digest, new_id, to_text
from booking.kit.words import others_of
from booking.people import queries as people
from booking.programs import queries_groups as groups
from booking.programs import service_groups as program_verbs
from booking.programs.schemas_groups import GroupView, WeeklyTime
from booking.programs.service_staff import EDITORS
from booking.reservations import mail_enrolments, queries_enrolments, queries_moves
from booking.reservations.errors_enrolments import (
    GroupFull,
    MoveAskedAlready,
    MoveSettled,
    MoveUnfit,
    MoveUnknown,
    NobodyToAsk,
)
from booking.reservations.mail_closing import readers_of
from booking.reservations.rules_kinds import EnrolmentState, MoveKind, MoveState
from booking.reservations.rules_moves import fits
from booking.reservations.schemas_enrolments import EnrolmentView
from booking.reservations.schemas_moves import AnswerView, Asking, MoveView, Question
from booking.reservations.service_moves import (
    call_off,
    carry_over,
    get_led,
    lock_with_people,
    settle_move,
    who_comes,
)
from booking.reservations.service_seats import hold_seats
from booking.reservations.service_waiting import serve_waits

_INSERT = """
insert into group_move (id, "group", kind, to_group, times, from_on, note, notes, state, asked_at, asked_by,
                        answer_until)
values ($1, $2, $3, $4, $5, $6, $7, $8, 'asked', $9, $10, $11)"""
_ANSWER = "insert into group_move_answer (id, move, enrolment) values ($1, $2, $3)"
MAC_BYTES = 16


# ---- the leader asks ----------------------------------------------------------------------------------------------


async def ask(by: Actor, group_id: UUID, asking: Asking) -> MoveView:
    """Ask everybody in a group; to another group only those whom it fits.

    Raises: MoveUnfit, MoveAskedAlready, NobodyToAsk, GroupFormRefused, UnknownGroup, GroupOver, NotAllowed.
    """
    async with db.transaction():
        other = [asking.to_group_id] if asking.to_group_id else []
        members = await lock_with_people([group_id, *other])
        group = await get_led(by, group_id)
        if await queries_moves.find_asked(group_id) is not None:
            raise MoveAskedAlready
        live = await queries_enrolments.list_live([group_id])
        enrolled = [each for each in live if each.state == EnrolmentState.ENROLLED]
        if asking.to_group_id is not None:
            to_group = await groups.get_group(asking.to_group_id)
            if not fits(group, to_group):
                raise MoveUnfit
            comers = await who_comes(group, to_group, enrolled, members)
            full = [each for each in comers if each.refusal is not None and not isinstance(each.refusal, GroupFull)]
            enrolled = [each.enrolment for each in comers if each not in full and not each.is_there]
        else:
            await _check_times(group, asking)
        if not enrolled:
            raise NobodyToAsk
        return await _put(by, group, asking, enrolled)


async def _check_times(group: GroupView, asking: Asking) -> None:
    """Raises: GroupFormRefused when the place is never open then, or the group's room is taken."""
    since = asking.from_on or clock.today()
    await program_verbs.check_times(await get_facility(group.facility_code), asking.times, since)
    if not asking.without_room:
        await program_verbs.check_rooms_then(group, asking.times, since)


async def _put(by: Actor, group: GroupView, asking: Asking, asked: Sequence[EnrolmentView]) -> MoveView:
    move_id = new_id()
    kind = MoveKind.OTHER_GROUP if asking.to_group_id else MoveKind.OTHER_TIME
    times = msgspec.json.encode(asking.times).decode()
    what = (str(kind), asking.to_group_id, times, asking.from_on, asking.notes.get("ja", ""), others_of(asking.notes))
    await db.execute(_INSERT, move_id, group.id, *what, clock.now(), by.id, asking.answer_until)
    await db.execute_many(_ANSWER, [(new_id(), move_id, each.id) for each in asked])
    await record_audit(by, f"group.asked-{kind}", "group", group.id, scope=group.facility_code)
    move = await queries_moves.find_move(move_id)
    assert move is not None
    answers = {each.enrolment_id: each for each in await queries_moves.list_answers(move_id)}
    links = {
        (reader.account_id, each.id): address_of(answers[each.id].id, reader.account_id)
        for reader, member_ids in (await readers_of(asked)).items()
        for each in asked
        if each.member_id in member_ids
    }
    other = await groups.find_group(move.to_group_id) if move.to_group_id else None
    said = "asked-group" if kind == MoveKind.OTHER_GROUP else "asked-times"
    more = {"times": move.times or None, "from_on": move.from_on}
    await mail_enrolments.tell(said, group, asked, links=links, move=move, other=other, key=move_id, **more)
    return move


async def change_times_now(by: Actor, group_id: UUID, asking: Asking) -> GroupView:
    """Change the times of a group nobody is in yet. Raises: MoveAskedAlready, GroupFormRefused, NotAllowed."""
    async with db.transaction():
        await lock_with_people([group_id])
        group = await get_led(by, group_id)
        if await queries_enrolments.list_live([group_id]):
            raise MoveAskedAlready
        await _check_times(group, asking)
        return await _change_times(by, group, asking.times, asking.from_on or clock.today())


async def ask_or_change(by: Actor, group_id: UUID, asking: Asking) -> None:
    """Ask about other times, or change them at once while nobody is in the group. Raises: as both."""
    if await queries_enrolments.list_live([group_id]):
        await ask(by, group_id, asking)
    else:
        await change_times_now(by, group_id, asking)


async def carry_out(by: Actor, move_id: UUID) -> GroupView:
    """Let a group meet at the other times it was asked about. Raises: MoveUnknown, MoveSettled, NotAllowed."""
    move = await queries_moves.find_move(move_id)
    if move is None:
        require_staff(by, *EDITORS)
        raise MoveUnknown
    async with db.transaction():
        members = await lock_with_people([move.group_id])
        group = await get_led(by, move.group_id)
        asked = await queries_moves.find_asked(move.group_id)
        if asked is None or asked.id != move_id or asked.kind != MoveKind.OTHER_TIME:
            raise MoveSettled
        from_on = max(asked.from_on or clock.today(), clock.today())
        changed = await _change_times(by, group, asked.times, from_on)
        live = await queries_enrolments.list_live([group.id])
        await hold_seats(by, changed, live, members)
        await settle_move(by, group.id, MoveState.DONE)
        await mail_enrolments.tell("times", changed, live, times=asked.times, from_on=from_on, key=move_id)
        await serve_waits(members)
        return changed


async def _change_times(by: Actor, group: GroupView, times: Sequence[WeeklyTime], from_on: date) -> GroupView:
    old = {(each.weekday, each.starts, each.ends) for each in times}
    coming = await groups.list_sessions_of_groups([group.id], clock.now())
    gone = [
        each
        for each in coming
        if each.held_on >= from_on
        and (
            each.held_on.isoweekday(),
            clock.local(each.starts_at).time(),
            clock.local(each.ends_at).time(),
        )
        not in old
    ]
    await call_off(by, group, gone, program_verbs.TIME_CHANGED)
    return await program_verbs.change_times(by, group, times, from_on)


async def withdraw(by: Actor, move_id: UUID) -> None:
    """No longer ask. Raises: MoveUnknown, NotAllowed. Safe: repeated."""
    move = await queries_moves.find_move(move_id)
    if move is None:
        require_staff(by, *EDITORS)
        raise MoveUnknown
    async with db.transaction():
        group = await groups.get_group(move.group_id)
        require_staff(by, *EDITORS, scopes=group.scopes)
        if move.state == MoveState.ASKED:
            await settle_move(by, group.id, MoveState.WITHDRAWN)


async def settle_over() -> int:
    """Let proposals be over whose time to answer has passed; how many. Safe: repeated and concurrent."""
    over = await queries_moves.list_over(clock.now())
    for move in over:
        async with db.transaction():
            await settle_move(SYSTEM, move.group_id, MoveState.DONE)
    return len(over)


# ---- somebody answers ---------------------------------------------------------------------------------------------


def _mac(plain: bytes) -> bytes:
    return bytes.fromhex(keyed_digest("group-move:" + plain.hex()))[:MAC_BYTES]


def token_of(answer_id: UUID, account_id: UUID) -> str:
    """What stands in the link of one account for one member's answer: two ids and a seal over them."""
    plain = answer_id.bytes + account_id.bytes
    return to_text(plain + _mac(plain))


def address_of(answer_id: UUID, account_id: UUID) -> str:
    """The address of that link."""
    return f"{get_settings().public_url.rstrip('/')}/groups/moves/{token_of(answer_id, account_id)}"


def _read(token: str) -> tuple[UUID, UUID]:
    try:
        raw = from_text(token)
    except ValueError:
        raise MoveUnknown from None
    plain, mac = raw[:32], raw[32:]
    if len(raw) != 32 + MAC_BYTES or not hmac.compare_digest(mac, _mac(plain)):
        raise MoveUnknown
    return UUID(bytes=plain[:16]), UUID(bytes=plain[16:])


async def list_questions(by: Actor, enrolment_ids: Sequence[UUID]) -> dict[UUID, str]:
    """For each of these enrolments of the asker's that is being asked something: the path of the asker's link."""
    found = await queries_moves.list_open_answers(enrolment_ids)
    return {each.enrolment_id: f"/groups/moves/{token_of(each.id, by.id)}" for each in found if by.id is not None}


async def open_question(token: str) -> Question:
    """What a link asks, for whoever may still act for the member; looking changes nothing. Raises: MoveUnknown."""
    answer_id, account_id = _read(token)
    answer = await queries_moves.find_answer(answer_id)
    move = None if answer is None else await queries_moves.find_move(answer.move_id)
    if answer is None or move is None or not await people.may_book(account_id, [answer.member_id]):
        raise MoveUnknown
    member = await people.get_member(answer.member_id)
    to_group = await groups.find_group(move.to_group_id) if move.to_group_id else None
    left = 0
    if to_group is not None:
        enrolled, _ = (await queries_enrolments.count_enrolled([to_group.id]))[to_group.id]
        left = max(to_group.seats - enrolled, 0)
    return Question(
        answer=answer,
        move=move,
        member_name=member.shown_name,
        account_id=account_id,
        group=await groups.get_group(move.group_id),
        to_group=to_group,
        left=left,
        is_over=move.state != MoveState.ASKED or clock.now() >= move.answer_until,
    )


async def answer(token: str, *, is_yes: bool) -> Question:
    """Answer for one member; a yes to another group moves them at once.

    Raises: MoveUnknown, GroupFull and whatever stands in the way of the other group. Safe: repeated.
    """
    _, account_id = _read(token)
    by = await find_actor(account_id, clock.now())
    async with db.transaction():
        known = await open_question(token)
        if by is None:
            raise MoveUnknown
        to_group = known.to_group
        members = await lock_with_people([known.group.id, *([to_group.id] if to_group else [])])
        now = await open_question(token)
        (enrolment,) = await queries_enrolments.list_enrolments([now.answer.enrolment_id])
        if now.answer.is_yes and enrolment.state == EnrolmentState.MOVED:
            return now
        if now.is_over or enrolment.state != EnrolmentState.ENROLLED:
            raise MoveUnknown
        if is_yes and now.to_group is not None:
            (comer,) = await who_comes(now.group, now.to_group, [enrolment], members)
            if comer.refusal is not None:
                raise comer.refusal
            await carry_over(by, now.group, now.to_group, [comer], members)
        await _note(by, now.answer, now.group, is_yes=is_yes)
        await serve_waits([enrolment.member_id])
    return await open_question(token)


async def _note(by: Actor, said: AnswerView, group: GroupView, *, is_yes: bool) -> None:
    await db.execute(
        "update group_move_answer set is_yes = $2, answered_at = $3, answered_by = $4 where id = $1",
        *(said.id, is_yes, clock.now(), by.id),
    )
    detail = {"enrolment": str(said.enrolment_id), "is_yes": is_yes}
    await record_audit(by, "group.answered", "group", group.id, scope=group.facility_code, detail=detail)
