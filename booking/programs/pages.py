"""The staff's doors of programs, and where they hang in the menu."""

from booking.access.rules import STAFF_ROLES
from booking.kit.i18n import N_
from booking.kit.web import NavItem
from booking.programs import pages_adding, pages_options, pages_programs, pages_sessions

PAGES = (*pages_programs.PAGES, *pages_options.PAGES, *pages_sessions.PAGES, *pages_adding.PAGES)
_ROLES = tuple(map(str, STAFF_ROLES))
NAV = (
    NavItem(label=N_("回と席"), address="/staff/sessions", icon="calendar", roles=_ROLES, order=25),
    NavItem(label=N_("プログラム"), address="/staff/programs", icon="laptop", roles=_ROLES, order=35),
)
