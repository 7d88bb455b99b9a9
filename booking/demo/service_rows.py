"""Rows of the demo's past, gathered day by day and written by COPY."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import asyncpg

from booking.demo import rules
from booking.demo.rules_days import Booking, Stay
from booking.kit.fiscal import fiscal_year
from booking.people.rules import age_band

CHUNK = 50_000
BOOKABLE, HOUR, MINUTE = timedelta(days=7), timedelta(hours=1), timedelta(minutes=1)
RELEASED_AFTER = timedelta(minutes=20)
COLUMNS = {
    "session": "id program facility pattern group held_on starts_at ends_at web_seats walk_in_seats state"
    " booking_opens_at booking_closes_at cancel_until roll_over_at created_at",
    "reservation": "id session member state enrolment order_id booked_at booked_by_kind arrived_at cancelled_at"
    " released_at",
    "visit": "id member person_key kind heads facility program session reservation visited_on entered_at left_at"
    " entered_by closed_by grade school_stage age_band municipality_code party created_at",
    "visit_change": "facility_id visited_on",
}
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class SlotOf:
    """Of what program a session is, from which weekly time or group, and its seats on the web and for walk-ins."""

    program: UUID
    pattern: UUID | None
    group: UUID | None
    seats: tuple[int, int]
    enrolments: Mapping[int, UUID]


@dataclass(frozen=True)
class Filled:
    """A facility-day with what happened on it. `midnight` is the first instant of the local day."""

    facility: UUID
    program: UUID | None
    on: date
    midnight: datetime
    times: Sequence[tuple[int, int]]
    slots: Sequence[SlotOf]
    stays: Sequence[Stay]
    unused: Sequence[Booking]


@dataclass
class Writer:
    """Gathers rows, and writes them when there are enough."""

    connection: asyncpg.Connection
    chance: Random
    progress: Progress
    whole: int
    made: int = 0
    keys: dict[tuple[UUID, int], UUID] = field(default_factory=dict)
    rows: dict[str, list[tuple[Any, ...]]] = field(default_factory=lambda: {table: [] for table in COLUMNS})

    async def add(self, day: Filled) -> None:
        """Note a facility-day, and write what has gathered when it is much."""
        sessions = [
            rules.identify(self.chance, day.midnight + timedelta(seconds=starts) - BOOKABLE) for starts, _ in day.times
        ]
        booked, walked_in = [0] * len(sessions), [0] * len(sessions)
        for stay in day.stays:
            if stay.slot is not None:
                (booked if stay.is_booked else walked_in)[stay.slot] += 1
            self._add_stay(day, stay, sessions)
        for booking in day.unused:
            booked[booking.slot] += booking.state != "cancelled"
            self._book(day, booking, sessions, None)
        for n, session in enumerate(sessions):
            self._add_session(day, n, session, (booked[n], walked_in[n]))
        if day.stays:
            self.rows["visit_change"].append((day.facility, day.on))
        self.made += len(day.stays)
        if len(self.rows["visit"]) >= CHUNK:
            await self.write()

    def _add_stay(self, day: Filled, stay: Stay, sessions: Sequence[UUID]) -> None:
        entered = day.midnight + timedelta(seconds=stay.starts)
        left = day.midnight + timedelta(seconds=stay.ends)
        session = None if stay.slot is None else sessions[stay.slot]
        program = day.program if stay.slot is None else day.slots[stay.slot].program
        reservation, person = None, stay.person
        copied: tuple[int | None, str | None, str | None, str | None] = (None, None, None, None)
        if person is not None:
            copied = (person.grade, person.stage, person.band or age_band(person.birth_on, day.on).value, person.town)
            self.keys[person.id, fiscal_year(day.on)] = person.key
            if stay.is_booked and stay.slot is not None:
                reservation = self._book(day, Booking(person, stay.slot, "arrived"), sessions, entered)
        self.rows["visit"].append(
            (
                *(rules.identify(self.chance, entered), person and person.id, person and person.key, stay.kind),
                *(stay.heads, day.facility, program, session, reservation, day.on, entered, left, stay.entered_by),
                *(stay.closed_by, *copied, stay.party, entered),
            )
        )

    def _book(self, day: Filled, booking: Booking, sessions: Sequence[UUID], arrived: datetime | None) -> UUID:
        starts = day.midnight + timedelta(seconds=day.times[booking.slot][0])
        lead = self.chance.random() * BOOKABLE
        booked_at = max(starts - lead - HOUR, min(starts - MINUTE, _midnight(day, booking.person.joined_on)))
        made = rules.identify(self.chance, booked_at)
        is_cancelled = booking.state == "cancelled"
        self.rows["reservation"].append(
            (
                *(made, sessions[booking.slot], booking.person.id, booking.state),
                *(day.slots[booking.slot].enrolments.get(booking.person.at), made, booked_at, "staff", arrived),
                booked_at + (starts - booked_at) * self.chance.random() if is_cancelled else None,
                starts + RELEASED_AFTER if booking.state == "released" else None,
            )
        )
        return made

    def _add_session(self, day: Filled, n: int, session: UUID, came: tuple[int, int]) -> None:
        """A session has as many seats as were taken, where its weekly time has fewer."""
        slot, (starts, ends) = day.slots[n], (day.midnight + timedelta(seconds=at) for at in day.times[n])
        web, walk_in = max(slot.seats[0], came[0]), max(slot.seats[1], came[1])
        self.rows["session"].append(
            (
                *(session, slot.program, day.facility, slot.pattern, slot.group, day.on, starts, ends, web, walk_in),
                *("published", starts - BOOKABLE, starts, starts - HOUR, starts - HOUR, starts - BOOKABLE),
            )
        )

    async def write(self) -> None:
        """Write everything gathered, and say how far that is."""
        for table, columns in COLUMNS.items():
            await self.connection.copy_records_to_table(table, columns=columns.split(), records=self.rows[table])
            self.rows[table].clear()
        self.progress(self.made, self.whole)

    async def write_keys(self, known: Mapping[tuple[UUID, int], UUID]) -> None:
        """Write the keys of everybody who came and had none in a year."""
        records = [
            (rules.identify(self.chance, datetime(year, 4, 1, tzinfo=UTC)), member, year, key)
            for (member, year), key in self.keys.items()
            if (member, year) not in known
        ]
        columns = ["id", "member", "fiscal_year", "key"]
        await self.connection.copy_records_to_table("person_key", columns=columns, records=records)


def _midnight(day: Filled, on: date) -> datetime:
    return day.midnight + (on - day.on)
