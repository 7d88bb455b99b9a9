"""Staff pages of readings: which is in force, what another would give, who confirmed it, and what may be looked at."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from booking.access.rules import Role, require_staff
from booking.access.schemas import Actor
from booking.facilities import queries as facilities
from booking.kit import clock
from booking.kit.errors import Refusal
from booking.kit.i18n import LANGUAGES, N_, NAMES
from booking.kit.web import Asking, form, language_of, page, redirect
from booking.kpi import queries, service_definitions
from booking.kpi.rules import READERS, Places
from booking.kpi.rules_words import UNITS
from booking.kpi.schemas_definitions import ConfirmForm, DefinitionForm, ScopeForm
from booking.programs import queries as programs

HOME = "/staff/kpi/definitions"
PLACES = {
    Places.EACH: N_("1日に2つの場所に来たら、それぞれ 1"),
    Places.ONCE: N_("同じ団体の2つの場所に1日に来ても、先に来た場所で 1"),
}
COUNTS = {
    "counts_trials": N_("体験会に来た人を数える"),
    "counts_groups": N_("団体で来た人数を数える"),
    "counts_staff_entries": N_("係の人が入力した来館を数える"),
    "counts_imports": N_("取り込んだ数字を数える"),
}
WORDS = {"units": UNITS, "places": PLACES, "counts": COUNTS}
OTHER_LANGUAGES = tuple((each, NAMES[each]) for each in LANGUAGES[1:])


@get(HOME, include_in_schema=False)
async def show_definitions(request: Asking, actor: NamedDependency[Actor]) -> Response[str]:
    """Every reading there is or was, and the scopes."""
    return await _list(request, actor)


async def _list(request: Asking, actor: Actor, **more: Any) -> Response[str]:
    require_staff(actor, *READERS)
    language = language_of(request)
    given: dict[str, Any] = {
        "definitions": await queries.list_definitions(language),
        "scopes": await queries.list_scopes(language),
        "may_decide": actor.may_in((service_definitions.LEAD_BODY,), Role.BODY_ADMINISTRATOR),
        "words": WORDS,
    }
    return page(request, "kpi/definitions.html", **given | more)


@get(f"{HOME}/new", include_in_schema=False)
async def show_new(request: Asking, actor: NamedDependency[Actor]) -> Response[str]:
    """The form for another reading, filled with the one in force."""
    service_definitions.require_decider(actor)
    return await _form(request)


async def _form(request: Asking, **more: Any) -> Response[str]:
    language = language_of(request)
    given: dict[str, Any] = {
        "now": await queries.get_reported_definition(),
        "scopes": await queries.list_scopes(language),
        "words": WORDS,
    }
    return page(request, "kpi/new_definition.html", **given | more)


@post(f"{HOME}/preview", include_in_schema=False)
async def preview(request: Asking, actor: NamedDependency[Actor]) -> Response[str]:
    """What it would give, before it is saved: this fiscal year and the one before."""
    data = await form(request, DefinitionForm)
    this_year, known = clock.fiscal_year(clock.today()), await queries.list_fiscal_years()
    try:
        years = [year for year in (this_year, this_year - 1) if year in known]
        previews = [await service_definitions.preview(actor, data, year) for year in years]
    except Refusal as refusal:
        return await _form(request, status=refusal.status, refusal=refusal, form=data)
    return await _form(request, form=data, previews=previews)


@post(HOME, include_in_schema=False)
async def define(request: Asking, actor: NamedDependency[Actor]) -> Response[Any]:
    """Put it in force."""
    data = await form(request, DefinitionForm)
    try:
        await service_definitions.define(actor, data)
    except Refusal as refusal:
        return await _form(request, status=refusal.status, refusal=refusal, form=data)
    return redirect(HOME, done="defined")


@post(f"{HOME}/{{code:str}}/confirm", include_in_schema=False)
async def confirm(request: Asking, actor: NamedDependency[Actor], code: FromPath[str]) -> Response[Any]:
    """Say by name, office and document that it is the right one."""
    data = await form(request, ConfirmForm)
    try:
        await service_definitions.confirm(actor, code, data)
    except Refusal as refusal:
        return await _list(request, actor, status=refusal.status, refusal=refusal, form=data)
    return redirect(HOME, done="confirmed")


@get("/staff/kpi/scopes/new", include_in_schema=False)
async def show_new_scope(request: Asking, actor: NamedDependency[Actor]) -> Response[str]:
    """The form for one more selection of places and programs."""
    service_definitions.require_decider(actor)
    return await _scope_form(request)


async def _scope_form(request: Asking, **more: Any) -> Response[str]:
    given: dict[str, Any] = {
        "facilities": await facilities.list_facilities(),
        "programs": await programs.list_programs(),
        "other_languages": OTHER_LANGUAGES,
    }
    return page(request, "kpi/new_scope.html", **given | more)


@post("/staff/kpi/scopes", include_in_schema=False)
async def add_scope(request: Asking, actor: NamedDependency[Actor]) -> Response[Any]:
    """Add it to the matrix."""
    data = await form(request, ScopeForm)
    try:
        await service_definitions.add_scope(actor, data)
    except Refusal as refusal:
        return await _scope_form(request, status=refusal.status, refusal=refusal, form=data)
    return redirect(HOME, done="added")


PAGES = (show_definitions, show_new, preview, define, confirm, show_new_scope, add_scope)
