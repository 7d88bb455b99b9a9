"""How places were used, as a report may say it: whole people of many days and whole per cent of many, never a day."""

from collections.abc import Sequence

from booking.kit.spreadsheets import Cell
from booking.kit.suppression import EXACT_FROM
from booking.kpi.rules_report import NONE
from booking.kpi.schemas_report import ReportTable
from booking.occupancy.schemas_history import Arrivals, HeatCell, SeatUse, UseOfPlaces

WEEKDAYS = "月火水木金土日"
LEAST_DAYS = 20
"""An average of so many days, rounded to whole people, can be that of ten sums at least: of few it says nothing."""


LEAST_USERS = EXACT_FROM
"""Whole per cent of so many are ten people at least: of fewer nothing is said."""


def use_tables(label: str, use: UseOfPlaces | None) -> list[ReportTable]:
    """When places were used and how their seats were, as far as there were enough."""
    if use is None:
        return []
    made = (hours_table(label, use.heat), arrivals_table(label, use.arrivals), seats_table(label, use.seats))
    return [table for table in made if table is not None]


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


def arrivals_table(label: str, arrivals: Sequence[Arrivals]) -> ReportTable | None:
    """The share of users who came in each hour; None of few."""
    whole = sum(each.users for each in arrivals)
    if whole < LEAST_USERS:
        return None
    hours: dict[int, int] = {}
    for each in arrivals:
        hour = int(each.at[:2])
        hours[hour] = hours.get(hour, 0) + each.users
    return ReportTable(
        code="arrivals",
        title=f"来た時刻（{label}）",
        head=["時刻", "来た人の割合"],
        rows=[[f"{hour}時台", _percent(hours.get(hour, 0), whole)] for hour in range(min(hours), max(hours) + 1)],
        widths=[1.0, 1.0],
        notes=["1年に来た人を、来た時刻で分けた割合です。四捨五入しているので、合計が100%にならないことがあります。"],
    )


def seats_table(label: str, seats: SeatUse) -> ReportTable | None:
    """How seats were used, of how many bookings nobody came and how many were cancelled; None of few seats."""
    if seats.seats < LEAST_USERS:
        return None
    booked = seats.booked + seats.cancelled
    rows: list[list[Cell]] = [["開いた席のうち、使われた席", _percent(seats.used, seats.seats)]]
    for name, some, of in (
        ("予約のうち、来なかったもの", seats.no_shows, seats.booked),
        ("予約のうち、取り消されたもの", seats.cancelled, booked),
    ):
        rows.append([name, _percent(some, of) if of >= LEAST_USERS else NONE])
    return ReportTable(
        code="seats",
        title=f"席の使われ方（{label}）",
        head=["項目", "割合"],
        rows=rows,
        widths=[2.0, 1.0],
        notes=["終わった回のものです。予約なしで入った人も、使われた席に入ります。"],
    )


def _percent(some: int, whole: int) -> str:
    return f"{(200 * some + whole) // (2 * whole)}%"


def _average(cell: HeatCell) -> int:
    return (2 * cell.users + cell.days) // (2 * cell.days)
