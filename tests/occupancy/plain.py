"""The history counted by hand from the rows of visits: one person, one day, one hour at a time."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from booking.kit import clock, db
from booking.kit.fiscal import fiscal_year
from booking.occupancy.rules_history import Period

HOUR = timedelta(hours=1)
Row = dict[str, Any]


async def rows_of(ids: Collection[UUID]) -> list[Row]:
    """Every visit of a user at these facilities that stands."""
    found = await db.fetch(
        """select v.*, f.code as facility_code, coalesce(p.code, '') as program_code,
             coalesce(p.brand, f.brand) as brand
           from visit v join facility f on f.id = v.facility left join program p on p.id = v.program
           where v.facility = any($1::uuid[]) and v.voided_at is null and v.kind in ('member', 'anonymous', 'group')""",
        list(ids),
    )
    return [dict(row) for row in found]


def person_days(rows: Iterable[Row]) -> int:
    """People once at each facility on each day, and heads without a name."""
    rows = list(rows)
    people = {(row["facility"], row["visited_on"], row["person_key"]) for row in rows if row["person_key"]}
    return len(people) + sum(row["heads"] for row in rows if not row["person_key"])


def within(rows: list[Row], days: Period) -> list[Row]:
    """Those of the days."""
    return [row for row in rows if days.first <= row["visited_on"] < days.until]


def by(rows: list[Row], name: str) -> dict[str, int]:
    """Person-days by a column, none where it is empty."""
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row[name] or ""].append(row)
    return {value: person_days(each) for value, each in groups.items()}


def months(rows: list[Row]) -> dict[str, int]:
    """Person-days by month."""
    return by([{**row, "month": f"{row['visited_on']:%Y-%m}"} for row in rows], "month")


def arrivals(rows: list[Row]) -> dict[str, int]:
    """Users who came, by half hour."""
    found: dict[str, int] = defaultdict(int)
    for row in rows:
        came = clock.local(row["entered_at"])
        found[f"{came:%H}:{came.minute // 30 * 30:02}"] += row["heads"]
    return dict(found)


def heat(rows: list[Row], now: datetime) -> dict[tuple[int, int], tuple[int, int]]:
    """By weekday and hour: users there at any time in it, and the days of that weekday with users."""
    there: dict[tuple[int, int], list[Row]] = defaultdict(list)
    for row in rows:
        ends = clock.at_local(row["visited_on"] + timedelta(days=1), time())
        left = min(row["left_at"] or now + timedelta(microseconds=1), ends)
        for hour in range(24):
            begins = clock.at_local(row["visited_on"], time(hour))
            came = begins <= row["entered_at"] < begins + HOUR
            if came or (row["entered_at"] < begins and left > begins):
                there[row["visited_on"].isoweekday(), hour].append(row)
    dates = {row["visited_on"] for row in rows}
    days = {weekday: [day for day in dates if day.isoweekday() == weekday] for weekday in range(1, 8)}
    return {at: (person_days(each), len(days[at[0]])) for at, each in there.items()}


def first_time(rows: list[Row], days: Period) -> int:
    """People whose first day of a fiscal year is one of the days."""
    firsts: dict[tuple[UUID, int], date] = {}
    for row in rows:
        if row["person_key"]:
            who = row["person_key"], fiscal_year(row["visited_on"])
            firsts[who] = min(firsts.get(who, row["visited_on"]), row["visited_on"])
    return sum(days.first <= on < days.until for on in firsts.values())


def flow(rows: list[Row]) -> tuple[int, int]:
    """People at TUMO in a fiscal year, and those who came to tsukurun after their first time there."""
    came: dict[tuple[UUID, int], dict[str, list[datetime]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        if row["person_key"]:
            came[row["person_key"], fiscal_year(row["visited_on"])][row["brand"]].append(row["entered_at"])
    tumo = [each for each in came.values() if each["tumo"]]
    return len(tumo), sum(max(each["tsukurun"], default=min(each["tumo"])) > min(each["tumo"]) for each in tumo)
