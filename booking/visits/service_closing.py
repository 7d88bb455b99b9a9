"""Close now: nobody comes in any more, today's sessions are off, those inside are looked for, their people are told.

Locks in the order of the house: facilities, then sessions, then reservations; on opening again members before
sessions. Everything about one closing bears its moment: sessions and bookings that come back are those of that moment.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from booking.access.rules import require_staff
from booking.access.schemas import Actor
from booking.facilities.errors import ClosedNowAlready, ClosingFormRefused
from booking.facilities.queries import find_facility_by_id, get_closing, lock_facilities
from booking.facilities.rules import ClosingNowReason
from booking.facilities.rules_words import CLOSING_NOW
from booking.facilities.schemas import ClosingNowView, FacilityView
from booking.facilities.service_closing import close_at_once, open_again
from booking.kit import clock, db
from booking.kit.errors import NotFound
from booking.programs.service_closing import bring_back, cancel_rest_of_day
from booking.reservations.mail_closing import News
from booking.reservations.queries_group_visits import list_coming
from booking.reservations.service_closing import cancel_for_closing, give_back
from booking.reservations.service_group_visits_closing import displace, restore
from booking.visits.queries_group_arrivals import sum_arrivals
from booking.visits.rules_kinds import TurnState
from booking.visits.service_closing_letters import tell_inside, tell_inside_again
from booking.visits.service_desk import DESK
from booking.visits.service_roll import announce, list_places, open_roll_call

LONGEST_NOTE = 400


async def close_now(
    by: Actor, facility_code: str, reason: str, *, note: str = "", whole_place: bool = False
) -> list[ClosingNowView]:
    """Close a facility for the rest of the day; with `whole_place` all of its place that the actor works at.

    Raises: ClosingFormRefused, ClosedNowAlready, UnknownFacility, NotAllowed.
    Safe: of two at once the second is refused, and nothing happens twice.
    """
    places = await list_places(by, facility_code)
    said = note.strip().replace("\x00", "")
    if reason not in set(ClosingNowReason) or len(said) > LONGEST_NOTE:
        raise ClosingFormRefused
    chosen = places if whole_place else places[:1]
    async with db.transaction():
        locked = await lock_facilities([one.id for one in chosen])
        shut = [one for one in locked.values() if one.closed_now_at is None]
        if not shut:
            raise ClosedNowAlready
        return await _close(by, shut, reason, said)


async def _close(by: Actor, shut: Sequence[FacilityView], reason: str, note: str) -> list[ClosingNowView]:
    now, ids = clock.now(), [one.id for one in shut]
    words = CLOSING_NOW[ClosingNowReason(reason)]
    closings = [await close_at_once(by, one, reason=reason, note=note, now=now) for one in shut]
    sessions = await cancel_rest_of_day(ids, clock.local_date(now), words, now)
    news = News(key=key_of(shut[0], now), reason=words, at=now)
    await tell_inside(shut, news)
    await cancel_for_closing(by, sessions, now, news)
    coming = await list_coming(ids, now)
    came = await sum_arrivals([one.id for one in coming])
    await displace(by, [one for one in coming if one.id not in came], words, now)
    await _give_up_turns(ids, now)
    await open_roll_call(shut[0].place_id, now, by.id)
    await announce(shut)
    return closings


def key_of(facility: FacilityView, closed_at: datetime) -> str:
    """What all letters of one closing have in their names."""
    return f"{facility.place_id}:{closed_at.timestamp():.6f}"


async def _give_up_turns(facility_ids: Sequence[UUID], now: datetime) -> None:
    await db.execute(
        "update turn set state = $4, ended_at = $3 where facility = any($1) and held_on = $2 and state = any($5)",
        *(facility_ids, clock.local_date(now), now, str(TurnState.GIVEN_UP)),
        [str(TurnState.WAITING), str(TurnState.CALLED)],
    )


async def reopen(by: Actor, closing_id: UUID) -> ClosingNowView:
    """Open again what was closed at once: sessions that have not ended and the bookings of that closing come back.

    Raises: UnknownClosing, NotClosedNow, NotAllowed. Safe: of two at once the second is refused.
    """
    closing = await get_closing(closing_id)
    known = await find_facility_by_id(closing.facility_id)
    if known is None:
        raise NotFound
    require_staff(by, *DESK, scopes=known.scopes)
    now = clock.now()
    async with db.transaction():
        facility = (await lock_facilities([known.id]))[known.id]
        await open_again(by, facility, await get_closing(closing_id), now)
        back = await bring_back(facility.id, clock.local_date(closing.closed_at), closing.closed_at, now)
        key = f"{key_of(facility, closing.closed_at)}:{facility.code}"
        news = News(key=key, reason=closing.reason, at=now)
        await tell_inside_again(facility, closing.closed_at, news)
        await give_back(by, back, closing.closed_at, news)
        await restore(by, facility, closing.closed_at)
        await announce([facility])
    return await get_closing(closing_id)
