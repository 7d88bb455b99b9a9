"""Residents' pages about the account itself: the first page after the first sign-in, and how a household is reached."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from markupsafe import Markup

from booking.access.rules import AccountKind, require_account, require_adult
from booking.access.schemas import Actor
from booking.kit.errors import InvalidForm, Refusal
from booking.kit.i18n import LANGUAGES, NAMES
from booking.kit.templating import render_piece
from booking.kit.web import Asking, actor_of, form, language_of, page, redirect
from booking.people import pages_forms as forms
from booking.people import queries, queries_reach, queries_texts, rules_text, service, words
from booking.people.errors import MemberNotFound
from booking.people.rules import Preferred
from booking.people.schemas import HouseholdForm, HouseholdView


class WelcomePage(msgspec.Struct, kw_only=True):
    """Who signs in, as the page posts it."""

    name: str
    phone: str
    role: str
    preferred: str
    language: str


async def home_of(actor: Actor) -> HouseholdView | None:
    """The household of whoever asks, or None before the first registration."""
    account = require_account(actor)
    return await queries.find_household_of(account.id) if account.id is not None else None


@get("/welcome", include_in_schema=False)
async def show_welcome(request: Asking, actor: NamedDependency[Actor]) -> Response[Any]:
    """The first page after the first sign-in; whoever is known already goes on to the first page."""
    if await home_of(actor) is not None or actor.account_kind is AccountKind.CARD:
        return redirect("/")
    first = (await offered_channels(actor))[0][0]
    blank = WelcomePage(name=actor.name, phone="", role="guardian", preferred=first, language=language_of(request))
    return await _welcome(request, actor, blank)


@post("/welcome", include_in_schema=False)
async def register(request: Asking, actor: NamedDependency[Actor]) -> Response[Any]:
    """Register the household, then go straight on to its first member, unless the desk has given the account one."""
    posted = await form(request, WelcomePage)
    if await home_of(actor) is not None:
        return redirect("/family")
    try:
        made = await service.register_household(actor, _household_form(posted))
    except InvalidForm as refusal:
        return await _welcome(request, actor, posted, refusal)
    if await queries.list_members_of(id_of(actor)):
        return redirect("/family")
    return redirect("/family/new", **({"me": "1"} if made.role == "self" else {}))


def _household_form(posted: WelcomePage) -> HouseholdForm:
    return HouseholdForm(
        name=posted.name, phone=posted.phone, preferred=posted.preferred, language=posted.language, role=posted.role
    )


async def offered_channels(actor: Actor) -> list[tuple[str, str]]:
    """How this account's household can be told: by mail or LINE where the account has them, by telephone, by letter."""
    home = (await queries_reach.list_homes([id_of(actor)])).get(id_of(actor))
    has = {Preferred.MAIL: bool(home and home.email), Preferred.LINE: bool(home and home.lines)}
    return [(code, word) for code, word in words.CHANNELS.items() if has.get(code, True)]


async def _welcome(request: Asking, actor: Actor, posted: WelcomePage, refusal: Refusal | None = None) -> Response[str]:
    texts = await queries_texts.list_consent_texts()
    return page(
        request,
        "people/welcome.html",
        status=refusal.status if refusal else 200,
        refusal=refusal,
        errors=forms.errors_of(refusal),
        form=posted,
        channels=await offered_channels(actor),
        years=max((text.guardian_below_years for text in texts), default=16),
    )


@get("/family/contact", include_in_schema=False)
async def show_household(request: Asking, actor: NamedDependency[Actor]) -> Response[Any]:
    """Telephone, channel and language of the household, to change."""
    require_adult(actor)
    household = await home_of(actor)
    if household is None:
        return redirect("/welcome")
    posted = WelcomePage(
        name=household.name,
        phone=rules_text.print_phone(household.phone),
        role=household.role,
        preferred=household.preferred,
        language=household.language,
    )
    return await _household_page(request, actor, posted)


@post("/family/contact", include_in_schema=False)
async def edit_household(request: Asking, actor: NamedDependency[Actor]) -> Response[Any]:
    """Store how the household is reached."""
    posted = await form(request, WelcomePage)
    try:
        await service.edit_household(actor, _household_form(posted))
    except InvalidForm as refusal:
        return await _household_page(request, actor, posted, refusal)
    return redirect("/family")


async def _household_page(
    request: Asking, actor: Actor, posted: WelcomePage, refusal: Refusal | None = None
) -> Response[str]:
    return page(
        request,
        "people/household.html",
        status=refusal.status if refusal else 200,
        refusal=refusal,
        errors=forms.errors_of(refusal),
        form=posted,
        channels=await offered_channels(actor),
        languages_offered=[(code, NAMES[code]) for code in LANGUAGES],
    )


def id_of(actor: Actor) -> UUID:
    """The account that asks. Raises: MemberNotFound for somebody without one."""
    if actor.id is None:
        raise MemberNotFound
    return actor.id


async def _start_piece(request: Asking) -> Markup:
    """On the first page: what somebody who has just signed in does next."""
    actor = actor_of(request)
    if actor is None or not actor.is_signed_in or actor.account_kind is AccountKind.CARD:
        return Markup("")
    household = await queries.find_household_of(actor.id)
    members = await queries.list_members_of(actor.id) if household is not None else []
    if members:
        return Markup("")
    return render_piece("people/start.html", language_of(request), household=household)


SLOTS = {"home.10-family": _start_piece}
PAGES: tuple[Any, ...] = (show_welcome, register, show_household, edit_household)
