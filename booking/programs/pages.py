"""The doors of programs, where they hang in the menu, and what runs at a place."""

from datetime import timedelta

from markupsafe import Markup

from booking.access.rules import STAFF_ROLES
from booking.facilities.schemas import FacilityView
from booking.kit import clock
from booking.kit.i18n import N_
from booking.kit.templating import render_piece
from booking.kit.web import Asking, NavItem, language_of
from booking.programs import (
    pages_adding,
    pages_list,
    pages_options,
    pages_programs,
    pages_sessions,
    pages_weeks,
    queries,
    rules_words,
)

PAGES = (
    *pages_list.PAGES,
    *pages_programs.PAGES,
    *pages_options.PAGES,
    *pages_sessions.PAGES,
    *pages_adding.PAGES,
    *pages_weeks.PAGES,
)
_ROLES = tuple(map(str, STAFF_ROLES))
NAV = (
    NavItem(label=N_("回と席"), address="/staff/sessions", icon="calendar", roles=_ROLES, order=25),
    NavItem(label=N_("プログラム"), address="/staff/programs", icon="laptop", roles=_ROLES, order=41),
)


async def _programs_at(request: Asking, facility: FacilityView) -> Markup:
    """On a place's page: what runs there in the weeks to come."""
    today, language = clock.today(), language_of(request)
    programs = await queries.list_programs_at(facility.id, today, today + timedelta(days=28))
    return render_piece(
        "programs/at_place.html",
        language,
        programs=programs,
        facility=facility,
        categories=rules_words.CATEGORIES,
        language=language,
    )


SLOTS = {"place.20-programs": _programs_at}
