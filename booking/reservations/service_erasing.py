"""What is left of somebody's bookings when they are erased: the counts of their sessions, and nobody's."""

from collections.abc import Iterable
from uuid import UUID

from booking.access.schemas import SYSTEM, Actor
from booking.kit import clock, db
from booking.reservations import queries, queries_enrolments, service, service_enrolments
from booking.reservations.errors_bookings import TooLateToCancel
from booking.reservations.rules import CANCELLABLE

REASON = "erased"
_EMPTY = """
update reservation set member = null, enrolment = null, order_id = id, is_party = false, assistance = null,
  overridden = '{}', override_reason = null, helpers = 0, uses_wheelchair = false, moved_from = null, booked_by = null,
  cancelled_by = null where member = any($1)"""
_LEAVE = (
    "delete from point where member = any($1)",
    "update reservation set moved_from = null where moved_from in (select id from reservation where member = any($1))",
    _EMPTY,
    "delete from group_move_answer where enrolment in (select id from enrolment where member = any($1))",
    "delete from enrolment where member = any($1)",
)
_CONTACTS = """
update group_request set account = null, contact_name = '', phone = '', email = null, note = '', assistance = '',
  staff_note = '', called = null where account = any($1)"""


async def give_up_everything(by: Actor, member_ids: Iterable[UUID]) -> int:
    """Cancel what these members have booked ahead and take them out of their groups; how many bookings and places.

    Each in a transaction of its own, as whoever waits for the seat gets it. Safe: repeated.
    """
    members = list(member_ids)
    enrolled = await queries_enrolments.list_of_members(members)
    for one in enrolled:
        await service_enrolments.leave(SYSTEM, one.id, reason=REASON)
    ahead = await queries.list_reservations_of(members, since=clock.now(), states=CANCELLABLE)
    for each in ahead:
        asker = by if by.may_in(each.scopes, *service.DESK) else SYSTEM
        await service.cancel(asker, each.id, overridden=[TooLateToCancel.code], reason=REASON)
    return len(enrolled) + len(ahead)


async def erase_bookings(member_ids: Iterable[UUID]) -> None:
    """Let everything these members ever booked be nobody's, in a transaction that has locked them. Safe: repeated."""
    members = list(member_ids)
    for statement in _LEAVE:
        await db.execute(statement, members)


async def erase_contacts(account_ids: Iterable[UUID]) -> None:
    """Forget whom to call about the group visits these accounts asked for. Safe: repeated."""
    await db.execute(_CONTACTS, list(account_ids))
