"""Seeing reservations: one's own family's, or as staff, which is noted in the log of personal data viewed."""

from datetime import datetime
from uuid import UUID

from booking.access.rules import require_account, require_staff
from booking.access.schemas import Actor
from booking.access.service import record_view
from booking.kit import clock, db
from booking.kit.tokens import new_id
from booking.people import queries as people
from booking.programs.queries import get_session
from booking.programs.schemas import SessionView
from booking.reservations import queries
from booking.reservations.rules import ReservationState
from booking.reservations.schemas import ReservationView, RosterEntry

Page = tuple[tuple[datetime, UUID] | None, int]
"""Where the page before ended, and how many at most."""
ALL_STATES = tuple(ReservationState)


async def list_own(by: Actor, *, since: datetime, session_id: UUID | None, page: Page) -> list[ReservationView]:
    """Reservations, in any state, of the members the asker acts for, in sessions that end after `since`.

    Until the desk has seen guardian and child together a claim shows no history: those members start now.
    """
    members = await people.list_members_of(require_account(by).id or new_id())
    shown = [each.id for each in members if since >= clock.now() or (each.rights and each.rights.is_confirmed)]
    after, limit = page
    return await queries.list_reservations_of(
        shown, since=since, states=ALL_STATES, session_id=session_id, after=after, limit=limit
    )


async def list_of_session(by: Actor, session_id: UUID, *, page: Page) -> list[ReservationView]:
    """Reservations, in any state, of a session at one of the asker's places; the view is noted."""
    async with db.transaction():
        session = await get_session(session_id)
        require_staff(by, scopes=session.scopes)
        after, limit = page
        found = await queries.list_reservations_of(
            None, states=ALL_STATES, session_id=session_id, after=after, limit=limit
        )
        members = (each.member_id for each in found)
        await record_view(by, members, "reservations", scope=session.facility_code, by_list=True)
        return found


async def open_roster(by: Actor, session_id: UUID) -> tuple[SessionView, list[RosterEntry]]:
    """A session's roster for the staff of its place; the view is noted."""
    async with db.transaction():
        session = await get_session(session_id)
        require_staff(by, scopes=session.scopes)
        entries = await queries.list_roster(session_id)
        members = (each.member.id for each in entries)
        await record_view(by, members, "roster", scope=session.facility_code, by_list=True)
        return session, entries
