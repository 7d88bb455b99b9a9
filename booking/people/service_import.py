"""Take over a list of registrants: read it, say every row that cannot be used, and register all of them or nobody."""

import asyncio
import hashlib
from datetime import timedelta
from uuid import UUID

import msgspec

from booking.access import service as access
from booking.access.rules import Role
from booking.access.schemas import Actor
from booking.facilities import queries as facilities
from booking.kit import clock, db
from booking.kit.i18n import LANGUAGES
from booking.kit.spreadsheet_files import read_table
from booking.kit.tokens import from_text, new_id, seal, to_text, unseal
from booking.people import queries_import, queries_texts
from booking.people import service_import_rows as rows
from booking.people.errors import BodyUnknown
from booking.people.errors_import import ImportNotFound, RowsFaulty
from booking.people.rules_import import Setting, find_same, read_rows, remember
from booking.people.schemas_import import ImportReport, ImportView, Known, Read, Registrant
from booking.people.service_desk import bodies_of

KEPT = timedelta(hours=1)
"""How long a list that was handed in can be registered; then its rows are forgotten."""


async def upload(by: Actor, body_code: str, content: bytes) -> ImportView:
    """Read a list, keep it sealed for an hour, and say what registering it would do. Nobody is registered yet.

    Raises: NotAllowed; BodyUnknown; what `read_table` raises; NamesNotFound.
    """
    await _require(by, body_code)
    report, _ = await _check(body_code, await _read(content))
    async with db.transaction():
        import_id = await _note(by, report, content, is_kept=True)
    return await get_import(by, import_id)


async def get_import(by: Actor, import_id: UUID) -> ImportView:
    """A list handed in for a body of theirs. Raises: NotAllowed; ImportNotFound."""
    bodies = await bodies_of(by, Role.BODY_ADMINISTRATOR)
    found = await queries_import.find_import(import_id)
    if found is None or (bodies is not None and found.body_code not in bodies):
        raise ImportNotFound
    return found


async def commit(by: Actor, import_id: UUID) -> ImportView:
    """Register everybody on a list that was handed in, as it is read now: all or nobody.

    Raises: NotAllowed; ImportNotFound; RowsFaulty. Safe: repeated, and beside another list of the same body.
    """
    asked = await get_import(by, import_id)
    if asked.committed_at is not None:
        return asked
    async with db.transaction():
        kept = await queries_import.lock_import(import_id, clock.now() - KEPT)
        if kept is None:
            found = await get_import(by, import_id)
            if found.committed_at is None:
                raise ImportNotFound
            return found
        await _register(by, asked.body_code, await _read(from_text(unseal(kept).decode())), import_id)
    return await get_import(by, import_id)


async def import_at_once(by: Actor, body_code: str, content: bytes, *, is_for_real: bool) -> ImportReport:
    """Read a list and, for real, register everybody on it: all or nobody.

    Raises: NotAllowed; BodyUnknown; what `read_table` raises; NamesNotFound; RowsFaulty. Safe: repeated.
    """
    await _require(by, body_code)
    read = await _read(content)
    report, _ = await _check(body_code, read)
    if not is_for_real:
        return report
    async with db.transaction():
        return await _register(by, body_code, read, await _note(by, report, content, is_kept=False))


async def forget_uploads() -> int:
    """Forget the rows of lists that nobody registered within an hour; how many lists. Safe: repeated."""
    done = await db.execute(
        "update member_import set content = null where content is not null and uploaded_at <= $1", clock.now() - KEPT
    )
    return int(done.rpartition(" ")[2])


async def _require(by: Actor, body_code: str) -> None:
    bodies = await bodies_of(by, Role.BODY_ADMINISTRATOR)
    if bodies is not None and body_code not in bodies:
        raise BodyUnknown
    await queries_texts.get_consent_text(body_code)


async def _read(content: bytes) -> Read:
    """The rows, read in a thread: a long list takes seconds and others are waiting."""
    places = await facilities.list_municipalities()
    setting = Setting(
        today=clock.today(),
        municipalities={place.code: place.name for place in places},
        outside=next((place.code for place in places if place.kind == "outside"), None),
        languages=LANGUAGES,
    )
    return await asyncio.to_thread(lambda: read_rows(read_table(content), setting))


async def _check(body_code: str, read: Read) -> tuple[ImportReport, list[Registrant]]:
    """What the rows would do now, and those that would be registered."""
    seen: dict[tuple[str, str, str], list[Known]] = {}
    births = {one.facts.birth_on for one in read.registrants if one.facts.birth_on is not None}
    for member in await queries_import.list_known(body_code, births):
        remember(seen, member, member.born, member.names)
    known = [one.row for one in read.registrants if find_same(seen, one.born, one.names) is not None]
    new = [one for one in read.registrants if one.row not in set(known)] if known else read.registrants
    report = ImportReport(
        body_code=body_code,
        new=len(new),
        known=known,
        repeats=read.repeats,
        faults=read.faults,
        unused=read.unused,
        without_consent=sum(one.consent_on is None for one in new),
    )
    return report, new


async def _register(by: Actor, body_code: str, read: Read, import_id: UUID) -> ImportReport:
    """Look everybody up again while no other list of the body is registered, and store whoever is new."""
    await facilities.lock_body(body_code)
    report, new = await _check(body_code, read)
    if report.faults:
        raise RowsFaulty(n=len(report.faults))
    await rows.store(new, await queries_texts.get_consent_text(body_code))
    await db.execute(
        "update member_import set content = null, committed_at = $2, made = $3, report = $4 where id = $1",
        *(import_id, clock.now(), len(new), msgspec.json.encode(report).decode()),
    )
    said = {"made": len(new), "known": len(report.known)}
    await access.record_audit(by, "members-imported", "member-import", import_id, scope=body_code, detail=said)
    return report


async def _note(by: Actor, report: ImportReport, content: bytes, *, is_kept: bool) -> UUID:
    import_id = new_id()
    await db.execute(
        "insert into member_import (id, body, digest, content, report, uploaded_by, uploaded_at)"
        " values ($1, (select id from body where code = $2), $3, $4, $5, $6, $7)",
        *(import_id, report.body_code, hashlib.sha256(content).hexdigest()),
        seal(to_text(content).encode()) if is_kept else None,
        *(msgspec.json.encode(report).decode(), by.id, clock.now()),
    )
    return import_id
