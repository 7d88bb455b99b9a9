"""How draws say no."""

from booking.kit import i18n
from booking.kit.i18n import N_, translate
from booking.reservations.errors import BookingRefusal


class DrawAlone(BookingRefusal):
    """Every draw is run by itself, so that no order over several sessions can be wanted whole."""

    code = "draw-alone"
    status = 422
    sentence = N_("抽選の回は、1回ずつ申しこんでください。まだ何も申しこんでいません。")


class DrawUnknown(BookingRefusal):
    """There is no such draw."""

    code = "draw-not-found"
    status = 404
    sentence = N_("その抽選は見つかりませんでした。回のページから、もう一度開いてください。")


class SessionNotDrawn(BookingRefusal):
    """Seats of this session are booked, first come."""

    code = "session-not-drawn"
    sentence = N_("この回の席は、抽選では決まりません。まだ何も変えていません。")


class DrawDone(BookingRefusal):
    """A draw is run once."""

    code = "draw-done"
    sentence = N_("この抽選は、もう終わっています。結果は変わりません。記録のファイルで確かめてください。")


class DrawBegun(BookingRefusal):
    """What is named in advance cannot be changed once entries are open."""

    code = "draw-begun"
    sentence = N_("申しこみが始まったので、まぜる数は変えられません。まだ何も変えていません。")


class DrawEntriesOpen(BookingRefusal):
    """Entries have not ended."""

    code = "draw-entries-open"
    sentence = N_(
        "抽選の申しこみは、{closes_at}まで受け付けています。まだ抽選していません。しめきったあとで、もう一度押してください。"
    )


class DrawNumberNotOut(BookingRefusal):
    """The day whose number was named has not come."""

    code = "draw-number-not-out"
    sentence = N_("まぜる数は、{day}に出ます。まだ抽選していません。その日になったら、数を書いてください。")

    def say(self, language: str) -> str:
        """The sentence with the day as people write it."""
        return translate(self.sentence, language, day=i18n.format_day(self.params["day"], language))


class DrawTooLate(BookingRefusal):
    """The seats belong to the door."""

    code = "draw-too-late"
    sentence = N_("予約の受付が終わったので、もう抽選できません。席は、当日の席になりました。")


class DrawNumberMissing(BookingRefusal):
    """The public number was not given."""

    code = "draw-number-missing"
    status = 422
    sentence = N_("先に決めておいた数を、発表されたとおりに書いてください。まだ抽選していません。")


class DrawNumberUnnamed(BookingRefusal):
    """Nobody would know which number is meant."""

    code = "draw-number-unnamed"
    status = 422
    sentence = N_("どの数をまぜるか、だれにでもわかるように書いてください。")


class DrawDayTooEarly(BookingRefusal):
    """A number that is out before entries end could be known to those who apply."""

    code = "draw-day-too-early"
    status = 422
    sentence = N_("申しこみのしめきりより後の日にしてください。")


class DrawHoursImpossible(BookingRefusal):
    """Winners need time to answer, and the others a result."""

    code = "draw-hours-impossible"
    status = 422
    sentence = N_("返事を待つ時間は、1から240までの数で書いてください。")


class DrawFormRefused(BookingRefusal):
    """A draw cannot be prepared as asked."""

    code = "draw-form-refused"
    status = 422
    sentence = N_("抽選の内容を見直してください。まだ何も変えていません。")


class DrawRecordUnreadable(BookingRefusal):
    """The file is not the record of a draw."""

    code = "draw-record-unreadable"
    status = 422
    sentence = N_("抽選の記録として読めないファイルです。抽選のページから、もう一度ダウンロードしてください。")
