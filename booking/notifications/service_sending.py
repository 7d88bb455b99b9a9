"""Hand a batch of messages over, each by the first of its reader's ways that works, and note what became of it.

A way that fails for good is marked, and the message goes by the next one; when none is left, the desk hears of it.
"""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from datetime import datetime
from uuid import UUID

import msgspec
import structlog

from booking.kit import clock, db
from booking.kit.settings import get_settings
from booking.kit.tokens import keyed_digest, new_id
from booking.notifications import post, post_line, queries
from booking.notifications.post import Answer
from booking.notifications.rules import Channel, MessageState, is_final, retry_after
from booking.notifications.schemas import Letter, Reach, Route, Sender, Undelivered

log = structlog.get_logger()
FindSender = Callable[[str], Awaitable[Sender | None]]
FindReaches = Callable[[Sequence[Letter]], Awaitable[dict[UUID, Reach]]]
Report = Callable[[Undelivered], Awaitable[None]]
FindLine = Callable[[str], Awaitable[tuple[str, str] | None]]
_find_sender: list[FindSender] = []
_find_reaches: list[FindReaches] = []
_report: list[Report] = []
_find_line: list[FindLine] = []


def use_senders(find: FindSender) -> None:
    """From now on `find` says which address a body's messages come from; this room knows no body."""
    _find_sender[:] = [find]


def use_reaches(find: FindReaches, report: Report) -> None:
    """From now on `find` says how readers are reached, and `report` hears of those who are not."""
    _find_reaches[:], _report[:] = [find], [report]


def use_line(find: FindLine) -> None:
    """From now on `find` says where a body's LINE channel takes messages, and what proves us there."""
    _find_line[:] = [find]


class Way(msgspec.Struct, frozen=True):
    """What is to be done with a message: go by a route, or end in a state."""

    route: Route | None = None
    state: MessageState = MessageState.QUEUED


async def choose_ways(letters: Sequence[Letter]) -> dict[UUID, Way]:
    """For every message the first of its reader's ways that has neither failed it nor been refused for good."""
    to_readers = [letter for letter in letters if letter.reader is not None]
    reaches = await _find_reaches[0](to_readers) if to_readers and _find_reaches else {}
    digests = {_digest(route): route for reach in reaches.values() for route in reach.routes}
    dead = await queries.list_dead(digests) if digests else set()
    ways = {}
    for letter in letters:
        if letter.reader is None:
            ways[letter.id] = await _straight(letter)
            continue
        ways[letter.id] = _way(letter, reaches.get(letter.id, Reach()), dead)
    return ways


async def _straight(letter: Letter) -> Way:
    """The way to an address that is nobody's any more: the one it was written for, or none."""
    if letter.channel is not Channel.LINE:
        return Way(Route(channel=Channel.MAIL, address=letter.to_address or ""))
    found = await _find_line[0](letter.body_code) if _find_line and letter.body_code else None
    if found is None:
        return Way(state=MessageState.UNREACHABLE)
    api, token = found
    return Way(Route(channel=Channel.LINE, address=letter.to_address or "", api=api, token=token))


def _way(letter: Letter, reach: Reach, dead: set[str]) -> Way:
    if reach.is_hidden:
        return Way(state=MessageState.DROPPED)
    if not reach.wants:
        return Way(state=MessageState.UNWANTED)
    open_ways = [each for each in reach.routes if each.channel not in letter.tried and _digest(each) not in dead]
    return Way(open_ways[0]) if open_ways else Way(state=MessageState.UNREACHABLE)


def _digest(route: Route) -> str:
    return keyed_digest(f"{route.channel}:{route.address}")


async def send(letters: Sequence[Letter]) -> int:
    """Hand a batch over; how many were taken. A server that is away is asked once a batch."""
    senders: dict[str | None, Sender] = {}
    for code in {letter.body_code for letter in letters}:
        senders[code] = await _sender_of(code)
    ways, sent = await choose_ways(letters), 0
    away: dict[tuple[Channel, str], Answer] = {}
    async with AsyncExitStack() as stack:
        by_mail = await stack.enter_async_context(post.office(get_settings().smtp_url))
        by_line = await stack.enter_async_context(post_line.counter())
        for letter in letters:
            way = ways[letter.id]
            if way.route is None:
                await _end(letter, way.state)
                continue
            server = (way.route.channel, way.route.api)
            answer = away.get(server)
            if answer is None and way.route.channel is Channel.LINE:
                answer = await by_line(letter, way.route)
            elif answer is None and not get_settings().smtp_url:
                answer = Answer(False, None, "no mail server is known")
            elif answer is None:
                answer = await by_mail(letter, way.route.address, senders[letter.body_code])
            if not answer.taken and not answer.code:
                away[server] = answer
            sent += answer.taken
            await _note(letter, way.route, answer)
    return sent


async def _sender_of(body_code: str | None) -> Sender:
    found = await _find_sender[0](body_code) if body_code and _find_sender else None
    return found or post.house_sender(get_settings().public_url)


async def _end(letter: Letter, state: MessageState) -> None:
    """A message that goes nowhere: not wanted, not to be seen, or with no way left."""
    async with db.transaction():
        await db.execute("update message set state = $2 where id = $1 and state = 'queued'", letter.id, state.value)
        if state is MessageState.UNREACHABLE:
            await _tell_rooms_above(letter, None)


async def _tell_rooms_above(letter: Letter, channel: Channel | None) -> None:
    if letter.reader is not None and _report:
        what = {"topic": letter.topic, "body_code": letter.body_code, "channel": channel, "kind": letter.kind}
        await _report[0](Undelivered(reader=letter.reader, message_id=letter.id, **what))  # type: ignore[arg-type]


async def _note(letter: Letter, route: Route, answer: Answer) -> None:
    now = clock.now()
    if answer.taken:
        await db.execute(
            "update message set state = 'sent', sent_at = $2, last_error = null, channel = $3, to_address = $4"
            " where id = $1",
            *(letter.id, now, route.channel.value, route.address),
        )
        return
    is_over = is_final(answer.code, letter.attempts)
    log.warning("message not taken", message=str(letter.id), channel=route.channel.value, reason=answer.reason)
    if is_over and letter.reader is not None:
        await _go_on(letter, route, answer)
        return
    state = MessageState.FAILED if is_over else MessageState.QUEUED
    await db.execute(
        "update message set state = $2, last_error = $3, next_attempt_at = $4 where id = $1",
        *(letter.id, state.value, answer.reason, now + retry_after(letter.attempts)),
    )


async def _go_on(letter: Letter, route: Route, answer: Answer) -> None:
    """This way is over for this message: it goes by the next one at once, and a dead address is marked."""
    now = clock.now()
    async with db.transaction():
        await db.execute(
            "update message set tried = tried || $2::text, attempts = 0, last_error = $3, next_attempt_at = $4"
            " where id = $1",
            *(letter.id, route.channel.value, answer.reason, now),
        )
        if answer.is_dead:
            await bury(route.channel, route.address, answer.reason, now)
            await _tell_rooms_above(letter, route.channel)


_BURY = """
insert into dead_address (id, channel, address_digest, reason, since_at) values ($1, $2, $3, $4, $5)
on conflict (channel, address_digest) do update set reason = excluded.reason, since_at = excluded.since_at,
  ended_at = null where dead_address.ended_at <= excluded.since_at returning id"""


async def bury(channel: Channel, address: str, reason: str, at: datetime) -> bool:
    """Somebody said at an instant that nothing more reaches an address; whether that is news.

    Whoever proved the address after that instant has the last word. Safe: repeated, and in any order.
    """
    digest = _digest(Route(channel=channel, address=address))
    return await db.fetchval(_BURY, new_id(), channel.value, digest, reason, at) is not None


async def revive(channel: Channel, address: str, at: datetime | None = None) -> None:
    """Whoever owns an address has proved it, just now or at an instant: it is used again. Safe: repeated."""
    await db.execute(
        "update dead_address set ended_at = $3 where channel = $1 and address_digest = $2 and ended_at is null"
        " and since_at <= $3",
        *(channel.value, _digest(Route(channel=channel, address=address)), at or clock.now()),
    )


async def is_dead(channel: Channel, address: str) -> bool:
    """Whether an address has been refused for good."""
    return bool(await queries.list_dead([_digest(Route(channel=channel, address=address))]))


async def keep_in_mailbox() -> int:
    """A demo sends nothing: what would have gone is noted as sent by the way it would have gone."""
    letters, kept = await queries.lock_due_letters(clock.now(), clock.now(), 10_000), 0
    ways = await choose_ways(letters)
    for letter in letters:
        route = ways[letter.id].route
        if route is None:
            await _end(letter, ways[letter.id].state)
        else:
            await _note(letter, route, Answer(True))
            kept += 1
    return kept
