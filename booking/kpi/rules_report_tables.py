"""The tables of the review report, written from facts alone: the same for paper, workbook and csv."""

from collections.abc import Callable, Iterator
from itertools import groupby

from booking.kit.spreadsheets import Cell as Said
from booking.kit.suppression import Shown
from booking.kpi import rules_report as words
from booking.kpi.rules import DefinitionStatus
from booking.kpi.rules_report import cell
from booking.kpi.rules_report_facts import Facts, label_of
from booking.kpi.rules_report_parts import breaks_within, months_table, part_table, people_table, trend_of
from booking.kpi.rules_report_plan import plan_table, standing_of, years_table
from booking.kpi.rules_report_readings import definition_table, readings_table
from booking.kpi.rules_report_use import use_tables
from booking.kpi.schemas_parallel import Parallel
from booking.kpi.schemas_report import Report, ReportTable


def written(facts: Facts) -> Report:
    """The report."""
    is_assumed = facts.definition.status is DefinitionStatus.ASSUMED
    of = facts.body_name or "地域再生計画の全体（群馬県・桐生市）"
    makers: tuple[Callable[[Facts], ReportTable | None], ...] = (
        plan_table, years_table, remarks_table, definition_table, readings_table, months_table,
    )  # fmt: skip
    tables = [table for make in makers if (table := make(facts)) is not None]
    tables += [part_table(facts, *each) for each in words.DIMENSIONS]
    last = facts.of_two[0]
    tables += use_tables(label_of(facts, last), last.use)
    tables += [table for make in (people_table, completeness_table, gaps_table, differences_table)
               if (table := make(facts)) is not None]  # fmt: skip
    return Report(
        fiscal_year=facts.fiscal_year,
        body=facts.body,
        head=of,
        title=f"年間利用者数の報告書（{facts.fiscal_year}年9月）",
        subtitle="地域再生計画「日本最先端クラスのデジタル県推進事業」",
        made_on=facts.today,
        mark="暫定" if is_assumed else "",
        summary=list(_summary(facts, is_assumed)),
        tables=tables,
        trend=trend_of(facts),
        breaks=list(dict.fromkeys(f"{one.on.month}月" for one in breaks_within(facts))),
    )


def _summary(facts: Facts, is_assumed: bool) -> Iterator[tuple[str, str, str]]:
    for year in facts.of_two:
        target = facts.target_of(year)
        share = f"計画 {target:,}人の {words.share_of(facts.total(year), target)}" if target else ""
        yield (
            label_of(facts, year),
            _grouped(cell(facts.total(year))),
            "　".join(one for one in (standing_of(facts, year), share) if one),
        )
    yield (
        "計画の始まりからの累計",
        _grouped(cell(_cumulative(facts))),
        "暫定" if is_assumed else "8月31日までの分は暫定",
    )


def _grouped(value: Said) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)


def _cumulative(facts: Facts) -> Shown:
    return words.added(facts.total(year) for year in facts.years)


def remarks_table(facts: Facts) -> ReportTable | None:
    """要因・課題・次年度への反映, as written by hand."""
    if facts.remark is None:
        return None
    rows: list[list[Said]] = [[said, getattr(facts.remark, name)] for name, said in words.REMARKS]
    return ReportTable(
        code="remarks",
        title="要因・課題・次年度への反映",
        head=["項目", "内容"],
        rows=rows,
        widths=[1.4, 7],
        is_words=True,
    )


def completeness_table(facts: Facts) -> ReportTable:
    """How complete the record is."""
    rows: list[list[Said]] = [
        ["開いていた日（場所×日）", *(year.open_days for year in facts.of_two)],
        ["日報のない日（場所×日）", *(len(year.unclosed) for year in facts.of_two)],
        ["係が数えた人数と1割をこえて違った日", *(len(year.uncovered) for year in facts.of_two)],
        ["うち、わけが書かれている日", *(sum(1 for gap in year.uncovered if gap.reason) for year in facts.of_two)],
    ]
    return ReportTable(
        code="completeness",
        title="記録のそろい方",
        head=["項目", *(label_of(facts, year) for year in facts.of_two)],
        rows=rows,
        widths=[3, *(1.6 for _ in facts.of_two)],
        notes=[_said_of(facts, one) for one in facts.parallels],
    )


def _said_of(facts: Facts, one: Parallel) -> str:
    """How far the old way of counting and the service's agreed at a place."""
    place = facts.names.get("facility", {}).get(one.facility, one.facility)
    return (
        f"{place}では、{words.day_words(one.starts_on)}からの8週間のうち{one.both}日を、前の数え方でも数えました。"
        f"このサービスの数は、前の数え方の{one.percent}%です（週ごとには{one.low}%から{one.high}%）。"
    )


def gaps_table(facts: Facts) -> ReportTable | None:
    """Which days have no daily close, or more than a tenth off."""
    rows: list[list[Said]] = []
    for year in facts.of_two:
        if len(year.unclosed) == year.open_days > 0:
            everything = f"開いていた日のすべて（場所×日で {year.open_days:,}）"
            rows.append([label_of(facts, year), "すべての場所", "日報のない日", everything])
        some = [] if len(year.unclosed) == year.open_days else year.unclosed
        for said, gaps in (("日報のない日", some), ("1割をこえて違った日", year.uncovered)):
            for code, mine in groupby(
                sorted(gaps, key=lambda gap: (gap.facility, gap.day)), key=lambda gap: gap.facility
            ):
                place = facts.names.get("facility", {}).get(code, code)
                rows.append([label_of(facts, year), place, said, words.spans_of(gap.day for gap in mine)])
    if not rows:
        return None
    return ReportTable(code="gaps", title="日報のない日と、違いの大きい日", head=["年度", "場所", "種類", "日にち"],
                       rows=rows, widths=[2, 1.9, 1.7, 5.5], labels=3, is_words=True)  # fmt: skip


def differences_table(facts: Facts) -> ReportTable | None:
    """What changed in certified years after they were certified; the certified figures stay."""
    found = [(year, each) for year in facts.years if year.certification for each in year.certification.differences]
    if not found:
        return None
    days = [(each.facility, each.counted_on, each.reason) for _, each in found if each.counted_on is not None]
    whole = {(label_of(facts, year), words.kind_of(each.reason)): None for year, each in found if not each.facility}
    return ReportTable(
        code="differences",
        title="確定したあとで変わったところ",
        head=["月", "場所", "わけ", "日数"],
        rows=[
            *words.difference_rows(days, facts.names.get("facility", {})),
            *words.whole_rows(whole),
        ],
        widths=[1.6, 3, 3, 1],
        notes=["確定した数字は変えません。あとで変わったところは、ここに残します。"],
        labels=3,
    )
