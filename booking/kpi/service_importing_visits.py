"""Single visits from before the service: read, shown, brought in as nobody's, and taken back as one.

Of whoever came only a random key per fiscal year is kept. That two files of a body mean one person is known from a
keyed digest of the old key, until the year is certified; then the digests are forgotten.
"""

import asyncio
from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime, time
from typing import Any
from uuid import UUID, uuid4

from booking.access.schemas import Actor
from booking.access.service import record_audit
from booking.facilities import queries as facilities
from booking.facilities.rules import hours_of
from booking.facilities.schemas import Calendar
from booking.kit import clock, db
from booking.kit.spreadsheet_files import read_table
from booking.kit.tokens import keyed_digest, new_id
from booking.kpi import queries_importing, rules_importing
from booking.kpi.errors_importing import TakenBackAlready, UploadCertified, UploadFaulty, UploadUnknown
from booking.kpi.rules import Upload
from booking.kpi.rules_importing_visits import TITLES, Known, read_visits, refusal_of_day
from booking.kpi.schemas_importing import OldRow, Origin, PlaceFact, UploadReport, UploadView, VisitsRead
from booking.kpi.service_importing import list_places
from booking.kpi.service_uploads import close_upload, get_upload, keep_report, keep_upload, open_upload, require_body
from booking.people.rules_import import Setting
from booking.people.schemas_import import fault
from booking.programs import queries as programs
from booking.visits.service_importing import OldVisit, import_visits, void_import

TAKEN_BACK = "取り込みの取り消し"
"""The reason that stands at every visit of a file that was taken back."""


async def upload_visits(by: Actor, body_code: str, content: bytes, origin: Origin) -> UUID:
    """Read a file, keep it sealed for an hour, and say what bringing it in would do. Nothing counts yet.

    Raises: NotAllowed, NoSuchBody, ImportRefused, ColumnsNotFound, what `read_table` raises.
    """
    await require_body(by, body_code)
    checked = rules_importing.check_origin(origin)
    report, _ = await _check(body_code, await _read(body_code, content))
    async with db.transaction():
        return await keep_upload(by, Upload.VISITS, body_code, content, origin=checked, report=report)


async def commit_visits(by: Actor, upload_id: UUID) -> UploadView:
    """Bring in every visit of a file, as it is read now: all or none.

    Raises: NotAllowed, UploadUnknown, UploadFaulty. Safe: repeated, beside another file or a certification.
    """
    asked = await get_upload(by, upload_id)
    if asked.committed_at is not None:
        return asked
    async with db.transaction():
        await facilities.lock_body(asked.body_code)
        content = await open_upload(upload_id)
        if content is None:
            found = await get_upload(by, upload_id)
            if found.committed_at is None:
                raise UploadUnknown
            return found
        places = await list_places(asked.body_code)
        await queries_importing.lock_totals([each.id for each in places.values()])
        report, rows = await _check(asked.body_code, await _read(asked.body_code, content))
        if report.faults:
            await keep_report(upload_id, report)
        else:
            await import_visits(upload_id, await _visits(asked.body_code, rows, places))
            await close_upload(upload_id, report)
            detail = {"made": report.new, "known": report.known}
            await record_audit(by, "kpi.visits-imported", "kpi-upload", upload_id, scope=asked.body_code, detail=detail)
    if report.faults:
        raise UploadFaulty(n=len(report.faults))
    return await get_upload(by, upload_id)


async def take_back(by: Actor, upload_id: UUID) -> int:
    """The visits of a file count no more; how many. They and the file stay in the record.

    Raises: NotAllowed, UploadUnknown, TakenBackAlready, UploadCertified. Safe: a second time is refused.
    """
    asked = await get_upload(by, upload_id)
    async with db.transaction():
        await facilities.lock_body(asked.body_code)
        places = await list_places(asked.body_code)
        await queries_importing.lock_totals([each.id for each in places.values()])
        if await queries_importing.has_certified_visits(upload_id):
            raise UploadCertified
        done = await db.execute(
            """update kpi_upload set taken_back_at = $2 where id = $1 and kind = 'visits' and committed_at is not null
                 and taken_back_at is null""",
            *(upload_id, clock.now()),
        )
        if done != "UPDATE 1":
            raise TakenBackAlready
        voided = await void_import(by, upload_id, TAKEN_BACK)
        await record_audit(
            *(by, "kpi.visits-taken-back", "kpi-upload", upload_id), scope=asked.body_code, detail={"visits": voided}
        )
    return voided


async def _read(body_code: str, content: bytes) -> VisitsRead:
    """The rows, read in a thread: a long file takes seconds and others are waiting."""
    towns = await facilities.list_municipalities()
    known = Known(
        places=await list_places(body_code),
        programs=frozenset(each.code for each in await programs.list_programs()),
        setting=Setting(
            today=clock.today(),
            municipalities={town.code: town.name for town in towns},
            outside=next((town.code for town in towns if town.kind == "outside"), None),
            languages=(),
        ),
    )
    return await asyncio.to_thread(lambda: read_visits(read_table(content), known))


async def _check(body_code: str, read: VisitsRead) -> tuple[UploadReport, list[OldRow]]:
    """What the rows would do now, and those that would be brought in."""
    cells = {(one.facility, one.day) for one in read.rows}
    taken = await queries_importing.list_taken_days(cells)
    known = Counter(_kept_mark(row) for row in await queries_importing.list_imported(cells))
    faults, new, skipped = list(read.faults), [], 0
    people: set[str] = set()
    for one in read.rows:
        mark = _mark(body_code, one)
        if known[mark] > 0:
            skipped += 1
            if not one.person:
                known[mark] -= 1
            continue
        if one.person:
            known[mark] = 1
        refusal = refusal_of_day(taken.get((one.facility, one.day)))
        if refusal is not None:
            faults.append(fault(one.row, TITLES["day"], refusal))
            continue
        new.append(one)
        people |= {mark[2]} if mark[2] else set()
    days = {(one.facility, one.day, _mark(body_code, one)[2]) for one in new if one.person}
    report = UploadReport(
        new=len(new),
        known=skipped,
        people=len(people),
        person_days=len(days) + sum(one.heads for one in new if not one.person),
        first_on=min((one.day for one in new), default=None),
        last_on=max((one.day for one in new), default=None),
        faults=sorted(faults, key=lambda one: one.row),
        unused=read.unused,
    )
    return report, new


Mark = tuple[str, datetime, str, Any]
"""What makes two rows one visit: for a person place, moment and who; without a name all that is kept."""


def _mark(body_code: str, one: OldRow) -> Mark:
    at = clock.at_local(one.day, one.entered)
    if one.person:
        return one.facility, at, digest_of_key(body_code, clock.fiscal_year(one.day), one.person), None
    return one.facility, at, "", (one.heads, one.stage, one.municipality, one.program)


def _kept_mark(row: dict[str, Any]) -> Mark:
    if row["digest"]:
        return row["facility"], row["entered_at"], row["digest"], None
    rest = (row["heads"], row["school_stage"], row["municipality_code"], row["program"])
    return row["facility"], row["entered_at"], "", rest


def digest_of_key(body_code: str, fiscal_year: int, person: str) -> str:
    """What is kept of an old key: nobody without the installation's secret finds the key from it."""
    return keyed_digest(f"old key {body_code} {fiscal_year} {person}")


async def _visits(body_code: str, rows: Sequence[OldRow], places: dict[str, PlaceFact]) -> list[OldVisit]:
    """The rows as visits. Who has no exit left when the place closed."""
    if not rows:
        return []
    keys = await _keys(body_code, {(clock.fiscal_year(one.day), one.person) for one in rows if one.person})
    ids = {each.code: each.id for each in await programs.list_programs()}
    days = [one.day for one in rows]
    calendar = await facilities.load_calendar([each.id for each in places.values()], min(days), max(days))
    return [
        OldVisit(
            facility=places[one.facility].id,
            program=ids[one.program] if one.program else None,
            person_key=keys[clock.fiscal_year(one.day), one.person] if one.person else None,
            heads=one.heads,
            visited_on=one.day,
            entered_at=clock.at_local(one.day, one.entered),
            left_at=clock.at_local(one.day, one.left or _closing(calendar, places[one.facility].id, one)),
            has_exit=one.left is not None,
            school_stage=one.stage,
            municipality_code=one.municipality,
        )
        for one in rows
    ]


def _closing(calendar: Calendar, facility: UUID, one: OldRow) -> time:
    closes = [span.closes for span in hours_of(calendar, facility, one.day).spans if span.closes > one.entered]
    return max(closes, default=time(23, 59) if one.entered < time(23, 59) else one.entered)


async def _keys(body_code: str, people: Collection[tuple[int, str]]) -> dict[tuple[int, str], UUID]:
    """The random key of each person in each fiscal year, made where there is none yet."""
    wanted = {who: digest_of_key(body_code, *who) for who in sorted(people)}
    years = [year for year, _ in wanted]
    await db.execute(
        """insert into kpi_old_key (id, body, fiscal_year, digest, person_key)
           select c.id, b.id, c.year, c.digest, c.key
           from unnest($2::uuid[], $3::smallint[], $4::text[], $5::uuid[]) as c(id, year, digest, key)
           join body b on b.code = $1 on conflict (body, fiscal_year, digest) do nothing""",
        *(body_code, [new_id() for _ in wanted], years, list(wanted.values()), [uuid4() for _ in wanted]),
    )
    rows = await db.fetch("select digest, person_key from kpi_old_key where digest = any($1)", list(wanted.values()))
    found = {row["digest"]: row["person_key"] for row in rows}
    return {who: found[digest] for who, digest in wanted.items()}


async def forget_old_keys() -> int:
    """Forget which old key was whose in fiscal years that are certified: nothing more is brought into them; how many.

    Safe: repeated.
    """
    done = await db.execute(
        """delete from kpi_old_key k using body b, kpi_certification c
           where b.id = k.body and c.period = 'year' and c.body in ('', b.code)
             and c.starts_on = make_date(k.fiscal_year::int, 4, 1)"""
    )
    return int(done.rpartition(" ")[2])
