"""What those with a booking read when a day is closed, and when that is taken back: one message per reader."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from booking.kit.i18n import N_, translate
from booking.kit.settings import get_settings
from booking.kit.templating import render
from booking.kit.words import say_words
from booking.notifications.rules import Topic
from booking.notifications.schemas import NewLetter
from booking.notifications.service import enqueue_all
from booking.reservations import queries
from booking.reservations.mail_closing import PRIORITY, News, Reader, letter_key, readers_of
from booking.reservations.rules import names_of
from booking.reservations.schemas import ReservationView
from booking.reservations.schemas_closing import Booking, Told

CLOSED, OPENED_AGAIN = "reservation-day-closed", "reservation-day-reopened"
SUBJECTS = {CLOSED: N_("予約が変わりました（休みになったため）"), OPENED_AGAIN: N_("予約がもとにもどりました")}


async def tell_closed(bookings: Sequence[Booking], moved: Mapping[UUID, UUID], news: News) -> None:
    """Say which bookings are off and which have moved where; nothing is held against anybody."""
    views = {one.id: one for one in await queries.list_reservations([*(one.id for one in bookings), *moved.values()])}
    told = [(one, Told(was=views[one.id], now=views[moved[one.id]] if one.id in moved else None)) for one in bookings]
    await _tell(CLOSED, told, news)


async def tell_given_back(bookings: Sequence[Booking], given: Sequence[ReservationView], news: News) -> None:
    """Say that the day is as it was, and which bookings hold again."""
    views = {one.id: one for one in given}
    await _tell(OPENED_AGAIN, [(one, Told(was=views[one.id])) for one in bookings], news)


async def _tell(kind: str, told: Sequence[tuple[Booking, Told]], news: News) -> None:
    readers = await readers_of([booking for booking, _ in told])
    letters = []
    for reader, member_ids in readers.items():
        theirs = [(booking, one) for booking, one in told if booking.member_id in member_ids]
        letters.append(_letter(kind, reader, theirs, news))
    await enqueue_all(letters)


def _letter(kind: str, reader: Reader, theirs: Sequence[tuple[Booking, Told]], news: News) -> NewLetter:
    language = reader.language
    seats = [(booking, one) for booking, one in theirs if booking.waiting_at is None]
    return NewLetter(
        kind=kind,
        to=reader.address,
        reader=reader.account_id,
        about=tuple({booking.member_id for booking, _ in theirs}),
        topic=Topic.CHANGE,
        subject=translate(SUBJECTS[kind], language),
        content=render(
            f"reservations/{kind}.txt",
            language,
            reason=say_words(news.reasons, language),
            moved=[one for _, one in theirs if one.now is not None],
            gone=[one.was for _, one in seats if one.now is None],
            waits=[one.was for booking, one in theirs if booking.waiting_at is not None],
            has_group=any(booking.enrolment_id is not None for booking, _ in theirs),
            link=get_settings().public_url.rstrip("/"),
            said=lambda item: say_words(names_of(item), language),
            place_said=lambda item: say_words(item.facility_names, language),
        ),
        language=language,
        body_code=theirs[0][1].was.body_code,
        not_after=max((one.now or one.was).ends_at for _, one in theirs),
        dedup=letter_key(news.key, kind, reader.account_id),
        priority=PRIORITY,
    )
