"""Put messages into the outbox, and empty it.

Sending takes a batch (a lease, committed), talks to the mail server outside any transaction, and notes what became of
each. A runner that dies in between leaves the lease to run out; the message goes again with the same Message-ID.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from booking.kit import clock, db
from booking.kit.settings import get_settings
from booking.kit.tokens import new_id
from booking.notifications import queries
from booking.notifications.rules import KEPT, LEASE, Channel, MessageState, Topic
from booking.notifications.schemas import NewLetter
from booking.notifications.service_sending import keep_in_mailbox, send
from booking.notifications.service_sending import use_line as use_line
from booking.notifications.service_sending import use_reaches as use_reaches
from booking.notifications.service_sending import use_senders as use_senders

BATCH = 50

_ENQUEUE = """
insert into message (id, kind, channel, to_address, language, subject, content, body_code, priority, state, attempts,
                     created_at, next_attempt_at, send_until, dedup, reader, about, topic, tried)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, $11, $11, $12, $13, $14, $15, $16, '{}')
on conflict (dedup) do nothing returning id"""

_ENQUEUE_ALL = """
insert into message (id, kind, channel, to_address, language, subject, content, body_code, priority, state, attempts,
                     created_at, next_attempt_at, send_until, dedup, reader, about, topic, tried)
select one.id, one.kind, case when one.to_address is not null then 'mail' end, one.to_address, one.language,
       one.subject, one.content, one.body_code, one.priority, 'queued', 0, $11, $11, one.send_until, one.dedup,
       one.reader, string_to_array(one.about, ' '), one.topic, '{}'
from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::smallint[],
            $9::timestamptz[], $10::text[], $12::uuid[], $13::text[], $14::text[])
  as one (id, kind, to_address, language, subject, content, body_code, priority, send_until, dedup, reader, about,
          topic)
on conflict (dedup) do nothing"""

_DROP = """
update message set state = 'dropped' where state = 'queued'
and (send_until <= $1 or created_at <= $2)"""

_WIPE = """
update message set to_address = null, subject = null, content = null
where to_address is not null and state <> 'queued' and coalesce(sent_at, created_at) <= $1"""


async def enqueue(  # noqa: PLR0913 - a message has that many parts, each said by name
    *,
    kind: str,
    subject: str,
    body: str,
    language: str,
    to: str | None = None,
    channel: Channel = Channel.MAIL,
    reader: UUID | None = None,
    about: Sequence[UUID] = (),
    topic: Topic | None = None,
    body_code: str | None = None,
    not_after: datetime | None = None,
    dedup: str | None = None,
    priority: int = 5,
) -> UUID | None:
    """Put a message into the outbox, inside the transaction of what it tells; its id, or None when it was there.

    `to`: a mail address. `reader`: an account whose channel is chosen when it is sent (`to` then only says where it
    would go by mail now). `channel` LINE: `to` is a user of the LINE channel of `body_code`, who reads the whole text:
    never a word about a member. `about`: whom it speaks of. `topic`: by which its reader may have asked not to be told.
    `not_after`: the instant from which it is of no more use. `dedup`: the same text twice is one message.
    `priority`: 0 before 9. Safe: repeated with the same `dedup`.
    """
    in_one_line = " ".join(subject.split())
    new: UUID | None = await db.fetchval(
        _ENQUEUE,
        *(new_id(), kind, None if to is None else channel.value, to, language, in_one_line, body, body_code),
        *(priority, MessageState.QUEUED.value, clock.now(), not_after, dedup),
        *(reader, [str(one) for one in about], topic),
    )
    return new


async def enqueue_all(letters: Sequence[NewLetter]) -> None:
    """Put many messages into the outbox in one statement, inside the transaction of what they tell.

    Safe: repeated with the same `dedup`.
    """
    letters = [one for one in letters if one.to or one.reader]
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
        [one.reader for one in letters],
        [" ".join(map(str, one.about)) for one in letters],
        [one.topic for one in letters],
    )


async def send_due() -> int:
    """Hand over everything that is due; how many messages went. Safe: any number of runners at once."""
    if get_settings().demo:
        return await keep_in_mailbox()
    await db.execute(_DROP, clock.now(), clock.now() - KEPT)
    has_mail, sent = bool(get_settings().smtp_url), 0
    while letters := await queries.lock_due_letters(clock.now(), clock.now() + LEASE, BATCH, with_mail=has_mail):
        sent += await send(letters)
    return sent


async def wipe_old_messages() -> int:
    """Forget text and address of messages that went, or were given up, more than 14 days ago. Safe: repeated."""
    answer = await db.execute(_WIPE, clock.now() - KEPT)
    return int(answer.rpartition(" ")[2])
