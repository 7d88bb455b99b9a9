"""How this room says no."""

from booking.kit.errors import NotFound, Refusal
from booking.kit.i18n import N_


class UnknownFacility(NotFound):
    """No facility has this code."""

    code = "unknown-facility"
    sentence = N_("この施設は見つかりません。施設の一覧から選んでください。")


BY_CONSTRAINT: dict[str, type[Refusal]] = {}
