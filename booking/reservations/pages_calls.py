"""Seats that are kept for families whom no message reaches: first on the list of people to phone, and their answer."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from markupsafe import Markup

from booking.access.schemas import Actor
from booking.kit.templating import render_piece
from booking.kit.web import Asking, form, language_of, page, redirect
from booking.people import words
from booking.people.rules_text import print_phone
from booking.reservations import service_calls
from booking.reservations.pages_words import WORDS

CALLS = "/staff/calls"
SHOWN: dict[str, Any] = {"phone": print_phone, "relations": words.RELATIONS, **WORDS}


class AnswerPage(msgspec.Struct, kw_only=True):
    """What the family said: accept, decline, extend."""

    answer: str


async def _to_phone(request: Asking, **context: Any) -> Markup:
    """The offers nobody has read, above everybody else who is to be phoned."""
    is_managers = bool(context.get("is_managers"))
    calls, hidden = await service_calls.list_to_phone(context["actor"], protected=is_managers)
    done = request.query_params.get("answered", "")
    shown = {"calls": calls, "hidden": hidden, "done": done if done in service_calls.ANSWERS else ""}
    if not calls and not hidden and not shown["done"]:
        return Markup()
    return render_piece("reservations/offer_calls.html", language_of(request), **shown, **SHOWN)


@get(f"{CALLS}/offers/{{offer_id:uuid}}", include_in_schema=False)
async def show_call(request: Asking, actor: NamedDependency[Actor], offer_id: FromPath[UUID]) -> Response[str]:
    """One offer: whom to phone, until when, and what they say."""
    call = await service_calls.open_call(actor, offer_id)
    return page(request, "reservations/offer_call.html", call=call, reservation_id=offer_id, **SHOWN)


@post(f"{CALLS}/offers/{{offer_id:uuid}}", include_in_schema=False)
async def answer_for(request: Asking, actor: NamedDependency[Actor], offer_id: FromPath[UUID]) -> Response[Any]:
    """Note what the family said on the telephone; a refusal is said on a page that names nobody."""
    data = await form(request, AnswerPage)
    await service_calls.answer_for(actor, offer_id, data.answer)
    return redirect(CALLS, answered=data.answer)


PAGES: tuple[Any, ...] = (show_call, answer_for)
SLOTS: dict[str, Any] = {"staff-calls.10-offers": _to_phone}
