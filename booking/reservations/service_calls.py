"""Seats kept for families whom no message reaches: the desk phones them, and answers for them what they say.

An offer ends whether or not anybody read it. Who has neither mail nor LINE, or no account at all, would lose every
seat they waited for. Source: docs/decisions/0043-waiting-lists.md.
"""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from booking.access.rules import require_staff, scopes_of
from booking.access.schemas import Actor
from booking.access.service import record_view
from booking.kit import clock
from booking.kit.errors import NotFound
from booking.people.queries import list_members
from booking.people.queries_phones import list_phones_to_call
from booking.people.schemas import PhoneToCall
from booking.people.service_desk import MANAGERS
from booking.reservations import queries, queries_calls, queries_waiting, service_offers
from booking.reservations.errors_offers import OfferOver
from booking.reservations.rules import ReservationState
from booking.reservations.schemas import ReservationView
from booking.reservations.service import DESK

OFFERS = ("reservation-offered", "reservation-won")
"""The kinds of message that ask for an answer by a certain time."""
ANSWERS = {"accept": service_offers.accept, "decline": service_offers.decline, "extend": service_offers.extend}


class OfferCall(msgspec.Struct, frozen=True):
    """One answer to ask for: the seats that stand and fall together, and whom to phone about them."""

    items: tuple[ReservationView, ...]
    phones: tuple[PhoneToCall, ...]


async def list_to_phone(by: Actor, *, protected: bool = False) -> tuple[list[OfferCall], int]:
    """Whose answers the desk must ask for, the next to end first, and how many only managers see; it is logged.

    `protected`: the others, for managers. Raises: NotAllowed.
    """
    roles = MANAGERS if protected else DESK
    require_staff(by, *roles)
    found = await queries_calls.list_untold(scopes_of(by, *roles), OFFERS, clock.now())
    shown = [view for view, is_protected in found if is_protected == protected]
    what = "offer-calls-protected" if protected else "offer-calls"
    await record_view(by, [one.member_id for one in shown], what, by_list=not protected)
    hidden = {_unit(view) for view, is_protected in found if is_protected}
    return await _calls(shown), 0 if protected else len(hidden)


def _unit(view: ReservationView) -> UUID:
    return view.order_id if view.is_party else view.id


async def _calls(views: Sequence[ReservationView]) -> list[OfferCall]:
    phones = await list_phones_to_call({one.member_id for one in views}) if views else {}
    units: dict[UUID, list[ReservationView]] = {}
    for one in views:
        units.setdefault(_unit(one), []).append(one)
    calls = []
    for items in units.values():
        numbers = {phone.phone: phone for one in items for phone in phones.get(one.member_id, [])}
        calls.append(OfferCall(tuple(items), tuple(numbers.values())))
    return calls


async def open_call(by: Actor, reservation_id: UUID) -> OfferCall:
    """An offer that the desk may answer for its family, with whom to phone; the viewing is logged.

    Protected members are for managers. Raises: NotFound, NotAllowed, OfferOver when nothing is offered any more.
    """
    found = await _find(by, reservation_id)
    ids = await queries_waiting.list_party_of(found.id, ReservationState.OFFERED)
    items = [
        one for one in await queries.list_reservations(ids) if one.offered_until and one.offered_until > clock.now()
    ]
    if not items:
        raise OfferOver
    await record_view(by, [one.member_id for one in items], "offer-call", scope=found.facility_code)
    (call,) = await _calls(items)
    return call


async def _find(by: Actor, reservation_id: UUID) -> ReservationView:
    require_staff(by, *DESK)
    found = await queries.find_reservation(reservation_id)
    if found is None or found.offered_at is None or not by.may_in(found.scopes, *DESK):
        raise NotFound
    if (await list_members([found.member_id]))[found.member_id].is_protected and not by.may_in(found.scopes, *MANAGERS):
        raise NotFound
    return found


async def answer_for(by: Actor, reservation_id: UUID, answer: str) -> ReservationView:
    """Note what the family said on the telephone. The audit trail holds who answered for them.

    Raises: NotFound, NotAllowed, OfferOver and what the answer itself raises. Safe: as the answer.
    """
    await _find(by, reservation_id)
    if answer not in ANSWERS:
        raise OfferOver
    return (await ANSWERS[answer](by, reservation_id))[0]
