"""The staff's pages about facilities: when each is open, its hours and closing days, its settings."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from booking.access.rules import STAFF_ROLES, require_staff, scopes_of
from booking.access.schemas import Actor
from booking.facilities import pages_accessibility, pages_public, pages_spaces, queries, rules_words, service_staff
from booking.facilities.rules import days_of, hours_on, weeks_of
from booking.facilities.rules_forms import version_of
from booking.facilities.schemas import FacilityView
from booking.facilities.schemas_forms import ClosingRuleForm, FacilityForm, HoursForm
from booking.kit import clock
from booking.kit.errors import Refusal
from booking.kit.i18n import N_
from booking.kit.web import Asking, NavItem, form, page, redirect

PREVIEW_DAYS = 56
READERS = STAFF_ROLES


async def _readable(actor: Actor, code: str) -> FacilityView:
    """The facility, for staff of it. Raises: UnknownFacility, NotAllowed."""
    require_staff(actor)
    facility = await queries.get_facility(code)
    require_staff(actor, scopes=facility.scopes)
    return facility


def _context(request: Asking, actor: Actor, facility: FacilityView) -> dict[str, Any]:
    return {
        "facility": facility,
        "may_edit": actor.may_in(facility.scopes, *service_staff.EDITORS),
        "words": rules_words,
        "today": clock.today(),
        "done": request.query_params.get("done", ""),
    }


@get("/staff/facilities", include_in_schema=False)
async def show_facilities(request: Asking, actor: NamedDependency[Actor]) -> Response[str]:
    """The reader's facilities: open today or not, and what waits for a decision."""
    require_staff(actor)
    mine = scopes_of(actor, *READERS)
    facilities = [one for one in await queries.list_facilities() if mine is None or mine.intersection(one.scopes)]
    today = clock.today()
    calendar = await queries.load_calendar([one.id for one in facilities], today, today + timedelta(days=PREVIEW_DAYS))
    rules = await queries.list_closing_rules([one.id for one in facilities], today)
    rows = [
        (one, days_of(calendar, one.id), any(rule.provisional and rule.facility_id == one.id for rule in rules))
        for one in facilities
    ]
    return page(request, "facilities/list.html", rows=rows, words=rules_words)


@get("/staff/facilities/{code:str}", include_in_schema=False)
async def show_facility(request: Asking, actor: NamedDependency[Actor], code: FromPath[str]) -> Response[str]:
    """The calendar of the weeks ahead: open, closed, why, and where rules disagree."""
    facility = await _readable(actor, code)
    today = clock.today()
    calendar = await queries.load_calendar([facility.id], today, today + timedelta(days=PREVIEW_DAYS - 1))
    days = days_of(calendar, facility.id)
    weeks = weeks_of(days)
    return page(request, "facilities/calendar.html", days=days, weeks=weeks, **_context(request, actor, facility))


async def _hours_page(request: Asking, actor: Actor, facility: FacilityView, **more: Any) -> Response[str]:
    today = clock.today()
    rows = await queries.list_hours([facility.id], today)
    given = {
        "hours": hours_on(rows, today),
        "planned": [row for row in rows if row.valid_from_on > today or row.valid_until_on is not None],
        "seen": version_of(rows),
        "rules": await queries.list_closing_rules([facility.id], today),
        "hours_form": None,
        "rule_form": None,
    }
    return page(request, "facilities/hours.html", **given | more, **_context(request, actor, facility))


@get("/staff/facilities/{code:str}/hours", include_in_schema=False)
async def show_hours(request: Asking, actor: NamedDependency[Actor], code: FromPath[str]) -> Response[str]:
    """Hours by weekday and the rules that close days."""
    return await _hours_page(request, actor, await _readable(actor, code))


@post("/staff/facilities/{code:str}/hours", include_in_schema=False)
async def change_hours(request: Asking, actor: NamedDependency[Actor], code: FromPath[str]) -> Response[Any]:
    """Change the hours of the week from a day on."""
    data = await form(request, HoursForm)
    try:
        await service_staff.change_hours(actor, code, data)
    except Refusal as refusal:
        facility = await _readable(actor, code)
        return await _hours_page(request, actor, facility, status=refusal.status, refusal=refusal, hours_form=data)
    return redirect(f"/staff/facilities/{code}/hours", done="hours")


@post("/staff/facilities/{code:str}/rules", include_in_schema=False)
async def add_closing_rule(request: Asking, actor: NamedDependency[Actor], code: FromPath[str]) -> Response[Any]:
    """Add a closing rule."""
    data = await form(request, ClosingRuleForm)
    try:
        await service_staff.add_closing_rule(actor, code, data)
    except Refusal as refusal:
        facility = await _readable(actor, code)
        return await _hours_page(request, actor, facility, status=refusal.status, refusal=refusal, rule_form=data)
    return redirect(f"/staff/facilities/{code}/hours", done="rule")


async def _with_rule(
    verb: Callable[[Actor, str, UUID], Awaitable[None]], actor: Actor, code: str, rule_id: UUID
) -> Response[Any]:
    await verb(actor, code, rule_id)
    return redirect(f"/staff/facilities/{code}/hours", done="rule")


@post("/staff/facilities/{code:str}/rules/{rule_id:uuid}/end", include_in_schema=False)
async def end_closing_rule(
    actor: NamedDependency[Actor], code: FromPath[str], rule_id: FromPath[UUID]
) -> Response[Any]:
    """Let a closing rule end today."""
    return await _with_rule(service_staff.end_closing_rule, actor, code, rule_id)


@post("/staff/facilities/{code:str}/rules/{rule_id:uuid}/confirm", include_in_schema=False)
async def confirm_closing_rule(
    actor: NamedDependency[Actor], code: FromPath[str], rule_id: FromPath[UUID]
) -> Response[Any]:
    """Take the provisional mark off a closing rule."""
    return await _with_rule(service_staff.confirm_closing_rule, actor, code, rule_id)


def _settings_page(request: Asking, actor: Actor, facility: FacilityView, **more: Any) -> Response[str]:
    shown = _context(request, actor, facility)
    return page(request, "facilities/settings.html", seen=version_of(facility), **shown, **more)


@get("/staff/facilities/{code:str}/settings", include_in_schema=False)
async def show_settings(request: Asking, actor: NamedDependency[Actor], code: FromPath[str]) -> Response[str]:
    """Capacity, telephone and door times."""
    return _settings_page(request, actor, await _readable(actor, code))


@post("/staff/facilities/{code:str}/settings", include_in_schema=False)
async def change_settings(request: Asking, actor: NamedDependency[Actor], code: FromPath[str]) -> Response[Any]:
    """Change them."""
    data = await form(request, FacilityForm)
    try:
        await service_staff.change_facility(actor, code, data)
    except Refusal as refusal:
        facility = await _readable(actor, code)
        return _settings_page(request, actor, facility, status=refusal.status, refusal=refusal, form=data)
    return redirect(f"/staff/facilities/{code}/settings", done="settings")


@post("/staff/facilities/{code:str}/confirm/{what:str}", include_in_schema=False)
async def confirm(actor: NamedDependency[Actor], code: FromPath[str], what: FromPath[str]) -> Response[Any]:
    """Take the provisional mark off a value."""
    await service_staff.confirm(actor, code, what)
    return redirect(f"/staff/facilities/{code}/{'hours' if what == 'hours' else 'settings'}", done="confirmed")


PAGES = (
    show_facilities,
    show_facility,
    show_hours,
    change_hours,
    add_closing_rule,
    end_closing_rule,
    confirm_closing_rule,
    show_settings,
    change_settings,
    confirm,
    *pages_spaces.PAGES,
    *pages_accessibility.PAGES,
    *pages_public.PAGES,
)
SLOTS = pages_public.SLOTS
NAV = (NavItem(label=N_("施設"), address="/staff/facilities", icon="pin", roles=tuple(map(str, READERS)), order=40),)
