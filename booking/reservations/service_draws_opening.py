"""A draw begins: its secret is sealed and its digest published, before the first entry is taken."""

from uuid import UUID

from booking.access.schemas import SYSTEM, Actor
from booking.access.service import record_audit
from booking.kit import clock, db
from booking.kit.fiscal import working_day_after
from booking.kit.tokens import new_id, new_secret, seal
from booking.kit.words import others_of
from booking.programs import queries as programs
from booking.programs.schemas import SessionView
from booking.reservations import queries_draws, rules_draws
from booking.reservations.schemas_draws import DrawPlan

_INSERT = """
insert into draw (id, session, secret, commitment, public_name, public_on, confirm_hours, opened_at, public_names)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (session) do nothing returning id"""


async def open_draws() -> int:
    """Seal a secret for every session whose entries open, and publish its digest; how many.

    Safe: repeated, and in several processes: a session has one draw.
    """
    opened = 0
    for session_id in await queries_draws.list_sessions_to_open(clock.now()):
        async with db.transaction():
            session = (await programs.lock_sessions([session_id]))[session_id]
            opened += await open_draw(SYSTEM, session) is not None
    return opened


async def open_draw(by: Actor, session: SessionView, plan: DrawPlan | None = None) -> UUID | None:
    """Seal a secret for a session, locked by the caller, unless it has a draw; the new draw's id.

    `plan`: which number is mixed in; the usual one unless given.
    """
    if plan is None:
        day = working_day_after(clock.local_date(session.booking_closes_at))
        plan = DrawPlan(public_names=rules_draws.PUBLIC_NAMES, public_on=day, confirm_hours=rules_draws.CONFIRM_HOURS)
    secret = new_secret()
    commitment = rules_draws.commitment_of(secret)
    opened_at = max(clock.now(), session.booking_opens_at)
    made: UUID | None = await db.fetchval(
        _INSERT,
        *(new_id(), session.id, seal(secret.encode()), commitment),
        *(plan.public_names["ja"], plan.public_on, plan.confirm_hours, opened_at, others_of(plan.public_names)),
    )
    if made is not None:
        detail = {"session": str(session.id), "commitment": commitment, "public_on": plan.public_on.isoformat()}
        await record_audit(by, "draw.opened", "draw", made, scope=session.facility_code, detail=detail)
    return made
