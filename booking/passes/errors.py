"""Every way a pass is refused."""

from booking.kit.errors import Refusal
from booking.kit.i18n import N_


class MalformedPass(Refusal):
    """The text is not a pass code."""

    code = "pass-malformed"
    status = 422
    sentence = N_("読み取ったコードは、このサービスのパスではありません。マイページのパスを見せてください。")


class UnknownKey(Refusal):
    """The pass names a signing key this service does not have."""

    code = "pass-unknown-key"
    status = 422
    sentence = N_("このパスは、ここで作られたものではありません。マイページのパスを見せてください。")


class ForgedPass(Refusal):
    """The signature does not fit what the pass says."""

    code = "pass-forged"
    status = 422
    sentence = N_("このパスの印が合いません。マイページのパスを、もう一度開いて見せてください。")


class PassRevoked(Refusal):
    """The pass, or the key that signed it, was revoked."""

    code = "pass-revoked"
    status = 409
    sentence = N_("このパスは、新しいパスにかわりました。マイページの新しいパスを見せてください。")


class PassExpired(Refusal):
    """The pass held until before this moment."""

    code = "pass-expired"
    status = 409
    sentence = N_("このパスの期間は終わりました。マイページで新しいパスを作れます。")


class PassNotYetValid(Refusal):
    """The pass holds only from a later moment."""

    code = "pass-not-yet-valid"
    status = 409
    sentence = N_("このパスは、まだ使える日になっていません。使える日は、パスに書いてあります。")


class CardUnknown(Refusal):
    """This desk keeps no such temporary card."""

    code = "card-unknown"
    status = 404
    sentence = N_(
        "この仮カードは、この受付のものではありません。まだ貸していません。カードに書いてある記号を見てください。"
    )


class CardLent(Refusal):
    """Somebody else has the card."""

    code = "card-lent"
    status = 409
    sentence = N_(
        "この仮カードは、いま貸し出し中です。まだ貸していません。ほかのカードを使うか、先に返してもらってください。"
    )


class CardRevoked(Refusal):
    """The card works no more."""

    code = "card-revoked"
    status = 409
    sentence = N_("この仮カードは、もう使えなくしてあります。まだ貸していません。ほかのカードを使ってください。")


class CardCountUnusable(Refusal):
    """Cards are made by the sheet, not by the thousand."""

    code = "card-count-unusable"
    status = 422
    sentence = N_("作る枚数を、1から{most}までの数で書いてください。")


class NobodyToPrint(Refusal):
    """No member was chosen or named by number."""

    code = "nobody-to-print"
    status = 422
    sentence = N_("印刷する人をえらぶか、会員番号を書いてください。まだ何も印刷していません。")


class TooManyToPrint(Refusal):
    """More cards than one file should hold."""

    code = "too-many-to-print"
    status = 422
    sentence = N_("{count}人がえらばれています。一度に印刷できるのは{most}人までです。まだ何も印刷していません。")


BY_CONSTRAINT = {"card_loan_live_unique": CardLent}
