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
    sentence = N_("その番号や名前の人は見つかりません。まだ何も記録していません。番号の8けたを、もう一度見てください。")


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


BY_CONSTRAINT: dict[str, type[Refusal]] = {}
