"""How a booking that exists, an order and the things asked for with it say no."""

from booking.kit.i18n import N_
from booking.reservations.errors import BookingRefusal


class NotYours(BookingRefusal):
    """The asker has no right to book for this person, or there is no such person: the answer is the same."""

    code = "not-yours"
    status = 403
    sentence = N_(
        "予約できるのは、あなたの家族の一覧にいる人です。何も変わっていません。家族のページで確かめてください。"
    )
    reason = N_("この人の予約は、ほかの保護者の方ができます。")


class ReservationUnknown(BookingRefusal):
    """There is no such reservation, or it is not for this person to see."""

    code = "reservation-not-found"
    status = 404
    sentence = N_("その予約は見つかりませんでした。ほかの予約は、そのまま残っています。予約の一覧で確かめてください。")


class TooLateToCancel(BookingRefusal):
    """The time until which one can cancel has passed."""

    code = "too-late-to-cancel"
    sentence = N_(
        "取り消せるのは、{until}まででした。予約は、そのまま残っています。来られないときは、電話で知らせてください。"
    )
    is_overridable = True


class AlreadyArrived(BookingRefusal):
    """The member is there, or was."""

    code = "already-arrived"
    sentence = N_(
        "もう入館しているので、この予約は取り消さずに残します。帰るときは、入口の機械でパスを読ませてください。"
    )


class ReservationEnded(BookingRefusal):
    """The reservation was given up by itself, for instance released after a no-show."""

    code = "reservation-ended"
    sentence = N_("この予約は、もう終わっています。取り消すものはありません。予約の一覧で確かめてください。")


class OrderEmpty(BookingRefusal):
    """Nobody or no session was chosen."""

    code = "order-empty"
    status = 422
    sentence = N_("だれが参加するか、えらんでください。まだ何も予約していません。")


class OrderTooLarge(BookingRefusal):
    """More members times sessions than one order takes."""

    code = "order-too-large"
    status = 422
    sentence = N_("一度に予約できるのは{limit}件までです。まだ何も予約していません。分けて予約してください。")


class OptionUnknown(BookingRefusal):
    """None of the sessions offers such an option."""

    code = "option-unknown"
    status = 422
    sentence = N_(
        "この回では、いっしょに申しこめないものがえらばれています。まだ何も予約していません。えらび直してください。"
    )


class OptionFull(BookingRefusal):
    """As many have asked for this option in this session as there are."""

    code = "option-full"
    sentence = N_(
        "「{option}」は、この回ではもう全部なくなりました。まだ何も予約していません。"
        "「{option}」をえらばなければ、予約できます。"
    )


class WheelchairPlacesTaken(BookingRefusal):
    """Every place for a wheelchair in this session's room is taken."""

    code = "wheelchair-places-taken"
    sentence = N_(
        "この回の部屋には車いすの場所が{n}つあり、もう全部予約されています。まだ何も予約していません。"
        "ほかの回をえらぶか、電話で相談してください。"
    )
