"""How the door for LINE says no."""

from booking.kit.errors import Refusal
from booking.kit.i18n import N_


class LineNotSigned(Refusal):
    """What came is not signed by the body's LINE channel."""

    code = "line-not-signed"
    status = 403
    sentence = N_(
        "LINEの署名を確かめられませんでした。何も変えていません。チャネルシークレットの設定を確かめてください。"
    )


class LineUnreadable(Refusal):
    """It is signed, but it is not what LINE writes."""

    code = "line-unreadable"
    status = 400
    sentence = N_("LINEからの知らせを読めませんでした。何も変えていません。")
