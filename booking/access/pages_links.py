"""Pages to which one-time links lead: a link shows a page, only its button acts."""

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from booking.access import service_links
from booking.access.cookies import browser_of, know_device
from booking.access.drawing import qr_svg
from booking.access.pages_sign_in import go_on
from booking.access.rules import AccountKind, LinkPurpose
from booking.access.schemas import Actor, Link
from booking.kit.errors import Refusal
from booking.kit.i18n import N_, language_of, translate
from booking.kit.web import Asking, form, page

KEPT_NOWHERE = {"Cache-Control": "no-store"}
"""The page of a new authenticator shows its secret to somebody who is not signed in yet."""


class EnrolForm(msgspec.Struct, kw_only=True):
    """A new authenticator's sealed secret and its digits."""

    sealed: str
    code: str


class NothingForm(msgspec.Struct, kw_only=True):
    """A button alone."""


@get("/enter/{token:str}", include_in_schema=False)
async def show_link(request: Asking, token: FromPath[str]) -> Response[str]:
    """What a one-time link opens; looking uses nothing up."""
    try:
        link = await service_links.get_link(token)
    except Refusal as refusal:
        return page(request, "access/link_over.html", headers=KEPT_NOWHERE, status=refusal.status, refusal=refusal)
    return page(request, "access/enter.html", headers=KEPT_NOWHERE, link=link, token=token)


@post("/enter/{token:str}", include_in_schema=False)
async def use_link(request: Asking, token: FromPath[str], actor: NamedDependency[Actor]) -> Response[Any]:
    """Sign in by a demo's link, or show the QR code of a new authenticator."""
    await form(request, NothingForm)
    browser, device = browser_of(request)
    try:
        link = await service_links.get_link(token)
        if link.purpose == LinkPurpose.ENROL_STAFF:
            return know_device(_enrol_page(request, token, link, service_links.new_totp_secret()), device)
        signed_in = await service_links.enter_by_link(token, browser, before=actor)
    except Refusal as refusal:
        return page(request, "access/link_over.html", headers=KEPT_NOWHERE, status=refusal.status, refusal=refusal)
    home = "/staff/" if signed_in.kind is AccountKind.STAFF else "/"
    home = "/account" if link.purpose == LinkPurpose.MOVED else home
    return know_device(go_on(signed_in, None, home), device)


def _enrol_page(request: Asking, token: str, link: Link, sealed: str, refusal: Refusal | None = None) -> Response[str]:
    secret, address = service_links.totp_address(sealed, link)
    title = translate(N_("認証アプリで読み取るQRコード"), language_of(request))
    groups = [secret[at : at + 4] for at in range(0, len(secret), 4)]
    shown: dict[str, Any] = {
        "code": qr_svg(address, title),
        "secret": " ".join(groups),
        "sealed": sealed,
        "token": token,
    }
    status = refusal.status if refusal else 200
    return page(request, "access/enrol.html", headers=KEPT_NOWHERE, status=status, refusal=refusal, link=link, **shown)


@post("/enter/{token:str}/confirm", include_in_schema=False)
async def confirm_enrolment(request: Asking, token: FromPath[str], actor: NamedDependency[Actor]) -> Response[Any]:
    """Keep the new authenticator once it has shown its digits."""
    data = await form(request, EnrolForm)
    browser, _ = browser_of(request)
    try:
        link = await service_links.get_link(token)
    except Refusal as refusal:
        return page(request, "access/link_over.html", headers=KEPT_NOWHERE, status=refusal.status, refusal=refusal)
    try:
        signed_in = await service_links.enrol(token, data.sealed, data.code, browser, before=actor)
    except Refusal as refusal:
        return _enrol_page(request, token, link, service_links.keep_or_renew(data.sealed), refusal)
    return go_on(signed_in, None, "/staff/")


PAGES: tuple[Any, ...] = (show_link, use_link, confirm_enrolment)
