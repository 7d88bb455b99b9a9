"""How this room says no."""

from booking.kit.errors import InvalidForm, NotFound, Refusal
from booking.kit.i18n import N_


class UnknownProgram(NotFound):
    """No program has this code."""

    code = "unknown-program"
    sentence = N_("このプログラムは見つかりません。プログラムの一覧から選んでください。")


class UnknownSession(NotFound):
    """There is no such session."""

    code = "unknown-session"
    sentence = N_("この回は、終わったか、なくなりました。あなたの予約は、そのまま残っています。")


class UnknownPattern(NotFound):
    """There is no such weekly time, or it has ended."""

    code = "unknown-pattern"
    sentence = N_("この毎週の時間は、もう終わっています。いまの一覧を見直してください。")


class ProgramFormRefused(InvalidForm):
    """A program, its weekly times or its people cannot be changed as asked."""

    code = "program-form-refused"
    sentence = N_("プログラムの内容を見直してください。まだ何も変えていません。")


class SessionFormRefused(InvalidForm):
    """A session cannot be made or changed as asked."""

    code = "session-form-refused"
    sentence = N_("回の内容を見直してください。まだ何も変えていません。")


class CodeUnusable(Refusal):
    """Not a short name for addresses and files."""

    code = "code-unusable"
    status = 422
    sentence = N_("記号は、半角の英小文字・数字・ハイフンで、40文字までで書いてください。例：maebashi-drop-in")


class CodeTaken(Refusal):
    """Another program has the code."""

    code = "code-taken"
    sentence = N_("この記号は、ほかのプログラムが使っています。別の記号にしてください。")


class GradesOutOfOrder(Refusal):
    """The upper school year lies below the lower, or only one is given."""

    code = "grades-out-of-order"
    status = 422
    sentence = N_("学年は、下と上の両方をえらび、上を下より前の学年にしないでください。")


class AgesOutOfOrder(Refusal):
    """The upper age lies below the lower."""

    code = "ages-out-of-order"
    status = 422
    sentence = N_("上の年齢を、下の年齢より小さくしないでください。")


class NobodyEligible(Refusal):
    """Neither school years nor ages nor adults."""

    code = "nobody-eligible"
    status = 422
    sentence = N_("学年、年齢、大人のどれかをえらんでください。")


class EligibilityStartsAlready(Refusal):
    """Another rule of who may take part begins on that day."""

    code = "eligibility-starts-already"
    sentence = N_("同じ日に始まる決まりが、もうあります。別の日にするか、先にその決まりを消してください。")


class EligibilityInForce(Refusal):
    """A rule that has begun has decided bookings and stays."""

    code = "eligibility-in-force"
    sentence = N_("もう始まっている決まりは消せません。新しい決まりを、始まる日を決めて足してください。")


class SeatsMissing(Refusal):
    """A session without any seat."""

    code = "seats-missing"
    status = 422
    sentence = N_("予約の席か当日の席を、1つ以上にしてください。")


class SeatsOverCapacity(Refusal):
    """More seats than people may be in the facility."""

    code = "seats-over-capacity"
    status = 422
    sentence = N_("この施設に同時に入れるのは{capacity}人です。席の合計を{capacity}までにしてください。")


class SeatsTaken(Refusal):
    """Fewer web seats than are booked."""

    code = "seats-taken"
    sentence = N_("もう{taken}席に予約があります。予約の席を{taken}以上にしてください。")


class FacilityClosedThen(Refusal):
    """The facility is not open from the start to the end."""

    code = "facility-closed-then"
    status = 422
    sentence = N_("この施設は、その日のその時間には開いていません。時間を変えるか、先に臨時の開館を決めてください。")


class StartsInThePast(Refusal):
    """The start has passed."""

    code = "starts-in-the-past"
    status = 422
    sentence = N_("始まりの時刻が、もう過ぎています。これからの時刻にしてください。")


class SessionBegun(Refusal):
    """The session has begun or been cancelled."""

    code = "session-begun"
    sentence = N_("この回は、もう始まったか、取り消されています。いまの一覧を見直してください。")


class SessionHasBookings(Refusal):
    """Somebody has a seat; cancelling would leave them untold."""

    code = "session-has-bookings"
    sentence = N_(
        "この回には{taken}人の予約があります。まだ何も取り消していません。先に、予約した人に知らせて予約を取り消してください。"
    )


class DayHasBookings(Refusal):
    """Sessions with bookings lie in the time to be closed."""

    code = "day-has-bookings"
    sentence = N_(
        "その時間の{sessions}つの回に、合わせて{taken}件の予約があります。まだ休みにしていません。予約をうつすか取り消すかを、えらんでください。"
    )


class SeatsOverSpace(Refusal):
    """More seats than people fit in the room."""

    code = "seats-over-space"
    status = 422
    sentence = N_(
        "この部屋に入れるのは{capacity}人です。席の合計を{capacity}までにするか、別の部屋をえらんでください。"
    )


class DayTwice(Refusal):
    """The same day is written twice for one series."""

    code = "day-twice"
    status = 422
    sentence = N_("同じ日が2回書いてあります。日にちを見直してください。")


class WindowsOutOfOrder(Refusal):
    """Booking would close before it opens."""

    code = "windows-out-of-order"
    status = 422
    sentence = N_("予約のしめきりを、予約が始まる時より後にしてください。")


class WindowAfterEnd(Refusal):
    """Something about booking would still go on when the session is over."""

    code = "window-after-end"
    status = 422
    sentence = N_("この回が終わるより前の日時にしてください。")


class DrawnTooLate(Refusal):
    """A draw's number would not be out before the day of the session, or its entries would be over already."""

    code = "drawn-too-late"
    status = 422
    sentence = N_(
        "抽選は、申しこみのしめきりの次の平日に行います。その日が回の日より前になるように、しめきりを早くするか、日にちを後にしてください。"
    )


class TimeIsBooked(Refusal):
    """Somebody has a seat at the time that would change."""

    code = "time-is-booked"
    sentence = N_(
        "この回には{taken}人の予約があるので、日にち・時間・席の決め方は変えられません。ほかの内容は変えられます。"
    )


class OptionCodeTaken(Refusal):
    """Another option of the program has the code."""

    code = "option-code-taken"
    sentence = N_("この記号は、このプログラムのほかのものが使っています。別の記号にしてください。")


class UnknownOption(NotFound):
    """There is no such option, or it is no longer offered."""

    code = "unknown-option"
    sentence = N_("これは、もう申しこめないことになっています。いまの一覧を見直してください。")


class OptionsTaken(Refusal):
    """Fewer than have been asked for already."""

    code = "options-taken"
    sentence = N_("もう{taken}人が申しこんでいます。数を{taken}以上にしてください。")


class NothingDrafted(Refusal):
    """There is no draft in that span."""

    code = "nothing-drafted"
    sentence = N_("その期間に、下書きの回はありません。まだ何も公開していません。期間を見直してください。")


class DraftsWhileClosed(Refusal):
    """Every draft of the span lies where the facility is closed."""

    code = "drafts-while-closed"
    sentence = N_(
        "その期間の下書きの回（{n}つ）は、どれも休みの時間です。まだ何も公開していません。開ける日にしてから、公開してください。"
    )


class PublishInThePast(Refusal):
    """The moment chosen has passed."""

    code = "publish-in-the-past"
    status = 422
    sentence = N_("公開する時刻が、もう過ぎています。これからの時刻にするか、いますぐ公開してください。")


class UnknownPublication(NotFound):
    """It was published or taken back."""

    code = "unknown-publication"
    sentence = N_("この公開の予定は、もうありません。いまの一覧を見直してください。")


class DaysOutOfOrder(Refusal):
    """The last day lies before the first."""

    code = "days-out-of-order"
    status = 422
    sentence = N_("終わりの日を、始まりの日か、それより後にしてください。")


class OtherBody(Refusal):
    """Program and facility belong to two bodies."""

    code = "other-body"
    status = 422
    sentence = N_("このプログラムと施設は、設置した団体がちがいます。同じ団体のものをえらんでください。")


BY_CONSTRAINT: dict[str, type[Refusal]] = {
    "eligibility_start_unique": EligibilityStartsAlready,
    "program_code_key": CodeTaken,
    "program_option_code_unique": OptionCodeTaken,
}
