"""Every way the service says no to whoever would take a record home."""

from booking.kit.errors import Refusal
from booking.kit.i18n import N_


class RecordNeedsDesk(Refusal):
    """The desk has not seen child and guardian together, or the account may not decide for the member."""

    code = "record-needs-desk"
    status = 403
    sentence = N_("この人の記録は、受付で本人と保護者をたしかめたあとに受けとれます。受付に来てください。")


class RecordOfAdult(Refusal):
    """Somebody who has come of age asks for the own record; a guardian does no more."""

    code = "record-of-adult"
    status = 403
    sentence = N_(
        "この人は18歳になったので、記録は本人が受けとります。本人が、自分のアカウントの家族のページか、受付で求めてください。"
    )


class RecordNeedsGuardian(Refusal):
    """Too young to take the own record home alone."""

    code = "record-needs-guardian"
    status = 403
    sentence = N_("{years}歳になるまでは、おうちの人が受けとります。受付でたずねてください。")
