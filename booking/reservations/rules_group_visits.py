"""Group visits from values alone: what can be asked, how a group is split over rooms, who may do what when.

asked ──approve──▶ approved ──withdraw──▶ withdrawn      asked, countered, approved ──decline──▶ declined
  │ ▲                  ▲
  │ └─refuse, lapse─┐  │ accept       a proposal keeps its rooms until it is answered, or lapses
  └──counter──▶ countered ──withdraw──▶ withdrawn
approved, countered ──displace──▶ displaced (its day was closed): as asked; restore ──▶ approved
asked, displaced ──expire──▶ expired (all days wished for are over)
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import combinations
from uuid import UUID

from msgspec.structs import replace

from booking.access.errors import WrongAddress
from booking.access.rules import fold_address
from booking.facilities.errors import UnknownSpace
from booking.kit.errors import Refusal
from booking.kit.fields import Fields
from booking.kit.i18n import LANGUAGES
from booking.people.errors import PhoneUnreadable
from booking.people.rules_text import check_phone
from booking.reservations.errors_group_visits import (
    GroupDecisionRefused,
    GroupRequestRefused,
    GroupRequestSettled,
    GroupTooLarge,
    MoreWheelchairsThanPeople,
    PupilsMissing,
    RoomsDoNotAddUp,
    RoomTooSmall,
    WheelchairsDoNotFit,
    WishMissing,
    WishTooFar,
    WishTwice,
)
from booking.reservations.rules_kinds import RequestState
from booking.reservations.schemas_group_visits import (
    AnswerForm,
    AnswerValues,
    FreeRoom,
    GroupRequestForm,
    GroupRequestValues,
    VisitTime,
)

WISHES = 3
YEARS = 12
MOST_HEADS = 500
MOST_BUSES = 20
FURTHEST = timedelta(days=366)
LONGEST_NAME, LONGEST_NOTE = 80, 1_000
STANDS_FOR = timedelta(days=14)
"""How long a proposal keeps its rooms without an answer, and never past its day."""
KEPT_FOR = timedelta(days=365)
"""How long the contact of a visit stays after its day; of a request that came to nothing, `KEPT_SETTLED`."""
KEPT_SETTLED = timedelta(days=30)
UNANSWERED_FOR = timedelta(days=3)
"""From when on a request that waits for an answer of ours is called overdue."""
CODE_DIGITS = 4
LETTER_MARK = "G1"
"""What the QR code of a letter begins with; the day as eight digits and the code of the day follow."""
MOST_ROOMS = 12
"""How many rooms a split is looked for among, the largest: every choice of them is tried."""

_ASKED, _COUNTERED, _APPROVED = RequestState.ASKED, RequestState.COUNTERED, RequestState.APPROVED
_DISPLACED = RequestState.DISPLACED
_LIVE = (_ASKED, _COUNTERED, _APPROVED, _DISPLACED)
NEXT: Mapping[str, Mapping[str, RequestState]] = {
    "approve": {_ASKED: _APPROVED, _COUNTERED: _APPROVED, _DISPLACED: _APPROVED},
    "counter": dict.fromkeys(_LIVE, _COUNTERED),
    "decline": dict.fromkeys(_LIVE, RequestState.DECLINED),
    "withdraw": dict.fromkeys(_LIVE, RequestState.WITHDRAWN),
    "accept": {_COUNTERED: _APPROVED},
    "refuse": {_COUNTERED: _ASKED},
    "lapse": {_COUNTERED: _ASKED},
    "displace": {_APPROVED: _DISPLACED, _COUNTERED: _DISPLACED},
    "restore": {_DISPLACED: _APPROVED},
    "expire": {_ASKED: RequestState.EXPIRED, _DISPLACED: RequestState.EXPIRED},
}
"""What each act makes of a request, by the state it finds."""


def next_state(state: str, act: str) -> RequestState:
    """The state after an act. Raises: GroupRequestSettled."""
    after = NEXT[act].get(state)
    if after is None:
        raise GroupRequestSettled
    return after


def may(state: str, act: str) -> bool:
    """Whether an act fits a state."""
    return state in NEXT[act]


def standing_of(state: str, decided_at: datetime | None, answered_at: datetime | None) -> str:
    """The state, and for a request that is open again after a proposal, why: `refused` or `lapsed`."""
    if state != RequestState.ASKED or decided_at is None:
        return state
    return "refused" if answered_at is not None and answered_at >= decided_at else "lapsed"


def is_overdue(state: str, waits_since: datetime, now: datetime) -> bool:
    """Whether a group has waited too long for an answer of ours."""
    return state in (_ASKED, _DISPLACED) and now - waits_since > UNANSWERED_FOR


# ---- what is asked ------------------------------------------------------------------------------------------------


def check_request(form: GroupRequestForm, today: date, places: Collection[str]) -> GroupRequestValues:
    """What a group asks for at one of these places, read and checked.

    Raises: GroupRequestRefused with every field's refusal.
    """
    read = Fields()
    read.choice("facility", form.facility, places)
    dates = _wishes(read, form, today)
    pupils = _pupils(read, form.pupils)
    adults = read.number("adults", form.adults or "0", low=0, high=MOST_HEADS)
    wheelchairs = read.number("wheelchairs", form.wheelchairs or "0", low=0, high=MOST_HEADS)
    buses = read.number("bus_count", form.bus_count or "0", low=0, high=MOST_BUSES)
    heads = sum(pupils.values()) + (adults or 0)
    if not heads:
        read.refuse("pupils", PupilsMissing())
    elif heads > MOST_HEADS:
        read.refuse("pupils", GroupTooLarge(most=MOST_HEADS))
    elif (wheelchairs or 0) > heads:
        read.refuse("wheelchairs", MoreWheelchairsThanPeople())
    values = GroupRequestValues(
        organisation=read.words("organisation", form.organisation, longest=LONGEST_NAME),
        contact_name=read.words("contact_name", form.contact_name, longest=LONGEST_NAME),
        phone=_read(read, "phone", check_phone, form.phone, PhoneUnreadable) or "",
        email=_read(read, "email", fold_address, form.email, WrongAddress) if form.email.strip() else None,
        dates=dates,
        pupils=pupils,
        adults=adults or 0,
        wheelchairs=wheelchairs or 0,
        bus_count=buses or 0,
        assistance=read.words("assistance", form.assistance, longest=LONGEST_NOTE, is_needed=False),
        language=form.language if form.language in LANGUAGES else "ja",
        note=read.words("note", form.note, longest=LONGEST_NOTE, is_needed=False),
    )
    read.refuse_if_any(GroupRequestRefused)
    return values


def padded(form: GroupRequestForm) -> GroupRequestForm:
    """The form as it is shown again: as many fields of each kind as the page has."""
    wishes = {name: [*getattr(form, name), *[""] * WISHES][:WISHES] for name in ("day", "starts", "ends")}
    return replace(form, pupils=[*form.pupils, *[""] * YEARS][:YEARS], **wishes)


def _read(read: Fields, name: str, check: Callable[[str], str], text: str, kind: type[Refusal]) -> str | None:
    try:
        return check(text)
    except kind as refusal:
        read.refuse(name, refusal)
        return None


def _wishes(read: Fields, form: GroupRequestForm, today: date) -> tuple[VisitTime, ...]:
    found: list[VisitTime] = []
    shown = padded(form)
    for number in range(WISHES):
        texts = [each[number].strip() for each in (shown.day, shown.starts, shown.ends)]
        if not any(texts):
            if number == 0:
                read.refuse("day-1", WishMissing())
            continue
        wish = read_time(read, (texts[0], texts[1], texts[2]), today, number + 1)
        if wish in found:
            read.refuse(f"day-{number + 1}", WishTwice())
        elif wish is not None:
            found.append(wish)
    return tuple(found)


def read_time(read: Fields, texts: tuple[str, str, str], today: date, number: int = 0) -> VisitTime | None:
    """A day after today within a year and two times in order; refusals stand at `day`, `starts`, `ends`, numbered."""
    names = [f"{name}-{number}" if number else name for name in ("day", "starts", "ends")]
    day = read.day(names[0], texts[0], first=today + timedelta(days=1))
    span = read.span((names[1], names[2]), (texts[1], texts[2]))
    if day is not None and day > today + FURTHEST:
        read.refuse(names[0], WishTooFar(last=today + FURTHEST))
        return None
    return None if day is None or span is None else VisitTime(day, *span)


def _pupils(read: Fields, texts: Sequence[str]) -> dict[int, int]:
    found = {}
    for year, text in enumerate(texts[:YEARS], 1):
        number = read.number(f"pupils-{year}", text or "0", low=0, high=MOST_HEADS)
        if number:
            found[year] = number
    return found


# ---- rooms --------------------------------------------------------------------------------------------------------


def split(heads: int, rooms: Sequence[FreeRoom], wheelchairs: int = 0) -> dict[UUID, int]:
    """A proposal of how many go into which free room: as few rooms as hold all, of those the least spacious.

    Rooms without places for the wheelchairs are taken only together with others that have them. The shares are as
    even as the rooms allow. Where all rooms together are too small every room is filled, and the rest find none.
    """
    known = sorted(rooms, key=lambda room: (-room.capacity, room.name, room.id))[:MOST_ROOMS]
    for count in range(1, len(known) + 1):
        fitting = [chosen for chosen in combinations(known, count) if _hold(chosen, heads, wheelchairs)]
        if fitting:
            return _even(heads, min(fitting, key=lambda chosen: sum(room.capacity for room in chosen)))
    return {room.id: room.capacity for room in known} if sum(room.capacity for room in known) < heads else {}


def _hold(rooms: Sequence[FreeRoom], heads: int, wheelchairs: int) -> bool:
    places = wheelchair_places(rooms)
    return (
        sum(room.capacity for room in rooms) >= heads
        and len(rooms) <= heads
        and (places is None or places >= wheelchairs)
    )


def wheelchair_places(rooms: Collection[FreeRoom]) -> int | None:
    """How many wheelchairs these rooms take; None: no limit."""
    places = [room.wheelchair_places for room in rooms]
    return None if None in places else sum(each for each in places if each is not None)


def _even(heads: int, rooms: Sequence[FreeRoom]) -> dict[UUID, int]:
    """Shares as even as capacities allow: the smallest room first takes its part of what is left."""
    shares, left = {}, heads
    by_size = sorted(rooms, key=lambda room: (room.capacity, room.name, room.id))
    for position, room in enumerate(by_size):
        shares[room.id] = min(room.capacity, left // (len(by_size) - position))
        left -= shares[room.id]
    return shares


def check_rooms(
    heads: int, wheelchairs: int, chosen: Sequence[tuple[UUID, int]], rooms: Mapping[UUID, FreeRoom]
) -> None:
    """What staff decided about rooms fits: everybody has one and nobody too many. A facility without rooms needs none.

    `rooms`: all rooms of the facility, whatever uses them. Raises: GroupDecisionRefused.
    """
    if not rooms:
        return
    read = Fields()
    for space_id, number in chosen:
        room = rooms.get(space_id)
        if room is None:
            read.refuse("room", UnknownSpace())
        elif number > room.capacity:
            read.refuse("room", RoomTooSmall(space=room.name, capacity=room.capacity))
    total = sum(number for _, number in chosen)
    if total != heads:
        read.refuse("room", RoomsDoNotAddUp(sum=total, n=heads))
    places = wheelchair_places([rooms[space_id] for space_id, _ in chosen if space_id in rooms])
    if places is not None and places < wheelchairs:
        read.refuse("room", WheelchairsDoNotFit(places=places, n=wheelchairs))
    read.refuse_if_any(GroupDecisionRefused)


# ---- what staff answer --------------------------------------------------------------------------------------------


def check_answer(form: AnswerForm, today: date) -> AnswerValues:
    """A time, numbers by room, a note. Raises: GroupDecisionRefused."""
    read = Fields()
    time = read_time(read, (form.day, form.starts, form.ends), today)
    rooms = []
    for space, text in zip(form.room, form.heads, strict=False):
        number = read.number("room", text or "0", low=0, high=MOST_HEADS)
        try:
            chosen = UUID(space)
        except ValueError:
            read.refuse("room", UnknownSpace())
            continue
        if number:
            rooms.append((chosen, number))
    note = read.words("note", form.note, longest=LONGEST_NOTE, is_needed=False)
    read.refuse_if_any(GroupDecisionRefused)
    assert time is not None
    return AnswerValues(time=time, rooms=tuple(rooms) if form.room else None, may_be_outside=form.outside, note=note)


def check_reason(text: str) -> str:
    """Why a request is declined, as the group reads it. Raises: GroupDecisionRefused."""
    read = Fields()
    reason = read.words("note", text, longest=LONGEST_NOTE)
    read.refuse_if_any(GroupDecisionRefused)
    return reason


def check_called(text: str) -> str:
    """Who telephoned, and what was said. Raises: GroupRequestRefused."""
    read = Fields()
    called = read.words("called", text, longest=LONGEST_NOTE)
    read.refuse_if_any(GroupRequestRefused)
    return called


def pick_code(drawn: int, taken: Collection[str]) -> str:
    """A code of the day from a number drawn: four digits that no other group has there that day."""
    most = 10**CODE_DIGITS - 10 ** (CODE_DIGITS - 1)
    codes = (f"{10 ** (CODE_DIGITS - 1) + (drawn + step) % most}" for step in range(most))
    return next(code for code in codes if code not in taken)


def letter_code(day: date, code: str) -> str:
    """What the QR code of a letter says at a kiosk: the day and the code of the day, nothing about anybody."""
    return f"{LETTER_MARK}{day:%Y%m%d}{code}"


def check_decision(text: str) -> str:
    """One of approve, counter and decline. Raises: GroupDecisionRefused."""
    read = Fields()
    chosen = read.choice("decision", text, ("approve", "counter", "decline"))
    read.refuse_if_any(GroupDecisionRefused)
    return chosen
