"""Totals of months and facilities from before the service: read, shown, brought in, replaced, taken back.

A total counts from the moment it is brought in, for figures read the totals themselves and fold nothing of them.
"""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from booking.access.rules import Role, require_staff
from booking.access.schemas import Actor
from booking.access.service import record_audit
from booking.facilities import queries as facilities
from booking.kit import clock, db
from booking.kit.spreadsheet_files import read_table
from booking.kit.tokens import new_id
from booking.kpi import queries_importing, rules_importing
from booking.kpi.errors_importing import ImportRefused, TotalReplaced, TotalUnknown, UploadFaulty, UploadUnknown
from booking.kpi.rules import Upload
from booking.kpi.schemas_importing import (
    CellForm,
    KeptTotal,
    Origin,
    PlaceFact,
    Total,
    TotalsRead,
    UploadReport,
    UploadView,
)
from booking.kpi.service_uploads import (
    close_upload,
    get_upload,
    keep_report,
    keep_upload,
    list_seen_places,
    open_upload,
    require_body,
)
from booking.people.schemas_import import Fault, fault


async def upload_totals(by: Actor, body_code: str, content: bytes, origin: Origin) -> UUID:
    """Read a file, keep it sealed for an hour, and say what bringing it in would do. Nothing counts yet.

    Raises: NotAllowed, NoSuchBody, ImportRefused, ColumnsNotFound, what `read_table` raises.
    """
    await require_body(by, body_code)
    checked = rules_importing.check_origin(origin)
    read = await _read(body_code, content)
    report, _ = await _check(read, checked)
    async with db.transaction():
        return await keep_upload(by, Upload.TOTALS, body_code, content, origin=checked, report=report)


async def commit_totals(by: Actor, upload_id: UUID) -> UploadView:
    """Bring in every total of a file, as it is read now: all or none.

    Raises: NotAllowed, UploadUnknown, UploadFaulty. Safe: repeated, and beside another file or a certification.
    """
    asked = await get_upload(by, upload_id)
    if asked.committed_at is not None:
        return asked
    origin = Origin(method=asked.method, document=asked.document, author=asked.author)
    async with db.transaction():
        content = await open_upload(upload_id)
        if content is None:
            found = await get_upload(by, upload_id)
            if found.committed_at is None:
                raise UploadUnknown
            return found
        places = await list_places(asked.body_code)
        await queries_importing.lock_totals([each.id for each in places.values()])
        report, totals = await _check(await _read(asked.body_code, content), origin)
        if report.faults:
            await keep_report(upload_id, report)
        else:
            await _store(by, totals, origin, upload_id)
            await close_upload(upload_id, report)
            detail = {"made": report.new, "replaced": report.replacing, "known": report.known}
            await record_audit(by, "kpi.imported", "kpi-upload", upload_id, scope=asked.body_code, detail=detail)
    if report.faults:
        raise UploadFaulty(n=len(report.faults))
    return await get_upload(by, upload_id)


async def enter_total(by: Actor, form: CellForm) -> UUID | None:
    """Bring in one total typed by hand; None when it is there already. Raises: NotAllowed, ImportRefused."""
    require_staff(by, Role.BODY_ADMINISTRATOR)
    origin = rules_importing.check_origin(form)
    mine = {each.code: each for each in await _own_places(by)}
    cells = {name: getattr(form, name) for name in rules_importing.TITLES}
    one = rules_importing.check_cells(0, cells, mine, clock.today(), refuse=ImportRefused)
    async with db.transaction():
        await queries_importing.lock_totals([mine[one.facility].id])
        report, totals = await _check(TotalsRead(totals=[one], faults=[], unused=[]), origin)
        if report.faults:
            taken = await queries_importing.list_taken([(one.facility, one.month_on)])
            refusal = rules_importing.refusal_of(taken.get((one.facility, one.month_on)))
            assert refusal is not None
            raise ImportRefused(fields={"month": refusal})
        made = await _store(by, totals, origin, None)
    return made[0] if made else None


async def withdraw_total(by: Actor, total_id: UUID) -> None:
    """A total counts no more, and none stands in its place; it stays in the record.

    Raises: NotAllowed, TotalUnknown, TotalReplaced, ImportRefused. Safe: a second time is refused.
    """
    require_staff(by, Role.BODY_ADMINISTRATOR)
    found, mine = await queries_importing.find_total(total_id), {each.code: each for each in await _own_places(by)}
    if found is None or found.facility not in mine:
        raise TotalUnknown
    async with db.transaction():
        await queries_importing.lock_totals([mine[found.facility].id])
        taken = await queries_importing.list_taken([(found.facility, found.month_on)])
        if taken[found.facility, found.month_on].is_certified:
            refusal = rules_importing.refusal_of(taken[found.facility, found.month_on])
            assert refusal is not None
            raise refusal
        done = await db.execute(
            "update kpi_import set replaced_at = $2 where id = $1 and replaced_at is null", total_id, clock.now()
        )
        if done != "UPDATE 1":
            raise TotalReplaced
        detail = {"month": found.month_on.isoformat()}
        await record_audit(by, "kpi.total-withdrawn", "kpi-import", total_id, scope=found.facility, detail=detail)


async def list_totals(by: Actor) -> list[KeptTotal]:
    """Every total ever brought in at facilities whose numbers somebody may look at. Raises: NotAllowed."""
    return await queries_importing.list_totals([each.code for each in await list_seen_places(by)])


async def get_total(by: Actor, total_id: UUID) -> KeptTotal:
    """One of them. Raises: NotAllowed, TotalUnknown."""
    found = await queries_importing.find_total(total_id)
    if found is None or found.facility not in {each.code for each in await list_seen_places(by)}:
        raise TotalUnknown
    return found


async def list_places(body_code: str) -> dict[str, PlaceFact]:
    """The facilities of a body that rows may name: by code, and by a name that no other has."""
    mine = [each for each in await facilities.list_facilities() if each.body_code == body_code]
    facts = {each.code: PlaceFact(id=each.id, code=each.code, opened_on=each.opened_on) for each in mine}
    named = [(rules_importing.place_key(name), each.code) for each in mine for name in set(each.names.values())]
    once = {name: code for name, code in named if len({other for known, other in named if known == name}) == 1}
    return {name: facts[code] for name, code in once.items()} | facts


async def _own_places(by: Actor) -> list[PlaceFact]:
    return [
        PlaceFact(id=each.id, code=each.code, opened_on=each.opened_on)
        for each in await facilities.list_facilities()
        if by.kind == "system" or by.may_in((each.body_code,), Role.BODY_ADMINISTRATOR)
    ]


async def _read(body_code: str, content: bytes) -> TotalsRead:
    """The rows, read in a thread: a long file takes seconds and others are waiting."""
    places, today = await list_places(body_code), clock.today()
    return await asyncio.to_thread(lambda: rules_importing.read_totals(read_table(content), places, today))


async def _check(read: TotalsRead, origin: Origin) -> tuple[UploadReport, list[Total]]:
    """What the rows would do now, and those that would be brought in."""
    cells = [(one.facility, one.month_on) for one in read.totals]
    taken = await queries_importing.list_taken(cells)
    known = {
        (each.facility, each.month_on): each
        for each in await queries_importing.list_totals(sorted({code for code, _ in cells}))
        if each.replaced_at is None
    }
    faults, new = list(read.faults), []
    for one in read.totals:
        before = known.get((one.facility, one.month_on))
        if before is not None and _says_the_same(before, one, origin):
            continue
        refusal = rules_importing.refusal_of(taken.get((one.facility, one.month_on)))
        if refusal is not None:
            faults.append(fault(one.row, rules_importing.TITLES["month"], refusal))
            continue
        new.append(one)
    replacing = sum(1 for one in new if (one.facility, one.month_on) in known)
    return _report(read, new, replacing, faults), new


def _report(read: TotalsRead, new: Sequence[Total], replacing: int, faults: list[Fault]) -> UploadReport:
    months = [one.month_on for one in new]
    return UploadReport(
        new=len(new),
        replacing=replacing,
        known=len(read.totals) - len(new) - (len(faults) - len(read.faults)),
        person_days=sum(one.person_days for one in new),
        first_on=min(months, default=None),
        last_on=max(months, default=None),
        faults=sorted(faults, key=lambda one: one.row),
        unused=read.unused,
    )


def _says_the_same(before: KeptTotal, one: Total, origin: Origin) -> bool:
    kept = (before.person_days, before.person_sessions, before.method, before.document, before.author)
    return kept == (one.person_days, one.person_sessions, origin.method, origin.document, origin.author)


async def _store(by: Actor, totals: Sequence[Total], origin: Origin, upload_id: UUID | None) -> list[UUID]:
    """Put totals in force; those they replace stay, and count until the moment before."""
    now, ids = clock.now(), [new_id() for _ in totals]
    cells = ([one.facility for one in totals], [one.month_on for one in totals])
    await db.execute(
        """update kpi_import i set replaced_at = $3 from unnest($1::text[], $2::date[]) as c(code, month_on)
           join facility f on f.code = c.code
           where i.facility = f.id and i.month_on = c.month_on and i.replaced_at is null""",
        *(*cells, now),
    )
    await db.execute(
        """insert into kpi_import (id, facility, month_on, person_days, person_sessions, method, document, author,
             imported_by, imported_at, upload)
           select c.id, f.id, c.month_on, c.days, c.sessions, $6, $7, $8, $9, $10, $11
           from unnest($1::uuid[], $2::text[], $3::date[], $4::bigint[], $5::bigint[])
             as c(id, code, month_on, days, sessions) join facility f on f.code = c.code""",
        *(ids, *cells, [one.person_days for one in totals], [one.person_sessions for one in totals]),
        *(origin.method, origin.document, origin.author, by.id, now, upload_id),
    )
    if upload_id is None:
        for made, one in zip(ids, totals, strict=True):
            detail = {"month": one.month_on.isoformat(), "person_days": one.person_days}
            await record_audit(by, "kpi.total-entered", "kpi-import", made, scope=one.facility, detail=detail)
    return ids
