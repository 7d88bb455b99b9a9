"""Group visits when their place is closed, ahead or at once: their day is gone, the group is told, staff ring and look
for another time; and when it opens again: those that nothing was found for yet come as they were to."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from booking.access.schemas import Actor
from booking.access.service import record_audit
from booking.facilities import service_spaces as spaces
from booking.facilities.rules import SpaceUse
from booking.facilities.schemas import FacilityView, Hours
from booking.kit import clock
from booking.reservations import queries_group_visits as queries
from booking.reservations import rules_group_visits as rules
from booking.reservations.mail_group_visits import tell_group
from booking.reservations.rules_kinds import RequestState
from booking.reservations.schemas_group_visits import GroupRequestView
from booking.reservations.service_group_visits import link_of
from booking.reservations.tables import GroupRequest


async def displace(
    by: Actor,
    caught: Sequence[GroupRequestView],
    reason: str,
    at: datetime,
    *,
    reasons: Mapping[str, str] | None = None,
) -> list[UUID]:
    """Take their day from visits fixed or proposed: rooms are free, the group is told at once; which ones.

    Within the caller's transaction, who has locked the facilities. The time, the shares of rooms and the code are kept,
    should the place open again.
    """
    gone = []
    for known in sorted(caught, key=lambda one: one.id):
        request = await queries.lock_group_request(known.id)
        if not rules.may(request.state, "displace"):
            continue
        await spaces.free([request.id])
        taken: dict[Any, Any] = {"state": str(RequestState.DISPLACED), "displaced_at": at}
        await GroupRequest.update(taken).where(GroupRequest.id == request.id)
        await _note(by, "group-visit.displaced", request, reason)
        await tell_group(
            "displaced", await queries.get_request(request.id), link_of(request.id), reason=reason, reasons=reasons
        )
        gone.append(request.id)
    return gone


async def restore(by: Actor, facility: FacilityView, displaced_at: datetime, hours: Hours | None = None) -> list[UUID]:
    """Let come again whoever's day was taken at that moment, if it was fixed, lies ahead, and every room is free.

    `hours`: the day as it is now, where the visit must fit in. Within the caller's transaction.
    """
    back = []
    for known in await queries.list_displaced(facility.id, displaced_at):
        request = await queries.lock_group_request(known.id)
        if not _fits(request, hours) or not await _take_again(request):
            continue
        again: dict[Any, Any] = {
            "state": str(rules.next_state(request.state, "restore")),
            "displaced_at": None,
            "door_code": await _code(facility, request),
        }
        await GroupRequest.update(again).where(GroupRequest.id == request.id)
        await _note(by, "group-visit.restored", request, "")
        await tell_group("restored", await queries.get_request(request.id), link_of(request.id))
        back.append(request.id)
    return back


def _fits(request: GroupRequestView, hours: Hours | None) -> bool:
    visit = request.visit
    if request.state != RequestState.DISPLACED or visit is None or request.door_code is None:
        return False
    is_ahead = clock.at_local(visit.on, visit.ends) > clock.now()
    return is_ahead and (hours is None or hours.covers(visit.starts, visit.ends))


async def _take_again(request: GroupRequestView) -> bool:
    """Take all the rooms a visit had; none of them where one is used by now."""
    assert request.visit is not None
    span = tuple(clock.at_local(request.visit.on, each) for each in (request.visit.starts, request.visit.ends))
    wishes = [(room.space_id, span[0], span[1], request.id) for room in request.rooms]
    if await spaces.count_taken_where_free(wishes, SpaceUse.GROUP_VISIT) == len(wishes):
        return True
    await spaces.free([request.id])
    return False


async def _code(facility: FacilityView, request: GroupRequestView) -> str:
    """The code it had, or another where somebody else has that by now."""
    assert request.visit is not None and request.door_code is not None
    others = await queries.list_codes(facility.place_id, request.visit.on, besides=request.id)
    if request.door_code not in others:
        return request.door_code
    return rules.pick_code(secrets.randbelow(10**rules.CODE_DIGITS), others)


async def _note(by: Actor, action: str, request: GroupRequestView, reason: str) -> None:
    await record_audit(by, action, "group-request", request.id, scope=request.facility_code, reason=reason or None)
