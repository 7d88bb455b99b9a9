"""Which lines of the desk's lists are asked for: of a roster, of unused seats, of draws. From values alone."""

from datetime import date, datetime
from enum import StrEnum

from booking.reservations.rules import ReservationState
from booking.reservations.rules_kinds import PointReason
from booking.reservations.schemas import RosterEntry
from booking.reservations.schemas_draws import Drawn
from booking.reservations.schemas_points import Unused


class RosterPart(StrEnum):
    """What the desk may look at by itself."""

    MISSING = "missing"
    HERE = "here"
    WAITING = "waiting"
    HELP = "help"


def is_in(entry: RosterEntry, part: str) -> bool:
    """Whether a line belongs to a part; an unknown part holds everybody."""
    is_here, is_waiting = entry.state == ReservationState.ARRIVED, entry.state == ReservationState.WAITING
    held = {
        RosterPart.MISSING: not is_here and not is_waiting,
        RosterPart.HERE: is_here,
        RosterPart.WAITING: is_waiting,
        RosterPart.HELP: bool(entry.needs or entry.uses_wheelchair or entry.helpers or entry.options),
    }
    return held.get(RosterPart(part), True) if part in set(RosterPart) else True


class UnusedKind(StrEnum):
    """How a seat came to be unused."""

    ABSENT = "absent"
    LATER = "later"
    LATE_CANCEL = "late-cancel"


def kind_of(unused: Unused) -> UnusedKind:
    """Given back late, never come, or come after the seat was given on."""
    if unused.reason == PointReason.LATE_CANCEL:
        return UnusedKind.LATE_CANCEL
    return UnusedKind.ABSENT if unused.state == ReservationState.RELEASED else UnusedKind.LATER


class DrawStage(StrEnum):
    """How far a draw is."""

    SOON = "soon"
    OPEN = "open"
    NUMBER = "number"
    READY = "ready"
    DRAWN = "drawn"


def stage_of(row: Drawn, now: datetime, today: date) -> DrawStage:
    """Not open yet, open for entries, waiting for its number, ready to be run, or run."""
    draw = row.draw
    if draw is None or draw.closed_at is None:
        return DrawStage.OPEN if now >= row.session.booking_opens_at else DrawStage.SOON
    if draw.drawn_at is not None:
        return DrawStage.DRAWN
    return DrawStage.READY if today >= draw.public_on else DrawStage.NUMBER
