"""People counted by head: groups, people without a card, guardians, visitors. From values alone."""

from collections.abc import Sequence

from msgspec.structs import replace

from booking.visits.rules_answers import Case, answer, refuse
from booking.visits.rules_entering import admit
from booking.visits.rules_targets import Target
from booking.visits.schemas_state import Effect, FacilityState, HeadsInside, Outcome


def count_heads(case: Case) -> Outcome:
    """Let a number of people in, or out again."""
    scan = case.reading.scan
    if scan.facility not in case.doors or scan.heads is None:
        return refuse(case, "see-desk")
    if scan.direction == "out":
        return _leave_by_heads(case, scan.facility, scan.heads)
    return admit(case, Target(scan.facility), "welcome-heads", "heads")


def count(effect: Effect, place: FacilityState) -> FacilityState:
    """A facility after heads came or went."""
    inside = place.heads_inside
    if inside is None:
        return place
    if effect.do == "leave":
        return replace(place, heads_inside=tuple(one for one in inside if one.id != effect.visit))
    came = HeadsInside(id=effect.visit or "", of=effect.of or "walk-in", heads=effect.heads, entered_at=effect.at)
    return replace(place, heads_inside=(came, *inside))


def _leave_by_heads(case: Case, facility: str, heads: int) -> Outcome:
    """Visits counted by head end whole; never more go out than came in."""
    place = case.state.facilities[facility]
    going = _going(case, place, heads)
    if going is None:
        return refuse(case, "heads-unknown", label=place.name, facility=facility, inside=place.inside)
    effects = tuple(
        Effect(
            do="leave",
            person=None,
            facility=facility,
            at=case.at,
            how="scan",
            heads=one.heads,
            of=one.of,
            visit=one.id or None,
        )
        for one in going
    )
    outcome = answer(
        case,
        "goodbye",
        "goodbye-heads",
        label=place.name,
        facility=facility,
        inside=max(place.inside - heads, 0),
    )
    return replace(outcome, effects=effects)


def _going(case: Case, place: FacilityState, heads: int) -> list[HeadsInside] | None:
    """Which visits end. Where those inside cannot be known, as many as are inside may go."""
    of = case.heads_of or "walk-in"
    if place.heads_inside is None:
        return [HeadsInside(id="", of=of, heads=heads, entered_at=case.at)] if heads <= place.inside else None
    return _adding_up([one for one in place.heads_inside if one.of == of and one.entered_at <= case.at], heads)


def _adding_up(visits: Sequence[HeadsInside], heads: int) -> list[HeadsInside] | None:
    """The newest visits that are this many heads together, each whole; None when no visits are."""
    reachable = [{0}]
    for visit in reversed(visits):
        reachable.append(reachable[-1] | {total + visit.heads for total in reachable[-1] if total < heads})
    if heads not in reachable.pop():
        return None
    going, left = [], heads
    for visit in visits:
        if left - visit.heads in reachable.pop():
            going.append(visit)
            left -= visit.heads
    return going
