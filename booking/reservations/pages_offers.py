"""Where one stands in waiting lists, and the answer to a kept seat: signed in, or by the link in a message.

All without JavaScript. A link shows a page; only the buttons there act.
"""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from booking.access.rules import require_account
from booking.access.schemas import Actor
from booking.kit.errors import Refusal
from booking.kit.web import Asking, form, page, redirect
from booking.reservations import service_offers, service_waiting_reading
from booking.reservations.errors_offers import OfferOver
from booking.reservations.pages_words import WORDS
from booking.reservations.schemas import ReservationView

ANSWERS = {"accept": service_offers.accept, "decline": service_offers.decline, "extend": service_offers.extend}
KEPT_NOWHERE = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex", "Referrer-Policy": "no-referrer"}
"""The address of such a page answers in somebody's name."""


class AnswerForm(msgspec.Struct, kw_only=True):
    """What is answered to an offer: accept, decline, extend."""

    answer: str


async def _answer(by: Actor, reservation_id: UUID, answer: str) -> list[ReservationView]:
    if answer not in ANSWERS:
        raise OfferOver
    return await ANSWERS[answer](by, reservation_id)


# ---- signed in ----------------------------------------------------------------------------------------------------


@get("/offers", include_in_schema=False)
async def show_offers(
    request: Asking, actor: NamedDependency[Actor], joined: FromQuery[str] = "", answered: FromQuery[str] = ""
) -> Response[str]:
    """The seats that are kept for the family, and where it stands in waiting lists."""
    return await _offers_page(request, actor, joined=joined, answered=answered)


async def _offers_page(request: Asking, actor: Actor, **context: Any) -> Response[str]:
    waits = await service_waiting_reading.list_waits(actor)
    shown: dict[str, Any] = {"joined": "", "answered": "", "status": 200, **context}
    return page(request, "reservations/offers.html", waits=waits, **shown, **WORDS)


@post("/bookings/{reservation_id:uuid}/answer", include_in_schema=False)
async def answer(request: Asking, actor: NamedDependency[Actor], reservation_id: FromPath[UUID]) -> Response[Any]:
    """Take the seat that is kept, decline it, or ask for more time."""
    require_account(actor)
    data = await form(request, AnswerForm)
    try:
        done = await _answer(actor, reservation_id, data.answer)
    except Refusal as refusal:
        return await _offers_page(request, actor, status=refusal.status, refusal=refusal)
    if data.answer == "accept":
        return redirect(f"/bookings/{done[0].id}/booked")
    return redirect("/offers", answered=data.answer)


# ---- by link ------------------------------------------------------------------------------------------------------


@get("/offers/{token:str}", include_in_schema=False)
async def show_linked(request: Asking, token: FromPath[str]) -> Response[str]:
    """The offer a link is for, with its buttons; looking changes nothing."""
    return await _linked_page(request, token)


@post("/offers/{token:str}", include_in_schema=False)
async def answer_linked(request: Asking, token: FromPath[str]) -> Response[str]:
    """Answer by the button of that page, without signing in."""
    data = await form(request, AnswerForm)
    try:
        by, items = await service_offers.open_link(token)
        await _answer(by, items[0].id, data.answer)
    except Refusal as refusal:
        return await _linked_page(request, token, status=refusal.status, refusal=refusal)
    return await _linked_page(request, token, answered=data.answer)


async def _linked_page(request: Asking, token: str, **context: Any) -> Response[str]:
    try:
        _, items = await service_offers.open_link(token)
    except Refusal as refusal:
        context = {"status": refusal.status, "refusal": refusal}
        return page(request, "reservations/offer_over.html", headers=KEPT_NOWHERE, **context)
    shown: dict[str, Any] = {"answered": "", "status": 200, **context}
    return page(request, "reservations/offer.html", headers=KEPT_NOWHERE, token=token, items=items, **shown, **WORDS)


PAGES = (show_offers, answer, show_linked, answer_linked)
