"""What the finder and a session's page are asked and show."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

import msgspec

from booking.facilities.schemas import FacilityView, Hours
from booking.kit.errors import Refusal
from booking.people.schemas import MemberView
from booking.programs.schemas import EligibilityView, ProgramView, SessionView
from booking.reservations.schemas_draws import DrawView
from booking.reservations.schemas_facts import OptionPool


class ListedSession(msgspec.Struct, frozen=True, kw_only=True):
    """A session in a list: seats taken, who waits, for whom it is, and which of the reader's members hold a seat.

    `mine_waiting`: those of them who wait for one or have applied for one.
    """

    session: SessionView
    taken: int
    waiting: int
    eligibility: tuple[EligibilityView, ...] = ()
    mine: tuple[UUID, ...] = ()
    mine_waiting: tuple[UUID, ...] = ()


class DayCount(msgspec.Struct, frozen=True, kw_only=True):
    """How many sessions of a program there are on a day at a facility."""

    day: date
    program: str
    names: dict[str, str]
    n: int


class PlaceListed(msgspec.Struct, frozen=True, kw_only=True):
    """A facility of the finder, with how many sessions of each program each day of the week shown has."""

    id: UUID
    code: str
    name: str
    names: dict[str, str]
    place_names: dict[str, str]
    counts: tuple[DayCount, ...]


class Search(msgspec.Struct, frozen=True, kw_only=True):
    """What the finder is asked for. `who`: a school year (`1` to `12`), `adult`, or a member of the family by id."""

    first: date | None = None
    day: date | None = None
    is_week: bool = False
    facility: str = ""
    program: str = ""
    who: str = ""
    only_free: bool = False


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What the finder shows: sessions that fit, the week's counts, the places, the programs, the reader's family.

    `asked` holds what there is of what was asked for. Where nothing fits, `next_day` is the next day with a seat, and
    `closed` the day asked for, when the one place asked for is closed then.
    """

    asked: Search
    day: date
    counts: Mapping[date, int]
    places: list[PlaceListed]
    programs: Mapping[str, dict[str, str]]
    sessions: list[ListedSession]
    members: list[MemberView]
    next_day: date | None = None
    closed: Hours | None = None


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """One session opened: `refusal` when nobody can book it now, `choices` with each member's own refusal.

    `waits`: the same for its waiting list, when every seat is taken, with what stands in the way of a seat for now.
    `applies`: the same for its `draw`, where seats are drawn.
    """

    listed: ListedSession
    program: ProgramView
    facility: FacilityView
    others: list[ListedSession]
    refusal: Refusal | None
    choices: list[tuple[MemberView, Refusal | None]]
    pools: tuple[OptionPool, ...] = ()
    wheelchairs: int = 0
    days: tuple[ListedSession, ...] = ()
    is_whole: bool = False
    waits: list[tuple[MemberView, Refusal | None, Refusal | None]] = []
    applies: list[tuple[MemberView, Refusal | None]] = []
    draw: DrawView | None = None
