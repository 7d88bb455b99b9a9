"""Every way this room says no."""

from booking.kit.errors import InvalidForm, NotFound, Refusal
from booking.kit.i18n import N_


class StillInside(Refusal):
    """Somebody who is to be erased is in the building."""

    code = "erase-still-inside"
    status = 409
    sentence = N_("この人は、いま中にいます。退館してから消してください。まだ何も消していません。")


class NumberDiffers(InvalidForm):
    """The member number that confirms the erasure is not that of the member."""

    code = "erase-number-differs"
    sentence = N_("会員番号がちがいます。この人の番号を入力してください。まだ何も消していません。")


class ChangedMeanwhile(Refusal):
    """A booking or a visit came while the person was being erased."""

    code = "erase-changed-meanwhile"
    status = 409
    sentence = N_(
        "ちょうどいま、この人の予約か入館がありました。もう一度押してください。"
        "これからの予約は取り消しましたが、まだ何も消していません。"
    )


class AskerUnknown(InvalidForm):
    """Nobody was chosen as the one who asks."""

    code = "record-asker-unknown"
    sentence = N_("だれが求めたかを選んでください。")


class PaperUnknown(InvalidForm):
    """No paper was chosen."""

    code = "record-paper-unknown"
    sentence = N_("見た書類を選んでください。")


class AskedDayUnusable(InvalidForm):
    """The day of the request cannot be read, or has not come yet."""

    code = "record-day-unusable"
    sentence = N_("求めを受けた日を、今日までの日で書いてください。")


class RecordNumberUnknown(NotFound):
    """Nobody has this number whom a body of the asker has, or had, registered."""

    code = "record-number-unknown"
    sentence = N_("この番号の人の記録は、この団体にはありません。番号をたしかめてください。")
