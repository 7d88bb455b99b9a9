"""How points say no."""

from booking.kit.i18n import N_
from booking.reservations.errors import BookingRefusal


class PointNumberImpossible(BookingRefusal):
    """A number of the rule is out of its bounds."""

    code = "point-number-impossible"
    status = 422
    sentence = N_("{least}から{most}までの数で書いてください。")


class PointFormRefused(BookingRefusal):
    """The rule cannot be kept as typed."""

    code = "point-form-refused"
    status = 422
    sentence = N_("点数の決まりを見直してください。まだ何も変えていません。")


class PointUnknown(BookingRefusal):
    """There are no such points, or they are not for this person to see."""

    code = "point-not-found"
    status = 404
    sentence = N_("その点数は見つかりませんでした。一覧を開き直してください。")
