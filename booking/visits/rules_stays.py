"""One person's day told again from its scans: which stays it was made of. From values alone.

Needed when a scan arrives late, because another kiosk was without network: what was said at the doors stands, and
the stays between them are put together anew, in the order in which things happened.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

from booking.visits.rules_kinds import ClosedBy, EnteredBy


class Event(Struct, frozen=True, kw_only=True):
    """What one scan said: the person was let in somewhere, or left. `until`: when such a stay ends by itself."""

    at: datetime
    scan: UUID
    verdict: Literal["welcome", "goodbye", "refused", "ask"]
    code: str
    facility: UUID | None
    session: UUID | None
    minutes: int | None = None
    until: datetime | None = None
    is_repeat: bool = False
    order: int = 0
    entered_by: EnteredBy = EnteredBy.SCAN


class Stay(Struct, kw_only=True):
    """From coming in until going out. Not frozen: the next event ends it."""

    facility: UUID
    session: UUID | None
    entered_at: datetime
    entry_scan: UUID
    entered_by: EnteredBy = EnteredBy.SCAN
    until: datetime | None = None
    left_at: datetime | None = None
    closed_by: ClosedBy | None = None
    exit_scan: UUID | None = None


class Entered(Struct, kw_only=True):
    """A visit that staff entered because nobody scanned. Not frozen: a scan that comes late is noted on it."""

    id: UUID
    facility: UUID
    entered_at: datetime
    left_at: datetime | None
    closed_by: str | None
    entry_scan: UUID | None
    exit_scan: UUID | None

    def overlaps(self, stay: Stay) -> bool:
        """Whether both were going on at one moment."""
        return (stay.left_at is None or self.entered_at < stay.left_at) and (
            self.left_at is None or stay.entered_at < self.left_at
        )


def in_order(events: Iterable[Event]) -> list[Event]:
    """Events as they happened; of one moment, in the order of the kiosk's counter."""
    return sorted(events, key=lambda event: (event.at, event.order))


def stays_of(events: Iterable[Event], now: datetime) -> list[Stay]:
    """The stays that the events make; one that is still open at `now` after its closing ended then."""
    stays: list[Stay] = []
    for event in in_order(events):
        open_stay = _still_open(stays, event.at)
        if event.verdict == "goodbye" and open_stay is not None:
            _end(open_stay, event.at, ClosedBy.SCAN, event.scan)
        if event.verdict != "welcome" or event.facility is None:
            continue
        if open_stay is not None and _is_there(open_stay, event):
            continue
        if open_stay is not None:
            _end(open_stay, event.at, ClosedBy.MOVE, event.scan)
        stays.append(
            Stay(
                facility=event.facility,
                session=event.session,
                entered_at=event.at,
                entry_scan=event.scan,
                entered_by=event.entered_by,
                until=event.until,
            )
        )
    _still_open(stays, now)
    return stays


def _is_there(stay: Stay, event: Event) -> bool:
    return stay.facility == event.facility and event.session in (None, stay.session)


def _still_open(stays: list[Stay], at: datetime) -> Stay | None:
    """The stay going on at a moment; one whose closing has passed ends at it."""
    last = stays[-1] if stays else None
    if last is None or last.left_at is not None:
        return None
    if last.until is not None and at >= last.until:
        _end(last, last.until, ClosedBy.AUTO, None)
        return None
    return last


def _end(stay: Stay, at: datetime, how: ClosedBy, scan: UUID | None) -> None:
    stay.left_at = max(at, stay.entered_at)
    stay.closed_by = how
    stay.exit_scan = scan


def beside_entered(
    stays: Iterable[Stay], entered: Sequence[Entered], stored: Collection[UUID]
) -> tuple[list[Stay], list[Stay]]:
    """The stays that are visits of their own beside those that staff entered, and those for which no time is left.

    What staff said of a time stands. A stay at the same facility is the same visit: its scan is noted there, unless it
    is `stored` as a visit already. Elsewhere it has the time that is left; an exit that nobody has said is where it
    begins.
    """
    own: list[Stay] = []
    lost: list[Stay] = []
    for stay in stays:
        beside = [one for one in entered if one.overlaps(stay)]
        same = next((one for one in beside if one.facility == stay.facility), None)
        if same is not None and stay.entry_scan not in stored:
            same.entry_scan = same.entry_scan or stay.entry_scan
        elif all(_makes_way(one, stay) or _takes_the_rest(one, stay) for one in beside):
            own.append(stay)
        else:
            lost.append(stay)
    return own, lost


def _makes_way(one: Entered, stay: Stay) -> bool:
    """End what staff entered where somebody went on, if staff did not say when it ended."""
    if one.closed_by == ClosedBy.STAFF or one.facility == stay.facility or one.entered_at >= stay.entered_at:
        return False
    one.left_at, one.closed_by, one.exit_scan = stay.entered_at, ClosedBy.MOVE, stay.entry_scan
    return True


def _takes_the_rest(one: Entered, stay: Stay) -> bool:
    """Leave a stay the time before what staff entered, or else after it, if there is any."""
    if stay.entered_at < one.entered_at:
        _end(stay, one.entered_at, ClosedBy.MOVE, None)
        return True
    if one.left_at is not None and (stay.left_at is None or one.left_at < stay.left_at):
        stay.entered_at = one.left_at
        return True
    return False
