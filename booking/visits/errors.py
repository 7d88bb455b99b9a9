"""Every way in which visits say no outside the door's own verdicts."""

from booking.kit.errors import Refusal
from booking.kit.i18n import N_


class VisitUnknown(Refusal):
    """There is no such visit for this person."""

    code = "visit-unknown"
    status = 404
    sentence = N_("この入館の記録は見つかりません。一覧からえらんでください。")


class VisitVoidedAlready(Refusal):
    """The visit counts no more, and did not before."""

    code = "visit-voided-already"
    status = 409
    sentence = N_("この入館は、もう取り消されています。記録は残り、数には入っていません。")


class ReasonMissing(Refusal):
    """A correction says why."""

    code = "reason-missing"
    status = 422
    sentence = N_("理由を書いてください。まだ何も変わっていません。")


class PersonNotFound(Refusal):
    """Nobody has this number or name here."""

    code = "person-not-found"
    status = 404
    sentence = N_("その番号や名前の人は見つかりません。まだ何も記録していません。番号や名前を、もう一度見てください。")


class RollCallUnknown(Refusal):
    """There is no such roll call."""

    code = "roll-call-unknown"
    status = 404
    sentence = N_("この点呼は見つかりません。点呼のページを、もう一度開いてください。")


class RollCallOver(Refusal):
    """The roll call was ended."""

    code = "roll-call-over"
    status = 409
    sentence = N_(
        "この点呼は、もう終わっています。いまの印は付いていません。続けるときは、もう一度点呼を始めてください。"
    )


class TimeUnusable(Refusal):
    """A correction names a moment that cannot be."""

    code = "time-unusable"
    status = 422
    sentence = N_("時刻を、14:30 のように書いてください。その日の、いまより前の時刻だけ使えます。")


class ExitBeforeEntry(Refusal):
    """Nobody leaves before coming."""

    code = "exit-before-entry"
    status = 422
    sentence = N_("帰った時刻を、来た時刻より後にしてください。まだ何も変わっていません。")


class VisitsOverlap(Refusal):
    """A person is at one place at a time."""

    code = "visits-overlap"
    status = 409
    sentence = N_(
        "この人は、その時間に、もう別の入館の記録があります。まだ何も変わっていません。先に、その記録を見てください。"
    )


class GroupCodeUnknown(Refusal):
    """No group with this code comes to this place today."""

    code = "group-code-unknown"
    status = 422
    sentence = N_(
        "この番号の団体は、今日のこの場所の予定にありません。まだ数えていません。番号を確かめるか、団体の名前だけで入れてください。"
    )


class HeadsUnusable(Refusal):
    """A count at the desk that nobody can have come with."""

    code = "heads-unusable"
    status = 422
    sentence = N_(
        "来た人数を、1から500までの数で書いてください。パスを見せた会員の数は、来た人数より少ない数にしてください。"
    )


class PosterBusy(Refusal):
    """Many start from one poster at once; the desk registers without any limit."""

    code = "poster-busy"
    status = 429
    sentence = N_(
        "いま、スマホからの登録がとても多くなっています。まだ登録していません。受付で話すと、すぐに入れます。"
    )


class CameAlready(Refusal):
    """Who is said not to be there has been let in."""

    code = "came-already"
    status = 409
    sentence = N_(
        "この人は、入館の記録があります。何も変わっていません。本人に会ってから「確かめた」を押してください。"
    )


BY_CONSTRAINT: dict[str, type[Refusal]] = {}
