"""How staff and programs that look for bookings, or set a rule aside, are told no."""

from booking.kit.i18n import N_
from booking.reservations.errors import BookingRefusal


class ReasonMissing(BookingRefusal):
    """Staff may set a rule aside only with a reason."""

    code = "override-reason-missing"
    status = 422
    sentence = N_("きまりの例外にするときは、理由を書いてください。まだ何も変えていません。")


class NotOverridable(BookingRefusal):
    """This rule cannot be set aside by anybody."""

    code = "not-overridable"
    status = 422
    sentence = N_("そのきまりは、例外にできません。まだ何も変えていません。")


class WayUnknown(BookingRefusal):
    """What becomes of the bookings of a closed day is not one of the known ways."""

    code = "way-unknown"
    status = 422
    sentence = N_("予約をどうするかを、えらんでください。まだ何も変えていません。")


class NumberUnknown(BookingRefusal):
    """No member has this number."""

    code = "booking-number-unknown"
    status = 422
    sentence = N_("この番号の人は見つかりませんでした。カードの8けたの番号を確かめて、もう一度書いてください。")


class FilterUnknown(BookingRefusal):
    """A filter of the session list names something that is not there."""

    code = "filter-unknown"
    status = 422
    sentence = N_("さがす条件に、知らない値があります。条件をえらび直してください。")


class CursorUnusable(BookingRefusal):
    """The cursor is not one this address gave."""

    code = "cursor-unusable"
    status = 422
    sentence = N_("つづきの位置を読み取れませんでした。はじめの一覧から、もう一度たどってください。")
