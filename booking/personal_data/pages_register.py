"""The register of personal files for everybody, and its lines in the order of the law."""

from typing import Any

from litestar import Response, get

from booking.kit.i18n import N_
from booking.kit.web import Asking, NavItem, page
from booking.personal_data import rules_record
from booking.personal_data import service_record as service
from booking.personal_data.schemas_record import FileRecord, Part


def lines_of(record: FileRecord) -> list[tuple[str, Any, Part | None]]:
    """The register from top to bottom, as the law lists it: title, what stands there, and which part can be written."""
    lines: list[tuple[str, Any, Part | None]] = []
    for part in record.parts:
        if part.code is Part.RETENTION and record.terms:
            lines.append((rules_record.TERMS_TITLE, record.terms, None))
        lines.append((part.title, part.texts, part.code))
        if part.code is Part.NAME:
            lines.append((rules_record.BODY_TITLE, record.names, None))
        if part.code is Part.PURPOSE:
            lines.append((rules_record.ITEMS_TITLE, record.items, None))
        if part.code is Part.COLLECTION:
            lines.append((rules_record.SENSITIVE_TITLE, rules_record.SENSITIVE[record.is_sensitive], None))
        if part.code is Part.PROCEDURE:
            lines.append((rules_record.FILE_TITLE, rules_record.FILE, None))
            lines.append((rules_record.PERSONS_TITLE, rules_record.PERSONS[record.reaches_threshold], None))
    return lines


def context_of(records: list[FileRecord]) -> dict[str, Any]:
    """The registers with their lines, as the pages show them."""
    return {"records": [(record, lines_of(record)) for record in records]}


@get("/privacy/record", include_in_schema=False)
async def show_record(request: Asking) -> Response[str]:
    """The registers of both bodies, for everybody."""
    return page(request, "personal_data/public_record.html", **context_of(await service.list_records()))


PAGES = (show_record,)
NAV = (NavItem(label=N_("個人情報ファイル簿"), address="/privacy/record", place="foot", order=65),)
