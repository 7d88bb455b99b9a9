"""How a sheet of paper says no, row by row."""

from booking.kit.errors import Refusal
from booking.kit.i18n import N_


class SeveralFit(Refusal):
    """More than one person has this name."""

    code = "several-fit"
    sentence = N_("この名前の人が{n}人います（{who}）。番号の8けたを書いてください。")


class PaperTimeMissing(Refusal):
    """A row of a sheet says neither when somebody came nor when they left."""

    code = "paper-time-missing"
    status = 422
    sentence = N_("入った時刻か、帰った時刻を書いてください。")


class PaperNotThen(Refusal):
    """A sheet is typed in afterwards, and not for ever."""

    code = "paper-not-then"
    status = 422
    sentence = N_("今日か、59日前までの日の、いまより前の時刻を書いてください。")
