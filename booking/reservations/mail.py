"""The words this room mails: what was booked or cancelled, for whom, when, where, and until when it can be undone.

A link in a mail shows a page; only the button there acts.
"""

from collections.abc import Iterable
from uuid import UUID

from booking.access.queries import find_account
from booking.access.rules import AccountKind
from booking.access.schemas import Actor
from booking.kit.i18n import N_, translate
from booking.kit.settings import get_settings
from booking.kit.templating import render
from booking.kit.words import say_words
from booking.notifications.rules import Topic
from booking.notifications.service import enqueue
from booking.people import queries as people
from booking.reservations.rules import ReservationState, names_of
from booking.reservations.schemas import ReservationView

Reader = tuple[UUID, str | None, str]
"""Account, its mail address if it has one, and language."""


async def tell_booked(by: Actor, booked: list[ReservationView]) -> None:
    """Confirm an order to whoever made it; when staff or a child with a card did, to the guardians that are told."""
    await _tell(by, booked, "reservation-booked", N_("予約できました"))


async def tell_cancelled(by: Actor, cancelled: ReservationView) -> None:
    """Say that a reservation was given back, to the same people."""
    await _tell(by, [cancelled], "reservation-cancelled", N_("予約を取り消しました"))


async def tell_waiting(by: Actor, waiting: list[ReservationView]) -> None:
    """Confirm to the same people that somebody waits, and at which place."""
    await _tell(by, waiting, "reservation-waiting", N_("キャンセル待ちに入りました"))


async def tell_applied(by: Actor, applied: list[ReservationView]) -> None:
    """Confirm an entry in a draw to the same people."""
    await _tell(by, applied, "reservation-applied", N_("抽選に申しこみました"))


async def tell_left(by: Actor, left: list[ReservationView]) -> None:
    """Say that somebody waits no more, or does not want the seat that was kept."""
    await _tell(by, left, "reservation-left", N_("キャンセル待ちをやめました"))


async def tell_gone(by: Actor, gone: ReservationView) -> None:
    """Say what somebody gave up: a seat, a place in a line or a seat kept for them, an entry in a draw."""
    if gone.state == ReservationState.APPLIED:
        await _tell(by, [gone], "reservation-withdrawn", N_("抽選の申しこみを取り消しました"))
    elif gone.waiting_at is not None:
        await tell_left(by, [gone])
    else:
        await tell_cancelled(by, gone)


async def tell_extended(by: Actor, kept: list[ReservationView]) -> None:
    """Say until when the seat is kept now."""
    await _tell(by, kept, "reservation-offer-extended", N_("返事の期限をのばしました"))


async def _tell(by: Actor, told: list[ReservationView], kind: str, subject: str) -> None:
    for body_code in dict.fromkeys(each.body_code for each in told):
        of_body = [each for each in told if each.body_code == body_code]
        for (account_id, address, language), items in (await _readers(by, of_body)).items():
            await enqueue(
                kind=kind,
                to=address,
                reader=account_id,
                about=tuple({each.member_id for each in items}),
                topic=Topic.BOOKED,
                subject=translate(subject, language),
                body=_text(kind, items, language),
                language=language,
                body_code=body_code,
                not_after=max(each.ends_at for each in items),
                dedup=f"{kind}:{_first(items)}:{account_id}",
            )


def _first(items: Iterable[ReservationView]) -> UUID:
    return min(each.id for each in items)


async def _readers(by: Actor, told: list[ReservationView]) -> dict[Reader, list[ReservationView]]:
    if by.kind == "system":
        return {}
    account = await find_account(by.id) if by.kind == "account" and by.id is not None else None
    if account is not None and account.kind is not AccountKind.CARD:
        return {(account.id, account.email, account.language): told}
    readers: dict[Reader, list[ReservationView]] = {}
    for guardian in await people.list_guardians_to_tell({each.member_id for each in told}):
        theirs = [each for each in told if each.member_id == guardian.member_id]
        readers.setdefault((guardian.account_id, guardian.email, guardian.language), []).extend(theirs)
    return readers


def _text(kind: str, items: list[ReservationView], language: str) -> str:
    link = f"{get_settings().public_url.rstrip('/')}/bookings"
    return render(
        f"reservations/{kind}.txt",
        language,
        items=items,
        link=link,
        said=lambda item: say_words(names_of(item), language),
        place_said=lambda item: say_words(item.facility_names, language),
    )
