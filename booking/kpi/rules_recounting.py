"""The figure from rows alone, without a database: what an auditor recomputes, and what the SQL is held against."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from booking.kpi.rules import COUNTED_KINDS, Places, Unit
from booking.kpi.schemas import CountingRules, ScopeView
from booking.kpi.schemas_certifying import ImportRow, VisitRow

Figures = dict[str, dict[str, int]]


def line_of(row: VisitRow | ImportRow) -> bytes:
    """A row as it goes into the digest: its fields in their order, times in UTC, tab between, LF at the end."""
    return ("\t".join(_text(value) for value in msgspec.structs.astuple(row)) + "\n").encode()


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value.astimezone(UTC).isoformat(timespec="microseconds") if isinstance(value, datetime) else str(value)


def digest_of(rows: Iterable[VisitRow | ImportRow]) -> str:
    """SHA-256 of the lines, in the order given."""
    digest = hashlib.sha256()
    for row in rows:
        digest.update(line_of(row))
    return digest.hexdigest()


def is_counted(row: VisitRow, reading: CountingRules) -> bool:
    """Whether a visit counts under a reading. Who is still inside has stayed long enough."""
    stay = timedelta(minutes=reading.min_stay_minutes)
    return (
        row.kind in COUNTED_KINDS
        and (reading.counts_trials or row.category != "trial")
        and (reading.counts_groups or row.kind != "group")
        and (reading.counts_staff_entries or row.entered_by not in ("staff", "paper"))
        and (reading.counts_imports or row.entered_by != "import")
        and (not stay or row.left_at is None or row.left_at >= row.entered_at + stay)
    )


def is_in(scope: ScopeView, row: VisitRow | ImportRow) -> bool:
    """Whether a row belongs to a scope; a total belongs to no program."""
    program = row.program if isinstance(row, VisitRow) else None
    return (
        (scope.brand is None or scope.brand == row.brand)
        and (not scope.facilities or row.facility in scope.facilities)
        and (not scope.programs or program in scope.programs)
    )


def recount(
    rows: Iterable[VisitRow], imports: Iterable[ImportRow], reading: CountingRules, scopes: Sequence[ScopeView]
) -> Figures:
    """Scope → unit → number."""
    counted = [row for row in rows if is_counted(row, reading)]
    totals = [row for row in imports if reading.counts_imports]
    return {scope.code: _of_scope(scope, counted, totals, reading.places) for scope in scopes}


def _of_scope(scope: ScopeView, rows: list[VisitRow], imports: list[ImportRow], places: Places) -> dict[str, int]:
    mine = [row for row in rows if is_in(scope, row)]
    added = [row for row in imports if is_in(scope, row)]
    heads = sum(row.heads for row in mine if row.person_key is None)
    known = [row for row in mine if row.person_key is not None]
    days = {(row.person_key, row.visited_on, row.facility if places is Places.EACH else "") for row in known}
    sessions = {_session_of(row) for row in known}
    return {
        Unit.PERSON_SESSIONS.value: heads + len(sessions) + sum(row.person_sessions for row in added),
        Unit.PERSON_DAYS.value: heads + len(days) + sum(row.person_days for row in added),
        Unit.PEOPLE.value: len({row.person_key for row in known}),
    }


def _session_of(row: VisitRow) -> tuple[UUID | None, date, str, UUID | None]:
    """What makes a person-session distinct: a visit outside any session counts once per facility and day."""
    return row.person_key, row.visited_on, row.facility, row.session


def by_facility_day(
    rows: Iterable[VisitRow], reading: CountingRules, scope: ScopeView, unit: Unit
) -> Iterator[tuple[str, date, int]]:
    """What each facility-day gives; for people its person-days, since distinct people do not add up.

    Where a day is counted once it belongs to the first place of the day.
    """
    counted = [row for row in rows if is_counted(row, reading) and is_in(scope, row)]
    first: dict[tuple[UUID | None, date], str] = {}
    for row in sorted(counted, key=lambda row: (row.entered_at, row.id)):
        first.setdefault((row.person_key, row.visited_on), row.facility)
    cells: dict[tuple[str, date], list[VisitRow]] = defaultdict(list)
    for row in counted:
        cells[row.facility, row.visited_on].append(row)
    for (facility, on), here in sorted(cells.items()):
        heads = sum(row.heads for row in here if row.person_key is None)
        known = [row for row in here if row.person_key is not None]
        if unit is Unit.PERSON_SESSIONS:
            yield facility, on, heads + len({_session_of(row) for row in known})
            continue
        people = {row.person_key for row in known}
        if reading.places is Places.ONCE:
            people = {each for each in people if first[each, on] == facility}
        yield facility, on, heads + len(people)
