"""Every way this room refuses what is said about keeping and forgetting."""

from booking.kit.errors import InvalidForm, NotFound, Refusal
from booking.kit.i18n import N_


class RetentionRefused(InvalidForm):
    """Something in the form of a term cannot be used."""

    code = "retention-form-refused"
    sentence = N_("保存期間を直してください。")


class MonthsUnusable(Refusal):
    """No whole number of months, or too few or too many."""

    code = "retention-months-unusable"
    status = 422
    sentence = N_("{least}から{most}までの月数を入力してください。")


class NoSuchTerm(NotFound):
    """There is no such class, or no such body of the asker."""

    code = "retention-unknown"
    sentence = N_("この保存期間は見つかりません。")


class CountMoved(InvalidForm):
    """The number typed is not how many are due now."""

    code = "retention-count-differs"
    sentence = N_("数がちがいます。いま消す数を入力してください。まだ何も消していません。")
