"""What crosses the doors of the live board."""

from datetime import datetime
from uuid import UUID

import msgspec

from booking.occupancy.rules import Level


class LevelView(msgspec.Struct, kw_only=True):
    """What everybody may know: a level, and from 5 upwards a number rounded to 5."""

    code: str
    level: Level
    about: int | None


class LevelList(msgspec.Struct, kw_only=True):
    """Levels of all facilities."""

    items: list[LevelView]
    as_of: datetime


class SpaceNow(msgspec.Struct, kw_only=True):
    """A room now: whoever was admitted to the sessions and group visits that use it, against its limit.

    `sessions` are those that use it. Whoever is in a session of two rooms is counted in both.
    """

    id: UUID
    code: str
    name: str
    names: dict[str, str]
    capacity: int
    level: Level
    inside: int
    sessions: list[UUID]


class HourNow(msgspec.Struct, kw_only=True):
    """How many were inside when an hour of today struck (null while it has not), and usually on such a weekday.

    `usual` is the median of the last eight of the same weekday on which somebody came; null where nobody ever did.
    """

    hour: int
    inside: int | None
    usual: float | None


class PlaceNow(msgspec.Struct, kw_only=True):
    """A facility now. `inside` is everybody, against the limit; `users` are members and groups, for the KPI.

    Units: `busy_percent` and `full_percent` of the capacity, from which on it is busy, or full.
    """

    id: UUID
    code: str
    name: str
    names: dict[str, str]
    body: str
    capacity: int
    busy_percent: int
    full_percent: int
    level: Level
    inside: int
    users: int
    users_today: int
    spaces: list[SpaceNow] = []
    course: list[HourNow] = []


class BodyNow(msgspec.Struct, kw_only=True):
    """The facilities of one body that the reader may see, added up."""

    code: str
    name: str
    names: dict[str, str]
    capacity: int
    inside: int
    users: int
    users_today: int


class SessionNow(msgspec.Struct, kw_only=True):
    """A session that runs now or starts soon: booked, arrived of those, missing of those, walked in."""

    id: UUID
    facility_code: str
    facility_name: str
    program_name: str
    program_names: dict[str, str]
    starts_at: datetime
    ends_at: datetime
    seats: int
    booked: int
    arrived: int
    missing: int
    walked_in: int

    @property
    def free(self) -> int:
        """Seats nobody has."""
        return max(0, self.seats - self.booked - self.walked_in)


class SilentKiosk(msgspec.Struct, kw_only=True):
    """A paired kiosk that has said nothing for some minutes."""

    id: UUID
    name: str
    silent_minutes: int
    queue_length: int | None


class Attention(msgspec.Struct, kw_only=True):
    """What staff should look at."""

    silent_kiosks: list[SilentKiosk]
    open_flags: int

    @property
    def count(self) -> int:
        """How many things there are."""
        return len(self.silent_kiosks) + (1 if self.open_flags else 0)


class Count(msgspec.Struct, frozen=True, kw_only=True):
    """A facility: everybody inside, users inside, users today so far."""

    id: UUID
    inside: int
    users: int
    users_today: int


class RoomUse(msgspec.Struct, frozen=True, kw_only=True):
    """A room of a facility as it is read: who is in it, and the sessions that use it."""

    id: UUID
    facility: UUID
    code: str
    name: str
    names: dict[str, str]
    capacity: int
    inside: int
    sessions: list[UUID]


class Now(msgspec.Struct, frozen=True, kw_only=True):
    """What a board is made of, as one statement reads it."""

    counts: list[Count]
    spaces: list[RoomUse]
    sessions: list[SessionNow]
    silent_kiosks: list[SilentKiosk]
    open_flags: int


class Hall(msgspec.Struct, kw_only=True):
    """A facility as the wall shows it: nothing the public may not know.

    `closed_because` is the msgid of a reason while it is closed at once; `opens_at` is given while it is closed by its
    hours.
    """

    code: str
    name: str
    names: dict[str, str]
    capacity: int
    level: Level
    about: int | None
    closed_because: str | None
    opens_at: datetime | None
    called: list[int]
    waiting: int


class Upcoming(msgspec.Struct, kw_only=True):
    """A session that runs now or comes today: seats to walk in to, and seats to book before."""

    names: dict[str, str]
    facility: str
    starts_at: datetime
    ends_at: datetime
    walk_in: int
    web: int


class Wall(msgspec.Struct, kw_only=True):
    """The screen at an entrance and every facility behind it."""

    code: str
    as_of: datetime
    halls: list[Hall]
    upcoming: list[Upcoming]


class Board(msgspec.Struct, kw_only=True):
    """The live board of the facilities somebody may see."""

    as_of: datetime
    bodies: list[BodyNow]
    places: list[PlaceNow]
    sessions: list[SessionNow]
    attention: Attention
