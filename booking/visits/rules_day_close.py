"""When a day may be signed, what its head counts say, and what differs from what was signed. From values alone."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec.structs import asdict

from booking.visits.schemas_day_close import CountView, DayFigures, Difference

MOST_HEADS = 5_000
PASSING = frozenset({"still_inside", "auto_exits", "flags_open", "flags_settled", "refused_codes"})
"""Figures that go on changing by themselves after a day is signed; none of them is a difference."""


def coverage_of(counts: Iterable[CountView]) -> int | None:
    """What the service knew of every thousand heads counted that day; None when nobody was counted."""
    all_counts = list(counts)
    heads = sum(one.heads for one in all_counts)
    return sum(one.known for one in all_counts) * 1000 // heads if heads else None


def needs_reason(counts: Iterable[CountView]) -> bool:
    """Whether a count, or all of the day together, is off by more than a tenth either way."""
    all_counts = list(counts)
    heads, known = sum(one.heads for one in all_counts), sum(one.known for one in all_counts)
    return any(one.is_beyond for one in all_counts) or abs(known - heads) * 10 > heads


def may_sign_from(ends: Iterable[datetime], day_start: datetime, closed_now_at: datetime | None) -> datetime:
    """From when a day may be signed: its last session and its opening hours are over, or the place was closed at once.

    `ends`: of the sessions and opening hours of the day; a day without any may be signed at once.
    """
    return closed_now_at or max([day_start, *ends])


def differences_of(
    signed: DayFigures, present: DayFigures, signed_counts: Sequence[CountView], counts: Sequence[CountView]
) -> tuple[Difference, ...]:
    """Every figure that is no longer what was signed, the coverage last."""
    before, now = asdict(signed), asdict(present)
    found = [Difference(name, before[name], now[name]) for name in now if name not in PASSING]
    found.append(Difference("coverage", coverage_of(signed_counts), coverage_of(counts)))
    return tuple(one for one in found if one.signed != one.present)
