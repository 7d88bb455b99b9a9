"""How a list of registrants is told what cannot be used in it."""

from booking.kit.errors import Refusal
from booking.kit.i18n import N_


class NamesNotFound(Refusal):
    """No row of a list names its columns."""

    code = "names-not-found"
    status = 422
    sentence = N_(
        "名前の列が見つかりません。表のいちばん上に「氏」「名」「生年月日」「電話番号」などの見出しを書いてください。"
    )


class NameNotSplit(Refusal):
    """A whole name in one cell, without anything between its parts."""

    code = "name-not-split"
    status = 422
    sentence = N_("氏と名の分かれ目がわかりません。あいだに空白を1つ入れてください。")


class SameRowDiffers(Refusal):
    """Two rows are one person and say different things."""

    code = "same-row-differs"
    status = 422
    sentence = N_("{other}行目と同じ人ですが、内容がちがいます。正しいほうだけを残してください。")


class ConsentDayImpossible(Refusal):
    """Somebody agreed on a day still to come."""

    code = "consent-day-impossible"
    status = 422
    sentence = N_("同意した日が、今日より後です。日にちをたしかめてください。")


class RowsFaulty(Refusal):
    """A list with rows that cannot be used is not registered in part."""

    code = "rows-faulty"
    status = 422
    sentence = N_("直すところが{n}か所あるので、だれも登録していません。直したファイルで、もう一度ためしてください。")


class ImportNotFound(Refusal):
    """No such list, of another body, or read too long ago."""

    code = "import-not-found"
    status = 404
    sentence = N_("この名簿は、もう残っていません。まだ登録していないときは、もう一度ファイルをえらんでください。")


class DayNotInEra(Refusal):
    """A day on which this era was not yet, or no more."""

    code = "day-not-in-era"
    status = 422
    sentence = N_("この日は{era}ではありません。元号と年をたしかめるか、西暦で書いてください。")


class BodyCodeUnknown(Refusal):
    """Asked for at the shell: no body has this code."""

    code = "body-code-unknown"
    status = 422
    sentence = N_("この運営のコードはありません。{codes} のどれかを書いてください。")
