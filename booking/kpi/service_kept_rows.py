"""Counting a period once through its rows, and keeping the lines of a certified year: never all of them in memory."""

import zlib
from collections.abc import AsyncIterator, Sequence
from hashlib import sha256
from typing import Protocol
from uuid import UUID

from booking.kit import db
from booking.kit.tokens import new_id
from booking.kpi import queries_certifying as certified
from booking.kpi.rules import Part, Unit
from booking.kpi.rules_recounting import Tally, by_facility_day, line_of
from booking.kpi.schemas import Definition, ScopeView
from booking.kpi.schemas_certifying import Counted, Span, VisitRow

PIECE_BYTES = 1 << 20
"""Lines are deflated and stored in pieces of about this size."""
_EVERYTHING = ScopeView(code="", name="", brand=None, facilities=[], programs=[])


class Taker(Protocol):
    """Takes the lines of both parts in, one part after the other."""

    async def take(self, part: Part, lines: bytes) -> None:
        """Lines that follow those taken before."""

    async def end(self, part: Part) -> None:
        """The part is complete."""


class KeptRows:
    """Takes lines in and stores them as pieces of a certification, each part in its order."""

    def __init__(self, certification: UUID) -> None:
        self._certification = certification
        self._waiting: list[bytes] = []
        self._bytes = 0
        self._position = 0

    async def take(self, part: Part, lines: bytes) -> None:
        """Lines that follow those taken before."""
        self._waiting.append(lines)
        self._bytes += len(lines)
        if self._bytes >= PIECE_BYTES:
            await self.end(part)

    async def end(self, part: Part) -> None:
        """Store what waits."""
        if self._bytes:
            await db.execute(
                """insert into kpi_certified_rows (id, certification, part, position, lines)
                   values ($1, $2, $3, $4, $5)""",
                *(new_id(), self._certification, part.value, self._position, zlib.compress(b"".join(self._waiting), 9)),
            )
            self._position += 1
        self._waiting, self._bytes = [], 0


async def count_rows(
    span: Span, definition: Definition, scopes: Sequence[ScopeView], kept: Taker | None = None
) -> Counted:
    """Within a transaction whose snapshot holds: what the rows of a span give, the digest of their lines, what each
    facility-day gives; the lines go to `kept`."""
    tally, digest = Tally(definition, scopes), sha256()
    scope = next(each for each in scopes if each.code == definition.scope)
    counted = Counted(values={}, days={}, by_month={}, row_count=0, digest="")
    async for rows in certified.read_days(span.starts_on, span.until_on, span.body):
        tally.take_day(rows)
        counted.row_count += len(rows)
        lines = b"".join(line_of(row) for row in rows)
        digest.update(lines)
        if kept:
            await kept.take(Part.VISITS, lines)
        for facility, on, value in by_facility_day(rows, definition, scope, definition.unit):
            counted.days.setdefault(facility, {})[on.isoformat()] = value
        _add_month(counted.by_month, rows, definition)
    imports = await certified.list_imports(span.starts_on, span.until_on, span.body)
    tally.take_imports(imports)
    lines = b"".join(line_of(row) for row in imports)
    digest.update(lines)
    if kept:
        await kept.end(Part.VISITS)
        await kept.take(Part.IMPORTS, lines)
        await kept.end(Part.IMPORTS)
    counted.values, counted.digest = tally.figures(), digest.hexdigest()
    return counted


def _add_month(months: dict[str, dict[str, int]], rows: list[VisitRow], definition: Definition) -> None:
    """Person-days and person-sessions of each month and facility, under the rules of the definition."""
    for unit in (Unit.PERSON_DAYS, Unit.PERSON_SESSIONS):
        for facility, on, value in by_facility_day(rows, definition, _EVERYTHING, unit):
            cell = months.setdefault(f"{on.isoformat()[:7]} {facility}", {})
            cell[unit.value] = cell.get(unit.value, 0) + value


async def read_kept(certification: UUID, part: Part) -> AsyncIterator[bytes]:
    """The lines kept of a certified year, piece by piece; nothing where none were kept."""
    piece = await certified.find_piece(certification, part, -1)
    while piece is not None:
        yield zlib.decompress(piece[1])
        piece = await certified.find_piece(certification, part, piece[0])
