"""Drafted weeks: published now, or together at a chosen moment."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from booking.access.rules import require_staff
from booking.access.schemas import SYSTEM, Actor
from booking.access.service import record_audit
from booking.facilities import queries as facilities
from booking.facilities.rules import days_of
from booking.kit import clock, db
from booking.kit.fields import Fields
from booking.kit.tokens import new_id
from booking.programs import queries, queries_publishing
from booking.programs.errors import (
    DraftsWhileClosed,
    NothingDrafted,
    PublishInThePast,
    SessionFormRefused,
    UnknownPublication,
)
from booking.programs.rules import SessionState
from booking.programs.rules_forms import check_days
from booking.programs.schemas import SessionView
from booking.programs.schemas_forms import Outcome, PublishForm
from booking.programs.service_sessions import lock_facility
from booking.programs.service_staff import EDITORS
from booking.programs.tables import Publication, Session


async def publish(by: Actor, form: PublishForm) -> Outcome:
    """Publish drafts of a span now, or plan it for a moment; how many sessions it is about, and how many stay drafts
    because their facility is closed then.

    Raises: SessionFormRefused, NothingDrafted, DraftsWhileClosed, UnknownFacility, UnknownProgram, NotAllowed.
    """
    known = await facilities.get_facility(form.facility)
    async with db.transaction():
        facility = await lock_facility(by, known.id)
        program = await queries.get_program(form.program) if form.program else None
        read = Fields()
        first, last = check_days(read, form, clock.today())
        moment = read.moment("publish_at", form.publish_at) if form.publish_at.strip() else None
        at = None if moment is None else clock.at_local(moment.date(), moment.time())
        if at is not None and at <= clock.now():
            read.refuse("publish_at", PublishInThePast())
        read.refuse_if_any(SessionFormRefused)
        until, program_id = last + timedelta(days=1), None if program is None else program.id
        drafts = await _drafts(facility.id, program_id, first, until)
        closed = await list_closed(drafts)
        if not drafts:
            raise NothingDrafted
        if len(closed) == len(drafts):
            raise DraftsWhileClosed(n=len(closed))
        if at is None:
            await _publish(by, facility.code, drafts, closed)
        else:
            await Publication.insert(
                Publication(
                    id=new_id(), facility=facility.id, program=program_id, from_on=first, until_on=until, publish_at=at,
                    decided_by=by.id,
                )
            )  # fmt: skip
            detail = {"from": first.isoformat(), "until": until.isoformat(), "at": at.isoformat()}
            await record_audit(by, "sessions.plan", "facility", facility.id, scope=facility.code, detail=detail)
        return Outcome(changed=len(drafts) - len(closed), kept=len(closed))


async def list_closed(sessions: Sequence[SessionView]) -> set[UUID]:
    """Those of the sessions during which their facility is not open, as its calendar is now."""
    if not sessions:
        return set()
    days = [one.held_on for one in sessions]
    places = {one.facility_id for one in sessions}
    calendar = await facilities.load_calendar(places, min(days), max(days))
    hours = {(place, one.day): one for place in places for one in days_of(calendar, place)}
    return {
        one.id
        for one in sessions
        if not hours[one.facility_id, one.held_on].covers(
            clock.local(one.starts_at).time(), clock.local(one.ends_at).time()
        )
    }


async def _drafts(facility_id: UUID, program_id: UUID | None, first: date, until: date) -> list[SessionView]:
    """The drafts of a span that have not begun, locked."""
    found = await queries.list_sessions(
        first_day=first,
        last_day=until - timedelta(days=1),
        facility_ids=[facility_id],
        program_id=program_id,
        states=[SessionState.DRAFT],
    )
    locked = await queries.lock_sessions([one.id for one in found if one.starts_at > clock.now()])
    return [one for one in locked.values() if one.state == SessionState.DRAFT]


async def _publish(by: Actor, code: str, drafts: Sequence[SessionView], closed: Collection[UUID]) -> int:
    """Publish these but for those while the facility is closed, which stay drafts; how many."""
    ids = [one.id for one in drafts if one.id not in closed]
    if ids:
        seen: dict[Any, Any] = {"state": SessionState.PUBLISHED}
        await Session.update(seen).where(Session.id.is_in(ids))
    if drafts:
        detail = {"sessions": [str(one) for one in ids], "closed_then": [str(one) for one in closed]}
        await record_audit(by, "sessions.publish", "facility", None, scope=code, detail=detail)
    return len(ids)


async def take_back(by: Actor, publication_id: UUID) -> None:
    """Do not publish what was planned; its sessions stay drafts. Raises: UnknownPublication, NotAllowed."""
    places = await facilities.list_facilities()
    planned = await queries_publishing.list_publications([one.id for one in places])
    found = next((one for one in planned if one.id == publication_id), None)
    if found is None:
        raise UnknownPublication
    place = next(one for one in places if one.id == found.facility_id)
    require_staff(by, *EDITORS, scopes=place.scopes)
    async with db.transaction():
        await lock_facility(by, found.facility_id)
        gone: dict[Any, Any] = {"cancelled_at": clock.now()}
        await Publication.update(gone).where((Publication.id == publication_id) & (Publication.published_at.is_null()))
        await record_audit(by, "sessions.plan-back", "facility", found.facility_id, scope=found.facility_code)


async def publish_due() -> int:
    """Publish the drafts whose moment has come; how many sessions. What is closed by then stays a draft.

    Safe: repeated, by any number of runners.
    """
    codes = {one.id: one.code for one in await facilities.list_facilities()}
    total = 0
    async with db.transaction():
        for row in await queries_publishing.lock_due(clock.now()):
            drafts = await _drafts(row["facility"], row["program"], row["from_on"], row["until_on"])
            total += await _publish(SYSTEM, codes[row["facility"]], drafts, await list_closed(drafts))
            done: dict[Any, Any] = {"published_at": clock.now()}
            await Publication.update(done).where(Publication.id == row["id"])
    return total
