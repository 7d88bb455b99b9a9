"""How numbers from before the service are told what cannot be used in them."""

from booking.kit.errors import InvalidForm, Refusal
from booking.kit.i18n import N_


class ImportRefused(InvalidForm):
    """What is brought in needs a method, a document and somebody who answers for it, and cells that can be used."""

    code = "kpi-import-refused"
    sentence = N_("取り込む内容を見直してください。まだ何も取り込んでいません。")


class ColumnsNotFound(Refusal):
    """No row of a table names the columns that are needed."""

    code = "columns-not-found"
    status = 422
    sentence = N_("列の見出しが見つかりません。表のいちばん上に「{columns}」の見出しを書いてください。")


class PlaceUnknown(Refusal):
    """No facility of this body has the code."""

    code = "import-place-unknown"
    status = 422
    sentence = N_("この団体に、この場所はありません。場所のコードか名前をたしかめてください。")


class MonthNotOver(Refusal):
    """A total is of a month that is over."""

    code = "import-month-not-over"
    status = 422
    sentence = N_("まだ終わっていない月です。終わった月だけを取り込めます。")


class BeforeOpening(Refusal):
    """Nobody came before the facility opened."""

    code = "import-before-opening"
    status = 422
    sentence = N_("この場所は、{opened}に開きました。それより前なので、月日か、場所をたしかめてください。")


class FewerSessionsThanDays(Refusal):
    """Who came on a day took part at least once."""

    code = "import-fewer-sessions"
    status = 422
    sentence = N_("延べコマが、延べ人日より少なくなっています。どちらかをたしかめてください。")


class CellTwice(Refusal):
    """Two rows say the total of one facility and month."""

    code = "import-cell-twice"
    status = 422
    sentence = N_("{other}行目と同じ場所と月です。正しいほうだけを残してください。")


class MonthCertified(Refusal):
    """What is certified is not changed by an import."""

    code = "import-month-certified"
    status = 409
    sentence = N_("この月は、もう確定しています。確定した月には取り込めません。")


class MonthCounted(Refusal):
    """The service has counted visits there itself: a total would count them twice."""

    code = "import-month-counted"
    status = 409
    sentence = N_("この月は、この場所でこのサービスが数えた来館があります。合計も入れると、2重に数えてしまいます。")


class MonthHasVisits(Refusal):
    """Single visits of that month were brought in: a total would count them twice."""

    code = "import-month-has-visits"
    status = 409
    sentence = N_(
        "この月は、1件ずつの来館を取り込んであります。合計も入れると、2重に数えてしまいます。先に、その取り込みを取り消してください。"
    )


class UploadUnknown(Refusal):
    """No such file, of another body, or read too long ago."""

    code = "kpi-upload-not-found"
    status = 404
    sentence = N_(
        "このファイルは、もう残っていません。まだ取り込んでいないときは、もう一度ファイルをえらんでください。"
    )


class UploadFaulty(Refusal):
    """A file with rows that cannot be used is not brought in in part."""

    code = "kpi-upload-faulty"
    status = 422
    sentence = N_("直すところが{n}か所あるので、何も取り込んでいません。直したファイルで、もう一度ためしてください。")


class TotalUnknown(Refusal):
    """No such total, or one of another body."""

    code = "kpi-total-not-found"
    status = 404
    sentence = N_("この合計は見つかりませんでした。一覧から、もう一度開いてください。")


class TotalReplaced(Refusal):
    """Only the total that counts is taken back."""

    code = "kpi-total-replaced"
    status = 409
    sentence = N_("この合計は、もう使っていません。何も変えていません。")


class DayNotOver(Refusal):
    """Visits from before are of days that are over."""

    code = "import-day-not-over"
    status = 422
    sentence = N_("今日か、まだ来ていない日です。終わった日の来館だけを取り込めます。")


class DayCounted(Refusal):
    """The service has counted visits on that day itself."""

    code = "import-day-counted"
    status = 409
    sentence = N_("この日は、この場所でこのサービスが数えた来館があります。取り込むと、2重に数えてしまいます。")


class MonthHasTotal(Refusal):
    """The total of that month was brought in: its visits are in it."""

    code = "import-month-has-total"
    status = 409
    sentence = N_(
        "この月は、合計を取り込んであります。1件ずつの来館も入れると、2重に数えてしまいます。先に、その合計を取り消してください。"
    )


class OldKeyTooLong(Refusal):
    """Not a number of an old list."""

    code = "import-key-too-long"
    status = 422
    sentence = N_("前の利用者番号は、{n}文字までです。名前ではなく番号を書いてください。")


class PersonHasOneHead(Refusal):
    """A number stands for one person."""

    code = "import-one-head"
    status = 422
    sentence = N_("利用者番号のある行は1人です。人数を消すか、番号を消してください。")


class ProgramCodeUnknown(Refusal):
    """No program has the code."""

    code = "import-program-unknown"
    status = 422
    sentence = N_("このコードのプログラムはありません。コードをたしかめるか、消してください。")


class StageUnreadable(Refusal):
    """Neither a school year nor a stage."""

    code = "import-stage-unreadable"
    status = 422
    sentence = N_("小5・中学生・高校生・大人・就学前のように書いてください。分からないときは消してください。")


class TakenBackAlready(Refusal):
    """A file is taken back once."""

    code = "kpi-upload-taken-back"
    status = 409
    sentence = N_("この取り込みは、もう取り消してあるか、まだ取り込んでいません。何も変えていません。")


class UploadCertified(Refusal):
    """What is certified stays."""

    code = "kpi-upload-certified"
    status = 409
    sentence = N_("取り込んだ来館に、もう確定した月のものがあるので、取り消せません。何も変えていません。")


class ParallelRefused(InvalidForm):
    """A count in the old way cannot be as it was typed."""

    code = "kpi-parallel-refused"
    sentence = N_("前の数え方の人数を見直してください。まだ何も変えていません。")


class OutsideEightWeeks(Refusal):
    """The old way is counted beside the service for eight weeks."""

    code = "parallel-outside-weeks"
    status = 422
    sentence = N_("並べて数えるのは8週間です。{first}から{last}までの日にしてください。")
