"""What a kiosk knows: its day list, its sign of life and the live part that answers it. See `schemas`."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct, field

from booking.visits.schemas import Direction, Instant, Names


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


class ListedGroup(Struct, frozen=True, kw_only=True):
    """An approved group visit. `name` is the organisation's, empty where no names are shown; `expected` was announced.

    `code_digest` is base64url of SHA-256 over `group:<kiosk_id>:<on>:<the code of the day>`.
    """

    id: UUID
    facility: str
    on: date
    code_digest: str
    name: str
    expected: int


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
    groups: tuple[ListedGroup, ...] = ()
    staff: SealedSheet | None = None


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


class GroupNow(Struct, frozen=True):
    """A group visit of today of which somebody came: how many were counted, and are inside."""

    id: UUID
    came: int
    inside: int


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
    groups: tuple[GroupNow, ...] = ()
