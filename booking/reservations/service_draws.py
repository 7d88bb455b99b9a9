"""Draws, from the sealed secret to the result: prepare, open, close the list, run once, and the record for everybody.

What a draw touches is locked in the order of the house (members, the session, its options), then the draw itself.
Source: docs/decisions/0044-draws.md.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from booking.access.rules import require_staff, scopes_of
from booking.access.schemas import SYSTEM, Actor
from booking.access.service import record_audit
from booking.kit import clock, db
from booking.kit.settings import get_settings
from booking.kit.tokens import new_id, unseal
from booking.kit.words import others_of
from booking.people import queries as people
from booking.programs import queries as programs
from booking.programs.errors import UnknownSession
from booking.programs.rules import Selection, SessionState
from booking.programs.schemas import SessionView
from booking.reservations import mail_draws, queries, queries_draws, rules_draws
from booking.reservations.errors import SessionCancelled
from booking.reservations.errors_draws import DrawBegun, DrawDone, DrawUnknown, SessionNotDrawn
from booking.reservations.rules import ReservationState
from booking.reservations.rules_kinds import EntryOutcome
from booking.reservations.rules_waiting import Unit, choose, offer_until, offers_end_at, units_of
from booking.reservations.schemas_draws import (
    DrawForm,
    DrawItem,
    Drawn,
    DrawRecord,
    DrawView,
    Entry,
    RecordedEntry,
)
from booking.reservations.service import DESK
from booking.reservations.service_draws_opening import open_draw
from booking.reservations.service_waiting import facts_of, promote

METHOD = (
    "order: entries by HMAC-SHA256(secret, list_digest + LF + public_number + LF + number), hex, ascending;"
    " commitment: SHA-256 of the secret; list_digest: SHA-256 of one line 'number ticket seats' LF per entry;"
    " seats go in that order to whoever fits; recompute with: booking draw verify FILE"
)
PAST_SHOWN = timedelta(days=90)

_RESULT = """
update reservation set state = one.state, offered_until = one.until_at, waiting_at = one.waiting_at,
       offered_at = case when one.state = 'waiting' then null else $5::timestamptz end
from unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::timestamptz[]) as one (id, state, until_at, waiting_at)
where reservation.id = one.id"""


# ---- before -------------------------------------------------------------------------------------------------------


async def prepare(by: Actor, session_id: UUID, form: DrawForm) -> None:
    """Name the public number of a draw before its entries open. Raises: DrawFormRefused, DrawBegun, NotAllowed."""
    async with db.transaction():
        session = (await programs.lock_sessions([session_id])).get(session_id)
        if session is None:
            raise UnknownSession
        require_staff(by, *DESK, scopes=session.scopes)
        if session.selection != Selection.DRAW:
            raise SessionNotDrawn
        plan = rules_draws.check_plan(form, clock.local_date(session.booking_closes_at))
        if clock.now() >= session.booking_opens_at:
            raise DrawBegun
        if await open_draw(by, session, plan) is None:
            await db.execute(
                "update draw set public_name = $2, public_on = $3, confirm_hours = $4, public_names = $5"
                " where session = $1",
                *(
                    session_id,
                    plan.public_names["ja"],
                    plan.public_on,
                    plan.confirm_hours,
                    others_of(plan.public_names),
                ),
            )
            detail = {"public_name": plan.public_names["ja"], "public_on": plan.public_on.isoformat()}
            await record_audit(by, "draw.changed", "session", session_id, scope=session.facility_code, detail=detail)


async def close_draws() -> int:
    """Number the entries of every draw whose time is over, and publish the digest of the list; how many.

    Whoever could apply until the last moment held the session's lock. Safe: repeated.
    """
    closed = 0
    for draw_id in await queries_draws.list_draws_to_close(clock.now()):
        async with db.transaction():
            closed += await _close(draw_id)
    for one_id in await queries_draws.list_never_drawn(clock.now()):
        closed += await _end_undrawn(one_id)
    return closed


async def _close(draw_id: UUID) -> int:
    draw = await _get(draw_id)
    session = (await programs.lock_sessions([draw.session_id]))[draw.session_id]
    await queries.lock_draws([draw_id])
    if (await _get(draw_id)).closed_at is not None:
        return 0
    units = units_of(await queries_draws.list_applied(draw.session_id))
    rows = [(new_id(), draw_id, number, unit[0].id, len(unit)) for number, unit in enumerate(units, start=1)]
    await db.execute_many(
        "insert into draw_entry (id, draw, number, reservation, seats) values ($1, $2, $3, $4, $5)", rows
    )
    entries = [Entry(number=row[2], ticket=rules_draws.ticket_of(row[3]), seats=row[4]) for row in rows]
    digest = rules_draws.list_digest_of(entries)
    await db.execute("update draw set closed_at = $2, list_digest = $3 where id = $1", draw_id, clock.now(), digest)
    detail = {"entries": str(len(rows)), "list_digest": digest}
    await record_audit(SYSTEM, "draw.closed", "draw", draw_id, scope=session.facility_code, detail=detail)
    return 1


async def _end_undrawn(reservation_id: UUID) -> int:
    """End an entry that can get no seat any more, because its draw was never run."""
    async with db.transaction():
        found = await queries.find_reservation(reservation_id)
        if found is None:
            return 0
        await programs.lock_sessions([found.session_id])
        states = await queries.lock_reservations([reservation_id])
        if states.get(reservation_id) != ReservationState.APPLIED:
            return 0
        undrawn = str(ReservationState.NOT_DRAWN)
        await db.execute("update reservation set state = $2 where id = $1", reservation_id, undrawn)
        detail = {"session": str(found.session_id)}
        await record_audit(
            SYSTEM, "reservation.not-drawn", "reservation", found.id, scope=found.facility_code, detail=detail
        )
        await mail_draws.tell_not_drawn(await queries.list_reservations([reservation_id]))
        return 1


# ---- the draw -----------------------------------------------------------------------------------------------------


async def run(by: Actor, draw_id: UUID, public_number: str) -> DrawItem:
    """Draw, with the number named in advance: seats are kept for winners, the others wait in the order drawn.

    Raises: DrawUnknown, DrawDone, DrawEntriesOpen, DrawNumberNotOut, DrawNumberMissing, DrawTooLate,
    SessionCancelled, NotAllowed.
    Safe: of two at once one is refused, and the result is the first one's.
    """
    number = rules_draws.fold_number(public_number)
    async with db.transaction():
        draw, session, units = await _lock(by, draw_id)
        if (await queries.lock_draws([draw_id]))[draw_id] is not None:
            raise DrawDone
        if session.state == SessionState.CANCELLED:
            raise SessionCancelled
        now = clock.now()
        if (refusal := rules_draws.refusal_to_run(draw, number, now, clock.today())) is not None:
            raise refusal
        seats = session.web_seats - (await queries.taken([session.id]))[session.id]
        result = await _draw(draw, units, number, seats)
        await _write(by, draw, session, result, now)
        await db.execute(
            "update draw set public_number = $2, drawn_at = $3, drawn_by = $4, seats = $5 where id = $1",
            *(draw_id, number, now, by.id, seats),
        )
        won = [each for each in result if each[3] == EntryOutcome.WON]
        detail = {"public_number": number, "won": str(len(won)), "entries": str(len(result))}
        await record_audit(by, "draw.run", "draw", draw_id, scope=session.facility_code, detail=detail)
        await promote([session.id])
    return DrawItem(
        id=draw_id,
        session=session.id,
        public_number=number,
        drawn_at=now,
        entries=len(result),
        won=len(won),
        waiting=sum(each[3] == EntryOutcome.WAITING for each in result),
        record=f"/draws/{draw_id}/record.json",
    )


async def _get(draw_id: UUID) -> DrawView:
    found = await queries_draws.find_draw(draw_id)
    if found is None:
        raise DrawUnknown
    return found


async def _lock(by: Actor, draw_id: UUID) -> tuple[DrawView, SessionView, list[Unit]]:
    """The draw, its session and who has applied, locked, for staff of its place."""
    known = await _get(draw_id)
    session = await programs.get_session(known.session_id)
    require_staff(by, *DESK, scopes=session.scopes)
    applied = await queries_draws.list_applied(session.id)
    await people.lock_members({one.member_id for one in applied})
    session = (await programs.lock_sessions([session.id]))[session.id]
    if any(one.options for one in applied):
        await programs.lock_options([session.id])
    applied = await queries_draws.list_applied(session.id)
    await queries.lock_reservations([one.id for one in applied])
    return await _get(draw_id), session, units_of(applied)


Result = tuple[UUID, int, Unit, str | None]
"""An entry's id, its rank, those of it who are still in, and what became of it."""


async def _draw(draw: DrawView, units: Sequence[Unit], number: str, left: int) -> list[Result]:
    kept = await queries_draws.list_entries(draw.id)
    by_key = {each.number: each for each in kept}
    secret = unseal(await queries_draws.find_sealed_secret(draw.id)).decode()
    entries = [
        Entry(number=each.number, ticket=rules_draws.ticket_of(each.reservation_id), seats=each.seats) for each in kept
    ]
    live = {one.id: unit for unit in units for one in unit}
    firsts = {each.number: await _unit_of(each.reservation_id, live) for each in kept}
    facts = await facts_of(units)
    won: list[Unit] = []
    result: list[Result] = []
    for rank, each in enumerate(rules_draws.in_order(secret, draw.list_digest or "", number, entries), start=1):
        unit = firsts[each.number]
        outcome: str | None = None
        if unit:
            wins = each.seats <= left and len(choose(facts, [*won, unit])) == len(won) + 1
            outcome = str(EntryOutcome.WON if wins else EntryOutcome.WAITING)
            if wins:
                won.append(unit)
                left -= each.seats
        result.append((by_key[each.number].id, rank, unit, outcome))
    return result


async def _unit_of(first_id: UUID, live: dict[UUID, Unit]) -> Unit:
    """Those of an entry who are still in; a party stays one when its first reservation was withdrawn."""
    if first_id in live:
        return live[first_id]
    first = await queries.find_reservation(first_id)
    if first is None or not first.is_party:
        return ()
    return next((unit for unit in live.values() if unit[0].order_id == first.order_id), ())


async def _write(by: Actor, draw: DrawView, session: SessionView, result: Sequence[Result], now: datetime) -> None:
    """Keep the seats of the winners, let the others wait in the order drawn, and tell everybody."""
    zone, lasts = get_settings().zone, timedelta(hours=draw.confirm_hours)
    until = offer_until(now, offers_end_at(session), zone, lasts=lasts)
    winning = ReservationState.OFFERED if until else ReservationState.CONFIRMED
    rows = []
    for _, rank, unit, outcome in result:
        stands_at = now + timedelta(microseconds=rank)
        is_won = outcome == EntryOutcome.WON
        state = str(winning if is_won else ReservationState.WAITING)
        rows += [
            (one.id, state, until if is_won else None, None if is_won and not until else stands_at) for one in unit
        ]
    await db.execute(_RESULT, *(list(column) for column in zip(*rows, strict=True)), now) if rows else None
    await db.execute_many(
        "update draw_entry set rank = $2, outcome = $3 where id = $1",
        [(one, rank, said) for one, rank, _, said in result],
    )
    views = {each.id: each for each in await queries.list_reservations([row[0] for row in rows])}
    for view in views.values():
        action = "reservation.drawn-waiting" if view.state == ReservationState.WAITING else "reservation.won"
        detail = {"session": str(session.id), "draw": str(draw.id)}
        await record_audit(by, action, "reservation", view.id, scope=session.facility_code, detail=detail)
    await mail_draws.tell_result([[views[one.id] for one in unit] for _, _, unit, _ in result if unit])


# ---- seeing -------------------------------------------------------------------------------------------------------


async def list_for_staff(by: Actor) -> list[Drawn]:
    """The sessions by draw at the asker's places, with those of the last three months."""
    require_staff(by)
    return await queries_draws.list_drawn(scopes_of(by), clock.now() - PAST_SHOWN)


async def get_record(draw_id: UUID) -> DrawRecord:
    """What anybody may know of a draw; no names, and the secret only once it was run. Raises: DrawUnknown."""
    draw = await _get(draw_id)
    session = await programs.get_session(draw.session_id)
    kept = await queries_draws.list_entries(draw_id)
    is_drawn, seats = draw.drawn_at is not None, session.web_seats if draw.seats is None else draw.seats
    secret = unseal(await queries_draws.find_sealed_secret(draw_id)).decode() if is_drawn else None
    entries = [
        Entry(number=each.number, ticket=rules_draws.ticket_of(each.reservation_id), seats=each.seats) for each in kept
    ]
    excluded: dict[int, str] = {}
    if secret is not None:
        order = rules_draws.in_order(secret, draw.list_digest or "", draw.public_number or "", entries)
        excluded = rules_draws.excluded_in(order, {each.number: each.outcome for each in kept}, seats)
    return DrawRecord(
        format=rules_draws.FORMAT,
        method=METHOD,
        draw=draw.id,
        session=session.id,
        program=session.program_code,
        facility=session.facility_code,
        starts_at=session.starts_at,
        seats=seats,
        commitment=draw.commitment,
        opened_at=draw.opened_at,
        public_name=draw.public_name,
        public_names=draw.public_names,
        public_on=draw.public_on,
        closed_at=draw.closed_at,
        list_digest=draw.list_digest,
        entries=[
            RecordedEntry(
                number=each.number,
                ticket=entry.ticket,
                seats=each.seats,
                rank=each.rank,
                outcome=each.outcome,
                excluded=excluded.get(each.number),
            )
            for each, entry in zip(kept, entries, strict=True)
        ],
        drawn_at=draw.drawn_at,
        public_number=draw.public_number,
        secret=secret,
    )
