"""What was ticked at a kiosk, perhaps offline and a while ago, goes into the place's roll call, exactly once."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import structlog

from booking.facilities.queries import list_facilities
from booking.facilities.schemas import FacilityView
from booking.kiosks.schemas import KioskIdentity
from booking.kit import clock, db
from booking.kit.tokens import new_id
from booking.visits import queries_roll
from booking.visits.rules_kinds import ClosedBy
from booking.visits.schemas_roll import RollCallView, RollTick
from booking.visits.service_roll import announce, open_roll_call, write_tick

log = structlog.get_logger()
KEPT_FOR = timedelta(days=60)
"""A tick that claims to be older comes from a clock that knows nothing: it counts as of now."""
NOT_INSIDE = "roll-call-not-inside"
"""Ticked at a kiosk as found, though the books did not have them inside."""


async def take_ticks(kiosk: KioskIdentity, ticks: Sequence[RollTick]) -> list[UUID]:
    """Keep what a kiosk ticked; the nonces it need not send again: all of them.

    Whom the books do not have inside is flagged, never refused: whoever ticked had seen the child. A key that is not
    this kiosk's means nobody. Opens a roll call where none is going on. Safe: repeated.
    """
    now = clock.now()
    mine = set(kiosk.facility_ids)
    every = await list_facilities()
    place_id = next(one.place_id for one in every if one.id in mine)
    places = [one for one in every if one.place_id == place_id]
    async with db.transaction():
        fresh = await queries_roll.list_fresh([one.nonce for one in ticks], kiosk.id, NOT_INSIDE)
        new = {one.nonce: one for one in ticks if one.nonce in fresh}
        known = await _known(kiosk, list(new.values()))
        by_day: dict[date, list[tuple[datetime, RollTick]]] = {}
        for one in new.values():
            if _key(one) in known:
                at = one.marked_at if now - KEPT_FOR <= one.marked_at <= now else now
                by_day.setdefault(clock.local_date(at), []).append((at, one))
        for day, marked in by_day.items():
            await _keep(kiosk, places, day, sorted(marked, key=lambda each: each[0]), known)
        if by_day:
            await announce(places)
    return [one.nonce for one in ticks]


def _key(tick: RollTick) -> UUID | None:
    try:
        return UUID(tick.member_key)
    except ValueError:
        return None


async def _known(kiosk: KioskIdentity, ticks: Sequence[RollTick]) -> dict[UUID | None, UUID]:
    keys = [key for one in ticks if (key := _key(one)) is not None]
    known: dict[UUID | None, UUID] = {}
    known.update((await queries_roll.list_known(kiosk.id, keys)).items())
    strangers = sum(_key(one) not in known for one in ticks)
    if strangers:
        log.warning("roll call ticks of unknown keys ignored", kiosk=str(kiosk.id), ticks=strangers)
    return known


async def _keep(
    kiosk: KioskIdentity,
    places: Sequence[FacilityView],
    day: date,
    marked: Sequence[tuple[datetime, RollTick]],
    known: dict[UUID | None, UUID],
) -> None:
    members = {known[_key(one)] for _, one in marked}
    visits = await queries_roll.list_last_visits([one.id for one in places], day, members)
    calls = await queries_roll.list_roll_calls(places[0].place_id, day)
    for at, one in marked:
        call = _call_at(calls, at)
        if call is None:
            call = await _open(places[0].place_id, at, day)
            calls.insert(0, call)
        member_id = known[_key(one)]
        visit = visits.get(member_id)
        if visit is not None:
            name = one.by_name.strip().replace("\x00", "")
            await write_tick(call.id, visit["id"], one.how, at, by_name=name, kiosk_id=kiosk.id, nonce=one.nonce)
        if one.how != "open" and _is_away(visit, call):
            await _flag(kiosk, member_id, visit, one)


def _call_at(calls: Sequence[RollCallView], at: datetime) -> RollCallView | None:
    """The roll call that was going on at that moment, else the one that goes on now."""
    during = [one for one in calls if one.began_at <= at and (one.ended_at is None or at < one.ended_at)]
    return next(iter(during), None) or next((one for one in calls if one.ended_at is None), None)


async def _open(place_id: UUID, at: datetime, day: date) -> RollCallView:
    """A roll call that began with this tick; of a day that is over it is kept as ended."""
    if day == clock.today():
        return await queries_roll.get_roll_call(await open_roll_call(place_id, at))
    roll_call_id, over = new_id(), clock.day_span(day)[1]
    await db.execute(
        "insert into roll_call (id, place, began_at, ended_at) values ($1, $2, $3, $4)",
        *(roll_call_id, place_id, at, over),
    )
    return await queries_roll.get_roll_call(roll_call_id)


def _is_away(visit: dict[str, Any] | None, call: RollCallView) -> bool:
    if visit is None:
        return True
    left_at = visit["left_at"]
    return left_at is not None and left_at < call.began_at and visit["closed_by"] != ClosedBy.AUTO


async def _flag(kiosk: KioskIdentity, member_id: UUID, visit: dict[str, Any] | None, tick: RollTick) -> None:
    where = visit["facility"] if visit is not None else kiosk.facility_ids[0]
    detail = msgspec.json.encode({"nonce": str(tick.nonce), "how": tick.how}).decode()
    await db.execute(
        "insert into door_flag (id, code, facility, kiosk, member, visit, raised_at, detail)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8::jsonb)",
        *(new_id(), NOT_INSIDE, where, kiosk.id, member_id, visit["id"] if visit else None, clock.now(), detail),
    )
