"""The tables of the review report about the reading in force and the figure under the other ones."""

from booking.kit.spreadsheets import Cell as Said
from booking.kit.suppression import Shown
from booking.kpi import rules_report as words
from booking.kpi.rules import DefinitionStatus, Places, Unit
from booking.kpi.rules_report import UNITS, cell
from booking.kpi.rules_report_facts import Facts, YearFacts, label_of
from booking.kpi.schemas_report import ReportTable


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
