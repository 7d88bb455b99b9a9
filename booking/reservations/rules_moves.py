"""Moves of a weekly group from values alone: who could come along, and which merges open most groups."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, product
from uuid import UUID

import msgspec

from booking.programs.rules_groups import ALIVE
from booking.programs.schemas_groups import GroupView
from booking.reservations.errors_enrolments import GroupFull
from booking.reservations.rules_enrolments import decide_enrolling
from booking.reservations.rules_kinds import EnrolmentState
from booking.reservations.schemas_enrolments import EnrolFacts, EnrolmentView
from booking.reservations.schemas_moves import Candidate, Comer, Suggestion

MOST_GATHERING, MOST_OPEN = 6, 3
"""How many groups a suggestion weighs: every way to merge them is tried."""
Merges = tuple[tuple[UUID, UUID], ...]


def fits(group: GroupView, other: GroupView) -> bool:
    """Whether people of a group may be moved to another: a different one of the same program that is not over."""
    return other.id != group.id and other.program_id == group.program_id and other.state in ALIVE


def decide_moving(facts: EnrolFacts, source_id: UUID, people: Sequence[EnrolmentView]) -> list[Comer]:
    """What becomes of these people in another group, whose facts these are, when they leave the first.

    Those who are enrolled come first, then those who wait; what one takes, the next no longer finds.
    """
    kept = tuple(each for each in facts.enrolments if each.group_id != source_id)
    now, found = msgspec.structs.replace(facts, enrolments=kept), []
    for each in sorted(people, key=lambda one: (one.state != EnrolmentState.ENROLLED, one.enrolled_at)):
        if each.member_id in facts.live:
            found.append(Comer(enrolment=each, is_there=True))
            continue
        is_waiting = each.state == EnrolmentState.WAITING
        own = msgspec.structs.replace(now, may_wait=is_waiting, overridden=frozenset(each.overridden))
        (decision,) = decide_enrolling(own, [each.member_id])
        refusal = decision.refusals[0] if decision.refusals else None
        now = msgspec.structs.replace(now, enrolled=now.enrolled + (decision.state == EnrolmentState.ENROLLED))
        found.append(Comer(enrolment=each, state=decision.state, refusal=refusal))
    return found


def too_full(comers: Sequence[Comer]) -> int:
    """How many would find no seat."""
    return sum(isinstance(each.refusal, GroupFull) for each in comers)


def suggest(candidates: Sequence[Candidate], could_come: Mapping[tuple[UUID, UUID], int]) -> Suggestion:
    """The merges after which most groups meet; of equal ones those by which most people meet, then those whose people
    said most often that they could come, then the fewest merges.

    `could_come`: of the first group, how many could come at the times of the second.
    """
    gathering = sorted((each for each in candidates if not each.is_open and each.enrolled), key=_largest)
    targets = sorted((each for each in candidates if each.is_open and each.enrolled < each.seats), key=_most_left)
    best, chosen = (0, 0, 0, 0), Suggestion()
    for merges in _ways(gathering[:MOST_GATHERING], targets[:MOST_OPEN]):
        weighed = _weigh(gathering[:MOST_GATHERING], targets[:MOST_OPEN], merges)
        if weighed is None:
            continue
        opened, people = weighed
        fit = sum(could_come.get(pair, 0) for pair in merges)
        if merges and (people > 0) and (opened, people, fit, -len(merges)) > best:
            best = (opened, people, fit, -len(merges))
            chosen = Suggestion(merges=merges, opened=opened, people=people)
    return chosen


def _largest(each: Candidate) -> tuple[int, str]:
    return (-each.enrolled, str(each.id))


def _most_left(each: Candidate) -> tuple[int, str]:
    return (each.enrolled - each.seats, str(each.id))


def _ways(gathering: Sequence[Candidate], targets: Sequence[Candidate]) -> Iterator[Merges]:
    """Every way in which some of the gathering groups go into others that stay, or into open ones."""
    for size in range(1, len(gathering) + 1):
        for going in combinations(gathering, size):
            staying = [each for each in gathering if each not in going]
            for into in product([*staying, *targets], repeat=size):
                yield tuple((one.id, other.id) for one, other in zip(going, into, strict=True))


def _weigh(gathering: Sequence[Candidate], targets: Sequence[Candidate], merges: Merges) -> tuple[int, int] | None:
    """How many more groups and people meet after these merges; None when seats do not suffice."""
    total = {each.id: each.enrolled for each in [*gathering, *targets]}
    gone = dict(merges)
    for one, other in merges:
        total[other] += total[one]
    opened = people = 0
    for each in [*gathering, *targets]:
        if each.id in gone:
            continue
        if total[each.id] > each.seats:
            return None
        if each.is_open:
            people += total[each.id] - each.enrolled
        elif total[each.id] >= each.needed:
            opened += 1
            people += total[each.id]
    return opened, people
