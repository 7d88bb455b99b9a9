"""One case at the door and how its answer is put together. From values alone."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from msgspec import Struct

from booking.visits.schemas import Answer, Choice, HeadsOfCode, Verdict
from booking.visits.schemas_state import (
    Effect,
    FacilityState,
    GroupState,
    OpenVisit,
    Outcome,
    PersonState,
    Reading,
    SessionState,
    State,
)

NEAR = timedelta(hours=12)
"""Bookings, sessions and openings further away than this are not spoken of at the door."""


class Case(Struct, frozen=True):
    """A reading on the facts of its moment, for one person or, without `key`, for a group or a stranger."""

    reading: Reading
    state: State
    at: datetime
    key: str | None = None

    @property
    def person(self) -> PersonState:
        """The person; only asked for when there is one."""
        return self.state.people[self.key or ""]

    @property
    def visit(self) -> OpenVisit | None:
        """The open visit of the person, if there is a person and a visit."""
        person = self.state.people.get(self.key or "")
        return person.visit if person is not None else None

    @property
    def name(self) -> str:
        """The name to be shown: none for heads, and none where one of the facilities of this door shows no names."""
        return self.person.name if self.key is not None and self.shows_names else ""

    @property
    def shows_names(self) -> bool:
        """Whether all facilities of this door show names."""
        return all(self.state.facilities[code].shows_names for code in self.doors if code in self.state.facilities)

    @property
    def heads_of(self) -> HeadsOfCode | None:
        """Whom a count of heads stands for, also where the kiosk did not say; None for a person."""
        scan = self.reading.scan
        if self.key is not None:
            return None
        if scan.door_code is not None:
            return "group"
        return scan.heads_of or ("group" if (scan.heads or 1) > 1 else "walk-in")

    @property
    def counted(self) -> str | None:
        """Under which name people counted by head are inside; None for a person."""
        return str(self.reading.scan.nonce) if self.key is None else None

    @property
    def group(self) -> GroupState | None:
        """The group visit whose code was shown, if it is one of this door."""
        found = self.state.groups.get(self.reading.group or "")
        return found if found is not None and found.facility in self.doors else None

    @property
    def doors(self) -> tuple[str, ...]:
        """The facilities this kiosk serves."""
        return self.reading.facilities

    def session(self, session_id: object) -> SessionState | None:
        """A session by its id."""
        return self.state.sessions.get(str(session_id))

    def label(self, facility: str, session: UUID | None) -> str:
        """The name of the session, or else of the facility."""
        found = self.session(session)
        if found is not None:
            return found.label
        place = self.state.facilities.get(facility)
        return place.name if place is not None else ""

    def inside(self, facility: str) -> int:
        """Everybody inside a facility."""
        place = self.state.facilities.get(facility)
        return place.inside if place is not None else 0


def answer(case: Case, verdict: Answer, code: str, **said: Any) -> Outcome:
    """An outcome that changes nothing."""
    words = Verdict(nonce=case.reading.scan.nonce, verdict=verdict, code=code, **said)
    return Outcome(verdict=words, happened_at=case.at)


def refuse(case: Case, code: str, **said: Any) -> Outcome:
    """Say no, without a name."""
    return answer(case, "refused", code, **said)


def ask(case: Case, code: str, choices: Iterable[Choice]) -> Outcome:
    """Let the person choose; what they choose comes as a scan of its own."""
    return answer(case, "ask", code, choices=tuple(choices))


def leaving(key: str, visit: OpenVisit, at: datetime, how: str) -> Effect:
    """The end of a visit, never before its beginning."""
    return Effect(
        do="leave",
        person=key,
        facility=visit.facility,
        session=visit.session,
        at=max(at, visit.entered_at),
        how=how,
    )


def is_closed_at(place: FacilityState, at: datetime) -> bool:
    """Whether staff had closed a facility at once by a moment; one that does not say since when is closed."""
    return place.is_closed and (place.closed_at is None or place.closed_at <= at)


def is_open(place: FacilityState, at: datetime) -> bool:
    """Whether a facility is within its opening hours and not closed at once."""
    return not is_closed_at(place, at) and any(span.opens_at <= at < span.closes_at for span in place.open)


def closing_after(place: FacilityState, at: datetime) -> datetime | None:
    """When a visit that begins at a moment ends by itself: the closing of the opening hours it falls in or precedes."""
    closings = [span.closes_at for span in place.open if at < span.closes_at and span.opens_at - at < NEAR]
    return min(closings, default=None)
