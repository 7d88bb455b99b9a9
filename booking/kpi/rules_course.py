"""How a year goes, from values alone: its running total, the pace that the target needs, and where it leads."""

from collections.abc import Collection, Mapping, Sequence
from itertools import accumulate

from booking.kpi.schemas import Projection
from booking.kpi.schemas_course import CoursePoint

Ahead = tuple[int | None, Projection | None, Mapping[str, int]]
"""What is to come: the target, the projection, and how many days are open in each month that remains."""


def running_totals(values: Sequence[int], now: int) -> list[int]:
    """The sum after each month so far; the last is the figure itself, whatever moved between two looks."""
    return [*list(accumulate(values))[:-1], now] if values else []


def leave_out_few(totals: Sequence[int], own: Sequence[int], few: int) -> list[int | None]:
    """The totals without those from which one to `few` - 1 users of others could be worked out.

    Whoever knows the `own` part knows what others added between two totals that are shown. The last is always shown.
    """
    others = [total - mine for total, mine in zip(totals, own, strict=True)]
    if not others:
        return []

    def is_few(from_: int, to: int) -> bool:
        return 0 < abs(to - from_) < few

    kept: list[int] = []
    for at, there in enumerate(others):
        if not is_few(others[kept[-1]] if kept else 0, there):
            kept.append(at)
    last = len(others) - 1
    kept = [at for at in kept if at != last]
    while kept and is_few(others[kept[-1]], others[last]):
        kept.pop()
    shown = {*kept, last}
    return [total if at in shown else None for at, total in enumerate(totals)]


def course_of(
    months: Sequence[str], totals: Sequence[int | None], now: int, ahead: Ahead, certified: Collection[str]
) -> list[CoursePoint]:
    """A point for each month of a year; `totals` end with the running month, or with the last of a year that is over.

    The pace and the projection are spread over the months by their open days.
    """
    target, projection, open_days = ahead
    left = sum(open_days.values())
    so_far, is_certified = 0, True
    points = []
    for at, month in enumerate(months):
        is_certified = is_certified and month in certified
        so_far += open_days.get(month, 0)
        part = so_far / left if left and at >= len(totals) - 1 else None
        points.append(
            CoursePoint(
                month=month,
                total=totals[at] if at < len(totals) else None,
                pace=_between(now, target, part) if target and target > now else None,
                ahead=_between(now, projection.value, part) if projection else None,
                low=_between(now, projection.low, part) if projection else None,
                high=_between(now, projection.high, part) if projection else None,
                is_certified=is_certified,
            )
        )
    return points


def _between(now: int, then: int, part: float | None) -> int | None:
    return None if part is None else round(now + (then - now) * part)
