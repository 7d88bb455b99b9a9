"""A scan whose answer the person already got: the visit follows what was told. From values alone."""

from msgspec.structs import replace

from booking.visits.rules_answers import Case, leaving
from booking.visits.rules_targets import Target, booked_now, chosen_at
from booking.visits.schemas import Told, Verdict
from booking.visits.schemas_state import Effect, OpenVisit, Outcome

FIRST_TIME = ("welcome", "welcome-late", "welcome-walk-in")


def as_told(case: Case, told: Told, outcome: Outcome) -> Outcome:
    """What becomes of a scan that the service would answer with `outcome`; a difference is a flag for staff."""
    flags = ("unlisted",) if told.code == "welcome-unlisted" else ()
    if told.verdict == outcome.verdict.verdict:
        both = tuple(dict.fromkeys((*outcome.verdict.flags, *flags)))
        return replace(outcome, verdict=replace(outcome.verdict, code=_as_heard(told, outcome), flags=both))
    if told.verdict != "ask":
        flags = (*flags, "staff-override" if case.reading.is_by_staff else "disagreement")
    said = Verdict(nonce=case.reading.scan.nonce, verdict=told.verdict, code=told.code, flags=flags)
    closing = tuple(effect for effect in outcome.effects if effect.how == "closing")
    visit = None if closing else case.visit
    effects: tuple[Effect, ...] = ()
    if told.verdict == "welcome":
        said, effects = _welcomed(case, said, visit)
    if told.verdict == "goodbye" and visit is not None and case.key is not None:
        said = replace(said, facility=visit.facility, session=visit.session)
        effects = (leaving(case.key, visit, case.at, "scan"),)
    return Outcome(verdict=said, happened_at=case.at, effects=(*closing, *effects))


def _as_heard(told: Told, outcome: Outcome) -> str:
    """The code of an answer that agrees with what was told.

    Whose booking is used already by this same scan, or by one that came in before an earlier one, is no returner.
    """
    code = outcome.verdict.code
    return told.code if code == "welcome-back" and told.code in FIRST_TIME else code


def _welcomed(case: Case, said: Verdict, visit: OpenVisit | None) -> tuple[Verdict, tuple[Effect, ...]]:
    """Begin the visit of somebody who was let in: where they chose to go, or booked, or the door leads."""
    target = chosen_at(case) if case.group is None else Target(case.group.facility)
    if case.key in case.state.people:
        target = booked_now(case, target) or target
    if target is None:
        target = Target(case.doors[0])
    said = replace(said, facility=target.facility, session=target.session)
    if visit is not None and target.is_at(visit):
        return said, ()
    entering = Effect(
        do="enter",
        person=case.key,
        facility=target.facility,
        session=target.session,
        at=case.at,
        how="told",
        heads=case.reading.scan.heads or 1,
        of=case.heads_of,
        visit=case.counted,
        group=case.reading.group if case.key is None else None,
    )
    if visit is None or case.key is None:
        return said, (entering,)
    return said, (leaving(case.key, visit, case.at, "move"), entering)
