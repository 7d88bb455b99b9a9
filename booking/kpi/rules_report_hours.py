"""When places were full and when they were empty, as a report may say it: whole people of many days, never a day."""

from collections.abc import Sequence

from booking.kit.spreadsheets import Cell
from booking.kpi.rules_report import NONE
from booking.kpi.schemas_report import ReportTable
from booking.occupancy.schemas_history import HeatCell

WEEKDAYS = "月火水木金土日"
LEAST_DAYS = 20
"""An average of so many days, rounded to whole people, can be that of ten sums at least: of few it says nothing."""


def hours_table(label: str, cells: Sequence[HeatCell]) -> ReportTable | None:
    """The average of users inside, weekdays down and hours across; None where nobody was on enough days."""
    found = {(each.weekday, each.hour): _average(each) for each in cells if each.days >= LEAST_DAYS}
    busy = [hour for (_, hour), average in found.items() if average]
    if not busy:
        return None
    hours, days = range(min(busy), max(busy) + 1), sorted({day for day, _ in found})
    rows: list[list[Cell]] = [
        [f"{WEEKDAYS[day - 1]}曜日", *(found.get((day, hour), 0) for hour in hours)] for day in days
    ]
    rows += [[f"{name}曜日", *(NONE for _ in hours)] for n, name in enumerate(WEEKDAYS, 1) if n not in days]
    rows.sort(key=lambda row: WEEKDAYS.index(str(row[0])[0]))
    return ReportTable(
        code="hours",
        title=f"曜日と時間ごとの、中にいた人数の平均（{label}）",
        head=["曜日", *(f"{hour}時" for hour in hours)],
        rows=rows,
        widths=[1.6, *(1.0 for _ in hours)],
        notes=[f"人が来た日だけの平均で、四捨五入しています。{LEAST_DAYS}日より少ない曜日は「{NONE}」です。"],
    )


def _average(cell: HeatCell) -> int:
    return (2 * cell.users + cell.days) // (2 * cell.days)
