"""How weekly groups say no to staff."""

from booking.kit.errors import InvalidForm, NotFound, Refusal
from booking.kit.i18n import N_


class UnknownGroup(NotFound):
    """There is no such weekly group."""

    code = "unknown-group"
    sentence = N_("このグループは見つかりませんでした。グループの一覧からえらんでください。")


class GroupFormRefused(InvalidForm):
    """A weekly group cannot be made or changed as asked."""

    code = "group-form-refused"
    sentence = N_("グループの内容を見直してください。まだ何も変えていません。")


class GroupOver(Refusal):
    """The group has ended or gone into another."""

    code = "group-over"
    sentence = N_("このグループは、もう終わっています。まだ何も変えていません。ほかのグループを見てください。")


class GroupOpenAlready(Refusal):
    """The group has opened."""

    code = "group-open-already"
    sentence = N_("このグループは、もうひらいています。いまの様子を見直してください。")


class MinimumOverSeats(Refusal):
    """More people are needed than there are seats."""

    code = "minimum-over-seats"
    status = 422
    sentence = N_("ひらくのに要る人数を、席の数までにしてください。")


class SeatsBelowEnrolled(Refusal):
    """Fewer seats than people who are in the group."""

    code = "seats-below-enrolled"
    sentence = N_("もう{n}人が入っています。席を{n}以上にしてください。")


class TimesMissing(Refusal):
    """A group without a weekly time, or with two that overlap."""

    code = "group-times-unusable"
    status = 422
    sentence = N_("毎週の時間を、重ならないように1つ以上書いてください。")


class NeverOpenThen(Refusal):
    """The facility is closed at this weekly time in all the weeks to come."""

    code = "never-open-then"
    status = 422
    sentence = N_("この施設は、その曜日のその時間には、この先ずっと開いていません。曜日か時間を変えてください。")


class NotForInterim(Refusal):
    """A session that cannot be offered to those who wait for a group."""

    code = "not-for-interim"
    status = 422
    sentence = N_("この回は、待っている人に案内できません。同じ団体の、これからの回をえらんでください。")
