"""The 個人情報ファイル簿: read by everybody, written by a body's administrators."""

from collections.abc import Mapping, Sequence

from booking.access import service as access
from booking.access.rules import Role, require_staff
from booking.access.schemas import Actor
from booking.facilities.queries import list_bodies
from booking.facilities.schemas import BodyView
from booking.kit import clock, db
from booking.kit.errors import InvalidForm
from booking.kit.fields import Fields
from booking.kit.tokens import new_id
from booking.kit.words import others_of
from booking.people.service_desk import bodies_of
from booking.personal_data import queries_record
from booking.personal_data.errors_record import PartUnknown
from booking.personal_data.queries_record import WrittenText
from booking.personal_data.queries_retention import list_terms
from booking.personal_data.rules_record import ITEMS, PARTS, THRESHOLD, is_sensitive, say_term
from booking.personal_data.schemas_record import FileRecord, PartForm, PartText, RecordPart
from booking.personal_data.schemas_retention import Term

EDITORS = (Role.BODY_ADMINISTRATOR,)
READERS = (Role.BODY_ADMINISTRATOR, Role.AUDITOR)
LONGEST = 600
_WRITE = """
insert into record_text (id, body, part, content, contents, author, made_by, made_at)
values ($1, $2, $3, $4, $5::jsonb, $6, $7, $8)
on conflict on constraint record_text_part_unique do update
set content = excluded.content, contents = excluded.contents, author = excluded.author, made_by = excluded.made_by,
    made_at = excluded.made_at"""


async def list_records() -> list[FileRecord]:
    """The register of every body, for everybody."""
    bodies = await list_bodies()
    written = {(one.body_code, one.part): one for one in await queries_record.list_written()}
    reaching = await queries_record.list_reaching([body.code for body in bodies], THRESHOLD)
    terms = await list_terms()
    return [
        _record(body, written, [one for one in terms if one.body_code == body.code], reaches=body.code in reaching)
        for body in bodies
    ]


def _record(
    body: BodyView, written: Mapping[tuple[str, str], WrittenText], terms: Sequence[Term], *, reaches: bool
) -> FileRecord:
    return FileRecord(
        body=body.code,
        names=body.names,
        parts=[_part(part, written.get((body.code, part.code))) for part in PARTS],
        items=[item.name for item in ITEMS],
        terms=[say_term(term) for term in terms],
        is_sensitive=is_sensitive(ITEMS),
        reaches_threshold=reaches,
    )


def _part(part: RecordPart, own: WrittenText | None) -> PartText:
    if own is None:
        return PartText(code=part.code, title=part.title, texts={"ja": part.shipped}, provisional=True)
    return PartText(
        code=part.code, title=part.title, texts=own.texts, provisional=False, author=own.author, made_at=own.made_at
    )


async def list_for(by: Actor, *roles: Role) -> list[FileRecord]:
    """The registers of the bodies for which one of `roles` is held. Raises: NotAllowed."""
    require_staff(by, *roles)
    bodies = await bodies_of(by, *roles)
    return [one for one in await list_records() if bodies is None or one.body in bodies]


async def get_part(by: Actor, body_code: str, code: str) -> tuple[FileRecord, PartText]:
    """One part of one register, to be written. Raises: NotAllowed, PartUnknown."""
    for record in await list_for(by, *EDITORS):
        for part in record.parts:
            if (record.body, part.code) == (body_code, code):
                return record, part
    raise PartUnknown


async def write_part(by: Actor, body_code: str, code: str, form: PartForm) -> None:
    """Write one part; what stood there stays in the audit trail. Raises: NotAllowed, PartUnknown, InvalidForm."""
    _, part = await get_part(by, body_code, code)
    read = Fields()
    texts = read.words_in_languages(("text", "texts"), form.text, form.texts, longest=LONGEST, has_lines=True)
    read.refuse_if_any(InvalidForm)
    body = next(one for one in await list_bodies() if one.code == body_code)
    async with db.transaction():
        await db.execute(_WRITE, *(new_id(), body.id, code, texts["ja"], others_of(texts), by.name, by.id, clock.now()))
        said = {"part": code, "was": part.texts.get("ja", ""), "now": texts["ja"]}
        await access.record_audit(by, "privacy-record.written", "body", body.id, scope=body_code, detail=said)
