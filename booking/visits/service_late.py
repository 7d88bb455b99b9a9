"""Which scans came late, and what was said before to the people they are of."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from booking.kit.clock import day_span, local_date
from booking.visits.rules_batch import Entry, is_retold
from booking.visits.rules_facts import closing_of
from booking.visits.rules_kinds import EnteredBy
from booking.visits.rules_stays import Event
from booking.visits.schemas_facts import Reference


def late_members(entries: Sequence[Entry]) -> frozenset[UUID]:
    """People of whom a newer scan is stored already, or of whom a stored scan is told again."""
    found = set()
    for entry in entries:
        person = entry.person
        if person is None:
            continue
        is_new = entry.answered is None
        if is_new and person.newest_at is not None and entry.shown.at < person.newest_at:
            found.add(person.id)
        if is_retold(entry):
            found.add(person.id)
    return frozenset(found)


def events_from(
    rows: Iterable[Mapping[str, Any]], members: Iterable[UUID], known: Reference
) -> dict[UUID, list[Event]]:
    """Stored answers as events of each person. A stay whose closing nobody knows ends with its day."""
    events: dict[UUID, list[Event]] = {member: [] for member in members}
    for row in rows:
        until = None
        if row["verdict"] == "welcome" and row["facility"] is not None:
            day = local_date(row["at"])
            until = closing_of(known, row["facility"], row["session"], row["at"], day) or day_span(day)[1]
        said = {name: value for name, value in row.items() if name != "member"}
        how = EnteredBy(said.pop("entered_by"))
        events[row["member"]].append(Event(**said, entered_by=how, until=until))
    return events
