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
