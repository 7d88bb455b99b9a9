"""A late scan: the days of its person are told again from everything said at the doors, and the visits follow."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from booking.kit import clock, db
from booking.kit.tokens import new_id
from booking.visits.rules_batch import Batch, Result
from booking.visits.rules_kinds import ClosedBy, VisitKind
from booking.visits.rules_plan import Flag, Plan, booking_for
from booking.visits.rules_stays import Entered, Event, Stay, beside_entered, stays_of
from booking.visits.schemas_facts import NewVisit, PersonFact
from booking.visits.service_writing_visits import open_visits

_VISITS = """
select id, facility, session, visited_on, entered_at, left_at, entered_by, closed_by, entry_scan, exit_scan,
  voided_at, entry_scan is null or exists (
    select 1 from visit_correction c where c.visit = visit.id and c.kind = 'add') as is_entered
from visit
where member = $1 and visited_on = any($2) and entered_by in ('scan', 'staff', 'paper') and kind = 'member'
order by entered_at, id
"""
_NOTE = """
update visit set left_at = one.left_at, closed_by = one.closed_by, entry_scan = one.entry_scan,
  exit_scan = one.exit_scan
from unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::uuid[], $5::uuid[])
  as one (id, left_at, closed_by, entry_scan, exit_scan)
where visit.id = one.id
"""
_CHANGE = """
update visit set facility = one.facility, session = one.session,
  program = (select program from session where session.id = one.session), entered_at = one.entered_at,
  left_at = one.left_at, entered_by = one.entered_by, closed_by = one.closed_by, entry_scan = one.entry_scan,
  exit_scan = one.exit_scan
from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::timestamptz[], $5::timestamptz[], $6::text[], $7::text[],
  $8::uuid[], $9::uuid[])
  as one (id, facility, session, entered_at, left_at, entered_by, closed_by, entry_scan, exit_scan)
where visit.id = one.id
"""
_VOID = """
with gone as (update visit set voided_at = $2 where id = any($1) and voided_at is null returning id)
insert into visit_correction (id, visit, kind, reason, made_at)
select one.id, gone.id, 'void', 'late-scan', $2 from gone join unnest($3::uuid[], $1) as one (id, visit)
  on one.visit = gone.id
"""


async def refold(
    batch: Batch, results: Sequence[Result], events: Mapping[UUID, Sequence[Event]], plan: Plan, now: datetime
) -> None:
    """Make the visits of late people what their events say. What staff entered or corrected stays as they said; a
    scan that has no place beside it is flagged.

    Safe: repeated, nothing changes. The number of statements grows with the people that are late, not with the batch.
    """
    people = {one.id: one for one in batch.facts.people}
    for member, said in events.items():
        days = sorted({clock.local_date(one.at) for one in said})
        rows = [dict(row) for row in await db.fetch(_VISITS, member, days)]
        for day in days:
            stays = stays_of([one for one in said if clock.local_date(one.at) == day], now)
            mine = [row for row in rows if row["visited_on"] == day]
            lost = await _follow(people[member], day, stays, mine, (batch, plan, now))
            plan.flags += [Flag(code="disagreement", result=one) for one in results if one.entry.scan_id in lost]


async def _follow(
    person: PersonFact, day: date, stays: list[Stay], rows: list[dict[str, Any]], around: tuple[Batch, Plan, datetime]
) -> set[UUID]:
    """Change, void and add visits of one day until they are these stays; the entry scans that found no place."""
    batch, plan, now = around
    voided = {row["entry_scan"] for row in rows if row["voided_at"] is not None}
    live = [row for row in rows if row["voided_at"] is None and not row["is_entered"]]
    entered = [row for row in rows if row["voided_at"] is None and row["is_entered"]]
    wanted = [stay for stay in stays if stay.entry_scan not in voided]
    wanted, lost = await _beside(wanted, entered, {row["entry_scan"] for row in live}, plan)
    pairs = _paired(wanted, live)
    used = {row["id"] for _, row in pairs if row is not None}
    surplus = [row for row in live if row["id"] not in used]
    changed = [(stay, row) for stay, row in pairs if row is not None and not _is_same(stay, row)]
    added = [_new_visit(person, day, stay, batch) for stay, row in pairs if row is None]
    if surplus:
        gone = [row["id"] for row in surplus]
        await db.execute(_VOID, gone, now, [new_id() for _ in gone])
    if changed:
        # What ends is written before what goes on: a person has one open visit at a time.
        changed.sort(key=lambda pair: pair[0].left_at is None)
        for ends in (True, False):
            await _change([pair for pair in changed if (pair[0].left_at is not None) == ends])
    await open_visits(added, now)
    for made in added:
        if made.reservation is not None:
            plan.arrived.setdefault(made.reservation, made.entered_at)
    touched = [row["facility"] for row in surplus] + [one.facility for one in added]
    touched += [place for stay, row in changed for place in (stay.facility, row["facility"])]
    plan.touched |= {(place, day) for place in touched}
    return {stay.entry_scan for stay in lost}


async def _beside(
    stays: list[Stay], rows: list[dict[str, Any]], stored: set[UUID], plan: Plan
) -> tuple[list[Stay], list[Stay]]:
    """Fit stays beside what staff entered, and note there which scans are of it."""
    entered = [Entered(**{name: row[name] for name in Entered.__struct_fields__}) for row in rows]
    own, lost = beside_entered(stays, entered, stored)
    noted = [
        (one, row["visited_on"])
        for one, row in zip(entered, rows, strict=True)
        if any(getattr(one, name) != row[name] for name in Entered.__struct_fields__)
    ]
    if noted:
        names = ("id", "left_at", "closed_by", "entry_scan", "exit_scan")
        await db.execute(_NOTE, *([getattr(one, name) for one, _ in noted] for name in names))
        plan.touched |= {(one.facility, day) for one, day in noted}
    return own, lost


def _paired(stays: list[Stay], rows: list[dict[str, Any]]) -> list[tuple[Stay, dict[str, Any] | None]]:
    """Each stay with the stored visit it is: by its entry scan, or else the first left at the same facility."""
    by_scan = {row["entry_scan"]: row for row in rows}
    left = [row for row in rows if row["entry_scan"] not in {stay.entry_scan for stay in stays}]
    pairs: list[tuple[Stay, dict[str, Any] | None]] = []
    for stay in stays:
        row = by_scan.get(stay.entry_scan)
        if row is None:
            row = next((one for one in left if one["facility"] == stay.facility), None)
            if row is not None:
                left.remove(row)
        pairs.append((stay, row))
    return pairs


def _is_same(stay: Stay, row: Mapping[str, Any]) -> bool:
    if row["closed_by"] == ClosedBy.STAFF:
        stay.left_at, stay.closed_by, stay.exit_scan = row["left_at"], ClosedBy.STAFF, row["exit_scan"]
    if row["closed_by"] == ClosedBy.AUTO and stay.left_at is None:
        stay.left_at, stay.closed_by = row["left_at"], ClosedBy.AUTO
    names = ("facility", "session", "entered_at", "left_at", "entered_by", "closed_by", "entry_scan", "exit_scan")
    return all(getattr(stay, name) == row[name] for name in names)


async def _change(pairs: Sequence[tuple[Stay, Mapping[str, Any]]]) -> None:
    if not pairs:
        return
    rows = [
        (
            row["id"],
            stay.facility,
            stay.session,
            stay.entered_at,
            stay.left_at,
            stay.entered_by,
            stay.closed_by,
            stay.entry_scan,
            stay.exit_scan,
        )
        for stay, row in pairs
    ]
    await db.execute(_CHANGE, *(list(column) for column in zip(*rows, strict=True)))


def _new_visit(person: PersonFact, day: date, stay: Stay, batch: Batch) -> NewVisit:
    session = batch.reference.sessions.get(stay.session) if stay.session is not None else None
    return NewVisit(
        id=new_id(),
        person=person,
        kind=VisitKind.MEMBER,
        heads=1,
        facility=stay.facility,
        program=session.program_id if session else None,
        session=stay.session,
        reservation=booking_for(person, stay.session),
        visited_on=day,
        entered_at=stay.entered_at,
        left_at=stay.left_at,
        entered_by=stay.entered_by,
        closed_by=stay.closed_by,
        entry_scan=stay.entry_scan,
        exit_scan=stay.exit_scan,
    )
