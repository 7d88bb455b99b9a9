"""Heads counted at a desk: a group by the number that came, guardians and visitors one by one."""

from typing import Literal
from uuid import UUID, uuid4

from booking.access.rules import require_staff
from booking.access.schemas import Actor
from booking.facilities.queries import get_facility
from booking.kit import clock
from booking.visits.errors import HeadsUnusable
from booking.visits.schemas import HeadsOfCode, Scan, Verdict
from booking.visits.schemas_facts import Asked
from booking.visits.service import record_one
from booking.visits.service_desk import DESK

MOST = 500
PARTY_LENGTH = 80


async def count_in(
    by: Actor, facility_code: str, heads: int, of: HeadsOfCode, *, party: str = "", nonce: UUID | None = None
) -> Verdict:
    """So many heads came in, by the rules of the door (a full or closed house says no). Raises: HeadsUnusable.

    Safe: with the same `nonce` again, nothing is counted and the answer is the same.
    """
    return await _count(by, facility_code, heads, of, way="in", party=party, nonce=nonce)


async def count_out(by: Actor, facility_code: str, heads: int, of: HeadsOfCode) -> Verdict:
    """So many heads leave; where as many are not inside, the door says so. Raises: HeadsUnusable."""
    return await _count(by, facility_code, heads, of, way="out")


async def _count(
    by: Actor,
    facility_code: str,
    heads: int,
    of: HeadsOfCode,
    *,
    way: Literal["in", "out"],
    party: str = "",
    nonce: UUID | None = None,
) -> Verdict:
    place = await get_facility(facility_code)
    require_staff(by, *DESK, scopes=place.scopes)
    if not 1 <= heads <= MOST:
        raise HeadsUnusable
    now = clock.now()
    scan = Scan(
        nonce=nonce or uuid4(),
        seq=max(int(now.timestamp() * 1000), 1),
        scanned_at=now,
        kind="heads",
        direction=way,
        heads=heads,
        heads_of=of,
        party=party.strip().replace("\x00", "")[:PARTY_LENGTH] or None,
        facility=place.code,
    )
    return await record_one(Asked(scan=scan, facility_code=place.code, by_account=by.id, language=by.language))


async def count_group(
    by: Actor, facility_code: str, *, came: int, members: int, party: str, nonce: UUID | None = None
) -> Verdict:
    """A group came: members of it who showed a pass are visits of their own and are not counted twice.

    Raises: HeadsUnusable when nobody is left to count.
    """
    if members < 0 or came - members < 1:
        raise HeadsUnusable
    return await count_in(by, facility_code, came - members, "group", party=party, nonce=nonce)
