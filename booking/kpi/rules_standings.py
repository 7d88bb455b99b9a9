"""Certified or provisional: one answer for every number of a year, from what was certified of it."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from uuid import UUID

from booking.kpi.rules import Period, Unit, month_key
from booking.kpi.rules_recounting import is_in
from booking.kpi.schemas_certifying import CertifiedPart, ImportRow, Standing

Moved = Mapping[tuple[UUID, str], int]


class Certified:
    """What is certified of a fiscal year, of all bodies."""

    def __init__(
        self,
        parts: Sequence[CertifiedPart],
        moved: Moved,
        imports: Sequence[ImportRow],
        bodies: Mapping[str, str],
    ) -> None:
        """`bodies`: facility → the code of its body."""
        self._parts, self._moved, self._imports, self._bodies = parts, moved, imports, bodies

    def year(self, body: str) -> Standing:
        """The year of a body or (empty) of the plan."""
        return self._of([each for each in self._parts if each.period is Period.YEAR and each.body == body])

    def month(self, month: date, body: str, counted: Collection[str]) -> Standing:
        """A month of a body or of the plan: certified by itself, with the year that was handed over from elsewhere, or,
        of the plan, when it is of every body that is `counted` in it."""
        own = [each for each in self._months(month) if each.body == body]
        if own or body:
            return self._of(own, month)
        parts = [each for each in self._months(month) if each.body]
        return self._of(parts, month) if parts and {each.body for each in parts} >= set(counted) else Standing()

    def facility_month(self, month: date, facility: str) -> Standing:
        """A month of a facility: certified with that of its body, else with that of the plan."""
        body = self._bodies[facility]
        found = sorted((each for each in self._months(month) if each.body in ("", body)), key=lambda each: each.body)
        if not found:
            return Standing()
        part = found[-1]
        value = self._value_of_place(part, month, facility)
        return _standing([part], value, value + self._change(part, facility))

    def _months(self, month: date) -> Iterator[CertifiedPart]:
        """The parts that answer for a month."""
        for each in self._parts:
            if each.starts_on == month if each.period is Period.MONTH else each.origin is not None:
                yield each

    def _of(self, parts: Sequence[CertifiedPart], month: date | None = None) -> Standing:
        if not parts:
            return Standing()
        value = sum(self._value(each, month) for each in parts)
        return _standing(parts, value, value + sum(self._change(each) for each in parts))

    def _value(self, part: CertifiedPart, month: date | None) -> int:
        if month is None or part.period is Period.MONTH:
            return part.value
        mine = [facility for facility, body in self._bodies.items() if body == part.body]
        return sum(self._value_of_place(part, month, facility) for facility in mine)

    def _value_of_place(self, part: CertifiedPart, month: date, facility: str) -> int:
        imports = self._in_scope(part, facility, (row for row in self._imports if row.month_on == month))
        added = sum(row.person_sessions if part.unit is Unit.PERSON_SESSIONS else row.person_days for row in imports)
        return added if part.origin is not None else part.by_facility.get(facility, 0) + added

    def _in_scope(self, part: CertifiedPart, facility: str, rows: Iterable[ImportRow]) -> list[ImportRow]:
        if part.scope is None or not part.counts_imports:
            return []
        return [row for row in rows if row.facility == facility and is_in(part.scope, row)]

    def _change(self, part: CertifiedPart, facility: str | None = None) -> int:
        return sum(n for (made, code), n in self._moved.items() if made == part.id and facility in (None, code))


def _standing(parts: Sequence[CertifiedPart], value: int, now: int) -> Standing:
    last = max(parts, key=lambda each: each.certified_at)
    return Standing(
        is_certified=True,
        readings=frozenset(each.reading for each in parts),
        value=value,
        now=now,
        certified_by=last.certified_by,
        certified_at=last.certified_at,
    )


def place_key(month: date, facility: str) -> str:
    """A facility-month as `2026-10 tumo-gunma`."""
    return f"{month_key(month)} {facility}"
