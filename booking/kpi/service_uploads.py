"""Files of numbers from before the service: kept sealed for an hour, for whoever administers the body they are of."""

import hashlib
from datetime import timedelta
from uuid import UUID

import msgspec

from booking.access.rules import Role, require_staff
from booking.access.schemas import Actor
from booking.facilities import queries as facilities
from booking.facilities.schemas import FacilityView
from booking.kit import clock, db
from booking.kit.tokens import from_text, new_id, seal, to_text, unseal
from booking.kit.words import say_words
from booking.kpi import queries_importing
from booking.kpi.errors import NoSuchBody
from booking.kpi.errors_importing import UploadUnknown
from booking.kpi.rules import READERS, Upload
from booking.kpi.schemas_importing import Origin, UploadReport, UploadView

KEPT = timedelta(hours=1)
"""How long a file can be committed; then its rows are forgotten."""


async def list_own_bodies(by: Actor) -> list[tuple[str, str]]:
    """Code and name of the bodies somebody may bring numbers in for. Raises: NotAllowed."""
    require_staff(by, Role.BODY_ADMINISTRATOR)
    return [
        (each.code, say_words(each.names, by.language))
        for each in await facilities.list_bodies()
        if by.kind == "system" or by.may_in((each.code,), Role.BODY_ADMINISTRATOR)
    ]


async def list_seen_places(by: Actor) -> list[FacilityView]:
    """The facilities whose imported numbers somebody may look at."""
    found = await facilities.list_facilities()
    return [each for each in found if by.kind == "system" or by.may_in(each.scopes, *READERS)]


async def require_body(by: Actor, body_code: str) -> None:
    """Raises: NotAllowed, NoSuchBody."""
    if body_code not in {code for code, _ in await list_own_bodies(by)}:
        raise NoSuchBody


async def get_upload(by: Actor, upload_id: UUID) -> UploadView:
    """A file handed in for a body of theirs. Raises: NotAllowed, UploadUnknown."""
    mine = {code for code, _ in await list_own_bodies(by)}
    found = await queries_importing.find_upload(upload_id)
    if found is None or found.body_code not in mine:
        raise UploadUnknown
    return found


async def list_uploads(by: Actor) -> list[UploadView]:
    """The files of single visits that were brought in, of bodies whose numbers somebody may look at."""
    seen = [
        each.code for each in await facilities.list_bodies() if by.kind == "system" or by.may_in((each.code,), *READERS)
    ]
    return [each for each in await queries_importing.list_uploads(seen) if each.kind is Upload.VISITS]


async def open_upload(upload_id: UUID) -> bytes | None:
    """Within a transaction: the file, locked until it is committed; None when that happened or it is forgotten."""
    kept = await queries_importing.lock_upload(upload_id, clock.now() - KEPT)
    return None if kept is None else from_text(unseal(kept).decode())


async def keep_upload(
    by: Actor, kind: Upload, body_code: str, content: bytes, *, origin: Origin, report: UploadReport
) -> UUID:
    """Within a transaction: keep a file and what it would do."""
    made = new_id()
    await db.execute(
        "insert into kpi_upload (id, body, kind, digest, content, report, method, document, author, uploaded_by,"
        " uploaded_at) values ($1, (select id from body where code = $2), $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        *(made, body_code, kind.value, hashlib.sha256(content).hexdigest(), seal(to_text(content).encode())),
        *(_json(report), origin.method, origin.document, origin.author, by.id, clock.now()),
    )
    return made


async def keep_report(upload_id: UUID, report: UploadReport) -> None:
    """Within a transaction: what stands against a file now, which did not when it was handed in."""
    await db.execute("update kpi_upload set report = $2 where id = $1", upload_id, _json(report))


async def close_upload(upload_id: UUID, report: UploadReport) -> None:
    """Within a transaction: the file is committed, and its rows are forgotten."""
    await db.execute(
        "update kpi_upload set content = null, committed_at = $2, report = $3 where id = $1",
        *(upload_id, clock.now(), _json(report)),
    )


def _json(report: UploadReport) -> str:
    return msgspec.json.encode(report).decode()


async def forget_uploads() -> int:
    """Forget the rows of old numbers that nobody brought in within an hour; how many files. Safe: repeated."""
    done = await db.execute(
        "update kpi_upload set content = null where content is not null and uploaded_at <= $1", clock.now() - KEPT
    )
    return int(done.rpartition(" ")[2])
