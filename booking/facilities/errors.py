"""How this room says no."""

from booking.kit.errors import InvalidForm, NotFound, Refusal
from booking.kit.i18n import N_, format_moment, translate


class UnknownFacility(NotFound):
    """No facility has this code."""

    code = "unknown-facility"
    sentence = N_("この施設は見つかりません。施設の一覧から選んでください。")


class UnknownClosingRule(NotFound):
    """There is no such closing rule, or it has ended."""

    code = "unknown-closing-rule"
    sentence = N_("この休みの決まりは、もうありません。いまの決まりを見直してください。")


class UnknownClosure(NotFound):
    """There is no such day decided by hand, or it was taken back."""

    code = "unknown-closure"
    sentence = N_("この臨時の休み（開館）は、もう取り消されています。いまの予定を見直してください。")


class FacilityFormRefused(InvalidForm):
    """A facility, its hours or its closing days cannot be changed as asked."""

    code = "facility-form-refused"
    sentence = N_("施設の内容を見直してください。まだ何も変えていません。")


class ChangedMeanwhile(Refusal):
    """Somebody else changed it after this page was opened."""

    code = "changed-meanwhile"
    sentence = N_(
        "開いているあいだに、ほかの人が変えました。あなたの変更は、まだ保存していません。いまの内容を見て、もう一度変えてください。"
    )


class TelephoneUnreadable(Refusal):
    """Not a Japanese telephone number."""

    code = "telephone-unreadable"
    status = 422
    sentence = N_("電話番号を、027-123-4567 のように書いてください。")


class WeekdayKeptOpen(Refusal):
    """Hours for a limited time cannot close a weekday."""

    code = "weekday-kept-open"
    status = 422
    sentence = N_(
        "終わりの日を決めた時間帯では、曜日を休みにできません。休む日は「臨時の休み・開館」に書いてください。"
    )


class EndsBeforeItBegins(Refusal):
    """The last day lies before the first."""

    code = "ends-before-it-begins"
    status = 422
    sentence = N_("終わりの日を、始まりの日より後にしてください。")


class HoursStartAlready(Refusal):
    """Other hours of a weekday begin on that very day."""

    code = "hours-start-already"
    sentence = N_("同じ日に始まる時間が、もう決まっています。いまの内容を見て、もう一度変えてください。")


class MonthDayUnreadable(Refusal):
    """Not a month and day."""

    code = "month-day-unreadable"
    status = 422
    sentence = N_("月と日を、12-29 のように書いてください。")


class HoursNeeded(Refusal):
    """A weekday without hours is opened by hand without times."""

    code = "hours-needed"
    status = 422
    sentence = N_("この曜日には決まった開館時間がありません。開く時刻と閉まる時刻を書いてください。")


class DayDecidedAlready(Refusal):
    """A day has one decision by hand at a time."""

    code = "day-decided-already"
    sentence = N_(
        "この日は、もう決めてあります。まだ何も変えていません。一覧でいまの決まりを元にもどしてから、もう一度決めてください。"
    )


class ClosedNowAlready(Refusal):
    """Somebody has closed it already."""

    code = "closed-now-already"
    sentence = N_("この施設は、もう閉めてあります。今日の回は取り消してあり、知らせも送ってあります。")


class UnknownClosing(NotFound):
    """There is no such closing at once."""

    code = "unknown-closing"
    sentence = N_("この閉館の記録は見つかりません。施設の様子を見直してください。")


class NotClosedNow(Refusal):
    """It was opened again, or the day is over."""

    code = "not-closed-now"
    sentence = N_("この施設は、もう開いています。何も変えていません。")


class ClosingFormRefused(InvalidForm):
    """It cannot be closed at once as asked."""

    code = "closing-form-refused"
    sentence = N_("まだ閉めていません。わけを1つえらんでください。")


class UnknownSpace(NotFound):
    """There is no such room, or it is no longer used."""

    code = "unknown-space"
    sentence = N_("この部屋は、もう使われていません。部屋の一覧からえらんでください。")


class SpaceCodeTaken(Refusal):
    """Another room has the code."""

    code = "space-code-taken"
    sentence = N_("この記号は、ほかの部屋が使っています。別の記号にしてください。")


class SpaceCodeUnusable(Refusal):
    """Not a short name for addresses and files."""

    code = "space-code-unusable"
    status = 422
    sentence = N_("記号は、半角の英小文字・数字・ハイフンで、40文字までで書いてください。例：studio-a")


class SpaceInUse(Refusal):
    """Something else is in that room at that time; named where it is known."""

    code = "space-taken"
    sentence = N_("その部屋は、その時間にもう使われています。まだ何も変えていません。別の部屋か時間にしてください。")
    named = N_(
        "{space}は、{starts_at}から{ends_at}まで「{used_by}」で使っています。まだ何も変えていません。"
        "別の部屋か時間にしてください。"
    )

    def say(self, language: str) -> str:
        """The sentence in a language, naming what uses the room where that is known."""
        if not self.params:
            return super().say(language)
        said = {**self.params, "used_by": translate(self.params["used_by"], language)}
        for name in ("starts_at", "ends_at"):
            said[name] = format_moment(self.params[name], language)
        return translate(self.named, language, **said)


class SpaceHasUses(Refusal):
    """A room that is still needed cannot be taken out of use."""

    code = "space-has-uses"
    sentence = N_(
        "この部屋は、これから{n}回使う予定があります。まだ何も変えていません。先に、その回の部屋を変えてください。"
    )


class MoreWheelchairsThanPlaces(Refusal):
    """More wheelchairs than people fit in."""

    code = "more-wheelchairs-than-places"
    status = 422
    sentence = N_("車いすの場所は、部屋に入れる人数までにしてください。")


BY_CONSTRAINT: dict[str, type[Refusal]] = {
    "closing_now_open_unique": ClosedNowAlready,
    "opening_hours_start_unique": HoursStartAlready,
    "closure_live_unique": DayDecidedAlready,
    "space_code_key": SpaceCodeTaken,
    "space_taken_once": SpaceInUse,
}
