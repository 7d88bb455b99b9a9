"""How the daily close says no."""

from booking.kit.errors import Refusal
from booking.kit.i18n import N_


class DayNotOver(Refusal):
    """A day is signed when its last session and its opening hours are over."""

    code = "day-not-over"
    sentence = N_("この日は、まだ終わっていません。{at}から、日報にサインできます。まだ何も保存していません。")


class DaySignedAlready(Refusal):
    """One signature a day; what comes later shows as a difference."""

    code = "day-signed-already"
    sentence = N_("この日の日報は、{name}さんが{at}にサインしました。あとから届いた記録は、ちがいとして出ます。")


class CoverageReasonMissing(Refusal):
    """Heads counted and records differ by more than a tenth."""

    code = "coverage-reason-missing"
    status = 422
    sentence = N_("数えた人数と記録が、10%より多くちがいます。理由を書いてください。まだサインしていません。")


class CountNotThen(Refusal):
    """Heads are counted now or earlier."""

    code = "count-not-then"
    status = 422
    sentence = N_("数えた時刻は、いまより前にしてください。まだ何も保存していません。")


class CountUnknown(Refusal):
    """There is no such head count, or somebody has taken it back."""

    code = "count-unknown"
    status = 404
    sentence = N_("この人数の記録は、もうありません。日報を見直してください。")
