"""The breakdowns of the review report: by month, by part, by days that one person came."""

from booking.kit.spreadsheets import Cell as Said
from booking.kit.suppression import Count, Mark, Shown
from booking.kpi import rules_report as words
from booking.kpi.rules import month_key, months_of
from booking.kpi.rules_report import NONE, UNITS, cell
from booking.kpi.rules_report_facts import Facts, YearFacts, label_of, unit_of_parts
from booking.kpi.schemas_importing import Break
from booking.kpi.schemas_report import ReportTable


def _parts(facts: Facts, year: YearFacts, dimension: str) -> dict[str, Shown]:
    return facts.published(year).tables.get(dimension, {})


def _absent(year: YearFacts) -> Shown:
    return 0 if year.certification else Mark.FEW


def months_table(facts: Facts) -> ReportTable:
    """Month by month, both years side by side."""
    found = [(year, _parts(facts, year, "month")) for year in facts.of_two]
    rows: list[list[Said]] = []
    for n, month in enumerate(months_of(facts.fiscal_year)):
        keys = [month_key(months_of(year.fiscal_year)[n]) for year, _ in found]
        rows.append([f"{month.month}月", *(
            cell(parts.get(key, _absent(year)) if months_of(year.fiscal_year)[n] < year.until_on else None)
            for (year, parts), key in zip(found, keys, strict=True)
        )])  # fmt: skip
    return ReportTable(
        code="months",
        title=f"月ごとの{UNITS[unit_of_parts(facts.definition)]}",
        head=["月", *(label_of(facts, year) for year, _ in found)],
        rows=rows,
        widths=[1, *(2 for _ in found)],
        notes=[
            f"{facts.names.get('facility', {}).get(one.facility, one.facility)}は、{words.day_words(one.on)}から"
            "このサービスで数えています。それより前は、以前の集計を取り込んだ数です。図では、縦の点線で表します。"
            for one in breaks_within(facts)
        ],
    )


def breaks_within(facts: Facts) -> list[Break]:
    """Where the way of counting changes within the two years side by side."""
    spans = [(months_of(year.fiscal_year)[0], year.until_on) for year in facts.of_two]
    return [one for one in facts.breaks if any(first <= one.on < until for first, until in spans)]


def trend_of(facts: Facts) -> list[dict[str, int | str]]:
    """The months as the chart draws them."""
    table = months_table(facts)
    rows: list[dict[str, int | str]] = []
    for n, year in enumerate(table.head[1:], 1):
        for row in table.rows:
            value = 5 if row[n] == "<10" else row[n]
            if isinstance(value, int):
                rows.append({"month": str(row[0]), "year": year, "users": value})
    return rows


def part_table(facts: Facts, dimension: str, title: str, head: str) -> ReportTable:
    """A breakdown, the largest of the last column first."""
    found = [_parts(facts, year, dimension) for year in facts.of_two]
    plain = [year.parts.get(dimension, {}) for year in facts.of_two]
    codes = sorted(
        {code for parts in found for code in parts}, key=lambda code: (-sum(one.get(code, 0) for one in plain), code)
    )
    names = facts.names.get(dimension) or {"school-stage": words.STAGES, "entry": words.ENTRIES}.get(dimension, {})
    rows: list[list[Said]] = [
        [
            names.get(code, code) or ("プログラムの外" if dimension == "program" else "わからない"),
            *(cell(parts.get(code, _absent(year))) for parts, year in zip(found, facts.of_two, strict=True)),
        ]
        for code in codes
    ]
    notes = {
        "program": ["1人が1日に2つのプログラムに出ると、それぞれで数えます。足すと、全体より多くなることがあります。"],
        "entry": ["閉館で自動に閉じたものは、ほかの行にも入っています。"],
    }
    said = notes.get(dimension, [])
    if dimension in ("program", "municipality", "school-stage") and any(year.has_totals for year in facts.of_two):
        said = [*said, f"このサービスより前の月ごとの合計は、どの{head}にも入っていません。"]
    return ReportTable(
        code=dimension,
        title=f"{title}の{UNITS[unit_of_parts(facts.definition)]}",
        head=[head, *(label_of(facts, year) for year in facts.of_two)],
        rows=rows or [["記録がありません", *(NONE for _ in found)]],
        widths=[3, *(1.6 for _ in found)],
        notes=said,
    )


def people_table(facts: Facts) -> ReportTable | None:
    """How many people came on how many days of the closed year."""
    year = facts.of_two[0]
    if not year.is_whole or not any(people for _, _, people in year.bands):
        return None
    counts = {_band(low, high): people for low, high, people in year.bands}
    total = Count(sum(counts.values()), is_certified=False)
    name = f"people {facts.body} {year.fiscal_year}"
    shown = words.parts_of(name, {"bands": counts}, total, facts.secret).tables["bands"]
    return ReportTable(
        code="people",
        title=f"1人が来た日数（{label_of(facts, year)}、実人数）",
        head=["来た日数", "人数"],
        rows=[[band, cell(people)] for band, people in shown.items()],
        widths=[2, 1],
        notes=["1人が1日に2つの場所に来ると、2日と数えます。"],
    )


def _band(low: int, high: int | None) -> str:
    return f"{low}日以上" if high is None else f"{low}日" if low == high else f"{low}〜{high}日"
