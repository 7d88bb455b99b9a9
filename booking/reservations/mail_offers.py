"""What those on a waiting list are mailed: a seat is kept for you until …; the time is over; no seat came free.

It goes to the guardians with that right and to whoever joined the list, each in their own language, and of a protected
member to nobody but those whom staff have named. The link shows a page; only the buttons there act.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from booking.kit.i18n import N_, translate
from booking.kit.settings import get_settings
from booking.kit.templating import render
from booking.kit.words import say_words
from booking.notifications.schemas import NewLetter
from booking.notifications.service import enqueue_all
from booking.reservations import queries_closing
from booking.reservations.mail_closing import Reader, readers_of
from booking.reservations.rules import names_of
from booking.reservations.rules_links import token_of
from booking.reservations.schemas import ReservationView

PRIORITY = 3
"""Before what can wait: an answer is awaited by a certain time."""

Link = Callable[[Sequence[ReservationView], UUID], str]


async def tell_offered(units: Sequence[Sequence[ReservationView]]) -> None:
    """Say that a seat is kept and until when, or that it is theirs where no time was left to ask."""
    for items in units:
        if items[0].offered_until is None:
            await tell(items, "reservation-given", N_("空いた席がとれました"))
        else:
            await tell(items, "reservation-offered", N_("席が空きました。返事をお待ちしています"), link=offer_link)


async def tell_over(items: Sequence[ReservationView]) -> None:
    """Say that an offer's time is over, or that no seat came free before the door took over."""
    offered = [each for each in items if each.offered_at is not None]
    waited = [each for each in items if each.offered_at is None]
    await tell(offered, "reservation-offer-over", N_("席の案内が終わりました"))
    await tell(waited, "reservation-wait-over", N_("キャンセル待ちが終わりました"))


def offer_link(items: Sequence[ReservationView], account_id: UUID) -> str:
    """The address of the page on which this account answers this offer without signing in."""
    first = min(items, key=lambda item: item.id)
    if first.offered_at is None:
        raise ValueError("nothing has been offered")
    return f"{get_settings().public_url.rstrip('/')}/offers/{token_of(first.id, account_id, first.offered_at)}"


def _bookings_link(_: Sequence[ReservationView], __: UUID) -> str:
    return f"{get_settings().public_url.rstrip('/')}/bookings"


async def tell(
    items: Sequence[ReservationView],
    kind: str,
    subject: str,
    *,
    link: Link = _bookings_link,
    more: Mapping[str, Any] | None = None,
) -> None:
    """Put one message of this kind to everybody who is told of these reservations into the outbox."""
    if not items:
        return
    readers = await readers_of(await queries_closing.list_bookings([each.id for each in items]))
    letters = []
    for reader, member_ids in readers.items():
        theirs = [each for each in items if each.member_id in member_ids]
        letters.append(
            NewLetter(
                kind=kind,
                to=reader.address,
                reader=reader.account_id,
                about=tuple(member_ids),
                subject=translate(subject, reader.language),
                content=_text(kind, theirs, reader, {"link": link(theirs, reader.account_id), **(more or {})}),
                language=reader.language,
                body_code=theirs[0].body_code,
                not_after=min(each.offered_until or each.ends_at for each in theirs)
                if kind in ("reservation-offered", "reservation-won")
                else max(each.ends_at for each in theirs),
                dedup=f"{kind}:{_key(theirs)}:{reader.account_id}",
                priority=PRIORITY,
            )
        )
    await enqueue_all(letters)


def _key(items: Sequence[ReservationView]) -> str:
    """The same for everything told once about one offer or wait."""
    first = min(items, key=lambda item: item.id)
    since = first.offered_at or first.waiting_at or first.cancelled_at
    return f"{first.id}:{since.timestamp() if since else 0}"


def _text(kind: str, items: Sequence[ReservationView], reader: Reader, more: Mapping[str, Any]) -> str:
    language = reader.language
    shown: dict[str, Any] = {"items": items, "until": items[0].offered_until, **more}
    return render(
        f"reservations/{kind}.txt",
        language,
        said=lambda item: say_words(names_of(item), language),
        place_said=lambda item: say_words(item.facility_names, language),
        **shown,
    )
