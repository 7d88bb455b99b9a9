"""What those with a booking read when a facility is closed at once, and when it opens again."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

import msgspec

from booking.access.queries import find_account
from booking.access.rules import AccountKind
from booking.kit.i18n import LANGUAGES, N_, translate
from booking.kit.settings import get_settings
from booking.kit.templating import render
from booking.kit.words import say_words
from booking.notifications.rules import Topic
from booking.notifications.schemas import NewLetter
from booking.notifications.service import enqueue_all
from booking.people import queries as people
from booking.people.queries import list_guardians_to_tell
from booking.reservations.rules import names_of
from booking.reservations.schemas import ReservationView
from booking.reservations.schemas_closing import Booking

BOOKED, BOOKED_AGAIN = "reservation-closed", "reservation-reopened"
PRIORITY = 2
"""After what is urgent and after sign-in codes, before everything else."""


class News(msgspec.Struct, frozen=True, kw_only=True):
    """What happened, and when. `key` is the same for everything told about one closing.

    Why is a sentence of ours (`reason`), or what staff wrote in some languages (`reasons`).
    """

    key: str
    at: datetime
    reason: str = ""
    reasons: Mapping[str, str] = {}


class Reader(msgspec.Struct, frozen=True):
    """An account that is told; `address` is empty where it is reached by other ways than mail."""

    account_id: UUID
    address: str | None
    language: str


class Booked(Protocol):
    """Whose booking or enrolment something is, and who made it."""

    @property
    def member_id(self) -> UUID:
        """The member."""

    @property
    def booked_by_kind(self) -> str:
        """What kind of actor made it."""

    @property
    def booked_by(self) -> UUID | None:
        """Who made it."""


def letter_key(news_key: str, kind: str, account_id: UUID) -> str:
    """The name of the one message an account gets about a closing; from it is told later what became of it."""
    return f"closing:{news_key}:{kind}:{account_id}"


async def tell_closed(bookings: Sequence[Booking], cancelled: Sequence[ReservationView], news: News) -> None:
    """Say that today's sessions are off, and that nothing is held against anybody."""
    await _tell(bookings, cancelled, news, BOOKED, N_("今日の予約がなくなりました（急に閉館したため）"))


async def tell_given_back(bookings: Sequence[Booking], given: Sequence[ReservationView], news: News) -> None:
    """Say that it is open again, and which bookings hold."""
    await _tell(bookings, given, news, BOOKED_AGAIN, N_("また開きました。今日の予約が、もとにもどりました"))


async def _tell(
    bookings: Sequence[Booking], told: Sequence[ReservationView], news: News, kind: str, subject: str
) -> None:
    readers = await readers_of(bookings)
    letters = []
    for reader, member_ids in readers.items():
        items = [each for each in told if each.member_id in member_ids]
        letters.append(
            NewLetter(
                kind=kind,
                to=reader.address,
                reader=reader.account_id,
                about=tuple(member_ids),
                topic=Topic.CHANGE,
                subject=translate(subject, reader.language),
                content=_text(kind, items, news, reader.language),
                language=reader.language,
                body_code=items[0].body_code,
                not_after=max(each.ends_at for each in items),
                dedup=letter_key(news.key, kind, reader.account_id),
                priority=PRIORITY,
            )
        )
    await enqueue_all(letters)


async def readers_of(bookings: Sequence[Booked]) -> dict[Reader, set[UUID]]:
    """Who is told of whom: guardians with that right, and whoever made the booking and still acts for the member."""
    found: dict[Reader, set[UUID]] = {}
    for guardian in await list_guardians_to_tell({one.member_id for one in bookings}):
        language = guardian.language if guardian.language in LANGUAGES else "ja"
        found.setdefault(Reader(guardian.account_id, guardian.email, language), set()).add(guardian.member_id)
    told = {(reader.account_id, member_id) for reader, ids in found.items() for member_id in ids}
    for account_id, member_ids in _by_bookers(bookings).items():
        missing = {each for each in member_ids if (account_id, each) not in told}
        allowed = await people.may_book(account_id, missing) if missing else set()
        account = await find_account(account_id) if allowed else None
        if account is not None and account.kind is not AccountKind.CARD:
            reader = next((one for one in found if one.account_id == account_id), None)
            household = await people.find_household_of(account_id)
            language = household.language if household is not None else account.language
            found.setdefault(reader or Reader(account_id, account.email, language), set()).update(allowed)
    return found


def _by_bookers(bookings: Sequence[Booked]) -> dict[UUID, set[UUID]]:
    found: dict[UUID, set[UUID]] = {}
    for one in bookings:
        if one.booked_by_kind == "account" and one.booked_by is not None:
            found.setdefault(one.booked_by, set()).add(one.member_id)
    return found


def _text(kind: str, items: Sequence[ReservationView], news: News, language: str) -> str:
    places = dict.fromkeys(_place(item, language) for item in items)
    return render(
        f"reservations/{kind}.txt",
        language,
        items=items,
        reason=news.reason,
        at=news.at,
        places=places,
        link=f"{get_settings().public_url.rstrip('/')}/bookings",
        said=lambda item: say_words(names_of(item), language),
        place_said=lambda item: _place(item, language),
    )


def _place(item: ReservationView, language: str) -> str:
    return say_words(item.facility_names, language)
