"""Pages where residents and staff sign in, and out: the same mailed digits at both doors."""

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery

from booking.access import queries, queries_ways, service, service_sign_in
from booking.access.cookies import browser_of, forget_sign_in, know_device, know_sign_in
from booking.access.errors import CodeExpired
from booking.access.rules import AccountKind, own_path
from booking.access.schemas import Actor, SignedIn
from booking.kit import clock
from booking.kit.errors import Refusal
from booking.kit.i18n import N_, language_of, translate
from booking.kit.web import Asking, NavItem, form, page, redirect

RESIDENTS, STAFF = "/sign-in", "/staff/sign-in"
SECOND = "/staff/sign-in/second"


class AddressForm(msgspec.Struct, kw_only=True):
    """Where to mail the digits."""

    email: str
    next: str


class DigitsForm(msgspec.Struct, kw_only=True):
    """Digits from a mail or an authenticator, and where to go then."""

    code: str
    next: str


class CardForm(msgspec.Struct, kw_only=True):
    """What is on the card, and the PIN."""

    number: str
    pin: str
    next: str


def home_of(door: str) -> str:
    """Where a door leads when nothing else was asked for."""
    return "/staff/" if door == STAFF else "/"


def said_no(refusal: Refusal | None) -> dict[str, Any]:
    """What a page needs to say a refusal: its status, its headers (how long to wait) and itself."""
    if refusal is None:
        return {}
    return {"status": refusal.status, "headers": getattr(refusal, "headers", {}), "refusal": refusal}


def go_on(signed_in: SignedIn, asked: str | None, home: str = "/") -> Response[Any]:
    """After a sign-in: on to the page asked for, the first registration, or the second factor."""
    if signed_in.needs_second:
        return know_sign_in(redirect(SECOND, next=own_path(asked, "/staff/")), signed_in)
    return know_sign_in(redirect("/welcome" if signed_in.is_new else own_path(asked, home)), signed_in)


@get(RESIDENTS, include_in_schema=False)
async def show_sign_in(request: Asking, actor: NamedDependency[Actor], next: FromQuery[str | None]) -> Response[Any]:
    """Ask for the mail address; whoever is signed in already goes on."""
    if actor.is_signed_in:
        return redirect(own_path(next, "/"))
    return await address_page(request, RESIDENTS, next)


@get(STAFF, include_in_schema=False)
async def show_staff_sign_in(
    request: Asking, actor: NamedDependency[Actor], next: FromQuery[str | None]
) -> Response[Any]:
    """Ask staff for the mail address; whoever has begun or finished goes on."""
    if actor.kind == "staff":
        return redirect(own_path(next, "/staff/"))
    if actor.account_kind is AccountKind.STAFF:
        return redirect(SECOND, next=own_path(next, "/staff/"))
    return await address_page(request, STAFF, next)


async def address_page(request: Asking, door: str, asked: str | None, **said: Any) -> Response[str]:
    """The first page of a sign-in; residents are also offered the providers of the bodies."""
    providers = [] if door == STAFF else await queries_ways.list_providers()
    context: dict[str, Any] = {
        "next": own_path(asked, ""),
        "door": door,
        "staff": door == STAFF,
        "providers": providers,
    }
    return page(request, "access/sign_in.html", **context, **said)


@post(RESIDENTS, include_in_schema=False)
async def send_code(request: Asking) -> Response[Any]:
    """Mail the digits; the answer does not say whether anybody has an account."""
    return await _send_code(request, RESIDENTS)


@post(STAFF, include_in_schema=False)
async def send_staff_code(request: Asking) -> Response[Any]:
    """Mail the digits; the answer does not say whether anybody works here."""
    return await _send_code(request, STAFF)


async def _send_code(request: Asking, door: str) -> Response[Any]:
    data = await form(request, AddressForm)
    browser, device = browser_of(request)
    try:
        await service_sign_in.request_code(data.email, browser)
    except Refusal as refusal:
        return await address_page(request, door, data.next, form=data, **said_no(refusal))
    return know_device(redirect(f"{door}/code", next=own_path(data.next, home_of(door))), device)


@get(f"{RESIDENTS}/code", include_in_schema=False)
async def show_code(request: Asking, next: FromQuery[str | None]) -> Response[str]:
    """Ask for the digits that were mailed."""
    return await _code_page(request, RESIDENTS, next)


@get(f"{STAFF}/code", include_in_schema=False)
async def show_staff_code(request: Asking, next: FromQuery[str | None]) -> Response[str]:
    """Ask staff for the digits that were mailed."""
    return await _code_page(request, STAFF, next)


async def _code_page(request: Asking, door: str, asked: str | None, refusal: Refusal | None = None) -> Response[str]:
    """Ask for the digits, or say that there are none to be asked for."""
    browser, _ = browser_of(request)
    address = await queries.find_live_code(browser.device, clock.now())
    said = said_no(refusal or (None if address else CodeExpired()))
    return page(
        request, "access/code.html", address=address, next=own_path(asked, ""), door=door, staff=door == STAFF, **said
    )


@post(f"{RESIDENTS}/code", include_in_schema=False)
async def prove_code(request: Asking, actor: NamedDependency[Actor]) -> Response[Any]:
    """Sign in with the digits."""
    return await _prove_code(request, RESIDENTS, actor)


@post(f"{STAFF}/code", include_in_schema=False)
async def prove_staff_code(request: Asking, actor: NamedDependency[Actor]) -> Response[Any]:
    """The first of the two proofs of staff."""
    return await _prove_code(request, STAFF, actor)


async def _prove_code(request: Asking, door: str, actor: Actor) -> Response[Any]:
    data = await form(request, DigitsForm)
    browser, _ = browser_of(request)
    try:
        signed_in = await service_sign_in.prove_code(data.code, browser, before=actor, staff=door == STAFF)
    except Refusal as refusal:
        return await _code_page(request, door, data.next, refusal)
    return go_on(signed_in, data.next)


@get(SECOND, include_in_schema=False)
async def show_second(request: Asking, actor: NamedDependency[Actor], next: FromQuery[str | None]) -> Response[Any]:
    """Ask for the authenticator's digits."""
    if actor.account_kind is not AccountKind.STAFF:
        return redirect(STAFF, next=own_path(next, "/staff/"))
    return page(request, "access/second.html", next=own_path(next, ""))


@post(SECOND, include_in_schema=False)
async def prove_second(request: Asking, actor: NamedDependency[Actor]) -> Response[Any]:
    """The second of the two proofs of staff."""
    data = await form(request, DigitsForm)
    browser, _ = browser_of(request)
    try:
        signed_in = await service_sign_in.prove_second(data.code, browser, before=actor)
    except Refusal as refusal:
        return page(request, "access/second.html", next=own_path(data.next, ""), **said_no(refusal))
    return go_on(signed_in, data.next, "/staff/")


@get(f"{RESIDENTS}/card", include_in_schema=False)
async def show_card(request: Asking, next: FromQuery[str | None]) -> Response[str]:
    """Ask for number and PIN."""
    return page(request, "access/card.html", next=own_path(next, ""))


@post(f"{RESIDENTS}/card", include_in_schema=False)
async def prove_card(request: Asking, actor: NamedDependency[Actor]) -> Response[Any]:
    """Sign in with number and PIN; the PIN is not shown again when they are wrong."""
    data = await form(request, CardForm)
    browser, device = browser_of(request)
    try:
        signed_in = await service_sign_in.sign_in_with_pin(data.number, data.pin, browser, before=actor)
    except Refusal as refusal:
        again = page(request, "access/card.html", form=data, next=own_path(data.next, ""), **said_no(refusal))
        return know_device(again, device)
    return know_device(go_on(signed_in, data.next), device)


@get("/sign-out", include_in_schema=False)
async def ask_sign_out(request: Asking) -> Response[str]:
    """Ask before signing out: a link shows a page, only the button acts."""
    language = language_of(request)
    said: dict[str, Any] = {
        "heading": translate(N_("サインアウトしますか"), language),
        "text": translate(N_("この端末で、ほかの人に見られなくなります。予約はそのままです。"), language),
        "button": translate(N_("サインアウトする"), language),
    }
    return page(request, "kit/confirm.html", action="/sign-out", back="/", danger=False, **said)


@post("/sign-out", include_in_schema=False)
async def sign_out(actor: NamedDependency[Actor]) -> Response[Any]:
    """Sign this browser out."""
    await service.end_sign_in(actor)
    return forget_sign_in(redirect(STAFF if actor.account_kind is AccountKind.STAFF else "/"))


PAGES: tuple[Any, ...] = (
    *(show_sign_in, send_code, show_code, prove_code, show_card, prove_card, ask_sign_out, sign_out),
    *(show_staff_sign_in, send_staff_code, show_staff_code, prove_staff_code, show_second, prove_second),
)
NAV = (
    NavItem(label=N_("サインイン"), address=RESIDENTS, icon="person", when="signed-out", order=90),
    NavItem(label=N_("サインアウト"), address="/sign-out", icon="out", when="signed-in", place="foot", order=90),
    NavItem(label=N_("職員の入り口"), address=STAFF, when="signed-out", place="foot", order=95),
)
