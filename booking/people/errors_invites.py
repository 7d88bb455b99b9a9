"""How an invitation to become a guardian says no."""

from booking.kit.errors import Refusal
from booking.kit.i18n import N_


class InviteOver(Refusal):
    """The link is none of ours, was used, or its day is over."""

    code = "invite-over"
    sentence = N_("この招待は、もう使えません。何も変えていません。新しい招待をたのむか、受付で聞いてください。")


class InviteAtDesk(Refusal):
    """This member's guardians are added by the desk alone."""

    code = "invite-at-desk"
    sentence = N_("この人の見守る人は、受付で加えます。まだ何も変えていません。係の人に聞いてください。")


class OwnAccountTooEarly(Refusal):
    """Too young to act for oneself with an own account."""

    code = "own-account-too-early"
    status = 422
    sentence = N_("本人のアカウントを加えられるのは、{years}歳からです。生まれた日をたしかめてください。")


class OwnRecordTwice(Refusal):
    """The account is registered as its own member already, in another record."""

    code = "own-record-twice"
    sentence = N_(
        "このアカウントには、本人の登録がもう1つあります。まだ何も変えていません。受付で、2つを1つにまとめてもらってください。"
    )
