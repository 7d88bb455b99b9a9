"""Numbered turns: written with the batch that gives or uses them, called and ended by the sweep."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from booking.facilities.queries import lock_facilities
from booking.kit import clock, db
from booking.visits import queries
from booking.visits.queries_reference import reference
from booking.visits.queries_turns import list_live, list_waiting_facilities
from booking.visits.rules_calling import Change, changes_at
from booking.visits.rules_facts import facility_states, session_state
from booking.visits.rules_kinds import TurnState
from booking.visits.rules_plan import Plan
from booking.visits.schemas_facts import Facts, SeatFact

CHANNEL = "occupancy"

_GIVEN = """
insert into turn (id, facility, session, held_on, number, member, scan, state, taken_at, ended_at)
select one.id, one.facility, one.session, $10, one.number, one.member, one.scan, one.state, one.taken_at, one.ended_at
from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::int[], $5::uuid[], $6::uuid[], $7::text[], $8::timestamptz[],
  $9::timestamptz[]) as one (id, facility, session, number, member, scan, state, taken_at, ended_at)
"""
_CHANGED = """
update turn set state = one.state, called_at = case when one.is_call then one.at when one.state = 'waiting' then null
    else turn.called_at end, ended_at = case when one.state not in ('waiting', 'called') then one.at end
from unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::bool[]) as one (id, state, at, is_call)
where turn.id = one.id and turn.state in ('waiting', 'called')
"""
_UNSEEN = """
update turn set state = 'given-up', ended_at = $2 where scan = any($1) and state in ('waiting', 'called')
"""


async def write_turns(plan: Plan, retold: Sequence[UUID], now: datetime) -> None:
    """Write the turns a batch gives and ends.

    `retold` are scans whose kiosk had shown its own answer before the number came: nobody saw that number.
    """
    if retold:
        await db.execute(_UNSEEN, list(retold), now)
    await _write([Change(turn, TurnState(state), at) for turn, (state, at) in plan.ended_turns.items()])
    if plan.turns:
        rows = [
            (one.id, one.facility, one.session, one.number, one.member, one.scan, one.state, one.taken_at, one.ended_at)
            for one in plan.turns
        ]
        await db.execute(_GIVEN, *(list(column) for column in zip(*rows, strict=True)), clock.local_date(now))


async def call_turns() -> int:
    """Call everybody whose turn has come, and end the turns that are worth nothing any more; how many changed.

    Who is called follows from the seats and places free at this moment and the numbers before; a number whose room
    has gone again waits on. A turn is missed ten minutes after the call, and given up with its session, at closing,
    when the facility closes at once and when it gives no turns any more.
    Safe: repeated, and beside scans: the facilities are locked, and what scans ended stays.
    """
    waiting = await list_waiting_facilities()
    if not waiting:
        return 0
    now = clock.now()
    today = clock.local_date(now)
    async with db.transaction():
        places = await lock_facilities(waiting)
        turns = await list_live(waiting)
        known = await reference(await queries.reference_version([today]), [today])
        seats = await queries.count_seats({one.session for one in turns if one.session is not None})
        sessions = {
            str(one): session_state(known.sessions[one], SeatFact(one, *counts))
            for one, counts in seats.items()
            if one in known.sessions and known.sessions[one].cancelled_at is None
        }
        facts = Facts(
            version=known.version,
            passes=(),
            keys=(),
            people=(),
            inside=await queries.count_inside(waiting),
            answered=(),
            revoked_kids=(),
            turns=tuple(one for one in turns if one.held_on == today),
        )
        states = facility_states(waiting, places, facts, known, [today])
        changes: list[Change] = []
        codes: set[str] = set()
        for place in places.values():
            mine = [one for one in turns if one.facility == place.id]
            found = changes_at(states[place.code], mine, sessions, now, today)
            changes += found
            codes |= {place.code} if found else set()
        await _write(changes)
        if codes:
            await db.execute("select pg_notify($1, $2)", CHANNEL, ",".join(sorted(codes)))
    return len(changes)


async def _write(changes: Sequence[Change]) -> None:
    if not changes:
        return
    await db.execute(
        _CHANGED,
        [one.turn for one in changes],
        [one.state.value for one in changes],
        [one.at for one in changes],
        [one.state is TurnState.CALLED for one in changes],
    )
