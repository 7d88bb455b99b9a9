"""The page of one's own account: ways to sign in, browsers that are signed in, language. For residents and staff."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from booking.access import queries, queries_ways, service_account, service_openid, service_passkeys
from booking.access.cookies import browser_of, know_device
from booking.access.errors import CodeExpired
from booking.access.pages_openid import ACCOUNT, away_page
from booking.access.pages_sign_in import said_no
from booking.access.pages_staff import NothingForm
from booking.access.rules import AccountKind
from booking.access.schemas import Actor
from booking.kit import clock
from booking.kit.errors import Refusal
from booking.kit.i18n import LANGUAGES, N_, NAMES
from booking.kit.web import Asking, NavItem, form, page, redirect, slots


class LanguageForm(msgspec.Struct, kw_only=True):
    """The language an account reads."""

    language: str


class AddressForm(msgspec.Struct, kw_only=True):
    """An address the account wants to have."""

    email: str


class DigitsForm(msgspec.Struct, kw_only=True):
    """The digits that were mailed there."""

    code: str


async def _account_page(request: Asking, actor: Actor, **said: Any) -> Response[str]:
    account_id = service_passkeys.owner_of(actor)
    identities = await queries_ways.list_identities(account_id)
    is_staff = actor.account_kind is AccountKind.STAFF
    context = {
        "account": await queries.find_account(account_id),
        "identities": identities,
        "providers": [] if is_staff else await queries_ways.list_providers(),
        "passkeys": await queries_ways.list_passkeys(account_id),
        "sign_ins": await queries_ways.list_sign_ins(account_id, clock.now()),
        "here_id": actor.sign_in_id,
        "moved_at": await queries_ways.find_recent_move(account_id, clock.now()),
        "is_staff": is_staff,
        "languages_offered": [(code, NAMES[code]) for code in LANGUAGES],
        "pieces": await slots("account", request),
        "linked": False,
        **said,
    }
    return page(request, "access/account.html", **context)


@get(ACCOUNT, include_in_schema=False)
async def show_account(request: Asking, actor: NamedDependency[Actor], linked: FromQuery[str | None]) -> Response[str]:
    """Everything by which this account is entered."""
    return await _account_page(request, actor, linked=bool(linked))


@post(f"{ACCOUNT}/language", include_in_schema=False)
async def choose_language(request: Asking, actor: NamedDependency[Actor]) -> Response[Any]:
    """Read in another language from now on, on every browser."""
    posted = await form(request, LanguageForm)
    service_passkeys.owner_of(actor)
    await service_account.choose_language(posted.language, actor)
    return redirect(ACCOUNT, lang=posted.language)


@post(f"{ACCOUNT}/identities/{{provider_id:uuid}}", include_in_schema=False)
async def link_identity(request: Asking, provider_id: FromPath[UUID], actor: NamedDependency[Actor]) -> Response[Any]:
    """Go to a provider to link what it proves to this account."""
    await form(request, NothingForm)
    browser, device = browser_of(request)
    try:
        way = await service_openid.set_out(provider_id, browser, next_path=ACCOUNT, link_to=actor)
    except Refusal as refusal:
        return await _account_page(request, actor, **said_no(refusal))
    return know_device(await away_page(request, provider_id, way), device)


@post(f"{ACCOUNT}/identities/{{identity_id:uuid}}/remove", include_in_schema=False)
async def unlink_identity(request: Asking, identity_id: FromPath[UUID], actor: NamedDependency[Actor]) -> Response[Any]:
    """Take an identity off; linking it again undoes it."""
    await form(request, NothingForm)
    try:
        await service_openid.unlink(identity_id, actor)
    except Refusal as refusal:
        return await _account_page(request, actor, **said_no(refusal))
    return redirect(ACCOUNT)


@post(f"{ACCOUNT}/passkeys/{{passkey_id:uuid}}/remove", include_in_schema=False)
async def remove_passkey(request: Asking, passkey_id: FromPath[UUID], actor: NamedDependency[Actor]) -> Response[Any]:
    """Forget a passkey; it can be added again."""
    await form(request, NothingForm)
    try:
        await service_passkeys.remove(passkey_id, actor)
    except Refusal as refusal:
        return await _account_page(request, actor, **said_no(refusal))
    return redirect(ACCOUNT)


@post(f"{ACCOUNT}/sign-ins/others", include_in_schema=False)
async def end_others(request: Asking, actor: NamedDependency[Actor]) -> Response[Any]:
    """Sign out everywhere but here."""
    await form(request, NothingForm)
    service_passkeys.owner_of(actor)
    await service_account.end_other_sign_ins(actor)
    return redirect(ACCOUNT)


@post(f"{ACCOUNT}/sign-ins/{{sign_in_id:uuid}}", include_in_schema=False)
async def end_one(request: Asking, sign_in_id: FromPath[UUID], actor: NamedDependency[Actor]) -> Response[Any]:
    """Sign out on one other browser."""
    await form(request, NothingForm)
    service_passkeys.owner_of(actor)
    await service_account.end_one_sign_in(sign_in_id, actor)
    return redirect(ACCOUNT)


@post(f"{ACCOUNT}/address", include_in_schema=False)
async def ask_address(request: Asking, actor: NamedDependency[Actor]) -> Response[Any]:
    """Mail digits to an address this account wants to have."""
    posted = await form(request, AddressForm)
    browser, device = browser_of(request)
    try:
        await service_account.ask_new_address(posted.email, actor, browser)
    except Refusal as refusal:
        return await _account_page(request, actor, form=posted, **said_no(refusal))
    return know_device(redirect(f"{ACCOUNT}/address"), device)


@get(f"{ACCOUNT}/address", include_in_schema=False)
async def show_address(request: Asking, actor: NamedDependency[Actor]) -> Response[str]:
    """Ask for the digits that were mailed to the new address."""
    return await _digits_page(request, actor)


async def _digits_page(request: Asking, actor: Actor, refusal: Refusal | None = None) -> Response[str]:
    account_id = service_passkeys.owner_of(actor)
    browser, _ = browser_of(request)
    address = await queries.find_live_code(browser.device, clock.now(), account_id)
    said = said_no(refusal or (None if address else CodeExpired()))
    return page(request, "access/new_address.html", address=address, **said)


@post(f"{ACCOUNT}/address/code", include_in_schema=False)
async def prove_address(request: Asking, actor: NamedDependency[Actor]) -> Response[Any]:
    """Take the address over once its digits are typed."""
    posted = await form(request, DigitsForm)
    browser, _ = browser_of(request)
    try:
        await service_account.prove_new_address(posted.code, actor, browser)
    except Refusal as refusal:
        return await _digits_page(request, actor, refusal)
    return redirect(ACCOUNT)


PAGES: tuple[Any, ...] = (
    *(show_account, choose_language, link_identity, unlink_identity, remove_passkey),
    *(end_others, end_one, ask_address, show_address, prove_address),
)
NAV = (NavItem(label=N_("アカウント"), address=ACCOUNT, icon="person", when="signed-in", place="foot", order=50),)
