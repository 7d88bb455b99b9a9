"""Every way this room refuses to make two records one."""

from booking.kit.errors import InvalidForm, Refusal
from booking.kit.i18n import N_


class NotMergeable(Refusal):
    """One of the two is nobody, somebody's of another body, has left, or must not be spoken of: all said alike."""

    code = "merge-not-possible"
    status = 409
    sentence = N_("この番号の会員とは、まとめられません。番号をたしかめてください。")


class NumberUnusable(InvalidForm):
    """The number leads to nobody who may be merged with."""

    code = "merge-number-unusable"
    sentence = N_("この番号の会員とは、まとめられません。番号をたしかめてください。")


class RegisteredElsewhere(Refusal):
    """Another body has registered one of the two."""

    code = "merge-other-body"
    status = 409
    sentence = N_("ほかの団体にも登録があります。すべての団体を受けもつ人だけが、まとめられます。")


class BothInside(Refusal):
    """Both records have somebody in a building."""

    code = "merge-both-inside"
    status = 409
    sentence = N_("2つの記録の両方が、いま中にいます。どちらかが退館してから、まとめてください。")


class SurvivorNumberDiffers(InvalidForm):
    """The number that confirms the merge is not that of the member who stays."""

    code = "merge-number-differs"
    sentence = N_("会員番号がちがいます。残す会員の番号を入力してください。まだ何も変えていません。")


class PlanMoved(Refusal):
    """What the table said is no longer so."""

    code = "merge-changed-meanwhile"
    status = 409
    sentence = N_("ちょうどいま、どちらかの記録が変わりました。表をもう一度たしかめて、押してください。")
