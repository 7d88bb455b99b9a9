"""Every way the register of personal files says no."""

from booking.kit.errors import NotFound
from booking.kit.i18n import N_


class PartUnknown(NotFound):
    """There is no such part, or it is another body's."""

    code = "record-part-unknown"
    sentence = N_("ファイル簿のこの項目はありません。何も変わっていません。")
