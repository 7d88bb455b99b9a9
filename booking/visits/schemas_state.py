"""What the pure rules of the door work on, and what they answer: readings, facts, effects. See `schemas`."""

from typing import Literal
from uuid import UUID

from msgspec import Struct, field

from booking.visits.schemas import Answer, HeadsOfCode, Instant, Scan, Verdict
from booking.visits.schemas_day_list import ListedBooking, OpenSpan


class Reading(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A scan after its credential was looked up: who shows it, whom it is for, at which door.

    `holder` is the person of the pass or number, `subject` the person of `member_key`; keys into `State.people`.
    `problem` is the refusal code of a credential that could not be read (`pass-malformed`, `pass-forged`,
    `pass-unknown-key`, `pass-unknown`, `number-unknown`); with it `holder` may still be known.
    `group` is the group visit that a code of the day stands for; its problems are `group-unknown`, `group-not-today`.
    `received_at` is the service's clock when the scan arrived, and None on the kiosk. `is_by_staff`: somebody at the
    desk stands for it.
    """

    scan: Scan
    facilities: tuple[str, ...]
    holder: str | None = None
    subject: str | None = None
    group: str | None = None
    problem: str | None = None
    valid_from: Instant | None = None
    valid_until: Instant | None = None
    is_revoked: bool = False
    is_by_staff: bool = False
    received_at: Instant | None = None


class TurnInLine(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A numbered turn that waits or was called, for a walk-in seat of a session or, without one, for the building.

    It is worth nothing from `until` on: ten minutes after the call, with the session, at closing.
    """

    number: int
    person: str
    session: UUID | None = None
    until: Instant | None = None


class HeadsInside(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """People who came in counted by head, as one visit. `id` is the visit, or the nonce of the scan that began it.

    `group` is the group visit they belong to, if they came with its code.
    """

    id: str
    of: HeadsOfCode
    heads: int
    entered_at: Instant
    group: str | None = None


class FacilityState(Struct, frozen=True, kw_only=True):
    """A facility as the door sees it: limit, everybody inside, opening hours, closed at once by staff or not.

    With `is_closed`, what happened before `closed_at` found it open; None is closed at every moment.
    `turns` are the numbered turns of today that are still worth something, by number, and `last_turn` the highest one
    given today. `heads_inside` are the visits counted by head, the newest first; None where that cannot be known.
    """

    name: str
    capacity: int
    inside: int = 0
    is_closed: bool = False
    closed_at: Instant | None = None
    open: tuple[OpenSpan, ...] = ()
    shows_names: bool = True
    gives_turns: bool = False
    turns: tuple[TurnInLine, ...] = ()
    last_turn: int = 0
    heads_inside: tuple[HeadsInside, ...] | None = None


class SessionState(Struct, frozen=True, kw_only=True):
    """A session as the door sees it; seats to walk in to = walk_in + web_left after roll_over_at − walked_in.

    Who booked it and comes at `late_at` or after is late.
    """

    facility: str
    program: str
    label: str
    starts_at: Instant
    ends_at: Instant
    door_opens_at: Instant
    late_at: Instant | None = None
    walk_in: int = 0
    web_left: int = 0
    roll_over_at: Instant | None = None
    walked_in: int = 0


class OpenVisit(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where a person is now; `until` is the closing at which the visit ends by itself."""

    facility: str
    entered_at: Instant
    session: UUID | None = None
    until: Instant | None = None


class LastAnswer(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The last welcome or goodbye a person got, repeated for three minutes."""

    at: Instant
    verdict: Answer
    code: str
    facility: str
    session: UUID | None = None
    minutes: int | None = None


class PersonState(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A person as the door sees them. `turned_at` is when they last changed direction.

    `number_end` are the last digits of the member number, for a door that shows no names.
    """

    name: str = ""
    number_end: str = ""
    is_listed: bool = True
    is_held: bool = False
    programs: tuple[str, ...] = ()
    bookings: tuple[ListedBooking, ...] = ()
    family: tuple[str, ...] = ()
    visit: OpenVisit | None = None
    last: LastAnswer | None = None
    turned_at: Instant | None = None


class GroupState(Struct, frozen=True, kw_only=True):
    """A group visit of the day as the door sees it: announced, counted, and how many of them are inside."""

    facility: str
    name: str
    expected: int
    came: int = 0
    inside: int = 0


class State(Struct, frozen=True, kw_only=True):
    """All facts a batch of scans needs, and nothing else. Session keys are UUID text."""

    facilities: dict[str, FacilityState]
    sessions: dict[str, SessionState] = field(default_factory=dict)
    people: dict[str, PersonState] = field(default_factory=dict)
    answered: dict[str, Verdict] = field(default_factory=dict)
    groups: dict[str, GroupState] = field(default_factory=dict)


class Effect(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a scan changes in the world: a visit begins or ends, or a numbered turn is given (`queue`).

    `person` is None for heads; `of` says whose, and `visit` which of them leave (`HeadsInside.id`), `group`
    which group visit they belong to. `how` of an `enter`
    is booked, walk-in, again, unlisted, heads or told; of a `leave` it is scan, move or closing; of a `queue` it is
    turn.
    """

    do: Literal["enter", "leave", "queue"]
    person: str | None
    facility: str
    at: Instant
    how: str
    session: UUID | None = None
    until: Instant | None = None
    heads: int = 1
    of: HeadsOfCode | None = None
    visit: str | None = None
    group: str | None = None
    turn: int | None = None


class Outcome(Struct, frozen=True, kw_only=True):
    """A verdict with its effects, in the order they happen. `happened_at` is the corrected time of the scan."""

    verdict: Verdict
    happened_at: Instant
    effects: tuple[Effect, ...] = ()
