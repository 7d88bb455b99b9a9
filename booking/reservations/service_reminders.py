"""Reminders: the evening before or the morning of the day, as each account has chosen for each member.

A sweep asks what is due; the name of a message (account, day, moment) keeps it from going twice. Somebody who books
after the moment has just been told and gets none.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

import msgspec

from booking.kit import clock, db
from booking.kit.i18n import N_, format_day, translate
from booking.kit.settings import get_settings
from booking.kit.templating import render
from booking.kit.words import say_words
from booking.notifications.rules import Topic
from booking.notifications.schemas import NewLetter
from booking.notifications.service import enqueue_all
from booking.people.queries_reach import Choice, list_choices
from booking.people.rules import RemindAt
from booking.reservations import queries, queries_closing
from booking.reservations.mail_closing import Reader, readers_of
from booking.reservations.rules import ReservationState, names_of
from booking.reservations.schemas import ReservationView

EVENING, MORNING = time(18), time(8)
LASTS = timedelta(hours=3)
"""How long after its moment a reminder may still go, so that nobody's telephone rings at night after an outage."""
SUBJECT = N_("{day}の予約のお知らせ")

_DUE = """
select r.id from reservation r join session s on s.id = r.session
where s.held_on = $1 and r.state = $2 and r.booked_at <= $3 and s.starts_at > $4 order by r.id"""


class Moment(msgspec.Struct, frozen=True):
    """A moment of reminding: which choice, when, and the day that is reminded of."""

    choice: RemindAt
    at: datetime
    held_on: date


def due_moments(now: datetime) -> Iterator[Moment]:
    """The moments that have come and are not long past."""
    today = clock.local_date(now)
    for choice, day, wall, held_on in (
        (RemindAt.EVENING, today, EVENING, today + timedelta(days=1)),
        (RemindAt.MORNING, today, MORNING, today),
    ):
        at = clock.at_local(day, wall)
        if at <= now < at + LASTS:
            yield Moment(choice, at, held_on)


async def remind() -> int:
    """Remind of what is due; how many messages went into the outbox. Safe: repeated and concurrent."""
    made = 0
    for moment in due_moments(clock.now()):
        async with db.transaction():
            made += await _remind(moment)
    return made


async def _remind(moment: Moment) -> int:
    confirmed = str(ReservationState.CONFIRMED)
    rows = await db.fetch(_DUE, moment.held_on, confirmed, moment.at, clock.now())
    bookings = await queries_closing.list_bookings([row["id"] for row in rows])
    readers = await readers_of(bookings)
    chosen = {
        (one.account_id, one.member_id): one
        for one in await list_choices({reader.account_id for reader in readers})
        if one.topic is Topic.REMINDER
    }
    told = {one.id: one for one in await queries.list_reservations([each.id for each in bookings])}
    letters = []
    for reader, member_ids in readers.items():
        wanted = {one for one in member_ids if _moment_of(chosen.get((reader.account_id, one))) is moment.choice}
        items = [told[each.id] for each in bookings if each.member_id in wanted]
        if items:
            letters.append(_letter(reader, items, moment))
    await enqueue_all(letters)
    return len(letters)


def _moment_of(choice: Choice | None) -> RemindAt | None:
    """When somebody is reminded of a member's bookings: the evening before unless they chose otherwise."""
    if choice is None:
        return RemindAt.EVENING
    if not choice.is_on:
        return None
    return RemindAt(choice.remind_at) if choice.remind_at else RemindAt.EVENING


def _letter(reader: Reader, items: Sequence[ReservationView], moment: Moment) -> NewLetter:
    from_first = sorted(items, key=lambda item: (item.starts_at, item.id))
    members: tuple[UUID, ...] = tuple(dict.fromkeys(item.member_id for item in from_first))
    return NewLetter(
        kind="reservation-reminder",
        to=reader.address,
        reader=reader.account_id,
        about=members,
        topic=Topic.REMINDER,
        subject=translate(SUBJECT, reader.language, day=_day(from_first[0], reader.language)),
        content=render(
            "reservations/reservation-reminder.txt",
            reader.language,
            items=from_first,
            link=f"{get_settings().public_url.rstrip('/')}/bookings",
            said=lambda item: say_words(names_of(item), reader.language),
            place_said=lambda item: say_words(item.facility_names, reader.language),
        ),
        language=reader.language,
        body_code=from_first[0].body_code,
        not_after=from_first[0].starts_at,
        dedup=f"reminder:{reader.account_id}:{moment.held_on}:{moment.choice}",
    )


def _day(item: ReservationView, language: str) -> str:
    return format_day(item.starts_at, language)
