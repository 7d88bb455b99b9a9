"""The desk's list of bookings over sessions, places and days: what the page shows and what the file holds."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

import msgspec

from booking.access.rules import Role, require_staff
from booking.access.schemas import Actor
from booking.access.service import record_view
from booking.facilities.schemas import FacilityView
from booking.kit import clock, db
from booking.people.queries import list_members
from booking.people.schemas import MemberView
from booking.reservations.queries_bookings import list_bookings
from booking.reservations.rules import LIVE, ReservationState
from booking.reservations.schemas import ReservationView

WEEK, LONGEST = timedelta(days=6), timedelta(days=92)
MOST = 20_000
"""Lines of a file."""


class BookingFilters(msgspec.Struct, frozen=True, kw_only=True):
    """Which bookings a list holds; empty means all, an empty state those that are live."""

    first: date
    last: date
    program: str = ""
    standing: str = ""

    @classmethod
    def read(cls, first: str, last: str, program: str, standing: str) -> "BookingFilters":
        """What an address asks for: from today a week, unless asked otherwise, and never more than three months."""
        begins = _day(first) or clock.today()
        ends = _day(last) or begins + WEEK
        known = standing if standing in set(ReservationState) else ""
        return cls(first=begins, last=max(begins, min(ends, begins + LONGEST)), program=program, standing=known)

    @property
    def states(self) -> tuple[str, ...]:
        """The states the list holds."""
        return (self.standing,) if self.standing else tuple(sorted(LIVE))


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if date(2020, 1, 1) <= day <= date(2100, 1, 1) else None


async def list_booked(
    by: Actor,
    places: Iterable[FacilityView],
    filters: BookingFilters,
    *roles: Role,
    what: str,
    after: tuple[datetime, UUID] | None = None,
    limit: int = MOST,
) -> tuple[list[tuple[ReservationView, MemberView]], bool]:
    """Bookings at those of `places` where one of `roles` is held, and whether more are; who is shown is noted.

    Protected members are on no list. Raises: NotAllowed.
    """
    require_staff(by, *roles)
    own = [place.id for place in places if by.kind == "system" or by.may_in(place.scopes, *roles)]
    days = (filters.first, filters.last)
    async with db.transaction():
        found = await list_bookings(own, days, filters.states, program=filters.program, after=after, limit=limit + 1)
        shown = found[:limit]
        members = await list_members({each.member_id for each in shown})
        await record_view(by, members, what, by_list=True)
    return [(each, members[each.member_id]) for each in shown], len(found) > limit
