"""A member of one body at a place of the other: let in like everybody, named to nobody there before they agree."""

from uuid import UUID

import msgspec

from booking.access.rules import require_staff
from booking.access.schemas import Actor
from booking.facilities.schemas import FacilityView
from booking.kit import clock
from booking.people.service_desk import register_visitor
from booking.visits.errors import PersonNotFound
from booking.visits.queries_desk import find_last
from booking.visits.schemas import Verdict
from booking.visits.service_desk import DESK


def without_names(verdict: Verdict) -> Verdict:
    """A verdict for a desk that may not know who was shown to it: nobody is named, nor anybody of the family."""
    choices = tuple(
        msgspec.structs.replace(one, label=f"{at}") if one.id.startswith("member:") else one
        for at, one in enumerate(verdict.choices, 1)
    )
    return msgspec.structs.replace(verdict, name="", choices=choices)


async def take_agreement(by: Actor, place: FacilityView, member_id: UUID) -> None:
    """Whoever came today to a place of another body agreed that it is told name, school year and contact.

    Raises: NotAllowed; PersonNotFound for somebody who was not here today; as `register_visitor`. Safe: repeated.
    """
    require_staff(by, *DESK, scopes=place.scopes)
    if await find_last(member_id, place.id, clock.today()) is None:
        raise PersonNotFound
    await register_visitor(by, member_id, place.body_code)
