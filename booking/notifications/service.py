"""Put messages into the outbox, and empty it.

Sending takes a batch (a lease, committed), talks to the mail server outside any transaction, and notes what became of
each. A runner that dies in between leaves the lease to run out; the message goes again with the same Message-ID.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from uuid import UUID

import structlog

from booking.kit import clock, db
from booking.kit.settings import get_settings
from booking.kit.tokens import new_id
from booking.notifications import post, queries
from booking.notifications.post import Answer
from booking.notifications.rules import KEPT, LEASE, Channel, MessageState, is_final, retry_after
from booking.notifications.schemas import Letter, NewLetter, Sender

log = structlog.get_logger()
BATCH = 50
FindSender = Callable[[str], Awaitable[Sender | None]]

_ENQUEUE = """
insert into message (id, kind, channel, to_address, language, subject, content, body_code, priority, state, attempts,
                     created_at, next_attempt_at, send_until, dedup)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, $11, $11, $12, $13)
on conflict (dedup) do nothing returning id"""

_ENQUEUE_ALL = """
insert into message (id, kind, channel, to_address, language, subject, content, body_code, priority, state, attempts,
                     created_at, next_attempt_at, send_until, dedup)
select one.id, one.kind, 'mail', one.to_address, one.language, one.subject, one.content, one.body_code, one.priority,
       'queued', 0, $11, $11, one.send_until, one.dedup
from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::smallint[],
            $9::timestamptz[], $10::text[])
  as one (id, kind, to_address, language, subject, content, body_code, priority, send_until, dedup)
on conflict (dedup) do nothing"""

_DROP = """
update message set state = 'dropped' where state = 'queued'
and (send_until <= $1 or created_at <= $2)"""

_WIPE = """
update message set to_address = null, subject = null, content = null
where to_address is not null and state <> 'queued' and coalesce(sent_at, created_at) <= $1"""

_find_sender: list[FindSender] = []


def use_senders(find: FindSender) -> None:
    """From now on `find` says which address a body's messages come from; this room knows no body."""
    _find_sender[:] = [find]


async def enqueue(  # noqa: PLR0913 - a message has that many parts, each said by name
    *,
    kind: str,
    to: str,
    subject: str,
    body: str,
    language: str,
    body_code: str | None = None,
    not_after: datetime | None = None,
    dedup: str | None = None,
    priority: int = 5,
) -> UUID | None:
    """Put a message into the outbox, inside the transaction of what it tells; its id, or None when it was there.

    `not_after`: the instant from which it is of no more use. `dedup`: the same text twice is one message.
    `priority`: 0 before 9. Safe: repeated with the same `dedup`.
    """
    in_one_line = " ".join(subject.split())
    new: UUID | None = await db.fetchval(
        _ENQUEUE,
        *(new_id(), kind, Channel.MAIL.value, to, language, in_one_line, body, body_code, priority),
        *(MessageState.QUEUED.value, clock.now(), not_after, dedup),
    )
    return new


async def enqueue_all(letters: Sequence[NewLetter]) -> None:
    """Put many messages into the outbox in one statement, inside the transaction of what they tell.

    Safe: repeated with the same `dedup`.
    """
    if not letters:
        return
    await db.execute(
        _ENQUEUE_ALL,
        [new_id() for _ in letters],
        [one.kind for one in letters],
        [one.to for one in letters],
        [one.language for one in letters],
        [" ".join(one.subject.split()) for one in letters],
        [one.content for one in letters],
        [one.body_code for one in letters],
        [one.priority for one in letters],
        [one.not_after for one in letters],
        [one.dedup for one in letters],
        clock.now(),
    )


async def send_due() -> int:
    """Hand over everything that is due; how many messages went. Safe: any number of runners at once."""
    if get_settings().demo:
        return await _keep_in_mailbox()
    await db.execute(_DROP, clock.now(), clock.now() - KEPT)
    if not get_settings().smtp_url:
        return 0
    sent = 0
    while letters := await queries.lock_due_letters(clock.now(), clock.now() + LEASE, BATCH):
        sent += await _send(letters)
    return sent


async def _keep_in_mailbox() -> int:
    answer = await db.execute("update message set state = 'sent', sent_at = $1 where state = 'queued'", clock.now())
    return int(answer.rpartition(" ")[2])


async def _send(letters: list[Letter]) -> int:
    senders: dict[str | None, Sender] = {}
    for code in {letter.body_code for letter in letters}:
        senders[code] = await _sender_of(code)
    sent = 0
    async with post.office(get_settings().smtp_url) as hand_over:
        away: Answer | None = None
        for letter in letters:
            answer = away or await hand_over(letter, senders[letter.body_code])
            away = None if answer.taken or answer.code else answer
            sent += answer.taken
            await _note(letter, answer)
    return sent


async def _sender_of(body_code: str | None) -> Sender:
    found = await _find_sender[0](body_code) if body_code and _find_sender else None
    return found or post.house_sender(get_settings().public_url)


async def _note(letter: Letter, answer: Answer) -> None:
    now = clock.now()
    if answer.taken:
        await db.execute(
            "update message set state = 'sent', sent_at = $2, last_error = null where id = $1", letter.id, now
        )
        return
    state = MessageState.FAILED if is_final(answer.code, letter.attempts) else MessageState.QUEUED
    log.warning("message not taken", message=str(letter.id), state=state.value, reason=answer.reason)
    await db.execute(
        "update message set state = $2, last_error = $3, next_attempt_at = $4 where id = $1",
        *(letter.id, state.value, answer.reason, now + retry_after(letter.attempts)),
    )


async def wipe_old_messages() -> int:
    """Forget text and address of messages that went, or were given up, more than 14 days ago. Safe: repeated."""
    answer = await db.execute(_WIPE, clock.now() - KEPT)
    return int(answer.rpartition(" ")[2])
