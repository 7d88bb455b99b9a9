"""Staff pages of the visits behind a number: on a page, and as files."""

from typing import Any
from urllib.parse import urlencode

from litestar import Response, get
from litestar.di import NamedDependency

from booking.access.rules import EXPORTERS
from booking.access.schemas import Actor
from booking.kit import clock
from booking.kit.exports import file_addresses, list_file
from booking.kit.i18n import N_, translate
from booking.kit.spreadsheets import Cell
from booking.kit.web import Asking, language_of, page
from booking.kpi import queries, service_visits
from booking.kpi.rules_words import ENTRIES, UNITS
from booking.kpi.schemas_behind import CountedVisit, CountedVisits
from booking.occupancy.rules_words import STAGES

HOME = "/staff/kpi/visits"
KEPT = ("fiscal_year", "month", "day", "scope", "unit", *service_visits.FILTERS, "often")
HEAD = (
    N_("日にち"),
    N_("入った時刻"),
    N_("出た時刻"),
    N_("場所"),
    N_("会員番号"),
    N_("名前"),
    N_("人数"),
    N_("プログラム"),
    N_("段階"),
    N_("住んでいるところ"),
    N_("記録のしかた"),
    N_("閉じかた"),
    N_("延べ人日"),
    N_("延べコマ"),
    N_("実人数"),
    N_("数え方"),
)
SAID: dict[str, Any] = {"address": HOME, "words": {"stages": STAGES, "entries": ENTRIES, "units": UNITS}}


@get(HOME, include_in_schema=False)
async def show_visits(request: Asking, actor: NamedDependency[Actor]) -> Response[str]:
    """The visits behind a number, and what they come to."""
    asked, language = await service_visits.read_asked(actor, request.query_params), language_of(request)
    found = await service_visits.list_counted_visits(actor, asked, cursor=request.query_params.get("cursor"))
    kept = {name: request.query_params[name] for name in KEPT if name in request.query_params}
    return page(
        request,
        "kpi/visits.html",
        visits=found,
        asked=asked,
        kept=kept,
        more=urlencode({**kept, "cursor": found.next_cursor or ""}),
        may_export=actor.has_role(*EXPORTERS),
        names=await queries.list_names(language),
        scopes={each.code: each.name for each in await queries.list_scopes(language)},
        **SAID,
    )


@get(file_addresses(HOME), include_in_schema=False)
async def visits_file(request: Asking, actor: NamedDependency[Actor]) -> Response[bytes]:
    """The same list as a file, whole; the columns of what each adds come to the number."""
    asked = await service_visits.read_asked(actor, request.query_params)
    found = await service_visits.list_for_file(actor, asked)
    names = await queries.list_names(language_of(request))
    rows = _rows(found, names, language_of(request))
    return await list_file(request, f"kpi-visits-{asked.from_on}", N_("数字のもとになった来館"), HEAD, rows)


def _rows(found: CountedVisits, names: dict[str, dict[str, str]], language: str) -> list[list[Cell]]:
    reading = found.definition + (f" {translate(N_('暫定'), language)}" if found.provisional else "")
    rows: list[list[Cell]] = [[*_row(each, names, language), reading] for each in found.items]
    for total in found.imported:
        where = names["facility"].get(total.facility, total.facility)
        how = f"{translate(ENTRIES['import'], language)} {total.method} {total.document}"
        added: list[Cell] = [total.person_days, total.person_sessions, 0, reading]
        rows.append([total.month_on.isoformat(), None, None, where, *[None] * 6, how, None, *added])
    return rows


def _row(visit: CountedVisit, names: dict[str, dict[str, str]], language: str) -> list[Cell]:
    def said(words: dict[str, Any], code: str | None) -> str | None:
        return translate(words[code], language) if code in words else code

    return [
        visit.visited_on.isoformat(),
        f"{clock.local(visit.entered_at):%H:%M}",
        f"{clock.local(visit.left_at):%H:%M}" if visit.left_at else None,
        names["facility"].get(visit.facility, visit.facility),
        visit.member_number,
        visit.shown_name,
        visit.heads,
        names["program"].get(visit.program, visit.program) if visit.program else None,
        said(STAGES, visit.school_stage or ""),
        names["municipality"].get(visit.municipality, visit.municipality) if visit.municipality else None,
        said(ENTRIES, visit.entered_by),
        said(ENTRIES, visit.closed_by) if visit.closed_by == "auto" else None,
        visit.person_days,
        visit.person_sessions,
        visit.people,
    ]


PAGES = (show_visits, visits_file)
