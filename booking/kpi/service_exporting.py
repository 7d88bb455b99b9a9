"""Writing a year into one file that an auditor recomputes without the database."""

from hashlib import sha256
from typing import Any, BinaryIO

import msgspec

from booking.access.rules import Role, require_staff
from booking.access.schemas import Actor
from booking.access.service import record_audit, record_view
from booking.facilities import queries as facilities
from booking.kit import clock, db
from booking.kit.archives import Archive, TooLarge
from booking.kpi import queries, service_key
from booking.kpi import queries_certifying as certified
from booking.kpi import queries_counting as counting
from booking.kpi import rules_exporting as words
from booking.kpi.errors import CertifiedRowsMissing, ExportTooLarge, NoSuchBody, NoSuchFiscalYear
from booking.kpi.rules import Part, Period, Places
from booking.kpi.schemas import ScopeView
from booking.kpi.schemas_certifying import Certification, ImportRow, Span, VisitRow
from booking.kpi.schemas_exporting import CertifiedBy, Lines, Manifest
from booking.kpi.service_definitions import LEAD_BODY
from booking.kpi.service_kept_rows import count_rows, read_kept

EXPORTERS = (Role.AUDITOR, Role.BODY_ADMINISTRATOR)
_FILES = {Part.VISITS: words.VISITS, Part.IMPORTS: words.IMPORTS}


def may_export(by: Actor, body: str) -> bool:
    """Whether somebody may have the file of a body or (empty) of the plan."""
    return by.kind == "system" or by.may_in((body or LEAD_BODY,), *EXPORTERS)


class _Lines:
    """Takes the lines of both parts in, one part after the other, as the two files of an archive."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._both = sha256()
        self._is_begun = False
        self.rows = dict.fromkeys(Part, 0)
        self.files: dict[str, str] = {}

    async def take(self, part: Part, lines: bytes) -> None:
        if not self._is_begun:
            self._archive.begin(_FILES[part])
            self._is_begun = True
        self._archive.write(lines)
        self._both.update(lines)
        self.rows[part] += lines.count(b"\n")

    async def end(self, part: Part) -> None:
        await self.take(part, b"")
        self.files[_FILES[part]] = self._archive.end()
        self._is_begun = False

    def digest(self) -> str:
        return self._both.hexdigest()


async def export_year(by: Actor, fiscal_year: int, body: str, out: BinaryIO) -> Manifest:
    """Write a year of a body, or (empty) of the plan, into a stream that can go back: what was certified with what
    differs since, or, not certified, what there is now, marked provisional.

    Raises: NoSuchFiscalYear, NoSuchBody, NotAllowed, CertifiedRowsMissing, ExportTooLarge. Safe: the same year gives
    the same bytes.
    """
    require_staff(by, *EXPORTERS, scopes=(body or LEAD_BODY,))
    names = {each.code: each.name for each in await facilities.list_bodies()}
    if body and body not in names:
        raise NoSuchBody
    if fiscal_year not in await queries.list_fiscal_years() or fiscal_year > clock.fiscal_year(clock.today()):
        raise NoSuchFiscalYear
    public_key = await service_key.get_public_key()
    try:
        return await _export(by, fiscal_year, body, out, body_name=names.get(body, ""), public_key=public_key)
    except TooLarge:
        raise ExportTooLarge from None


async def _export(by: Actor, fiscal_year: int, body: str, out: BinaryIO, **about: Any) -> Manifest:
    async with db.transaction("repeatable_read"):
        first, until = clock.fiscal_span(fiscal_year)
        span = Span(period=Period.YEAR, starts_on=first, until_on=until, body=body)
        about |= {"fiscal_year": fiscal_year, "body": body}
        found = await certified.find_certification(first, body, Period.YEAR)
        manifest = await (_write_current(span, about, out) if found is None else _write_certified(found, about, out))
        behind = await certified.list_members(first, until, body)
        await record_view(by, behind, "kpi-export", scope=body or None, by_list=True)
        said = {"fiscal_year": fiscal_year, "digest": manifest.digest, "standing": manifest.standing}
        subject = None if found is None else found.id
        await record_audit(by, "kpi.exported", "kpi-certification", subject, scope=body or None, detail=said)
    return manifest


async def _write_current(span: Span, about: dict[str, Any], out: BinaryIO) -> Manifest:
    """A year nobody has certified: the rows there are now."""
    archive = Archive(out)
    lines = _Lines(archive)
    definition, scopes = await queries.get_reported_definition(), await queries.list_scopes()
    counted = await count_rows(span, definition, scopes, lines)
    value = counted.values[definition.scope][definition.unit]
    return await _finish(
        archive,
        lines,
        **about,
        standing="provisional",
        as_of_on=clock.today(),
        definition=definition,
        scopes=scopes,
        value=value,
        now=value,
        values=counted.values,
        certification=None,
        differences=[],
    )


async def _write_certified(found: Certification, about: dict[str, Any], out: BinaryIO) -> Manifest:
    """A certified year: the very lines it was counted from."""
    scopes, values = await certified.get_figures(found.id)
    archive = Archive(out)
    lines = _Lines(archive)
    for part in Part:
        async for piece in read_kept(found.id, part):
            await lines.take(part, piece)
        await lines.end(part)
    if lines.digest() != found.digest:
        archive, lines = await _write_again(found, scopes, out)
    return await _finish(
        archive,
        lines,
        **about,
        standing="certified",
        as_of_on=None,
        definition=found.definition,
        scopes=scopes,
        value=found.value,
        now=found.now,
        values=values,
        certification=CertifiedBy(
            certified_by=found.certified_by, office=found.office, note=found.note, certified_at=found.certified_at
        ),
        differences=found.differences,
    )


async def _write_again(found: Certification, scopes: list[ScopeView], out: BinaryIO) -> tuple[Archive, _Lines]:
    """Of a year certified before lines were kept the visits themselves still give them, while nothing has changed.

    Raises: CertifiedRowsMissing.
    """
    out.seek(0)
    out.truncate()
    archive = Archive(out)
    lines = _Lines(archive)
    span = Span(period=found.period, starts_on=found.starts_on, until_on=found.until_on, body=found.body)
    await count_rows(span, found.definition, scopes, lines)
    if found.origin is not None or lines.digest() != found.digest:
        raise CertifiedRowsMissing
    return archive, lines


async def _finish(archive: Archive, lines: _Lines, **said: Any) -> Manifest:
    """The pages beside the lines, and the manifest with its signature."""
    manifest = Manifest(
        format="booking-kpi-export",
        version=1,
        visits=Lines(columns=list(VisitRow.__struct_fields__), rows=lines.rows[Part.VISITS]),
        imports=Lines(columns=list(ImportRow.__struct_fields__), rows=lines.rows[Part.IMPORTS]),
        digest=lines.digest(),
        files={},
        signature="",
        **said,
    )
    files = dict(lines.files)
    statement = counting.answer(Places(manifest.definition.places))
    files[words.SQL] = archive.add(words.SQL, words.figure_sql(manifest, statement))
    files[words.README] = archive.add(words.README, words.readme(manifest))
    manifest = msgspec.structs.replace(manifest, files=files)
    signature = await service_key.sign(words.PURPOSE, words.signed_part(manifest))
    manifest = msgspec.structs.replace(manifest, signature=signature)
    archive.add(words.MANIFEST, words.manifest_bytes(manifest))
    archive.close()
    return manifest
