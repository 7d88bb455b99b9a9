"""One person's day told again from its scans: which stays it was made of. From values alone.

Needed when a scan arrives late, because another kiosk was without network: what was said at the doors stands, and
the stays between them are put together anew, in the order in which things happened.
"""

from collections.abc import Iterable
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
