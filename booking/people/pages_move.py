"""Moving an account at the desk, and the page on which the old address may object."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from booking.access import service as access
from booking.access import service_move as accounts
from booking.access.drawing import qr_svg
from booking.access.schemas import Actor
from booking.kit.errors import Refusal
from booking.kit.i18n import N_, language_of, translate
from booking.kit.settings import get_settings
from booking.kit.web import Asking, form, page
from booking.people import service_move, words

MOVE = "/staff/members/{member_id:uuid}/guardians/{guardianship_id:uuid}/move"
KEPT_NOWHERE = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}


class MovePage(msgspec.Struct, kw_only=True):
    """Where the account goes, and what the desk was shown."""

    email: str
    paper: str


class NothingPage(msgspec.Struct, kw_only=True):
    """A form that is only a button."""


@get(MOVE, include_in_schema=False)
async def show_move(
    request: Asking, actor: NamedDependency[Actor], member_id: FromPath[UUID], guardianship_id: FromPath[UUID]
) -> Response[str]:
    """Ask for the new address and the paper that was seen."""
    guardian = await service_move.get_movable(actor, member_id, guardianship_id)
    await access.record_view(actor, [member_id], "account-move")
    return _move_page(request, guardian, MovePage(email="", paper=""))


def _move_page(request: Asking, guardian: Any, posted: MovePage, **said: Any) -> Response[str]:
    refusal = said.get("refusal")
    status = refusal.status if refusal else 200
    errors = refusal.fields if refusal else {}
    context = {"guardian": guardian, "form": posted, "papers": list(words.PAPERS.items()), "errors": errors}
    return page(
        request, "people/move.html", status=status, headers=KEPT_NOWHERE, **{"link": "", "code": "", **context, **said}
    )


@post(MOVE, include_in_schema=False)
async def move(
    request: Asking, actor: NamedDependency[Actor], member_id: FromPath[UUID], guardianship_id: FromPath[UUID]
) -> Response[str]:
    """Move the account, and show its owner's one-time way in, once."""
    posted = await form(request, MovePage)
    guardian = await service_move.get_movable(actor, member_id, guardianship_id)
    try:
        path = await service_move.move(actor, member_id, guardianship_id, email=posted.email, paper=posted.paper)
    except Refusal as refusal:
        return _move_page(request, guardian, posted, refusal=refusal)
    link = get_settings().public_url.rstrip("/") + path
    code = qr_svg(link, translate(N_("新しい端末で読み取るQRコード"), language_of(request)))
    return _move_page(request, guardian, posted, link=link, code=code)


@get("/moved/{token:str}", include_in_schema=False)
async def show_moved(request: Asking, token: FromPath[str]) -> Response[str]:
    """What the old address reads for a day: that the account was moved, and how to stop it."""
    try:
        await accounts.get_move(token)
    except Refusal as refusal:
        return page(
            request, "people/moved.html", headers=KEPT_NOWHERE, status=refusal.status, refusal=refusal, token=""
        )
    return page(request, "people/moved.html", headers=KEPT_NOWHERE, token=token, is_stopped=False)


@post("/moved/{token:str}", include_in_schema=False)
async def deny(request: Asking, token: FromPath[str]) -> Response[str]:
    """Stop the account."""
    await form(request, NothingPage)
    try:
        await service_move.deny(token)
    except Refusal as refusal:
        return page(
            request, "people/moved.html", headers=KEPT_NOWHERE, status=refusal.status, refusal=refusal, token=""
        )
    return page(request, "people/moved.html", headers=KEPT_NOWHERE, token="", is_stopped=True)


PAGES: tuple[Any, ...] = (show_move, move, show_moved, deny)
