"""Every way a booking is refused: what happened, what is true now, what one can do."""

from typing import ClassVar

from booking.kit.errors import Refusal
from booking.kit.i18n import N_, translate
from booking.reservations.errors_audiences import ADULTS, say_audience, say_grade


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


BY_CONSTRAINT: dict[str, type[Refusal]] = {
    "reservation_live_unique": AlreadyBooked,
    "enrolment_live_unique": AlreadyEnrolled,
}
