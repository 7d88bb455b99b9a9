"""Writing a folded batch: a fixed number of set-based statements, whatever its size."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from booking.kiosks.service import note_scans
from booking.kit import db
from booking.kit.tokens import new_id
from booking.reservations.service import arrive
from booking.visits.rules_batch import Batch, Result
from booking.visits.rules_plan import Flag, Plan, plan_of
from booking.visits.rules_stays import Event
from booking.visits.schemas_facts import PersonFact
from booking.visits.service_changes import note_changes
from booking.visits.service_no_show import came_late, revive_late
from booking.visits.service_notices import tell_guardians
from booking.visits.service_refold import refold
from booking.visits.service_turns import write_turns
from booking.visits.service_writing_visits import close_visits, open_visits

CHANNEL = "occupancy"

_SCANS = """
insert into scan (id, kiosk, nonce, seq, scanned_at, happened_at, received_at, clock_offset_ms, kind, direction,
  pass_id, member, facility, session, heads, answers, offline, told_verdict, told_code, verdict, code, answer, flags,
  is_repeat, is_turn, by_account, heads_of, party, from_paper)
select id, kiosk, nonce, seq, scanned_at, happened_at, $25, clock_offset_ms, kind, direction, pass_id, member, facility,
  session, heads, answers::jsonb, offline, told_verdict, told_code, verdict, code, answer::jsonb,
  array_remove(string_to_array(flags, ','), ''), is_repeat, is_turn, by_account, heads_of, party, from_paper
from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::bigint[], $5::timestamptz[], $6::timestamptz[], $7::bigint[],
  $8::text[], $9::text[], $10::uuid[], $11::uuid[], $12::uuid[], $13::uuid[], $14::int[], $15::text[], $16::bool[],
  $17::text[], $18::text[], $19::text[], $20::text[], $21::text[], $22::text[], $23::bool[], $24::bool[], $26::uuid[],
  $27::text[], $28::text[], $29::bool[])
as one (id, kiosk, nonce, seq, scanned_at, happened_at, clock_offset_ms, kind, direction, pass_id, member, facility,
  session, heads, answers, offline, told_verdict, told_code, verdict, code, answer, flags, is_repeat, is_turn,
  by_account, heads_of, party, from_paper)
"""
_TOLD = """
update scan set told_verdict = one.told_verdict, told_code = one.told_code, offline = true, verdict = one.verdict,
  code = one.code, answer = one.answer::jsonb, facility = one.facility, session = one.session,
  flags = array_remove(string_to_array(one.flags, ','), '')
from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::uuid[], $8::uuid[], $9::text[])
  as one (id, told_verdict, told_code, verdict, code, answer, facility, session, flags)
where scan.id = one.id and scan.told_verdict is null
"""
_ARRIVED = """
insert into group_arrival (id, request, scan, members, by_account, made_at)
select one.*, $6 from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::smallint[], $5::uuid[]) as one
on conflict (scan) do nothing
"""
_FLAGS = """
insert into door_flag (id, code, facility, kiosk, member, scan, raised_at, detail)
select one.id, one.code, one.facility, one.kiosk, one.member, one.scan, $7, '{}'
from unnest($1::uuid[], $2::text[], $3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[])
  as one (id, code, facility, kiosk, member, scan)
where one.code <> 'clock-wrong' or not exists (
  select 1 from door_flag before where before.code = one.code and before.kiosk = one.kiosk
     and before.resolved_at is null and before.raised_at > $7::timestamptz - interval '1 day')
"""


async def write_batch(
    batch: Batch, results: Sequence[Result], events: Mapping[UUID, Sequence[Event]], now: datetime
) -> None:
    """Write everything a folded batch changes, and announce it once. Raises: Raced."""
    fresh = [one for one in results if not one.is_known and not one.is_retold]
    plan = plan_of(results, batch.facts, batch.reference, frozenset(events))
    await insert_scans(fresh, batch, now)
    await _store_told([one for one in results if one.is_retold and not one.is_known], batch)
    await write_turns(plan, [one.entry.scan_id for one in results if one.is_retold], now)
    await close_visits(plan.closed)
    await open_visits(plan.opened, now)
    await _note_groups(results, plan, now)
    if events:
        await refold(batch, results, events, plan, now)
    if plan.arrived:
        await arrive(plan.arrived)
    await revive_late(*came_late(results, now))
    await _raise_flags(plan.flags, batch, now)
    await announce(plan, batch)
    await _note_kiosks(results)
    await tell_guardians(plan.notices, batch.reference, now)


async def _note_groups(results: Sequence[Result], plan: Plan, now: datetime) -> None:
    """Note at the requests of group visits that they came."""
    scans = {one.entry.scan_id: one.entry.shown for one in results}
    came = [(one.group, one.entry_scan) for one in plan.opened if one.group is not None and one.entry_scan is not None]
    if came:
        shown = [scans[scan] for _, scan in came]
        await db.execute(
            _ARRIVED,
            [new_id() for _ in came],
            [group for group, _ in came],
            [scan for _, scan in came],
            [one.scan.members or 0 for one in shown],
            [one.asked.by_account for one in shown],
            now,
        )


async def insert_scans(results: Sequence[Result], batch: Batch, now: datetime) -> None:
    """Store what was shown and what was answered, for ever."""
    if not results:
        return
    places = {one.code: one.id for one in batch.reference.facilities.values()}
    rows = [_scan_row(one, places) for one in results]
    columns = [list(column) for column in zip(*rows, strict=True)]
    await db.execute(_SCANS, *columns[:24], now, *columns[24:])


def _scan_row(result: Result, places: Mapping[str, UUID]) -> tuple[Any, ...]:
    entry, said = result.entry, result.outcome.verdict
    shown, scan = entry.shown, entry.shown.scan
    told = scan.told
    return (
        entry.scan_id,
        entry.door.kiosk.id if entry.door.kiosk else None,
        scan.nonce,
        scan.seq,
        scan.scanned_at,
        result.outcome.happened_at,
        scan.clock_offset_ms,
        scan.kind,
        scan.direction,
        shown.pass_id,
        entry.person.id if entry.person else None,
        places.get(said.facility or ""),
        said.session,
        scan.heads,
        _chosen(result),
        scan.offline,
        told.verdict if told else None,
        told.code if told else None,
        said.verdict,
        said.code,
        _document(result),
        ",".join(said.flags),
        result.is_repeat,
        result.is_turn,
        shown.asked.by_account,
        scan.heads_of,
        scan.party,
        shown.asked.from_paper,
    )


def _chosen(result: Result) -> str:
    """What was chosen on the kiosk, and a time that could not be."""
    scan, raw = result.entry.shown.scan, result.entry.shown.asked.scan
    chosen: dict[str, Any] = {"answers": scan.answers} if scan.answers else {}
    if scan.door_code is not None:
        chosen |= {"door_code": scan.door_code}
    if scan.facility is not None or scan.session_id is not None:
        chosen |= {"facility": scan.facility, "session": scan.session_id}
    if result.entry.shown.is_clock_unthinkable:
        chosen |= {"said": raw.scanned_at.isoformat(), "offset_ms": raw.clock_offset_ms}
    return msgspec.json.encode(chosen).decode()


def _document(result: Result) -> str:
    return msgspec.json.encode(result.outcome.verdict).decode()


async def _store_told(results: Sequence[Result], batch: Batch) -> None:
    """Add what a kiosk told meanwhile to scans that are stored; their answer is now what was told."""
    if not results:
        return
    places = {one.code: one.id for one in batch.reference.facilities.values()}
    rows = []
    for one in results:
        told, said = one.entry.shown.scan.told, one.outcome.verdict
        if told is not None:
            texts = (told.verdict, told.code, said.verdict, said.code, _document(one))
            rows.append(
                (one.entry.scan_id, *texts, places.get(said.facility or ""), said.session, ",".join(said.flags))
            )
    await db.execute(_TOLD, *(list(column) for column in zip(*rows, strict=True)))


async def _raise_flags(flags: Sequence[Flag], batch: Batch, now: datetime) -> None:
    """Tell staff what the service sees differently; a wrong clock once a day and kiosk."""
    if not flags:
        return
    places = {one.code: one.id for one in batch.reference.facilities.values()}
    entries = [one.result.entry for one in flags]
    people: list[PersonFact | None] = [one.person for one in entries]
    await db.execute(
        _FLAGS,
        [new_id() for _ in flags],
        [one.code for one in flags],
        [places.get(one.result.outcome.verdict.facility or "", one.result.entry.door.facility_ids[0]) for one in flags],
        [one.door.kiosk.id if one.door.kiosk else None for one in entries],
        [one.id if one else None for one in people],
        [one.scan_id for one in entries],
        now,
    )


async def announce(plan: Plan, batch: Batch) -> None:
    """Note the facility-days for whoever counts, and say once which facilities changed."""
    if not plan.touched:
        return
    await note_changes(sorted(plan.touched))
    await notify({facility for facility, _ in plan.touched}, batch)


async def notify(facilities: set[UUID], batch: Batch) -> None:
    """Announce that the number inside changed: nothing but facility codes."""
    codes = sorted(batch.reference.facilities[one].code for one in facilities)
    await db.execute("select pg_notify($1, $2)", CHANNEL, ",".join(codes))


async def _note_kiosks(results: Sequence[Result]) -> None:
    heard: dict[UUID, int] = {}
    for one in results:
        kiosk = one.entry.door.kiosk
        if kiosk is not None:
            heard[kiosk.id] = max(heard.get(kiosk.id, 0), one.entry.shown.scan.seq)
    if heard:
        await note_scans(heard)


async def ensure_member_keys(kiosk_id: UUID, member_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """The random keys under which a kiosk knows members, made where there is none yet. Safe: repeated, concurrent."""
    members = sorted(set(member_ids))
    await db.execute(
        "insert into kiosk_member (id, kiosk, member, member_key)"
        " select one.id, $1, one.member, gen_random_uuid() from unnest($2::uuid[], $3::uuid[]) as one (id, member)"
        " on conflict (kiosk, member) do nothing",
        *(kiosk_id, [new_id() for _ in members], members),
    )
    rows = await db.fetch(
        "select member, member_key from kiosk_member where kiosk = $1 and member = any($2)", kiosk_id, members
    )
    return {row["member"]: row["member_key"] for row in rows}
