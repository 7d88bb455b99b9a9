"""Which facts of two records stay, and how a certified day moves when two people are one. From values alone."""

import hashlib
from collections.abc import Iterable, Mapping
from uuid import UUID

import msgspec

from booking.kpi.rules import Unit
from booking.kpi.rules_recounting import by_facility_day, recount
from booking.kpi.schemas_certifying import CertifiedDays, VisitRow
from booking.people.schemas import ContactView, MemberView
from booking.people.schemas_merging import RightsAfter

FACTS = ("name", "kana", "birth_on", "municipality_name", "school_name", "assistance")
_WITH_NAME = ("name",)


def facts_of(kept: MemberView, gone: MemberView) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """The facts the first takes from the second because it has none, and those of the second that go."""
    taken: list[tuple[str, str]] = []
    dropped: list[tuple[str, str]] = []
    for name in FACTS:
        mine, theirs = getattr(kept, name), getattr(gone, name)
        if not theirs or mine == theirs:
            continue
        (dropped if mine or name in _WITH_NAME else taken).append((name, str(theirs)))
    return taken, dropped


def change_of(period: CertifiedDays, rows: Iterable[VisitRow], keys: Mapping[UUID, UUID]) -> int:
    """By how much a certified period changes when its visits, these rows, are counted under other keys."""
    before = list(rows)
    after = [msgspec.structs.replace(row, person_key=_counted_as(row.person_key, keys)) for row in before]
    return _sum(period, after) - _sum(period, before)


def _counted_as(key: UUID | None, keys: Mapping[UUID, UUID]) -> UUID | None:
    return None if key is None else keys.get(key, key)


def _sum(period: CertifiedDays, rows: list[VisitRow]) -> int:
    unit = period.definition.unit
    if unit is Unit.PEOPLE:
        return recount(rows, (), period.definition, [period.scope])[period.scope.code][unit]
    return sum(value for _, _, value in by_facility_day(rows, period.definition, period.scope, unit))


def seen_of(kept: UUID, gone: UUID, guardians: Iterable[RightsAfter], contacts: Iterable[ContactView]) -> str:
    """What stands for the part of a plan that must not change unseen: who will see and be called."""
    said = [str(kept), str(gone), *map(repr, guardians), *sorted(str(one.id) for one in contacts)]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:16]
