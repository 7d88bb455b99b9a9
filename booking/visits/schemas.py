"""What crosses the door between a kiosk and the service, and what the pure rules of the door work on.

The same shapes are declared in `kiosk/src/protocol.ts`; `docs/kiosk-protocol.md` explains them, and `tests/vectors/`
holds both sides to them.
"""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct, field

Instant = Annotated[datetime, Meta(tz=True)]
Code = Annotated[str, Meta(min_length=1, max_length=64)]
Text = Annotated[str, Meta(max_length=400)]
Names = dict[str, str]
"""Language tag (`ja`, `en`, …) → the name in that language; `ja` is always there."""

Direction = Literal["auto", "in", "out"]
Answer = Literal["welcome", "goodbye", "refused", "ask"]
ScanKind = Literal["pass", "number", "heads"]
HeadsOfCode = Literal["group", "walk-in", "guardian", "visitor"]


# ---- scans and verdicts -------------------------------------------------------------------------------------------


class Told(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What the kiosk showed by its own decision, before or without an answer of the service."""

    verdict: Answer
    code: Code


class Scan(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One thing shown to one kiosk. `seq` is the kiosk's own counter and gives the order.

    Units: `clock_offset_ms` is service time minus kiosk time, in milliseconds, as last measured.
    """

    nonce: UUID
    seq: Annotated[int, Meta(ge=1, le=2**53)]
    scanned_at: Instant
    clock_offset_ms: Annotated[int, Meta(ge=-(2**53), le=2**53)] = 0
    kind: ScanKind
    direction: Direction = "auto"
    token: Text | None = None
    number: Text | None = None
    member_key: Code | None = None
    session_id: UUID | None = None
    facility: Code | None = None
    heads: Annotated[int, Meta(ge=1, le=500)] | None = None
    heads_of: HeadsOfCode | None = None
    party: Annotated[str, Meta(max_length=80)] | None = None
    answers: Annotated[list[Code], Meta(max_length=20)] = field(default_factory=list)
    offline: bool = False
    told: Told | None = None


class ScanBatch(Struct, frozen=True, forbid_unknown_fields=True):
    """One to 500 scans of one kiosk, in the order of `seq`."""

    scans: Annotated[list[Scan], Meta(min_length=1, max_length=500)]


class Choice(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One way on that the kiosk offers as a button; its `id` comes back in `answers` of the next scan.

    `id` is `session:<uuid>`, `facility:<code>` or `member:<member_key>`.
    """

    id: str
    label: str
    facility: str | None = None
    session: UUID | None = None
    is_inside: bool = False


class Verdict(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The answer to one scan. `code` is stable and the kiosk renders its sentence from it.

    `label` names the session, or else the facility; `minutes` and `at` are what the sentence may name (how long until
    the door opens, how long the stay was; the moment of opening or of the next session). `name` is the name the member
    chose to be shown, and is empty with every refusal and for a protected member. `inside` counts everybody inside
    `facility` after this scan. `turn` is a numbered turn at a full door, `ahead` how many are called before it.
    """

    nonce: UUID
    verdict: Answer
    code: str
    sentence: str = ""
    name: str = ""
    label: str = ""
    facility: str | None = None
    session: UUID | None = None
    minutes: int | None = None
    at: datetime | None = None
    choices: tuple[Choice, ...] = ()
    inside: int | None = None
    turn: int | None = None
    ahead: int | None = None
    flags: tuple[str, ...] = ()


class VerdictBatch(Struct, frozen=True):
    """One verdict per scan of the batch, in the order asked."""

    verdicts: list[Verdict]


# ---- the day list -------------------------------------------------------------------------------------------------


class KioskConfiguration(Struct, frozen=True, kw_only=True):
    """How this kiosk behaves; comes with the day list and with every heartbeat, so a change arrives within 30 s.

    Units: `answer_wait_ms` is how long the kiosk waits for the service's answer before it shows its own;
    `verdict_seconds` is how long a welcome or goodbye stays on the screen.
    """

    kiosk_id: UUID
    label: str
    facilities: tuple[str, ...]
    direction: Direction = "auto"
    languages: tuple[str, ...] = ("ja", "ja-easy", "en", "pt-BR", "vi", "es", "zh-Hans", "tl")
    language: str = "ja"
    timezone: str = "Asia/Tokyo"
    answer_wait_ms: int = 250
    verdict_seconds: int = 4
    demo: bool = False
    shows_names: bool = True


class OpenSpan(Struct, frozen=True):
    """A half-open interval in which a facility is open."""

    opens_at: Instant
    closes_at: Instant


class ListedDay(Struct, frozen=True, kw_only=True):
    """One local day of one facility; `open` is empty on a closing day."""

    on: date
    open: tuple[OpenSpan, ...] = ()


class ListedFacility(Struct, frozen=True, kw_only=True):
    """A facility that this kiosk serves or names. `door_minutes` is the default for its sessions."""

    code: str
    names: Names
    capacity: int
    door_minutes: int = 30
    days: tuple[ListedDay, ...] = ()


class ListedSession(Struct, frozen=True, kw_only=True):
    """A session of the window that is not cancelled.

    Who booked and comes at `late_at` or after is late. `walk_in` is the walk-in quota; `web_left` are free web seats,
    which become walk-in seats at `roll_over_at`. Seats used by people who walked in are not subtracted here: the
    heartbeat brings `walked_in`.
    """

    id: UUID
    facility: str
    program: str
    names: Names
    starts_at: Instant
    ends_at: Instant
    door_opens_at: Instant
    late_at: Instant | None = None
    walk_in: int
    web_left: int = 0
    roll_over_at: Instant | None = None


class ListedBooking(Struct, frozen=True):
    """A seat of a member: `confirmed`, or `arrived` when they came, by booking or by walking in, and may come again."""

    session: UUID
    state: Literal["confirmed", "arrived"]


class ListedMember(Struct, frozen=True, kw_only=True):
    """What the kiosk may know of one member, and nothing else.

    `shown_name` is empty for a protected member. `programs` are the codes of the programs the service judged allowed.
    `is_held` sends the member to the desk without a reason. `family` are keys of the members this one may bring in.
    """

    member_key: str
    shown_name: str
    number: str
    pass_ids: tuple[UUID, ...] = ()
    programs: tuple[str, ...] = ()
    bookings: tuple[ListedBooking, ...] = ()
    family: tuple[str, ...] = ()
    is_held: bool = False


class ListedKey(Struct, frozen=True):
    """A public signing key: `public_key` is base64url of its 32 bytes. Retired keys verify, revoked ones do not."""

    kid: int
    public_key: str
    state: Literal["current", "retired", "revoked"]


class SealedSheet(Struct, frozen=True, kw_only=True):
    """Whom to call about the members of a list, readable with the staff PIN of this kiosk alone.

    `sealed` is AES-256-GCM over deflated JSON (`StaffSheet`) with `nonce`, under PBKDF2-HMAC-SHA256 of the PIN with
    `salt` and `iterations`; bytes are base64url without padding. A PIN that opens it is the right one.
    """

    salt: str
    iterations: int
    nonce: str
    sealed: str


class StaffPhone(Struct, frozen=True, kw_only=True):
    """Whom to call, in order."""

    name: str
    relation: str
    phone: str


class StaffPerson(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A member as a roll call needs them: also the protected ones. `grade` is 1 to 12, None for adults."""

    member_key: str
    name: str
    kana: str = ""
    number: str = ""
    grade: int | None = None
    assistance: str = ""
    phones: tuple[StaffPhone, ...] = ()


class StaffSheet(Struct, frozen=True, kw_only=True):
    """What is inside a `SealedSheet`."""

    people: tuple[StaffPerson, ...]


class DayList(Struct, frozen=True, kw_only=True):
    """Everything a kiosk needs for 14 days without network: from `from_on` until before `until_on`."""

    from_on: date
    until_on: date
    configuration: KioskConfiguration
    facilities: tuple[ListedFacility, ...]
    sessions: tuple[ListedSession, ...]
    members: tuple[ListedMember, ...]
    keys: tuple[ListedKey, ...]
    revoked_passes: tuple[UUID, ...]
    staff: SealedSheet | None = None


# ---- heartbeat ----------------------------------------------------------------------------------------------------


class Heartbeat(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A kiosk's sign of life, every 30 s. `kiosk_time` is its uncorrected clock.

    `parked` counts scans the service refused to read alone; they stay on the device for staff.
    """

    version: Annotated[str, Meta(max_length=64)]
    kiosk_time: Instant
    clock_offset_ms: Annotated[int, Meta(ge=-(2**53), le=2**53)] = 0
    queue_length: Annotated[int, Meta(ge=0)] = 0
    last_seq: Annotated[int, Meta(ge=0, le=2**53)] = 0
    parked: Annotated[int, Meta(ge=0)] = 0
    camera: Literal["ok", "missing", "coarse", "starting"] = "starting"
    is_storage_persistent: bool = False
    day_list_etag: Annotated[str, Meta(max_length=128)] = ""
    storage_used_mb: Annotated[int, Meta(ge=0, le=2**31)] | None = None
    storage_quota_mb: Annotated[int, Meta(ge=0, le=2**31)] | None = None
    faults: Annotated[list[Annotated[str, Meta(max_length=64)]], Meta(max_length=20)] = field(default_factory=list)


class InsideMember(Struct, frozen=True, kw_only=True):
    """A listed member who is inside some facility. `until` is when the day's auto-exit ends the visit."""

    member_key: str
    facility: str
    entered_at: Instant
    session: UUID | None = None
    until: Instant | None = None


class FacilityNow(Struct, frozen=True):
    """Everybody inside, whether and since when the facility is closed at once by staff, and the turns called now."""

    code: str
    inside: int
    is_closed: bool = False
    called: tuple[int, ...] = ()
    closed_at: Instant | None = None


class SessionNow(Struct, frozen=True):
    """How many walk-in seats of a session of today are used."""

    id: UUID
    walked_in: int


class HeartbeatAnswer(Struct, frozen=True, kw_only=True):
    """The live part of what a kiosk knows.

    `last_seq` is the highest `seq` of this kiosk contained in these figures: the kiosk adds what it scanned after it.
    """

    server_time: Instant
    configuration: KioskConfiguration
    last_seq: int
    day_list_etag: str
    facilities: tuple[FacilityNow, ...]
    sessions: tuple[SessionNow, ...]
    inside: tuple[InsideMember, ...]


# ---- what the rules of the door work on ---------------------------------------------------------------------------


class Reading(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A scan after its credential was looked up: who shows it, whom it is for, at which door.

    `holder` is the person of the pass or number, `subject` the person of `member_key`; keys into `State.people`.
    `problem` is the refusal code of a credential that could not be read (`pass-malformed`, `pass-forged`,
    `pass-unknown-key`, `pass-unknown`, `number-unknown`); with it `holder` may still be known.
    `received_at` is the service's clock when the scan arrived, and None on the kiosk. `is_by_staff`: somebody at the
    desk stands for it.
    """

    scan: Scan
    facilities: tuple[str, ...]
    holder: str | None = None
    subject: str | None = None
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


class HeadsInside(Struct, frozen=True, kw_only=True):
    """People who came in counted by head, as one visit. `id` is the visit, or the nonce of the scan that began it."""

    id: str
    of: HeadsOfCode
    heads: int
    entered_at: Instant


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


class State(Struct, frozen=True, kw_only=True):
    """All facts a batch of scans needs, and nothing else. Session keys are UUID text."""

    facilities: dict[str, FacilityState]
    sessions: dict[str, SessionState] = field(default_factory=dict)
    people: dict[str, PersonState] = field(default_factory=dict)
    answered: dict[str, Verdict] = field(default_factory=dict)


class Effect(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a scan changes in the world: a visit begins or ends, or a numbered turn is given (`queue`).

    `person` is None for heads; `of` says whose, and `visit` which of them leave (`HeadsInside.id`). `how` of an `enter`
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
    turn: int | None = None


class Outcome(Struct, frozen=True, kw_only=True):
    """A verdict with its effects, in the order they happen. `happened_at` is the corrected time of the scan."""

    verdict: Verdict
    happened_at: Instant
    effects: tuple[Effect, ...] = ()
