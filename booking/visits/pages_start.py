"""The first visit on an own phone: a poster with a code, a short form without an account, a pass for this day."""

import asyncio
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from booking.access.cookies import network_of
from booking.access.rules import require_staff
from booking.access.schemas import Actor
from booking.facilities.queries import get_facility
from booking.facilities.schemas import FacilityView
from booking.kit.errors import NotFound, Refusal
from booking.kit.i18n import HTML_LANG, LANGUAGES, N_, translate
from booking.kit.settings import get_settings
from booking.kit.web import Asking, form, language_of, page, redirect
from booking.passes.drawing import path_of, side_of, spaced
from booking.people import words
from booking.people.queries_texts import list_consent_texts
from booking.people.service_first import list_due
from booking.visits import service_start
from booking.visits.pages_desk import place_of, read_nonce
from booking.visits.pages_first import FirstForm, blank, desk_form, first_page
from booking.visits.poster import print_poster
from booking.visits.service_desk import DESK

HEADING = N_("はじめての人は、ここから")
TEXT = N_("スマホで読み取って、名前と学年と電話番号を書くと、すぐに入れます。")
FOOT = N_("スマホがないときは、受付で話してください。1分で入れます。")
SECRET = {"X-Robots-Tag": "noindex", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}


@get("/staff/visits/poster.pdf", include_in_schema=False)
async def show_poster(request: Asking, actor: NamedDependency[Actor]) -> Response[bytes]:
    """The poster of a facility, to print and hang at its door."""
    require_staff(actor, *DESK)
    place = await place_of(actor, request.query_params.get("facility", ""))
    content = await print_poster(
        place.name,
        f"{get_settings().public_url.rstrip('/')}/start/{place.code}",
        heading=translate(HEADING, "ja"),
        text=translate(TEXT, "ja"),
        others=[(one, translate(HEADING, one)) for one in LANGUAGES if HTML_LANG.get(one, one) != "ja"],
        foot=translate(FOOT, "ja"),
    )
    headers = {"Cache-Control": "private, no-store", "Content-Disposition": f'inline; filename="{place.code}.pdf"'}
    return Response(content, media_type="application/pdf", headers=headers)


async def _place(code: str) -> FacilityView:
    place = await get_facility(code)
    if place.ended_on is not None:
        raise NotFound
    return place


async def _start_page(
    request: Asking, place: FacilityView, data: FirstForm, refusal: Refusal | None = None
) -> Response[str]:
    texts = {one.body_code: one for one in await list_consent_texts()}
    return first_page(request, "visits/start.html", place, data, refusal, text=texts.get(place.body_code))


@get("/start/{code:str}", include_in_schema=False)
async def show_start(request: Asking, code: FromPath[str]) -> Response[Any]:
    """What the poster's code opens."""
    return await _start_page(request, await _place(code), blank(language=language_of(request)))


@post("/start/{code:str}", include_in_schema=False)
async def start(request: Asking, code: FromPath[str]) -> Response[Any]:
    """Register and go to the pass. Whether somebody like this is registered already is never said."""
    place, data = await _place(code), await form(request, FirstForm)
    data.language = language_of(request)
    try:
        secret = await service_start.start(
            place.code, desk_form(data), read_nonce(data.nonce, data), network_of(request)
        )
    except Refusal as refusal:
        return await _start_page(request, place, data, refusal)
    return redirect(f"/start/pass/{secret}")


@get("/start/pass/{token:str}", include_in_schema=False)
async def show_started(request: Asking, token: FromPath[str]) -> Response[str]:
    """The pass of this day, for whoever has the address."""
    started = await service_start.get_started(token)
    return page(
        request,
        "visits/started.html",
        headers=SECRET,
        shown_name=started.member.shown_name,
        path=await asyncio.to_thread(path_of, started.shown.token),
        side=side_of(started.shown.token),
        number=spaced(started.shown.number),
        owed=[words.DUE[one] for one in await list_due(started.member)],
    )


PAGES: tuple[Any, ...] = (show_poster, show_start, start, show_started)
