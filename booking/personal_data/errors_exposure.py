"""Every way the question whose data was exposed says no."""

from booking.kit.errors import NotFound, Refusal
from booking.kit.i18n import N_


class LostUnknown(NotFound):
    """There is no such device, account or token, or it is another body's."""

    code = "lost-unknown"
    sentence = N_("この機器、アカウント、トークンは、あなたの団体のものではないか、ありません。")


class SpanBackwards(Refusal):
    """It was found before it was lost."""

    code = "lost-span-backwards"
    status = 422
    sentence = N_("見つけた時刻を、なくした時刻より後にしてください。")
