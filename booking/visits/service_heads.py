"""Heads counted at a desk: a group by the number that came, guardians and visitors one by one."""

from typing import Literal
from uuid import UUID, uuid4

from msgspec import Struct

from booking.access.rules import fold_digits, require_staff
from booking.access.schemas import Actor
from booking.facilities.queries import get_facility
from booking.kit import clock
from booking.reservations.queries_group_visits import find_by_code
from booking.visits.errors import GroupCodeUnknown, HeadsUnusable
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
    return await _count(by, facility_code, _Counted(heads=heads, of=of, party=party, nonce=nonce))


async def count_out(by: Actor, facility_code: str, heads: int, of: HeadsOfCode) -> Verdict:
    """So many heads leave; where as many are not inside, the door says so. Raises: HeadsUnusable."""
    return await _count(by, facility_code, _Counted(heads=heads, of=of, way="out"))


class _Counted(Struct, frozen=True, kw_only=True):
    """What was counted: how many, of whom, which way, and of a group its name and code of the day."""

    heads: int
    of: HeadsOfCode
    way: Literal["in", "out"] = "in"
    party: str = ""
    door_code: str | None = None
    members: int | None = None
    nonce: UUID | None = None


async def _count(by: Actor, facility_code: str, counted: _Counted) -> Verdict:
    place = await get_facility(facility_code)
    require_staff(by, *DESK, scopes=place.scopes)
    if not 1 <= counted.heads <= MOST:
        raise HeadsUnusable
    now = clock.now()
    scan = Scan(
        nonce=counted.nonce or uuid4(),
        seq=max(int(now.timestamp() * 1000), 1),
        scanned_at=now,
        kind="heads",
        direction=counted.way,
        heads=counted.heads,
        heads_of=counted.of,
        party=counted.party.strip().replace("\x00", "")[:PARTY_LENGTH] or None,
        door_code=counted.door_code,
        members=counted.members,
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
    code = fold_digits(door_code)
    if await find_by_code(place.id, clock.today(), code) is None:
        raise GroupCodeUnknown
    counted = _Counted(heads=came - members, of="group", party=party, door_code=code, members=members, nonce=nonce)
    return await _count(by, place.code, counted)
