"""How this room says no."""

from booking.kit.errors import NotFound, Refusal
from booking.kit.i18n import N_


class UnknownProgram(NotFound):
    """No program has this code."""

    code = "unknown-program"
    sentence = N_("このプログラムは見つかりません。プログラムの一覧から選んでください。")


class UnknownSession(NotFound):
    """There is no such session."""

    code = "unknown-session"
    sentence = N_("この回は、終わったか、なくなりました。あなたの予約は、そのまま残っています。")


BY_CONSTRAINT: dict[str, type[Refusal]] = {}
