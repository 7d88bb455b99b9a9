"""The pages of a group that wants to come: the form, and behind its secret address the answer. No account is needed."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from booking.access.cookies import network_of
from booking.access.schemas import Actor
from booking.facilities.queries import list_facilities
from booking.kit import clock
from booking.kit.errors import Refusal
from booking.kit.i18n import LANGUAGES, N_, NAMES
from booking.kit.web import Asking, NavItem, form, language_of, page, redirect
from booking.kit.words import words_tag
from booking.people.rules_text import print_phone
from booking.reservations import rules_group_visits as rules
from booking.reservations import service_group_visits as service
from booking.reservations.errors_audiences import GRADES
from booking.reservations.letter_group_visits import print_letter
from booking.reservations.queries_group_visits import get_request, list_closed_wishes
from booking.reservations.schemas_group_visits import GroupRequestForm, GroupRequestView

Act = Callable[[str], Awaitable[GroupRequestView]]
SECRET = {"X-Robots-Tag": "noindex", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}
STATES = {
    "asked": N_("返事を待っています"),
    "refused": N_("ほかの日時を待っています"),
    "lapsed": N_("ほかの日時を待っています"),
    "countered": N_("別の日時の提案があります"),
    "approved": N_("受け入れが決まりました"),
    "declined": N_("受け入れられません"),
    "displaced": N_("休館で、日時がなくなりました"),
    "expired": N_("返事のないまま、希望の日が過ぎました"),
    "withdrawn": N_("取り下げました"),
}
TAGS = {
    "asked": "waiting",
    "refused": "waiting",
    "lapsed": "waiting",
    "countered": "soon",
    "approved": "confirmed",
    "displaced": "late",
    "expired": "closed",
    "declined": "closed",
    "withdrawn": "closed",
}
"""The look's states of a request's tag."""


class NothingForm(msgspec.Struct, kw_only=True):
    """A button alone."""


WORDS: dict[str, Any] = {
    "place_name": lambda one: words_tag(one.facility_names if isinstance(one, GroupRequestView) else one.names),
    "grades": GRADES,
    "state_words": STATES,
    "state_tags": TAGS,
    "standing_of": lambda one: rules.standing_of(one.state, one.decided_at, one.answered_at),
    "may": rules.may,
    "is_overdue": lambda one: rules.is_overdue(one.state, one.waits_since, clock.now()),
    "days_waited": lambda one: (clock.now() - one.waits_since).days,
    "print_phone": print_phone,
}
"""What templates of group visits, the public's and the staff's, say by."""


def blank(**given: Any) -> GroupRequestForm:
    """The form before anything is written."""
    lists = {name: [""] * rules.WISHES for name in ("day", "starts", "ends")} | {"pupils": [""] * rules.YEARS}
    texts = {field: "" for field in GroupRequestForm.__struct_fields__ if field not in lists}
    return GroupRequestForm(**(texts | lists | given))


async def form_page(
    request: Asking, data: GroupRequestForm, refusal: Refusal | None = None, **more: Any
) -> Response[str]:
    """The form, or the form again; `places` and `template` are the staff's where they write it."""
    today = clock.today()
    everywhere = [one for one in await list_facilities() if one.ended_on is None or one.ended_on > today]
    return page(
        request,
        more.pop("template", "reservations/group_visit_new.html"),
        form=rules.padded(data),
        refusal=refusal,
        errors=refusal.fields if refusal else {},
        places=more.pop("places", everywhere),
        language_names=[(each, NAMES[each]) for each in LANGUAGES],
        wishes=rules.WISHES,
        new_nonce=uuid4,
        status=refusal.status if refusal else 200,
        **WORDS,
        **more,
    )


@get("/group-visits/new", include_in_schema=False)
async def show_new(request: Asking, facility: FromQuery[str] = "") -> Response[str]:
    """The form for a school or another group."""
    return await form_page(request, blank(facility=facility, language=language_of(request)))


@post("/group-visits/new", include_in_schema=False)
async def ask(request: Asking, actor: NamedDependency[Actor]) -> Response[Any]:
    """Send it; on to the page behind its secret address."""
    data = await form(request, GroupRequestForm)
    try:
        await service.limit_requests(network_of(request))
        request_id = await service.ask(actor, data)
    except Refusal as refusal:
        return await form_page(request, data, refusal)
    return redirect(f"/group-visits/{service.token_of(request_id)}", did="asked")


@get("/group-visits/{token:str}", include_in_schema=False)
async def show_own(request: Asking, token: FromPath[str], did: FromQuery[str] = "") -> Response[str]:
    """How a request stands, for whoever has its address; looking changes nothing."""
    return await _own_page(request, token, did=did)


async def _own_page(request: Asking, token: str, **more: Any) -> Response[str]:
    asked = await get_request(service.read_token(token))
    given: dict[str, Any] = {"did": "", "refusal": None, "status": 200, **more}
    return page(
        request,
        "reservations/group_visit.html",
        headers=SECRET,
        visit=asked,
        token=token,
        closed_then=await list_closed_wishes(asked),
        link=service.link_of(asked.id),
        **WORDS,
        **given,
    )


async def _acted(request: Asking, token: str, act: Act, did: str) -> Response[Any]:
    await form(request, NothingForm)
    try:
        await act(token)
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        return await _own_page(request, token, refusal=refusal, status=refusal.status)
    return redirect(f"/group-visits/{token}", did=did)


@post("/group-visits/{token:str}/withdraw", include_in_schema=False)
async def withdraw(request: Asking, token: FromPath[str]) -> Response[Any]:
    """The group does not come."""
    return await _acted(request, token, service.withdraw, "withdrawn")


@post("/group-visits/{token:str}/accept", include_in_schema=False)
async def accept(request: Asking, token: FromPath[str]) -> Response[Any]:
    """The group takes the time proposed."""
    return await _acted(request, token, service.accept, "accepted")


@post("/group-visits/{token:str}/refuse", include_in_schema=False)
async def refuse(request: Asking, token: FromPath[str]) -> Response[Any]:
    """The time proposed does not suit."""
    return await _acted(request, token, service.refuse, "refused")


@get("/group-visits/{token:str}/letter.pdf", include_in_schema=False)
async def show_letter(token: FromPath[str]) -> Response[bytes]:
    """The letter of acceptance, for whoever has the address."""
    return await letter_of(await get_request(service.read_token(token)))


async def letter_of(visit: GroupRequestView) -> Response[bytes]:
    """The letter of an approved visit as a file. Raises: GroupVisitNotApproved."""
    content = await print_letter(visit)
    headers = {**SECRET, "Content-Disposition": 'inline; filename="group-visit.pdf"'}
    return Response(content, media_type="application/pdf", headers=headers)


PAGES: tuple[Any, ...] = (show_new, ask, show_own, withdraw, accept, refuse, show_letter)
NAV = (NavItem(label=N_("学校・団体の来館"), address="/group-visits/new", place="foot", order=40),)
