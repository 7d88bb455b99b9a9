"""What the review report says, from values alone: which numbers the public may see, spans of days, shares, words."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from booking.kit.fields import Fields
from booking.kit.spreadsheets import Cell as Said
from booking.kit.suppression import LEAST, Count, Mark, Published, Shown, publish
from booking.kpi.errors import ActualInFuture, ReportRefused
from booking.kpi.rules import Unit
from booking.kpi.schemas_report import ActualForm, RemarkForm

LONGEST_REMARK, LONGEST_SOURCE = 1_000, 200
REVIEW_MONTH = 9
"""The review is in September; it looks at the running year to 31 August."""
HAND_KPIS = (1, 2, 3)
NONE = "－"
UNITS = {Unit.PERSON_DAYS: "延べ人日", Unit.PERSON_SESSIONS: "延べコマ", Unit.PEOPLE: "実人数"}
STAGES = {"preschool": "就学前", "elementary": "小学生", "junior-high": "中学生", "high": "高校生", "adult": "大人"}
ENTRIES = {
    "scan": "入口の端末で読み取り",
    "staff": "係の人が入力",
    "paper": "紙から入力",
    "import": "このサービスより前の集計を取り込み",
    "auto": "帰りの記録がなく、閉館で自動に閉じた",
}
DIMENSIONS = (
    ("facility", "場所ごと", "場所"),
    ("program", "プログラムごと", "プログラム"),
    ("municipality", "住んでいる市町村ごと", "市町村"),
    ("school-stage", "学校段階ごと", "学校段階"),
    ("entry", "記録のしかたごと", "記録のしかた"),
)
REMARKS = (("factors", "要因"), ("issues", "課題"), ("next_steps", "次年度への反映"))


def era(fiscal_year: int) -> str:
    """A fiscal year as a board reads it."""
    return f"令和{fiscal_year - 2018}年度（{fiscal_year}年度）"


def day_words(day: date) -> str:
    """A day with its year."""
    return f"{day.year}年{day.month}月{day.day}日"


def total_of(name: str, value: int, secret: bytes, *, is_certified: bool, may_be_exact: bool = True) -> Shown:
    """A total as the public sees it."""
    return publish(name, {}, Count(value, is_certified), secret, may_be_exact=may_be_exact).total


def parts_of(
    name: str, tables: Mapping[str, Mapping[str, int]], total: Count, secret: bytes, *, may_be_exact: bool = True
) -> Published:
    """The lines of breakdowns as the public sees them, and their whole; those that overlap are tied to nothing."""
    counts = {
        dimension: {code: Count(number, total.is_certified) for code, number in lines.items()}
        for dimension, lines in tables.items()
    }
    tied = {each for each, lines in tables.items() if sum(lines.values()) == total.number}
    bound = {each: counts[each] for each in counts if each in tied}
    found = publish(name, bound, total, secret, may_be_exact=may_be_exact)
    loose = {each: counts[each] for each in counts if each not in tied}
    return Published(found.tables | publish(f"{name} loose", loose, total, secret, is_tied=False).tables, found.total)


def is_few(number: int) -> bool:
    """Whether a number is one that nobody may read exactly."""
    return 0 < number < LEAST


def cell(shown: Shown | None) -> Said:
    """A published number as it stands in a cell."""
    if shown is None:
        return NONE
    return shown.value if isinstance(shown, Mark) else shown


def added(shown: Iterable[Shown]) -> Shown:
    """The sum of published numbers, which gives nothing away that they do not."""
    known = [one for one in shown if one != 0]
    numbers = [one for one in known if not isinstance(one, Mark)]
    return Mark.FEW if known and not numbers else sum(numbers)


def share_of(shown: Shown | None, target: int | None) -> Said:
    """The share of a target that a published number is, rounded down."""
    if shown is None or not target:
        return NONE
    if isinstance(shown, Mark):
        return "1%より少ない" if target >= LEAST * 100 else NONE
    return f"{shown * 100 // target}%"


def spans_of(days: Iterable[date]) -> str:
    """Days as people write them: 4/3〜4/9、4/12."""
    spans: list[list[date]] = []
    for day in sorted(set(days)):
        if spans and day - spans[-1][-1] == timedelta(days=1):
            spans[-1][1:] = [day]
        else:
            spans.append([day])
    return "、".join("〜".join(f"{day.month}/{day.day}" for day in span) for span in spans)


def kind_of(reason: str) -> str:
    """Why a certified day changed, without the words that somebody typed: a report is public."""
    kinds = [name for name in ("あとから届いた記録", "訂正") if name in reason]
    return "・".join(kinds) or "記録がまとめられました"


def difference_rows(found: Iterable[tuple[str, date, str]], names: Mapping[str, str]) -> list[list[Said]]:
    """Days that changed since they were certified, by month, place and kind of reason; no numbers of people.

    `found`: facility, day and reason.
    """
    once = {(on, facility, kind_of(reason)) for facility, on, reason in found}
    counted = Counter((f"{on.year}年{on.month}月", names.get(code, code), kind) for on, code, kind in sorted(once))
    return [[month, place, kind, days] for (month, place, kind), days in counted.items()]


def whole_rows(found: Iterable[tuple[str, str]]) -> list[list[Said]]:
    """Years whose distinct people changed since they were certified, with the kind of reason: of no place and day."""
    return [[year, UNITS[Unit.PEOPLE], kind, None] for year, kind in found]


def check_remark(form: RemarkForm) -> tuple[str, str, str]:
    """Factors, issues and next steps. Raises: ReportRefused."""
    read = Fields()
    said = [read.words(name, getattr(form, name), longest=LONGEST_REMARK, has_lines=True) for name, _ in REMARKS]
    read.refuse_if_any(ReportRefused)
    return said[0], said[1], said[2]


def check_actual(form: ActualForm, years: Sequence[int], today: date) -> tuple[int, int, int, date, str]:
    """Indicator, fiscal year, value, day and source. Raises: ReportRefused."""
    read = Fields()
    kpi = read.choice("kpi", form.kpi, tuple(str(one) for one in HAND_KPIS))
    year = read.choice("fiscal_year", form.fiscal_year, tuple(str(one) for one in years))
    value = read.number("value", form.value, low=0, high=999_999)
    on = read.day("as_of_on", form.as_of_on)
    if on is not None and on > today:
        read.refuse("as_of_on", ActualInFuture())
    source = read.words("source", form.source, longest=LONGEST_SOURCE)
    read.refuse_if_any(ReportRefused)
    assert value is not None and on is not None
    return int(kpi), int(year), value, on, source


def year_of(text: str) -> int | None:
    """A fiscal year as an address or form has it."""
    return int(text) if re.fullmatch(r"20[0-9]{2}", text) else None
