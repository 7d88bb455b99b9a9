"""Every way a booking is refused: what happened, what is true now, what one can do."""

from typing import ClassVar

from booking.kit.errors import Refusal
from booking.kit.i18n import N_, translate
from booking.kit.words import say_words
from booking.programs.schemas import EligibilityView

GRADES = (
    N_("小学1年"),
    N_("小学2年"),
    N_("小学3年"),
    N_("小学4年"),
    N_("小学5年"),
    N_("小学6年"),
    N_("中学1年"),
    N_("中学2年"),
    N_("中学3年"),
    N_("高校1年"),
    N_("高校2年"),
    N_("高校3年"),
)
ADULTS = N_("大人")


def say_grade(grade: int, language: str) -> str:
    """A school year 1–12 in words."""
    return translate(GRADES[grade - 1], language)


Ages = tuple[int | None, int | None]


def say_audience(
    min_grade: int | None, max_grade: int | None, adults: bool, language: str, *, ages: Ages = (None, None)
) -> str:
    """For whom a session is, in words: school years, adults, both, with or only by age, or nobody yet."""
    span = _say_ages(ages, language)
    if span and min_grade is None and not adults:
        return span
    who = _say_years(min_grade, max_grade, adults, language)
    return translate(N_("{who}（{ages}）"), language, who=who, ages=span) if span else who


def say_rule(rule: EligibilityView | None, language: str) -> str:
    """For whom a session is, in words, with the qualification it asks for."""
    if rule is None:
        return say_audience(None, None, False, language)
    who = say_audience(rule.min_grade, rule.max_grade, rule.adults, language, ages=(rule.min_age, rule.max_age))
    if rule.qualification_id is None:
        return who
    name = say_words(rule.qualification_names, language)
    return translate(N_("{who}、「{qualification}」を受けた人"), language, who=who, qualification=name)


def _say_ages(ages: Ages, language: str) -> str:
    low, high = ages
    if low is not None and high is not None:
        return translate(N_("{low}歳から{high}歳まで"), language, low=low, high=high)
    if low is not None:
        return translate(N_("{low}歳から"), language, low=low)
    return "" if high is None else translate(N_("{high}歳まで"), language, high=high)


def _say_years(min_grade: int | None, max_grade: int | None, adults: bool, language: str) -> str:
    years = ""
    if min_grade is not None and max_grade is not None:
        first, last = say_grade(min_grade, language), say_grade(max_grade, language)
        years = first if first == last else translate(N_("{first}〜{last}"), language, first=first, last=last)
    if years and adults:
        return translate(N_("{years}と大人"), language, years=years)
    return years or translate(ADULTS if adults else N_("準備中"), language)


class BookingRefusal(Refusal):
    """A refusal that staff may override where it says so, and that can say beforehand why not."""

    code = "booking-refused"
    is_overridable: ClassVar[bool] = False
    reason: ClassVar[str] = ""
    """The same before anything was asked for, at a member's card; empty where the sentence itself will do."""

    def say_reason(self, language: str) -> str:
        """Why not, to somebody who has not asked yet."""
        return self._put(self.reason, language) if self.reason else self.say(language)


class SessionFull(BookingRefusal):
    """Every seat that may be booked is taken."""

    code = "session-full"
    sentence = N_("最後の席が、いま埋まりました。まだ何も予約していません。ほかの回をさがしてください。")
    is_overridable = True


class SessionPast(BookingRefusal):
    """The session has ended."""

    code = "session-past"
    sentence = N_("この回は、もう終わりました。まだ何も予約していません。これからの回をさがしてください。")


class SessionCancelled(BookingRefusal):
    """The session will not take place."""

    code = "session-cancelled"
    sentence = N_("この回は、とりやめになりました。まだ何も予約していません。ほかの回をさがしてください。")


class SessionByDraw(BookingRefusal):
    """Seats of this session are drawn, not booked."""

    code = "session-by-draw"
    sentence = N_(
        "この回の席は、抽選で決まります。まだ何も予約していません。回のページから、抽選に申しこんでください。"
    )


class BookingNotOpenYet(BookingRefusal):
    """Booking begins later."""

    code = "booking-not-open-yet"
    sentence = N_(
        "この回の予約は、{opens_at}に始まります。まだ何も予約していません。"
        "始まったら、もう一度このページを開いてください。"
    )
    is_overridable = True


class BookingClosed(BookingRefusal):
    """Booking has closed; the door may still have seats."""

    code = "booking-closed"
    sentence = N_(
        "この回の予約は、{closes_at}でしめきりました。まだ何も予約していません。当日の席があれば、そのまま来て入れます。"
    )
    is_overridable = True


class SeatsAtDoor(BookingRefusal):
    """The web seats have become walk-in seats; only the door gives them now."""

    code = "seats-at-door"
    sentence = N_(
        "予約の受付は、{roll_over_at}に終わりました。まだ何も予約していません。席が空いていれば、そのまま来て入れます。"
    )


class NotEligible(BookingRefusal):
    """The session is for others; the sentence says which ones the member can join."""

    code = "not-eligible"
    sentence = N_("この回は{audience}が対象です。{name}さんは、{who}が行ける回に参加できます。")
    too_young = N_("この回は{audience}が対象です。{name}さんは、小学生になったら参加できます。")
    is_overridable = True

    def say(self, language: str) -> str:
        """The sentence with school years in words. `grade`: None for adults, 0 before school."""
        params = dict(self.params)
        audience = say_audience(
            params.pop("min_grade"), params.pop("max_grade"), params.pop("adults"), language, ages=params.pop("ages")
        )
        grade: int | None = params.pop("grade")
        if grade == 0:
            return translate(self.too_young, language, audience=audience, **params)
        who = translate(ADULTS, language) if grade is None else say_grade(grade, language)
        return translate(self.sentence, language, audience=audience, who=who, **params)


class QualificationMissing(BookingRefusal):
    """The session is for those who hold a qualification that this body grants."""

    code = "qualification-missing"
    sentence = N_(
        "この回は、「{qualification}」を受けた人の回です。まだ何も予約していません。"
        "{name}さんは、先に「{qualification}」を受けると参加できます。受け方は、場所の人に聞いてください。"
    )
    reason = N_("この回は、「{qualification}」を受けた人の回です。先に受けると、参加できます。")
    is_overridable = True


class LimitHeld(BookingRefusal):
    """The member holds as many bookings of this program as one may at once."""

    code = "limit-held"
    sentence = N_(
        "{program}は、同時に持てる予約が1人{n}つまでです。{name}さんの予約は、そのまま残っています。"
        "1つ終わるか取り消すと、また予約できます。"
    )
    is_overridable = True
    reason = N_("{program}は、同時に持てる予約が1人{n}つまでです。1つ終わるか取り消すと、また予約できます。")


class LimitWeek(BookingRefusal):
    """The member has as many bookings of this program in that week as one may."""

    code = "limit-week"
    sentence = N_(
        "{program}は、1週間に1人{n}回までです。{name}さんの予約は、そのまま残っています。ほかの週の回を予約できます。"
    )
    is_overridable = True
    reason = N_("{program}は、1週間に1人{n}回までです。ほかの週の回を予約できます。")


class BookingPaused(BookingRefusal):
    """Seats were not used too often: booking on the web pauses. The door is open all the same."""

    code = "booking-paused"
    sentence = N_(
        "使われなかった席が続いたので、{name}さんの予約は{until}までお休みです。まだ何も予約していません。"
        "席が空いていれば、予約なしで来て入れます。"
    )
    is_overridable = True
    reason = N_("{until}まで、予約はお休みです。席が空いていれば、予約なしで来て入れます。")


class AlreadyBooked(BookingRefusal):
    """The member has a live reservation of this session."""

    code = "already-booked"
    sentence = N_("この回は、もう予約してあります。予約はそのまま残っています。予約の一覧で確かめてください。")
    reason = N_("この回は、もう予約してあります。")


class GroupSession(BookingRefusal):
    """The session belongs to the people of a weekly group."""

    code = "group-session"
    sentence = N_(
        "この回は、毎週のグループの人が来る回です。まだ何も予約していません。グループに入ると、毎週参加できます。"
    )
    is_overridable = True
    reason = N_("この回は、毎週のグループの人が来る回です。グループに入ると、毎週参加できます。")


class AlreadyEnrolled(BookingRefusal):
    """The member is in the group, or waits for a seat in it."""

    code = "already-enrolled"
    sentence = N_(
        "このグループには、もう申しこんであります。申しこみは、そのまま残っています。予約の一覧で確かめてください。"
    )
    reason = N_("このグループには、もう申しこんであります。")


class AlreadyApplied(BookingRefusal):
    """The member has applied for a seat of this session, which is drawn."""

    code = "already-applied"
    sentence = N_("この回の抽選には、もう申しこんであります。申しこみは、そのまま残っています。")
    reason = N_("この回の抽選には、もう申しこんであります。")


class AlreadyWaiting(BookingRefusal):
    """The member waits for a seat of this session, or has one kept."""

    code = "already-waiting"
    sentence = N_(
        "この回は、もうキャンセル待ちをしています。順番はそのままです。キャンセル待ちのページで確かめてください。"
    )
    reason = N_("この回は、もうキャンセル待ちをしています。")


class Overlaps(BookingRefusal):
    """The member has another booking at the same time."""

    code = "overlaps"
    sentence = N_(
        "{name}さんは、同じ時間に{other}を予約しています。その予約は、そのまま残っています。"
        "こちらに来るときは、先にその予約を取り消してください。"
    )
    is_overridable = True
    reason = N_("{name}さんは、同じ時間に{other}を予約しています。")


class ConsentMissing(BookingRefusal):
    """The member is not registered with the body that runs this place."""

    code = "consent-missing"
    status = 403
    sentence = N_(
        "{name}さんは、{facility}をはじめて使います。まだ何も予約していません。"
        "先に家族のページで同意すると、予約できます。"
    )
    reason = N_("{name}さんは、{facility}をはじめて使います。同意すると、予約できます。")


class RegistrationMissing(BookingRefusal):
    """The same to staff, who may know nothing of members of the other body, not even a name."""

    code = "registration-missing"
    status = 403
    sentence = N_(
        "この人は、この場所を運営する自治体にまだ登録がありません。まだ何も予約していません。"
        "本人か保護者が同意すると、予約できます。"
    )


class NotYours(BookingRefusal):
    """The asker has no right to book for this person, or there is no such person: the answer is the same."""

    code = "not-yours"
    status = 403
    sentence = N_(
        "予約できるのは、あなたの家族の一覧にいる人です。何も変わっていません。家族のページで確かめてください。"
    )
    reason = N_("この人の予約は、ほかの保護者の方ができます。")


class ReservationUnknown(BookingRefusal):
    """There is no such reservation, or it is not for this person to see."""

    code = "reservation-not-found"
    status = 404
    sentence = N_("その予約は見つかりませんでした。ほかの予約は、そのまま残っています。予約の一覧で確かめてください。")


class TooLateToCancel(BookingRefusal):
    """The time until which one can cancel has passed."""

    code = "too-late-to-cancel"
    sentence = N_(
        "取り消せるのは、{until}まででした。予約は、そのまま残っています。来られないときは、電話で知らせてください。"
    )
    is_overridable = True


class AlreadyArrived(BookingRefusal):
    """The member is there, or was."""

    code = "already-arrived"
    sentence = N_(
        "もう入館しているので、この予約は取り消さずに残します。帰るときは、入口の機械でパスを読ませてください。"
    )


class ReservationEnded(BookingRefusal):
    """The reservation was given up by itself, for instance released after a no-show."""

    code = "reservation-ended"
    sentence = N_("この予約は、もう終わっています。取り消すものはありません。予約の一覧で確かめてください。")


class OrderEmpty(BookingRefusal):
    """Nobody or no session was chosen."""

    code = "order-empty"
    status = 422
    sentence = N_("だれが参加するか、えらんでください。まだ何も予約していません。")


class OrderTooLarge(BookingRefusal):
    """More members times sessions than one order takes."""

    code = "order-too-large"
    status = 422
    sentence = N_("一度に予約できるのは{limit}件までです。まだ何も予約していません。分けて予約してください。")


class OptionUnknown(BookingRefusal):
    """None of the sessions offers such an option."""

    code = "option-unknown"
    status = 422
    sentence = N_(
        "この回では、いっしょに申しこめないものがえらばれています。まだ何も予約していません。えらび直してください。"
    )


class OptionFull(BookingRefusal):
    """As many have asked for this option in this session as there are."""

    code = "option-full"
    sentence = N_(
        "「{option}」は、この回ではもう全部なくなりました。まだ何も予約していません。"
        "「{option}」をえらばなければ、予約できます。"
    )


class WheelchairPlacesTaken(BookingRefusal):
    """Every place for a wheelchair in this session's room is taken."""

    code = "wheelchair-places-taken"
    sentence = N_(
        "この回の部屋には車いすの場所が{n}つあり、もう全部予約されています。まだ何も予約していません。"
        "ほかの回をえらぶか、電話で相談してください。"
    )


class ReasonMissing(BookingRefusal):
    """Staff may set a rule aside only with a reason."""

    code = "override-reason-missing"
    status = 422
    sentence = N_("きまりの例外にするときは、理由を書いてください。まだ何も変えていません。")


class NotOverridable(BookingRefusal):
    """This rule cannot be set aside by anybody."""

    code = "not-overridable"
    status = 422
    sentence = N_("そのきまりは、例外にできません。まだ何も変えていません。")


class WayUnknown(BookingRefusal):
    """What becomes of the bookings of a closed day is not one of the known ways."""

    code = "way-unknown"
    status = 422
    sentence = N_("予約をどうするかを、えらんでください。まだ何も変えていません。")


class NumberUnknown(BookingRefusal):
    """No member has this number."""

    code = "booking-number-unknown"
    status = 422
    sentence = N_("この番号の人は見つかりませんでした。カードの8けたの番号を確かめて、もう一度書いてください。")


class FilterUnknown(BookingRefusal):
    """A filter of the session list names something that is not there."""

    code = "filter-unknown"
    status = 422
    sentence = N_("さがす条件に、知らない値があります。条件をえらび直してください。")


class CursorUnusable(BookingRefusal):
    """The cursor is not one this address gave."""

    code = "cursor-unusable"
    status = 422
    sentence = N_("つづきの位置を読み取れませんでした。はじめの一覧から、もう一度たどってください。")


BY_CONSTRAINT: dict[str, type[Refusal]] = {
    "reservation_live_unique": AlreadyBooked,
    "enrolment_live_unique": AlreadyEnrolled,
}
