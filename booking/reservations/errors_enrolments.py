"""How a weekly group says no to those who want to join, and to staff who move people."""

from typing import Any

from booking.kit.errors import InvalidForm
from booking.kit.i18n import N_, translate
from booking.reservations.errors import BookingRefusal
from booking.reservations.errors_audiences import ADULTS, say_audience, say_grade


class GroupFull(BookingRefusal):
    """Every seat of the group is taken."""

    code = "group-full"
    sentence = N_("最後の席が、いま埋まりました。まだ申しこんでいません。待つ列に入ると、席が空いたときに入れます。")


class GroupNotEligible(BookingRefusal):
    """The group is for others on the first day the member would come."""

    code = "group-not-eligible"
    sentence = N_("このグループは{audience}が対象です。{name}さんは、{who}が入れるグループに参加できます。")
    too_young = N_("このグループは{audience}が対象です。{name}さんは、小学生になったら参加できます。")
    is_overridable = True

    def say(self, language: str) -> str:
        """The sentence with school years in words. `grade`: None for adults, 0 before school."""
        params: dict[str, Any] = dict(self.params)
        audience = say_audience(
            params.pop("min_grade"), params.pop("max_grade"), params.pop("adults"), language, ages=params.pop("ages")
        )
        grade: int | None = params.pop("grade")
        if grade == 0:
            return translate(self.too_young, language, audience=audience, **params)
        who = translate(ADULTS, language) if grade is None else say_grade(grade, language)
        return translate(self.sentence, language, audience=audience, who=who, **params)


class GroupOverlaps(BookingRefusal):
    """The member is in another group that meets at the same time."""

    code = "group-overlaps"
    sentence = N_(
        "{name}さんは、同じ時間のグループ「{other}」に入っています。そのまま続いています。"
        "こちらに入るときは、先にそのグループをやめてください。"
    )
    is_overridable = True
    reason = N_("{name}さんは、同じ時間のグループ「{other}」に入っています。")


class GroupLimitWeek(BookingRefusal):
    """The member would come more often in a week than the program allows."""

    code = "group-limit-week"
    sentence = N_(
        "{program}に来られるのは、1週間に1人{n}回までです。{name}さんの申しこみは、そのまま残っています。"
        "ほかのグループをやめると、入れます。"
    )
    is_overridable = True
    reason = N_("{program}に来られるのは、1週間に1人{n}回までです。")


class EnrolmentUnknown(BookingRefusal):
    """There is no such enrolment, or it is not for this person to see."""

    code = "enrolment-not-found"
    status = 404
    sentence = N_(
        "その申しこみは見つかりませんでした。ほかの予約は、そのまま残っています。予約の一覧で確かめてください。"
    )


class MoveUnknown(BookingRefusal):
    """There is no such question, it is over, or it is not for this person."""

    code = "move-not-found"
    status = 404
    sentence = N_("この質問は、もう終わっています。いまの予約は、そのまま残っています。予約の一覧で確かめてください。")


class MoveSettled(BookingRefusal):
    """The question was carried out or withdrawn already."""

    code = "move-settled"
    sentence = N_("この質問は、もう終わっています。まだ何も変えていません。いまの様子を見直してください。")


class MoveAskedAlready(BookingRefusal):
    """The people of this group are being asked something already."""

    code = "move-asked-already"
    sentence = N_("このグループの人には、もう別のことを聞いています。先にその質問を終わりにしてください。")


class NobodyToAsk(BookingRefusal):
    """The group has nobody in it."""

    code = "nobody-to-ask"
    sentence = N_("このグループには、まだだれもいません。時間は、すぐに変えられます。")


class MoveUnfit(BookingRefusal):
    """The other group is the same one, over, or of another program."""

    code = "move-unfit"
    status = 422
    sentence = N_("同じプログラムの、続いているグループから1つえらんでください。まだ何も変えていません。")


class MergeTooFull(BookingRefusal):
    """The other group has fewer seats left than people would come."""

    code = "merge-too-full"
    sentence = N_(
        "移る先のグループの席は、あと{left}です。{n}人は入れません。まだ何も変えていません。"
        "席をふやすか、別のグループをえらんでください。"
    )


class NoFirstDay(BookingRefusal):
    """The facility is closed on all the group's days to come."""

    code = "no-first-day"
    sentence = N_("この先、このグループの曜日と時間に施設が開く日がありません。時間を変えてから、ひらいてください。")


class MoveFormRefused(InvalidForm):
    """A question to the people of a group cannot be asked like this."""

    code = "move-form-refused"
    sentence = N_("質問の内容を見直してください。まだだれにも聞いていません。")
