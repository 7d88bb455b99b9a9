"""Every way the annual-users figure says no."""

from datetime import date

from booking.kit.errors import InvalidForm, Refusal
from booking.kit.i18n import N_, format_list, format_month, translate
from booking.kit.words import say_words


class NoSuchFiscalYear(Refusal):
    """The plan has no such year, or what was asked is no year."""

    code = "no-such-fiscal-year"
    status = 404
    sentence = N_("その年度は計画にありません。2024年度から2028年度までを選んでください。")


class NoSuchBody(Refusal):
    """The code is not that of a body of this service."""

    code = "no-such-body"
    status = 404
    sentence = N_("その団体コードの団体はありません。群馬県は100005、桐生市は102032です。")


class NoSuchPeriod(Refusal):
    """A month is written as 2026-11."""

    code = "no-such-period"
    status = 422
    sentence = N_("月は 2026-11 のように書いてください。")


class ListTooLong(Refusal):
    """A file of visits has an end."""

    code = "visits-too-many"
    status = 422
    sentence = N_("来館が{most}件より多いので、1つのファイルにできません。月か場所をえらんで、分けて保存してください。")


class DefinitionRefused(InvalidForm):
    """A reading, its confirmation or a scope cannot be as it was typed."""

    code = "definition-refused"
    sentence = N_("数え方を見直してください。まだ何も変えていません。")


class DefinitionUnknown(Refusal):
    """No reading has this code."""

    code = "definition-not-found"
    status = 404
    sentence = N_("その数え方は見つかりませんでした。数え方の一覧から、もう一度開いてください。")


class DefinitionConfirmed(Refusal):
    """A reading is confirmed once."""

    code = "definition-confirmed"
    status = 409
    sentence = N_("この数え方は、もう確定しています。変えるときは、新しい数え方を決めてください。")


class DefinitionReplaced(Refusal):
    """Only the reading in force is confirmed."""

    code = "definition-replaced"
    status = 409
    sentence = N_("この数え方は、いまは使っていません。いま使っている数え方を確定してください。")


class CodeImpossible(Refusal):
    """Not a code as addresses and files can hold it."""

    code = "kpi-code-impossible"
    status = 422
    sentence = N_("半角の英小文字・数字・ハイフンで、英字から始めて、40文字までで書いてください。")


class CodeTaken(Refusal):
    """Two scopes cannot have one code."""

    code = "kpi-code-taken"
    status = 422
    sentence = N_("この記号は、もう使われています。ほかの記号にしてください。")


class CertifyRefused(InvalidForm):
    """A certification needs an office."""

    code = "certify-refused"
    sentence = N_("確定の内容を見直してください。まだ確定していません。")


class NotOver(Refusal):
    """A period is certified when it is over."""

    code = "period-not-over"
    status = 409
    sentence = N_("この期間は、まだ終わっていません。終わったあとで確定してください。")


class ReasonMissing(Refusal):
    """Days without a daily close, or with a gap nobody explained, ask for a word."""

    code = "certify-reason-missing"
    status = 409
    sentence = N_(
        "日報のない日や、理由のない差が {days}日あります。日報を出すか、理由を書いてください。まだ確定していません。"
    )


class FigureMoved(Refusal):
    """What is certified is what was shown."""

    code = "certify-figure-moved"
    status = 409
    sentence = N_(
        "数字が {shown} から {value} に変わりました。もう一度見て、よければ確定してください。まだ確定していません。"
    )


class MonthsNotCertified(Refusal):
    """A year is made of its months, the plan of its bodies."""

    code = "parts-not-certified"
    status = 409
    sentence = N_("先に、次の分を確定してください：{missing}。まだ確定していません。")

    def say(self, language: str) -> str:
        """The sentence with every month or body by name. `missing`: first days of months, or names by language."""
        missing = self.params["missing"]
        said = [format_month(one, language) if isinstance(one, date) else say_words(one, language) for one in missing]
        return translate(self.sentence, language, missing=format_list(said, language))


class CertifiedRowsMissing(Refusal):
    """A year certified elsewhere, or before rows were kept and changed since, has no rows here."""

    code = "certified-rows-missing"
    status = 409
    sentence = N_("確定したときの記録が、ここにはありません。確定した場所で書き出してください。何も変わっていません。")


class ExportTooLarge(Refusal):
    """A zip file has an end."""

    code = "export-too-large"
    status = 422
    sentence = N_("記録が多すぎて、1つのファイルになりません。団体ごとに書き出してください。")


class AlreadyCertified(Refusal):
    """A period is certified once."""

    code = "already-certified"
    status = 409
    sentence = N_("この期間は、{by}が確定しています。そのあとの変更は、差として残ります。")


class ReportRefused(InvalidForm):
    """What goes into a report by hand cannot be as it was typed."""

    code = "report-refused"
    sentence = N_("報告書に入れる内容を見直してください。まだ何も変えていません。")


class ActualInFuture(Refusal):
    """A value is as of a day that has been."""

    code = "actual-day-in-future"
    status = 422
    sentence = N_("いつ現在の数字かは、今日か、それより前の日にしてください。")


class ReportTooEarly(Refusal):
    """The fiscal year of the review has not begun."""

    code = "report-year-not-begun"
    status = 409
    sentence = N_("その年度は、まだ始まっていません。始まった年度を選んでください。")


BY_CONSTRAINT: dict[str, type[Refusal]] = {}
