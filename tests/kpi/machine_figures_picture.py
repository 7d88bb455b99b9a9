"""Everything the laws of the figure look at, read by plain SQL, and what it comes to, counted here by hand.

Nothing of the code under test is used: what a visit is under a reading is said once more, in the words of the
decisions ("What counts"), from the rows as they are stored.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

Row = asyncpg.Record
Figures = dict[str, int]
DAYS, SESSIONS, PEOPLE = "person_days", "person_sessions", "people"
TOKYO = timedelta(hours=9)

_READ = {
    "visits": """
        select visit.*, facility.code as place, body.code as body, coalesce(program.brand, facility.brand) as brand,
               coalesce(program.code, '') as program_code, program.category
          from visit join facility on facility.id = visit.facility join body on body.id = facility.body
          left join program on program.id = visit.program order by visit.entered_at, visit.id""",
    "totals": """
        select kpi_import.*, facility.code as place, facility.brand, body.code as body
          from kpi_import join facility on facility.id = kpi_import.facility
          join body on body.id = facility.body where replaced_at is null""",
    "scopes": "select * from kpi_scope order by position, code",
    "certified": "select * from kpi_certification order by certified_at, id",
    "differences": """
        select kpi_difference.*, facility.code as place
          from kpi_difference left join facility on facility.id = kpi_difference.facility order by found_at, id""",
    "pending": "select visited_on from visit_change",
    "members": "select id, number from member order by created_at, id",
}


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """What is stored, at one instant."""

    now: datetime
    visits: list[Row]
    totals: list[Row]
    scopes: list[Row]
    certified: list[Row]
    differences: list[Row]
    pending: list[Row]
    members: list[Row]
    reading: Row

    def is_folded(self, first: date, until: date) -> bool:
        """Whether nothing of a span waits for the fold."""
        return not any(first <= each["visited_on"] < until for each in self.pending)

    def living(self) -> list[UUID]:
        """The members there are."""
        return [each["id"] for each in self.members]


async def read_picture(connection: asyncpg.Connection, now: datetime) -> Picture:
    """Look at the database."""
    found: dict[str, Any] = {name: await connection.fetch(sql) for name, sql in _READ.items()}
    reading = await connection.fetchrow("select * from kpi_definition where is_reported")
    return Picture(now=now, reading=reading, **found)


def local_day(instant: datetime) -> date:
    """The day in Gunma."""
    return (instant + TOKYO).date()


def span_of(year: int) -> tuple[date, date]:
    """A fiscal year."""
    return date(year, 4, 1), date(year + 1, 4, 1)


def is_counted(visit: Row, reading: Any) -> bool:
    """Whether somebody of a visit is a user under a reading."""
    stay = timedelta(minutes=reading["min_stay_minutes"])
    return (
        visit["voided_at"] is None
        and visit["kind"] in ("member", "anonymous", "group")
        and (reading["counts_trials"] or visit["category"] != "trial")
        and (reading["counts_groups"] or visit["kind"] != "group")
        and (reading["counts_staff_entries"] or visit["entered_by"] not in ("staff", "paper"))
        and (reading["counts_imports"] or visit["entered_by"] != "import")
        and (visit["left_at"] is None or visit["left_at"] - visit["entered_at"] >= stay)
    )


def is_of(scope: Any, row: Row, program: str | None) -> bool:
    """Whether a scope looks at it; a total is of no program."""
    return (
        scope["brand"] in (None, row["brand"])
        and (not scope["facilities"] or row["place"] in scope["facilities"])
        and (not scope["programs"] or program in scope["programs"])
    )


def counted(
    picture: Picture, reading: Any, scope: Any, *, body: str | None, first: date, until: date
) -> tuple[list[Row], set[UUID]]:
    """The visits of a span that count, and those of them in whose place the person's day is.

    Where a day is counted once, it is at the first place of the day at that body, among those of the scope.
    """
    of_all = [
        each
        for each in picture.visits
        if first <= local_day(each["entered_at"]) < until
        and is_counted(each, reading)
        and is_of(scope, each, each["program_code"])
    ]
    home: dict[tuple[UUID, date, str], str] = {}
    for each in of_all:
        home.setdefault((each["person_key"], local_day(each["entered_at"]), each["body"]), each["place"])
    at_home = {
        each["id"]
        for each in of_all
        if each["place"] == home[each["person_key"], local_day(each["entered_at"]), each["body"]]
        or reading["places"] == "each"
    }
    return [each for each in of_all if body in (None, each["body"])], at_home


def days_of(visits: Iterable[Row], at_home: set[UUID]) -> int:
    """Person-days: distinct (person, place, day of entry), and heads that are nobody's."""
    known = {
        (each["person_key"], each["place"], local_day(each["entered_at"]))
        for each in visits
        if each["person_key"] is not None and each["id"] in at_home
    }
    return len(known) + heads_of(visits)


def sessions_of(visits: Iterable[Row]) -> int:
    """Person-sessions: distinct (person, session); outside any session once per place and day."""
    known = {
        (each["person_key"], each["session"] or (each["place"], local_day(each["entered_at"])))
        for each in visits
        if each["person_key"] is not None
    }
    return len(known) + heads_of(visits)


def heads_of(visits: Iterable[Row]) -> int:
    """Groups, and walk-ins without a name."""
    return sum(each["heads"] for each in visits if each["person_key"] is None)


def figures(picture: Picture, reading: Any, scope: Any, *, body: str | None, first: date, until: date) -> Figures:
    """Everything of a span, imported totals included."""
    visits, at_home = counted(picture, reading, scope, body=body, first=first, until=until)
    totals = totals_of(picture, reading, scope, body=body, first=first, until=until)
    return {
        DAYS: days_of(visits, at_home) + sum(each["person_days"] for each in totals),
        SESSIONS: sessions_of(visits)
        + sum(each["person_days" if each["person_sessions"] is None else "person_sessions"] for each in totals),
        PEOPLE: len({each["person_key"] for each in visits if each["person_key"] is not None}),
    }


def totals_of(
    picture: Picture, reading: Any, scope: Any, *, body: str | None, first: date, until: date
) -> Sequence[Row]:
    """The imported totals of a span."""
    if not reading["counts_imports"]:
        return ()
    mine = [each for each in picture.totals if is_of(scope, each, None) and body in (None, each["body"])]
    return [each for each in mine if first <= each["month_on"] < until]


def parts(visits: Sequence[Row], at_home: set[UUID], value: str) -> dict[str, tuple[int, int]]:
    """Person-days and person-sessions by what a field of the visit says."""
    found: dict[str, list[Row]] = {}
    for each in visits:
        found.setdefault(_said(each, value), []).append(each)
    cells = {code: (days_of(mine, at_home), sessions_of(mine)) for code, mine in found.items()}
    return {code: cell for code, cell in cells.items() if any(cell)}


def _said(visit: Row, value: str) -> str:
    if value == "month":
        return f"{local_day(visit['entered_at']):%Y-%m}"
    return "open" if value == "closed_by" and visit[value] is None else visit[value] or ""


def often(visits: Iterable[Row]) -> Counter[int]:
    """How many people came on how many facility-days."""
    days = {
        (each["person_key"], each["place"], local_day(each["entered_at"]))
        for each in visits
        if each["person_key"] is not None
    }
    return Counter(Counter(person for person, _, _ in days).values())
