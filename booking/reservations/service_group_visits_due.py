"""What the clock does to group visits: proposals lapse, and who was to be called is forgotten."""

from typing import Any

from booking.access.schemas import SYSTEM
from booking.access.service import record_audit
from booking.facilities.queries import lock_facilities
from booking.facilities.service_spaces import free
from booking.kit import clock, db
from booking.reservations import queries_group_visits as queries
from booking.reservations import rules_group_visits as rules
from booking.reservations.mail_group_visits import tell_group
from booking.reservations.rules_kinds import RequestState
from booking.reservations.service_group_visits import link_of
from booking.reservations.tables import GroupRequest, GroupRoom

_FORGET = """
update group_request set contact_name = '', phone = '', email = null, note = '', assistance = '', staff_note = '',
   called = null
 where phone <> '' and ((state in ('declined', 'withdrawn', 'expired')
      and greatest(decided_at, answered_at, created_at) <= $1)
    or coalesce(visit_on, created_at::date) <= $2)"""


async def lapse_proposals() -> int:
    """Open requests again whose proposal nobody answered in time; how many. Safe: repeated and concurrent."""
    lapsed = 0
    for facility_id, request_id in await queries.list_lapsed(clock.now()):
        async with db.transaction():
            await lock_facilities([facility_id])
            request = await queries.lock_group_request(request_id)
            if not rules.may(request.state, "lapse") or (facility_id, request_id) not in await queries.list_lapsed(
                clock.now()
            ):
                continue
            await free([request_id])
            await GroupRoom.delete().where(GroupRoom.request == request_id)
            opened: dict[Any, Any] = {
                "state": str(RequestState.ASKED),
                **dict.fromkeys(("visit_on", "starts", "ends", "answered_at")),
            }
            await GroupRequest.update(opened).where(GroupRequest.id == request_id)
            await record_audit(SYSTEM, "group-visit.lapsed", "group-request", request_id, scope=request.facility_code)
            await tell_group("lapsed", await queries.get_request(request_id), link_of(request_id))
            lapsed += 1
    return lapsed


async def expire_requests() -> int:
    """End requests that nobody answered before every day wished for was over; how many. Safe: repeated, concurrent."""
    ended = 0
    for facility_id, request_id in await queries.list_over(clock.today()):
        async with db.transaction():
            await lock_facilities([facility_id])
            request = await queries.lock_group_request(request_id)
            if not rules.may(request.state, "expire"):
                continue
            state = rules.next_state(request.state, "expire")
            over: dict[Any, Any] = {"state": str(state), "decided_at": clock.now(), "door_code": None}
            await GroupRoom.delete().where(GroupRoom.request == request_id)
            await GroupRequest.update(over).where(GroupRequest.id == request_id)
            await record_audit(SYSTEM, "group-visit.expired", "group-request", request_id, scope=request.facility_code)
            await tell_group("expired", await queries.get_request(request_id), link_of(request_id))
            ended += 1
    return ended


async def forget_contacts() -> int:
    """Wipe whom to call: 30 days after a request came to nothing, a year after a visit; how many. Safe: repeated."""
    now = clock.now()
    done = await db.execute(_FORGET, now - rules.KEPT_SETTLED, clock.local_date(now) - rules.KEPT_FOR)
    return int(done.rpartition(" ")[2])
