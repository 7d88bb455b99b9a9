"""How the waiting list and its offers say no."""

from booking.kit.i18n import N_
from booking.reservations.errors import BookingRefusal


class SeatsFree(BookingRefusal):
    """Nobody needs to wait: there is a seat."""

    code = "seats-free"
    sentence = N_("この回には、空いている席があります。まだ何も予約していません。待たずに、そのまま予約してください。")


class OfferOver(BookingRefusal):
    """The freed seat is not kept for this person any more, or there is no such offer for them."""

    code = "offer-over"
    sentence = N_(
        "この席の案内は、もう終わっています。ほかの予約は、そのまま残っています。ほかの回をさがすか、予約の一覧を見てください。"
    )


class OfferExtendedAlready(BookingRefusal):
    """An offer is extended once."""

    code = "offer-extended-already"
    sentence = N_("返事の期限は、もう1回のばしました。席は、{until}までとってあります。それまでに返事をしてください。")


class OfferNotExtendable(BookingRefusal):
    """The seat cannot be kept any longer: the session is too near."""

    code = "offer-not-extendable"
    sentence = N_(
        "この回は始まりが近いので、返事の期限をのばせません。席は、{until}までとってあります。それまでに返事をしてください。"
    )


class OfferLinkUnusable(BookingRefusal):
    """The link answers no offer: it is not ours, of an earlier offer, or not for this person any more."""

    code = "offer-link-unusable"
    status = 404
    sentence = N_(
        "このリンクは、もう使えません。予約は、そのまま残っています。サインインして、予約の一覧で確かめてください。"
    )
