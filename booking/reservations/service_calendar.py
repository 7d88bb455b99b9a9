"""What a private calendar address shows: the seats of the family of whoever made it, as that account may see them."""

from datetime import timedelta

from booking.access.service_private import find_reader
from booking.kit import clock
from booking.kit.errors import NotFound
from booking.kit.i18n import N_, translate
from booking.people.queries import list_members_of
from booking.reservations import queries
from booking.reservations.rules_calendar import SHOWN, to_calendar

KEPT = timedelta(days=60)
"""How long what is over stays in the calendar."""
NAME = N_("予約（TUMO GUNMA・tsukurun）")


async def read_calendar(secret: str) -> str:
    """The calendar behind a secret. Raises: NotFound, for one that was ended as for one that never was.

    A child whom the account may not see any more is not in it. Of a child whose guardian the desk has not seen, it
    shows what is to come and no history.
    """
    reader = await find_reader(secret)
    if reader is None:
        raise NotFound
    account_id, language = reader
    members, now = await list_members_of(account_id), clock.now()
    seen = [each.id for each in members if each.rights is not None and each.rights.is_confirmed]
    claimed = [each.id for each in members if each.id not in seen]
    past = await queries.list_reservations_of(seen, states=SHOWN, since=now - KEPT) if seen else []
    coming = await queries.list_reservations_of(claimed, states=SHOWN, since=now) if claimed else []
    found = sorted((*past, *coming), key=lambda each: (each.starts_at, each.id))
    return to_calendar(found, now, translate(NAME, language))
