"""Pages where auditors and administrators read who changed what, and who saw whose personal data."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from booking.access import pages_words, queries_staff, service_staff
from booking.access.rules import Role, require_staff
from booking.access.schemas import Actor
from booking.kit import clock
from booking.kit.i18n import N_, language_of, translate
from booking.kit.web import Asking, NavItem, page

READERS = (Role.AUDITOR, Role.BODY_ADMINISTRATOR)
ROWS = 100


def _day(asked: str | None) -> date:
    try:
        return date.fromisoformat(asked or "")
    except ValueError:
        return clock.today()


def _uuid(asked: str | None) -> UUID | None:
    try:
        return UUID(asked or "")
    except ValueError:
        return None


async def _span(actor: Actor, asked: str | None) -> dict[str, Any]:
    """The day asked for, and whose logs the reader may see. Raises: NotAllowed."""
    require_staff(actor, *READERS)
    since, until = clock.day_span(_day(asked))
    return {"since": since, "until": until, "scopes": await service_staff.readable_scopes(actor, *READERS)}


async def _context(request: Asking, asked: str | None, rows: Sequence[Any]) -> dict[str, Any]:
    language = language_of(request)
    return {
        "day": _day(asked),
        "rows": rows[:ROWS],
        "more": len(rows) > ROWS,
        "actors": {kind: translate(word, language) for kind, word in pages_words.ACTORS.items()},
        "scope_names": {scope.code: scope.name for scope in await service_staff.list_scopes()},
    }


@get("/staff/audit", include_in_schema=False)
async def show_audit(
    request: Asking,
    actor: NamedDependency[Actor],
    day: FromQuery[str | None],
    action: FromQuery[str | None],
    before: FromQuery[str | None],
) -> Response[str]:
    """The audit trail of a day, for the scopes the reader holds."""
    span = await _span(actor, day)
    rows = await queries_staff.list_audit(**span, action=action or None, before=_uuid(before), limit=ROWS + 1)
    choices = [("", translate(pages_words.EVERYTHING, language_of(request)))]
    choices += [(name, name) for name in await queries_staff.list_actions(**span)]
    context = await _context(request, day, rows)
    return page(request, "access/audit.html", action=action or "", action_choices=choices, **context)


@get("/staff/views", include_in_schema=False)
async def show_views(
    request: Asking, actor: NamedDependency[Actor], day: FromQuery[str | None], before: FromQuery[str | None]
) -> Response[str]:
    """Who saw whose personal data on a day, for the scopes the reader holds."""
    rows = await queries_staff.list_views(**await _span(actor, day), before=_uuid(before), limit=ROWS + 1)
    return page(request, "access/views.html", **await _context(request, day, rows))


PAGES: tuple[Any, ...] = (show_audit, show_views)
NAV = (
    NavItem(label=N_("操作の記録"), address="/staff/audit", icon="eye", roles=tuple(map(str, READERS)), order=90),
    NavItem(label=N_("閲覧の記録"), address="/staff/views", icon="eye", roles=tuple(map(str, READERS)), order=91),
)
