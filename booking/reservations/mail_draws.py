"""What those who applied for a draw are mailed: a seat is kept for you, you wait at this place, it was never drawn."""

from collections.abc import Sequence

from booking.kit.i18n import N_
from booking.reservations.mail_offers import offer_link, tell
from booking.reservations.rules import ReservationState
from booking.reservations.schemas import ReservationView


async def tell_result(units: Sequence[Sequence[ReservationView]]) -> None:
    """Say to winners until when to confirm, and to the others at which place they wait."""
    for items in units:
        if items[0].state == ReservationState.OFFERED:
            await tell(items, "reservation-won", N_("抽選で席が当たりました。返事をお待ちしています"), link=offer_link)
        elif items[0].state == ReservationState.CONFIRMED:
            await tell(items, "reservation-given", N_("空いた席がとれました"))
        else:
            await tell(items, "reservation-drawn-waiting", N_("抽選の結果のお知らせ"))


async def tell_not_drawn(items: Sequence[ReservationView]) -> None:
    """Say that there was no draw, and that the seats are at the door."""
    await tell(items, "reservation-not-drawn", N_("抽選は行われませんでした"))
