"""Heads counted at a desk: a group by the number that came, guardians and visitors one by one."""

from typing import Literal
from uuid import UUID, uuid4

from booking.access.rules import fold_digits, require_staff
from booking.access.schemas import Actor
from booking.facilities.queries import get_facility
from booking.kit import clock, db
from booking.kit.tokens import new_id
from booking.reservations.queries_group_visits import find_by_code
from booking.visits.errors import GroupCodeUnknown, HeadsUnusable
from booking.visits.schemas import HeadsOfCode, Scan, Verdict
from booking.visits.schemas_facts import Asked
from booking.visits.service import record_one
from booking.visits.service_desk import DESK

MOST = 500
PARTY_LENGTH = 80
_ARRIVED = """
insert into group_arrival (id, request, scan, members, by_account, made_at)
select $1, $2, scan.id, $4, $5, $6 from scan where scan.kiosk is null and scan.nonce = $3
on conflict (scan) do nothing"""


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
    by: Actor,
    facility_code: str,
    *,
    came: int,
    members: int,
    party: str = "",
    door_code: str = "",
    nonce: UUID | None = None,
) -> Verdict:
    """A group came: members of it who showed a pass are visits of their own and are not counted twice.

    `door_code`: the code of the day, which names the group and notes at its request that it came.
    Raises: GroupCodeUnknown; HeadsUnusable when nobody is left to count. Safe: with the same `nonce` again.
    """
    if members < 0 or came - members < 1:
        raise HeadsUnusable
    if not door_code:
        return await count_in(by, facility_code, came - members, "group", party=party, nonce=nonce)
    place = await get_facility(facility_code)
    require_staff(by, *DESK, scopes=place.scopes)
    visit = await find_by_code(place.id, clock.today(), fold_digits(door_code))
    if visit is None:
        raise GroupCodeUnknown
    scan, name = nonce or uuid4(), party or visit.organisation
    said = await count_in(by, place.code, came - members, "group", party=name, nonce=scan)
    if said.verdict == "welcome":
        await db.execute(_ARRIVED, new_id(), visit.id, scan, members, by.id, clock.now())
    return said
