"""One channel is enough: choose the way to an account, hear when one is over, and ask the desk to phone.

Mail or LINE, in the order the household asked for, then the desk's telephone. A channel that came back is left out
until its owner proves it again.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from uuid import UUID

from booking.access import service as access
from booking.access.rules import Role
from booking.access.schemas import Actor
from booking.kit import clock, db
from booking.kit.errors import NotFound
from booking.kit.settings import provider_secret
from booking.kit.tokens import new_id
from booking.notifications.rules import Channel, Topic
from booking.notifications.schemas import Letter, Reach, Route, Undelivered
from booking.people import queries_reach
from booking.people.queries_reach import Choice, Home
from booking.people.rules import CallReason
from booking.people.schemas import CallView
from booking.people.service_desk import MANAGERS, bodies_of

DONE_SHOWN = timedelta(hours=24)
REASONS = {Channel.MAIL: CallReason.MAIL_BACK, Channel.LINE: CallReason.LINE_BLOCKED}

_asked_elsewhere: set[str] = set()


def use_other_lists(kinds: Iterable[str]) -> None:
    """From now on rooms above ask for the answers to messages of these kinds, in a list of their own."""
    _asked_elsewhere.clear()
    _asked_elsewhere.update(kinds)


async def find_reaches(letters: Sequence[Letter]) -> dict[UUID, Reach]:
    """How the readers of these messages are reached now, in three statements whatever their number."""
    readers = {letter.reader for letter in letters if letter.reader is not None}
    homes = await queries_reach.list_homes(readers)
    choices = {(one.account_id, one.member_id, one.topic): one for one in await queries_reach.list_choices(readers)}
    pairs = [(letter.reader, member) for letter in letters if letter.reader for member in letter.about]
    hidden = await queries_reach.list_hidden(pairs) if pairs else set()
    reaches = {}
    for letter in letters:
        home = homes.get(letter.reader) if letter.reader else None
        if home is not None and letter.reader is not None:
            is_hidden = any((letter.reader, member) in hidden for member in letter.about)
            reaches[letter.id] = _reach(letter, home, choices, is_hidden=is_hidden)
    return reaches


def _reach(letter: Letter, home: Home, choices: dict[tuple[UUID, UUID, Topic], Choice], *, is_hidden: bool) -> Reach:
    asked = [choices.get((home.account_id, member, letter.topic)) for member in letter.about if letter.topic]
    wants = not asked or any(one is None or one.is_on for one in asked)
    first = next((one.channel for one in asked if one is not None and one.channel), home.preferred)
    routes = _mail(home) + _lines(home, letter.body_code)
    routes.sort(key=lambda route: route.channel.value != first)
    return Reach(routes=tuple(routes), wants=wants, is_hidden=is_hidden)


def _mail(home: Home) -> list[Route]:
    return [Route(channel=Channel.MAIL, address=home.email)] if home.email else []


def _lines(home: Home, body_code: str | None) -> list[Route]:
    """LINE by the channel of the message's body where there is one: a user is known to each channel apart."""
    lines = sorted(home.lines, key=lambda line: line[0] != body_code)[:1]
    return [
        Route(channel=Channel.LINE, address=user, api=api, token=provider_secret(name))
        for _, user, api, name in lines
        if provider_secret(name)
    ]


async def report(what: Undelivered) -> None:
    """Put whoever could not be told on the list of people to phone, in the transaction that found it out.

    A dead channel is one call until it is done. What could not be told at all is a call when it changes something: a
    confirmation or reminder can be read on the page of messages. Safe: repeated.
    """
    if what.channel is not None:
        await ask_to_phone(what.reader, REASONS[what.channel], body_code=what.body_code)
    elif what.topic in (None, Topic.CHANGE) and what.kind not in _asked_elsewhere:
        await ask_to_phone(
            what.reader, CallReason.NOT_TOLD, body_code=what.body_code, message_id=what.message_id, topic=what.topic
        )


async def ask_to_phone(
    account_id: UUID,
    reason: CallReason,
    *,
    body_code: str | None = None,
    message_id: UUID | None = None,
    topic: Topic | None = None,
) -> None:
    """Put an account on the list, unless it stands there for the same."""
    await db.execute(
        "insert into phone_call (id, account, reason, message, topic, body_code, asked_at)"
        " select $1, $2, $3, $4, $5, $6, $7 where not exists (select 1 from phone_call where account = $2"
        " and reason = $3 and message is not distinct from $4 and done_at is null)",
        *(new_id(), account_id, reason.value, message_id, topic, body_code, clock.now()),
    )


async def list_calls(
    by: Actor, *roles: Role, reason: str = "", language: str = "", what: str = "phone-calls"
) -> tuple[list[CallView], int]:
    """Whom the desk is to phone, and how many only a manager sees; the viewing is logged as `what`.

    Whoever acts for a protected member stands on no list of the desk. Raises: NotAllowed.
    """
    calls = await queries_reach.list_calls(await bodies_of(by, *roles), clock.now() - DONE_SHOWN)
    open_to_all = [call for call in calls if not call.is_protected]
    shown = [call for call in open_to_all if reason in ("", call.reason) and language in ("", call.language)]
    await access.record_view(by, [one for call in shown for one in call.member_ids], what, by_list=True)
    return shown, len([call for call in calls if call.is_protected and call.done_at is None])


async def list_protected_calls(by: Actor) -> list[CallView]:
    """The others, for managers. Raises: NotAllowed."""
    calls = await queries_reach.list_calls(await bodies_of(by, *MANAGERS), clock.now() - DONE_SHOWN)
    shown = [call for call in calls if call.is_protected]
    await access.record_view(by, [one for call in shown for one in call.member_ids], "phone-calls-protected")
    return shown


async def finish_call(call_id: UUID, by: Actor, *, is_done: bool = True) -> None:
    """Note that somebody was phoned, or take the note back. Raises: NotAllowed, NotFound. Safe: repeated."""
    calls = await queries_reach.list_calls(await bodies_of(by), clock.now() - DONE_SHOWN)
    call = next((one for one in calls if one.id == call_id), None)
    if call is None:
        raise NotFound
    if call.is_protected:
        await bodies_of(by, *MANAGERS)
    async with db.transaction():
        await db.execute(
            "update phone_call set done_at = $2, done_by = $3 where id = $1 and (done_at is null) = $4",
            *(call_id, clock.now() if is_done else None, by.id, is_done),
        )
        action = "call-done" if is_done else "call-reopened"
        await access.record_audit(by, action, "account", call.account_id, detail={"reason": call.reason})
