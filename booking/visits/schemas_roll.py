"""The roll call as it crosses a door: who is inside, whom to ring, what was ticked."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

How = Literal["safe", "handed-over", "open"]


class RollCallView(Struct, frozen=True, kw_only=True):
    """A roll call of a place, going on or ended."""

    id: UUID
    place_id: UUID
    began_at: datetime
    ended_at: datetime | None


class RollRow(Struct, frozen=True, kw_only=True):
    """A visit with its last tick."""

    id: UUID
    member_id: UUID | None
    kind: str
    heads: int
    party: str | None
    facility_code: str
    facility_name: str
    entered_at: datetime
    left_at: datetime | None
    closed_by: str | None
    how: str | None
    marked_at: datetime | None
    by_name: str | None
    by_kiosk: bool


class RollSums(Struct, frozen=True, kw_only=True):
    """Heads: still to be found, safe, handed over, left by the door. `inside` is everybody but those who left."""

    inside: int
    open: int
    safe: int
    handed_over: int
    left: int
    by_kind: dict[str, int]


class RollPhone(Struct, frozen=True, kw_only=True):
    """Whom to ring. `relation` is `home` for the household's own telephone."""

    name: str
    relation: str
    phone: str


class RollPerson(Struct, frozen=True, kw_only=True):
    """One line: a member, or heads that were counted. `state`: open, safe, handed-over or left."""

    visit: UUID
    member: UUID | None
    kind: str
    heads: int
    party: str | None
    name: str
    kana: str
    grade: int | None
    stage: str
    assistance: str | None
    phones: tuple[RollPhone, ...]
    facility: str
    facility_name: str
    entered_at: datetime
    left_at: datetime | None
    state: str
    marked_at: datetime | None
    marked_by: str | None
    by_kiosk: bool


class RollCallPage(Struct, frozen=True, kw_only=True):
    """Everybody inside a place, with the roll call that is going on, if one is."""

    place: str
    facilities: tuple[str, ...]
    roll_call: RollCallView | None
    sums: RollSums
    items: list[RollPerson]
    next_cursor: str | None = None


class RollTick(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A tick made at a kiosk, perhaps a while ago and offline."""

    nonce: UUID
    member_key: Annotated[str, Meta(max_length=64)]
    how: How
    marked_at: Annotated[datetime, Meta(tz=True)]
    by_name: Annotated[str, Meta(max_length=40)] = ""


class RollTicks(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a kiosk ticked, 1 to 500 at a time."""

    marks: Annotated[list[RollTick], Meta(min_length=1, max_length=500)]


class RollTicksTaken(Struct, frozen=True, kw_only=True):
    """The nonces a kiosk need not send again."""

    accepted: list[UUID]


class ClosureBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """With `now` a facility is closed at once, with `whole_place` also the others behind the same entrance.

    Without it a `day` is decided by hand: `closed` or `open`, all day unless two local times are given. `way` says
    what becomes of bookings: `cancel`, `move-here` (to the nearest session of the same place that fits) or
    `move-anywhere`. `reason` is a code with `now`, else what staff write, `reasons` the same in other languages.
    """

    facility: str
    reason: str
    reasons: dict[str, str] = {}
    now: bool = False
    note: str = ""
    whole_place: bool = False
    day: str = ""
    kind: str = "closed"
    from_time: str = ""
    until_time: str = ""
    way: str = ""


class ClosingNowItem(Struct, frozen=True, kw_only=True):
    """A facility closed at once, and perhaps opened again."""

    id: UUID
    facility: str
    reason: str
    note: str | None
    closed_at: datetime
    reopened_at: datetime | None


class ClosureMade(Struct, frozen=True, kw_only=True):
    """The closure that was made; `items` are all facilities that were closed at once by this deed."""

    id: UUID
    items: list[ClosingNowItem]


class Unreached(Struct, frozen=True, kw_only=True):
    """A member whose people no mail reached, with whom to ring instead."""

    member_id: UUID
    name: str
    kana: str
    was_inside: bool
    phones: tuple[RollPhone, ...]


class ClosingOutcome(Struct, frozen=True, kw_only=True):
    """What a closing at once did. `hidden`: protected members among those not reached, who stand on no list."""

    sessions: int
    bookings: int
    inside: int
    unreached: tuple[Unreached, ...]
    hidden: int
