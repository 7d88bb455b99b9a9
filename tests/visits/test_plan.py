"""What a folded batch writes, where the facts do not hold what the rules spoke of."""

from datetime import UTC, datetime
from uuid import uuid4

from booking.kit.tokens import new_id
from booking.visits.rules_batch import Entry, Result
from booking.visits.rules_plan import plan_of
from booking.visits.schemas import Scan, Verdict
from booking.visits.schemas_facts import Asked, Door, Facts, Reference, Shown
from booking.visits.schemas_state import Effect, Outcome, Reading

AT = datetime(2026, 11, 22, 6, tzinfo=UTC)


def test_the_end_of_a_visit_nobody_knows_writes_nothing() -> None:
    scan = Scan(nonce=uuid4(), seq=1, scanned_at=AT, kind="heads", direction="out", heads=2, facility="somewhere")
    going = Effect(do="leave", person=None, facility="somewhere", at=AT, how="scan", heads=2)
    entry = Entry(
        shown=Shown(asked=Asked(scan=scan), scan=scan, at=AT, on=AT.date(), day_ends_at=AT),
        door=Door(kiosk=None, facility_ids=(), facility_codes=("somewhere",)),
        reading=Reading(scan=scan, facilities=("somewhere",)),
        scan_id=new_id(),
        holder=None,
        person=None,
    )
    said = Verdict(nonce=scan.nonce, verdict="goodbye", code="goodbye-heads")
    result = Result(entry=entry, outcome=Outcome(verdict=said, happened_at=AT, effects=(going,)))
    facts = Facts(version="", passes=(), keys=(), people=(), inside={}, answered=(), revoked_kids=())
    reference = Reference(
        version="",
        facilities={},
        spans={},
        sessions={},
        sessions_at={},
        program_codes={},
        eligibility={},
        allowed={},
    )
    plan = plan_of([result], facts, reference, frozenset())
    assert (plan.closed, plan.opened, plan.touched) == ([], [], set())
