"""What the desk does about visits: record who came by name or number, void what never was, settle a flag."""

from datetime import date
from typing import Literal
from uuid import UUID, uuid4

from booking.access.rules import Role, require_staff
from booking.access.schemas import Actor
from booking.access.service import record_audit
from booking.facilities.queries import get_facility
from booking.kit import clock, db
from booking.kit.errors import NotFound
from booking.kit.tokens import new_id
from booking.visits.errors import ReasonMissing, VisitVoidedAlready
from booking.visits.queries_staff import find_flag, get_visit, lock_visit
from booking.visits.schemas import Scan, Told, Verdict
from booking.visits.schemas_facts import Asked
from booking.visits.schemas_staff import VisitRow
from booking.visits.service import record_one
from booking.visits.service_changes import note_changes
from booking.visits.service_writing import CHANNEL

DESK = (Role.FRONT_DESK, Role.FACILITY_MANAGER, Role.OPERATOR, Role.BODY_ADMINISTRATOR)
"""Who records and corrects visits at their places."""
REASON_LENGTH = 400


async def check_in(
    by: Actor,
    facility_code: str,
    member_id: UUID,
    *,
    direction: Literal["in", "out"] = "in",
    session_id: UUID | None = None,
    anyway: bool = False,
    reason: str = "",
) -> Verdict:
    """Record that a member came to a facility, or goes: the same path and the same rules as at the kiosk.

    With `anyway` the entry is recorded although a rule says no; it is flagged, and who said so and why is in the audit
    trail. Raises: ReasonMissing.
    """
    why = check_reason(reason) if anyway else ""
    now = clock.now()
    scan = Scan(
        nonce=uuid4(),
        seq=max(int(now.timestamp() * 1000), 1),
        scanned_at=now,
        kind="number",
        direction=direction,
        session_id=session_id,
        told=Told("welcome", "welcome") if anyway and direction == "in" else None,
    )
    verdict = await record_one(
        Asked(scan=scan, member_id=member_id, facility_code=facility_code, by_account=by.id, language=by.language)
    )
    if anyway:
        await record_audit(by, "visit.anyway", "member", member_id, scope=facility_code, reason=why)
    return verdict


async def void_visit(by: Actor, visit_id: UUID, reason: str) -> VisitRow:
    """Say that a visit does not count; it stays visible with who said so and why.

    Raises: VisitUnknown, VisitVoidedAlready, ReasonMissing, NotAllowed.
    """
    said, now = check_reason(reason), clock.now()
    async with db.transaction():
        visit = await lock_visit(visit_id)
        require_staff(by, *DESK, scopes=visit.scopes)
        if visit.voided_at is not None:
            raise VisitVoidedAlready
        await db.execute("update visit set voided_at = $2 where id = $1", visit_id, now)
        await db.execute(
            "insert into visit_correction (id, visit, kind, reason, by_account, made_at)"
            " values ($1, $2, 'void', $3, $4, $5)",
            *(new_id(), visit_id, said, by.id, now),
        )
        await record_audit(by, "visit.void", "visit", visit_id, scope=visit.facility_code, reason=said)
        await announce(visit.facility_code, visit.visited_on)
        return await get_visit(visit_id)


async def settle_flag(by: Actor, flag_id: UUID, *, about: UUID | None = None) -> None:
    """Somebody who works where the flag was raised has looked at it; `about`: the member it must speak of.

    Raises: NotFound, NotAllowed. Safe: repeated, the first stays.
    """
    require_staff(by, *DESK)
    async with db.transaction():
        found = await find_flag(flag_id)
        if found is None or (about is not None and found.member_id != about):
            raise NotFound
        place = await get_facility(found.facility_code)
        require_staff(by, *DESK, scopes=place.scopes)
        settled = await db.fetchval(
            "update door_flag set resolved_at = $2, resolved_by = $3 where id = $1 and resolved_at is null"
            " returning id",
            *(flag_id, clock.now(), by.id),
        )
        if settled is not None:
            await record_audit(by, "door-flag.settle", "door-flag", flag_id, scope=place.code)


def check_reason(typed: str) -> str:
    """Why, in some words. Raises: ReasonMissing."""
    said = typed.strip().replace("\x00", "")
    if not said or len(said) > REASON_LENGTH:
        raise ReasonMissing
    return said


async def announce(facility_code: str, day: date) -> None:
    """Note that the day changed and tell whoever watches, within the transaction that changes it."""
    place = await get_facility(facility_code)
    await note_changes([(place.id, day)])
    await db.execute("select pg_notify($1, $2)", CHANNEL, facility_code)
