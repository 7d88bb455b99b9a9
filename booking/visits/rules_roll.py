"""How a roll call stands, from values alone."""

from collections.abc import Iterable

from booking.visits.rules_kinds import ClosedBy, RollMark, VisitKind
from booking.visits.schemas_roll import RollRow, RollSums

FOUND = (RollMark.SAFE, RollMark.HANDED_OVER)


def state_of(row: RollRow) -> str:
    """What is known of somebody: ticked, left by the door, or still to be found.

    Whoever was only taken out of the books at closing time has not been seen leaving.
    """
    if row.how in FOUND:
        return str(row.how)
    if row.left_at is not None and row.closed_by != ClosedBy.AUTO:
        return "left"
    return "open"


def sums_of(rows: Iterable[RollRow]) -> RollSums:
    """Heads by what is known of them, and by whom they are."""
    by_state = dict.fromkeys(("open", str(RollMark.SAFE), str(RollMark.HANDED_OVER), "left"), 0)
    by_kind = dict.fromkeys((str(kind) for kind in VisitKind), 0)
    for row in rows:
        state = state_of(row)
        by_state[state] += row.heads
        if state != "left":
            by_kind[row.kind] += row.heads
    return RollSums(
        inside=sum(by_kind.values()),
        open=by_state["open"],
        safe=by_state[RollMark.SAFE],
        handed_over=by_state[RollMark.HANDED_OVER],
        left=by_state["left"],
        by_kind={kind: heads for kind, heads in by_kind.items() if heads},
    )
