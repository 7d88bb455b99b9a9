"""People counted by head: groups, people without a card, guardians, visitors. From values alone."""

from collections.abc import Sequence

from msgspec.structs import replace

from booking.visits.rules_answers import Case, answer, is_closed_at, refuse
from booking.visits.rules_entering import admit
from booking.visits.rules_refusing import closing_now
from booking.visits.rules_targets import Target
from booking.visits.schemas import GroupCount
from booking.visits.schemas_state import Effect, FacilityState, GroupState, HeadsInside, Outcome


def count_heads(case: Case) -> Outcome:
    """Let a number of people in, or out again."""
    scan = case.reading.scan
    if scan.door_code is not None:
        return _answer_group(case)
    if scan.facility not in case.doors or scan.heads is None:
        return refuse(case, "see-desk")
    if scan.direction == "out":
        return _leave_by_heads(case, scan.facility, scan.heads)
    return admit(case, Target(scan.facility), "welcome-heads", "heads")


def _answer_group(case: Case) -> Outcome:
    """A group with its code of the day: how many came, in with them, or out with all of them."""
    scan, group = case.reading.scan, case.group
    if case.reading.problem is not None or group is None:
        return refuse(case, case.reading.problem or "group-unknown")
    if scan.direction == "out":
        return _leave_as_group(case, group)
    if scan.heads is not None:
        outcome = admit(case, Target(group.facility), "welcome-heads", "heads")
        counted = group if outcome.verdict.verdict == "refused" else count_group(outcome.effects[-1], group)
        return _of_group(case, outcome, counted)
    place = case.state.facilities[group.facility]
    if is_closed_at(place, case.at) and not group.inside:
        return closing_now(case, group.facility)
    asked = answer(case, "ask", "ask-heads", label=place.name, facility=group.facility, inside=place.inside)
    return _of_group(case, asked, group)


def _leave_as_group(case: Case, group: GroupState) -> Outcome:
    """All of a group leave, each visit of it whole."""
    place, key = case.state.facilities[group.facility], case.reading.group
    inside = place.heads_inside
    if inside is None:
        going = [HeadsInside(id="", of="group", heads=group.inside, entered_at=case.at)] if group.inside else []
    else:
        going = [one for one in inside if one.group == key and one.entered_at <= case.at]
    if not going:
        return refuse(case, "heads-unknown", label=place.name, facility=group.facility, inside=place.inside)
    left = replace(group, inside=max(group.inside - sum(one.heads for one in going), 0))
    return _of_group(case, _goodbye(case, place, group.facility, going), left)


def _of_group(case: Case, outcome: Outcome, group: GroupState) -> Outcome:
    """An answer with the numbers of its group; a refusal carries no name."""
    said = outcome.verdict
    name = group.name if case.shows_names and said.verdict != "refused" else ""
    numbers = GroupCount(expected=group.expected, came=group.came, inside=group.inside)
    return replace(outcome, verdict=replace(said, name=name, group=numbers))


def count_group(effect: Effect, group: GroupState) -> GroupState:
    """A group visit after some of it came or all of it went."""
    if effect.do == "leave":
        return replace(group, inside=max(group.inside - effect.heads, 0))
    return replace(group, came=group.came + effect.heads, inside=group.inside + effect.heads)


def count(effect: Effect, place: FacilityState) -> FacilityState:
    """A facility after heads came or went."""
    inside = place.heads_inside
    if inside is None:
        return place
    if effect.do == "leave":
        return replace(place, heads_inside=tuple(one for one in inside if one.id != effect.visit))
    came = HeadsInside(
        id=effect.visit or "", of=effect.of or "walk-in", heads=effect.heads, entered_at=effect.at, group=effect.group
    )
    return replace(place, heads_inside=(came, *inside))


def _leave_by_heads(case: Case, facility: str, heads: int) -> Outcome:
    """Visits counted by head end whole; never more go out than came in."""
    place = case.state.facilities[facility]
    going = _going(case, place, heads)
    if going is None:
        return refuse(case, "heads-unknown", label=place.name, facility=facility, inside=place.inside)
    return _goodbye(case, place, facility, going)


def _goodbye(case: Case, place: FacilityState, facility: str, going: Sequence[HeadsInside]) -> Outcome:
    """Visits counted by head end."""
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
            group=case.reading.group or one.group,
        )
        for one in going
    )
    outcome = answer(
        case,
        "goodbye",
        "goodbye-heads",
        label=place.name,
        facility=facility,
        inside=max(place.inside - sum(one.heads for one in going), 0),
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
