"""The plan's own table of the review report, and every year against its target, from facts alone."""

from booking.kit.spreadsheets import Cell as Said
from booking.kit.suppression import Shown
from booking.kpi import rules_report as words
from booking.kpi.rules import ANNUAL_USERS, DefinitionStatus
from booking.kpi.rules_report import NONE, cell
from booking.kpi.rules_report_facts import Facts, YearFacts, label_of
from booking.kpi.schemas_report import ReportTable


def standing_of(facts: Facts, year: YearFacts) -> str:
    """Certified or provisional, of every number; provisional too while the reading is assumed."""
    if year.certification is None or facts.definition.status is DefinitionStatus.ASSUMED:
        return "暫定" if year.certification is None else "確定（数え方は暫定）"
    return "確定"


def plan_table(facts: Facts) -> ReportTable:
    """The plan's own table, with what has become of it beneath each line. Source: the plan's indicators."""
    years = [int(name[2:]) for name in facts.plan[0] if name.startswith("fy")]
    increase = [f"{year}年度増加分({n}年目)" for n, year in enumerate(years, 1)]
    rows: list[list[Said]] = []
    for line in facts.plan:
        kpi = int(line["kpi"])
        name = f"KPI{'①②③④'[kpi - 1]} {line['name']}"
        planned: list[Said] = [int(line[f"fy{year}"]) if line[f"fy{year}"] else "-" for year in years]
        rows.append([name, line["unit"], "計画", int(line["baseline"]), *planned, int(line["cumulative"])])
        rows += _actual_rows(facts, kpi, name, line["unit"], years)
    running = f"{facts.fiscal_year}年度の実績は、4月1日から8月31日までの分です。"
    notes = [f"{running}「{NONE}」は、まだ数字がないことを表します。"]
    for one in facts.actuals:
        if one.fiscal_year <= facts.fiscal_year:
            said = f"KPI{'①②③'[one.kpi - 1]} {one.fiscal_year}年度：{one.value:,}"
            notes.append(f"{said}（{words.day_words(one.as_of_on)}現在、{one.source}）")
    return ReportTable(
        code="plan",
        title="計画の目標と実績",
        head=["重要業績評価指標", "単位", "", "事業開始前(現時点)", *increase, "KPI増加分の累計"],
        rows=rows,
        widths=[2.6, 0.8, 1.3, 1.2, *(1.25 for _ in years), 1.4],
        notes=notes,
        labels=3,
    )


def _actual_rows(facts: Facts, kpi: int, name: str, unit: str, years: list[int]) -> list[list[Said]]:
    if kpi == ANNUAL_USERS:
        whole = "実績（計画の全体）" if facts.body else "実績"
        rows = [_figure_row(facts, facts.of_plan or facts.years, years, body="", name=name, said=whole)]
        if facts.body:
            said = f"うち{facts.body_name}"
            rows.append(_figure_row(facts, facts.years, years, body=facts.body, name=name, said=said))
        return rows
    by_year = {
        one.fiscal_year: one.value for one in facts.actuals if one.kpi == kpi and one.fiscal_year <= facts.fiscal_year
    }
    return [
        [
            name,
            unit,
            "実績",
            NONE,
            *(by_year.get(year, NONE) for year in years),
            sum(by_year.values()) if by_year else NONE,
        ]
    ]


def _figure_row(
    facts: Facts, known: list[YearFacts], years: list[int], *, body: str, name: str, said: str
) -> list[Said]:
    shown = {year.fiscal_year: facts.total(year, body) for year in known}
    each: list[Said] = [cell(shown.get(year)) for year in years]
    return [name, "人", said, NONE, *each, cell(words.added(shown.values()))]


def years_table(facts: Facts) -> ReportTable:
    """Every year of the plan so far: the figure, its target, and who certified it."""
    rows: list[list[Said]] = []
    before: list[Shown] = []
    for year in facts.years:
        shown, one = facts.total(year), year.certification
        before.append(shown)
        by = f"{one.office}　{one.certified_by}（{words.day_words(one.certified_at.date())}）" if one else NONE
        target = facts.target_of(year)
        rows.append([label_of(facts, year), cell(shown), target or NONE, words.share_of(shown, target),
                     cell(words.added(before)), standing_of(facts, year), by])  # fmt: skip
    if facts.since is not None:
        said = f"（参考）{label_of(facts, facts.since)}"
        rows.append([said, cell(facts.total(facts.since)), NONE, NONE, NONE, "暫定", NONE])
    return ReportTable(
        code="years",
        title="年度ごとの実績と累計",
        head=["年度", "年間利用者数", "計画の目標", "目標に対する割合", "累計", "確定・暫定", "確定した人"],
        rows=rows,
        widths=[2.3, 1.7, 1.4, 1.5, 1.2, 1.7, 2.6],
        notes=["団体ごとの目標は、計画にありません。"] if facts.body else [],
    )
