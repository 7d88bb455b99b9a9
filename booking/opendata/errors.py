"""How open data says no."""

from booking.kit.errors import Refusal
from booking.kit.i18n import N_


class NoSuchDataset(Refusal):
    """No dataset has this name."""

    code = "no-such-dataset"
    status = 404
    sentence = N_("この名前のデータはありません。オープンデータのページから選んでください。")
