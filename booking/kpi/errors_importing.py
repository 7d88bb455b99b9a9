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
    sentence = N_("この団体に、このコードの場所はありません。場所のコードをたしかめてください。")


class MonthNotOver(Refusal):
    """A total is of a month that is over."""

    code = "import-month-not-over"
    status = 422
    sentence = N_("まだ終わっていない月です。終わった月だけを取り込めます。")


class BeforeOpening(Refusal):
    """Nobody came before the facility opened."""

    code = "import-before-opening"
    status = 422
    sentence = N_("この場所が開いた日（{opened}）より前です。月日か、場所をたしかめてください。")


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
