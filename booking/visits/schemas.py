"""What crosses the door between a kiosk and the service: scans and verdicts.

The day list and the heartbeat are in `schemas_day_list`, what the pure rules work on in `schemas_state`. The same
shapes are declared in `kiosk/src/protocol.ts`; `docs/kiosk-protocol.md` explains them, and `tests/vectors/` holds both
sides to them.
"""

from datetime import datetime
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


class Told(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What the kiosk showed by its own decision, before or without an answer of the service."""

    verdict: Answer
    code: Code


class Scan(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One thing shown to one kiosk. `seq` is the kiosk's own counter and gives the order.

    Units: `clock_offset_ms` is service time minus kiosk time, in milliseconds, as last measured.
    `door_code`: the code of the day of a group visit; `members` of the group showed passes and are not in `heads`.
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
    door_code: Annotated[str, Meta(max_length=40)] | None = None
    members: Annotated[int, Meta(ge=0, le=500)] | None = None
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


class GroupCount(Struct, frozen=True, kw_only=True):
    """A group visit in numbers: announced, counted today, inside now."""

    expected: int
    came: int
    inside: int


class Verdict(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The answer to one scan. `code` is stable and the kiosk renders its sentence from it.

    `label` names the session, or else the facility; `minutes` and `at` are what the sentence may name (how long until
    the door opens, how long the stay was; the moment of opening or of the next session). `name` is the name the member
    chose to be shown, and is empty with every refusal and for a protected member. `inside` counts everybody inside
    `facility` after this scan. `turn` is a numbered turn at a full door, `ahead` how many are called before it.
    With the code of a group visit, `group` is its numbers and `name` the organisation's.
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
    group: GroupCount | None = None
    flags: tuple[str, ...] = ()


class VerdictBatch(Struct, frozen=True):
    """One verdict per scan of the batch, in the order asked."""

    verdicts: list[Verdict]
