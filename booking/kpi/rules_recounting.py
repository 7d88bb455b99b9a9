"""The figure from rows alone, without a database: what an auditor recomputes, and what the SQL is held against."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Any, TypeVar
from uuid import UUID

import msgspec

from booking.kpi.rules import Places, Unit
from booking.kpi.schemas import CountingRules, ScopeView
from booking.kpi.schemas_certifying import ImportRow, VisitRow
from booking.visits.rules_kinds import COUNTED_KINDS

Figures = dict[str, dict[str, int]]
Row = TypeVar("Row", VisitRow, ImportRow)
_MAY_BE_NONE = frozenset(("left_at", "person_key", "session"))


def line_of(row: VisitRow | ImportRow) -> bytes:
    """A row as it goes into the digest: its fields in their order, times in UTC, tab between, LF at the end."""
    return ("\t".join(_text(value) for value in msgspec.structs.astuple(row)) + "\n").encode()


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value.astimezone(UTC).isoformat(timespec="microseconds") if isinstance(value, datetime) else str(value)


def row_of(line: bytes, kind: type[Row]) -> Row:
    """The row that a line says, with its LF. Raises: ValueError when no row is written like that."""
    names = kind.__struct_fields__
    texts = line.decode().removesuffix("\n").split("\t")
    if len(texts) != len(names):
        raise ValueError("another number of fields")
    said = {name: text for name, text in zip(names, texts, strict=True) if text or name not in _MAY_BE_NONE}
    try:
        row = msgspec.convert(dict.fromkeys(_MAY_BE_NONE & set(names)) | said, kind, strict=False)
        is_same = line_of(row) == line
    except (msgspec.ValidationError, OverflowError) as error:
        raise ValueError(str(error)) from None
    if not is_same:
        raise ValueError("written in another way")
    return row


def order_of(row: VisitRow | ImportRow) -> tuple[Any, ...]:
    """Where a row stands among the others: two never stand at the same place."""
    if isinstance(row, VisitRow):
        return row.visited_on, row.facility.encode(), row.entered_at, row.id
    return row.month_on, row.facility.encode()


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


class Tally:
    """What rows come to, taken in day by day and then forgotten; of the whole only who came is remembered."""

    def __init__(self, reading: CountingRules, scopes: Sequence[ScopeView]) -> None:
        self._reading = reading
        self._scopes = scopes
        self._sums: dict[str, dict[Unit, int]] = {scope.code: dict.fromkeys(Unit, 0) for scope in scopes}
        self._people: dict[str, set[UUID]] = {scope.code: set() for scope in scopes}

    def take_day(self, rows: Iterable[VisitRow]) -> None:
        """The visits of one day, all of them at once."""
        counted = [row for row in rows if is_counted(row, self._reading)]
        for scope in self._scopes:
            mine = [row for row in counted if is_in(scope, row)]
            heads = sum(row.heads for row in mine if row.person_key is None)
            known = [row for row in mine if row.person_key is not None]
            is_each = self._reading.places is Places.EACH
            days = {(row.person_key, row.facility if is_each else row.body) for row in known}
            sums = self._sums[scope.code]
            sums[Unit.PERSON_DAYS] += heads + len(days)
            sums[Unit.PERSON_SESSIONS] += heads + len({_session_of(row) for row in known})
            self._people[scope.code].update(row.person_key for row in known if row.person_key is not None)

    def take_imports(self, rows: Iterable[ImportRow]) -> None:
        """Imported totals, where the reading counts them."""
        for row in rows if self._reading.counts_imports else ():
            for scope in self._scopes:
                if is_in(scope, row):
                    self._sums[scope.code][Unit.PERSON_DAYS] += row.person_days
                    self._sums[scope.code][Unit.PERSON_SESSIONS] += row.person_sessions

    def figures(self) -> Figures:
        """Scope → unit → number, of what was taken in so far."""
        people = {code: {Unit.PEOPLE: len(keys)} for code, keys in self._people.items()}
        return {code: {unit.value: n for unit, n in (sums | people[code]).items()} for code, sums in self._sums.items()}


def recount(
    rows: Iterable[VisitRow], imports: Iterable[ImportRow], reading: CountingRules, scopes: Sequence[ScopeView]
) -> Figures:
    """Scope → unit → number, from rows in the order of the digest."""
    tally = Tally(reading, scopes)
    for _, day in groupby(rows, key=lambda row: row.visited_on):
        tally.take_day(day)
    tally.take_imports(imports)
    return tally.figures()


def _session_of(row: VisitRow) -> tuple[UUID | None, date, str, UUID | None]:
    """What makes a person-session distinct: a visit outside any session counts once per facility and day."""
    return row.person_key, row.visited_on, row.facility, row.session


def by_facility_day(
    rows: Iterable[VisitRow], reading: CountingRules, scope: ScopeView, unit: Unit
) -> Iterator[tuple[str, date, int]]:
    """What each facility-day gives; for people its person-days, since distinct people do not add up.

    Where a day is counted once it belongs to the first place of the day, at each body.
    """
    counted = [row for row in rows if is_counted(row, reading) and is_in(scope, row)]
    first: dict[tuple[UUID | None, date, str], str] = {}
    for row in sorted(counted, key=lambda row: (row.entered_at, row.id)):
        first.setdefault((row.person_key, row.visited_on, row.body), row.facility)
    cells: dict[tuple[str, date], list[VisitRow]] = defaultdict(list)
    for row in counted:
        cells[row.facility, row.visited_on].append(row)
    for (facility, on), here in sorted(cells.items()):
        heads = sum(row.heads for row in here if row.person_key is None)
        known = [row for row in here if row.person_key is not None]
        if unit is Unit.PERSON_SESSIONS:
            yield facility, on, heads + len({_session_of(row) for row in known})
            continue
        if reading.places is Places.ONCE:
            known = [row for row in known if first[row.person_key, on, row.body] == facility]
        yield facility, on, heads + len({row.person_key for row in known})
