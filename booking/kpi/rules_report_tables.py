"""The tables of the review report, written from facts alone: the same for paper, workbook and csv."""

from collections.abc import Callable, Iterator
from itertools import groupby

from booking.kit.spreadsheets import Cell as Said
from booking.kit.suppression import Count, Mark, Shown
from booking.kpi import rules_report as words
from booking.kpi.rules import ANNUAL_USERS, DefinitionStatus, Places, Unit, month_key, months_of
from booking.kpi.rules_report import NONE, UNITS, cell
from booking.kpi.rules_report_facts import Facts, YearFacts, label_of, unit_of_parts
from booking.kpi.rules_report_use import use_tables
from booking.kpi.schemas_importing import Break
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
        trend=_trend(facts),
        breaks=list(dict.fromkeys(f"{one.on.month}月" for one in _breaks(facts))),
    )


def standing_of(facts: Facts, year: YearFacts) -> str:
    """Certified or provisional, of every number; provisional too while the reading is assumed."""
    if year.certification is None or facts.definition.status is DefinitionStatus.ASSUMED:
        return "暫定" if year.certification is None else "確定（数え方は暫定）"
    return "確定"


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


def definition_table(facts: Facts) -> ReportTable:
    """The reading in force, and who says that it is the right one."""
    one = facts.definition
    scope = next(each.name for each in facts.scopes if each.code == one.scope)
    confirmed = f"確定：{one.confirmed_office}　{one.confirmed_by}、{one.document}"
    counted = {"体験会に来た人": one.counts_trials, "団体で来た人数": one.counts_groups,
               "係の人が入力した来館": one.counts_staff_entries, "取り込んだ数字": one.counts_imports}  # fmt: skip
    rows: list[list[Said]] = [
        ["名前", one.name],
        ["数える範囲", scope],
        ["単位", UNITS[one.unit]],
        ["1日に2つの場所に来た人", "それぞれの場所で1" if one.places is Places.EACH else "団体ごとに、先に来た場所で1"],
        ["数えるもの", "、".join(name for name, is_counted in counted.items() if is_counted) or "会員の来館だけ"],
        [
            "数えないもの",
            "、".join(["保護者・見学者・係の人", *(name for name, is_counted in counted.items() if not is_counted)]),
        ],
        ["いちばん短い来館", f"{one.min_stay_minutes}分" if one.min_stay_minutes else "決めていない"],
        [
            "決まったか",
            confirmed if one.status is DefinitionStatus.CONFIRMED else "まだ仮の数え方です。すべての数字は暫定です。",
        ],
    ]
    notes = ["計画は「年間利用者数」の数え方を決めていません。この報告書では、次の数え方を使いました。"]
    return ReportTable(code="definition", title="使った数え方", head=["項目", "内容"], rows=rows, widths=[2, 6],
                       notes=notes, is_words=True)  # fmt: skip


def readings_table(facts: Facts) -> ReportTable:
    """The same years under every reading, each with its share of the target."""
    rows: list[list[Said]] = []
    met = dict.fromkeys(range(len(facts.of_two)), 0)
    for scope in facts.scopes:
        for unit, said in UNITS.items():
            row: list[Said] = [scope.name, said]
            is_chosen = (scope.code, unit) == (facts.definition.scope, facts.definition.unit)
            for n, year in enumerate(facts.of_two):
                target = facts.target_of(year)
                shown = _reading(facts, year, scope.code, unit, is_chosen=is_chosen)
                met[n] += isinstance(shown, int) and target is not None and shown >= target
                row += [cell(shown), words.share_of(shown, target)]
            rows.append([*row, "この報告書の数え方" if is_chosen else ""])
    heads = [head for year in facts.of_two for head in (label_of(facts, year), "目標に対する割合")]
    notes = [f"{label_of(facts, year)}：{len(rows)}の数え方のうち、{met[n]}で目標の数になっています。"
             for n, year in enumerate(facts.of_two) if facts.target_of(year)]  # fmt: skip
    notes.append("実人数では、人数だけを数えた団体は数えられません。")
    return ReportTable(
        code="readings",
        title="ほかの数え方での数字",
        head=["数える範囲", "単位", *heads, "使ったもの"],
        rows=rows,
        widths=[2.7, 1.2, *(1.4 for _ in heads), 2.3],
        notes=notes,
        labels=2,
    )


def _reading(facts: Facts, year: YearFacts, scope: str, unit: Unit, *, is_chosen: bool) -> Shown:
    if is_chosen:
        return facts.total(year)
    if year.certification is not None and not year.values[scope][unit]:
        return 0
    name = f"annual-users {facts.body} {year.fiscal_year} {year.until_on} {scope} {unit}"
    return words.total_of(name, year.values[scope][unit], facts.secret, is_certified=False)


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
            for one in _breaks(facts)
        ],
    )


def _breaks(facts: Facts) -> list[Break]:
    """Where the way of counting changes within the two years side by side."""
    spans = [(months_of(year.fiscal_year)[0], year.until_on) for year in facts.of_two]
    return [one for one in facts.breaks if any(first <= one.on < until for first, until in spans)]


def _trend(facts: Facts) -> list[dict[str, int | str]]:
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
