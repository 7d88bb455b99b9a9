"""Why a certified total from another installation does not count here."""

from booking.kit.errors import InvalidForm, Refusal
from booking.kit.i18n import N_


class TrustRefused(InvalidForm):
    """A key is trusted for a body, with a name and a document."""

    code = "trust-refused"
    sentence = N_("鍵の内容を見直してください。まだ何も変えていません。")


class KeyUnreadable(Refusal):
    """Not an Ed25519 key as the other page shows it."""

    code = "handed-key-unreadable"
    status = 422
    sentence = N_("鍵を読み取れません。相手の「ほかの場所の確定値」のページにある43文字を、そのまま入れてください。")


class KeyIsOurs(Refusal):
    """What is certified here counts here already."""

    code = "handed-key-ours"
    status = 422
    sentence = N_("これは、このサービスの鍵です。ほかの場所の鍵を入れてください。")


class KeyTrusted(Refusal):
    """Nothing to do."""

    code = "handed-key-trusted"
    status = 409
    sentence = N_("この団体のこの鍵は、もう信頼しています。")


class KeyNotTrusted(Refusal):
    """There is no such key, or its trust has ended."""

    code = "handed-key-gone"
    status = 404
    sentence = N_("この鍵は見つからないか、もう信頼していません。一覧から選んでください。")


class HandedUnreadable(Refusal):
    """Not a file of a certified total, or its form was changed."""

    code = "handed-unreadable"
    status = 422
    sentence = N_(
        "確定値のファイルとして読み取れません。受け取ったファイルを、そのまま選んでください。何も変わっていません。"
    )


class HandedUnsigned(Refusal):
    """The signature is not under what the file says."""

    code = "handed-unsigned"
    status = 422
    sentence = N_("署名が合いません。途中で変えられています。もう一度受け取ってください。何も変わっていません。")


class HandedByUnknown(Refusal):
    """Nobody has said that this key may speak for the body."""

    code = "handed-by-unknown"
    status = 409
    sentence = N_(
        "この団体の鍵として信頼していない鍵（{key}）の署名です。文書でたしかめて、先に鍵を信頼してください。何も変わっていません。"
    )


class HandedOtherYear(Refusal):
    """The year is not in the plan, or not over."""

    code = "handed-other-year"
    status = 409
    sentence = N_("{year}年度は、計画にないか、まだ終わっていません。何も変わっていません。")


class HandedOtherPlace(Refusal):
    """A facility is not of that body here, a month not of that year, or a cell stands there twice."""

    code = "handed-other-place"
    status = 409
    sentence = N_(
        "この団体の場所ではないものか、この年度の月ではないものが入っています（{where}）。何も変わっていません。"
    )


class HandedOtherReading(Refusal):
    """Two readings are not added up."""

    code = "handed-other-reading"
    status = 409
    sentence = N_(
        "ここで使っている数え方とちがう数え方の数字なので、足せません。数え方をそろえてください。何も変わっていません。"
    )


class HandedAddsOtherwise(Refusal):
    """What places and months give does not come to the figure, so that nothing could be added up."""

    code = "handed-adds-otherwise"
    status = 409
    sentence = N_(
        "場所と月の数字を足しても、確定した数字になりません。この数え方の数字は、足せません。何も変わっていません。"
    )


class HandedCountsHere(Refusal):
    """A body whose visits or totals of that year are here is counted here."""

    code = "handed-counts-here"
    status = 409
    sentence = N_(
        "この団体のこの年度の来館や合計が、ここにもあります。2重に数えるので、取り込めません。何も変わっていません。"
    )


class HandedTooLate(Refusal):
    """The plan's year or a month of it is certified without this total."""

    code = "handed-too-late"
    status = 409
    sentence = N_("計画の全体のこの年度か月が、もう確定しています。あとから足せません。何も変わっていません。")


class NotCertifiedYet(Refusal):
    """Only a certified year is handed over."""

    code = "handed-not-certified"
    status = 409
    sentence = N_("この団体のこの年度は、ここではまだ確定していません。先に確定してください。")
