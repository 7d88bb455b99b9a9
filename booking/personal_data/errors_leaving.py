"""Every way this room refuses to erase an account alone."""

from booking.kit.errors import InvalidForm, Refusal
from booking.kit.i18n import N_


class LastGuardian(Refusal):
    """Somebody would be left whom nobody acts for."""

    code = "leave-last-guardian"
    status = 409
    sentence = N_("アカウントを消すと、だれも見る人がいなくなる人がいます。まだ何も消していません。")


class VisitAsked(Refusal):
    """A group visit that this account asked for is still to come."""

    code = "leave-group-visit"
    status = 409
    sentence = N_("これからの団体見学の申しこみがあります。先に、取り下げてください。")


class StaffAccount(Refusal):
    """An account with a role of staff is ended by whoever gave the role."""

    code = "leave-staff-account"
    status = 409
    sentence = N_("職員の役割があるアカウントです。先に、役割を終えてもらってください。")


class NotSure(InvalidForm):
    """The box was not ticked."""

    code = "leave-not-sure"
    sentence = N_("もとにもどせないことをたしかめて、しるしをつけてください。")


class OtherBodyToo(Refusal):
    """The account acts for somebody whom another body has registered, or who is in no list."""

    code = "leave-other-body"
    status = 409
    sentence = N_(
        "このアカウントは、ここで出せない会員も見ています。本人に、自分のアカウントのページで消してもらってください。"
    )
