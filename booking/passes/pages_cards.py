"""Cards at the desk: lend and take back temporary ones, print members' own, replace a lost one in two taps."""

import asyncio
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from msgspec import Struct

from booking.access.rules import require_staff
from booking.access.schemas import Actor
from booking.access.service import record_view
from booking.facilities.queries import get_facility, list_facilities
from booking.facilities.schemas import FacilityView
from booking.kit.errors import NotFound, Refusal
from booking.kit.i18n import N_, translate
from booking.kit.web import Asking, NavItem, form, language_of, page, redirect
from booking.passes import service, service_cards, service_printing
from booking.passes.drawing import path_of, side_of, spaced
from booking.passes.queries import current_pass
from booking.passes.queries_cards import find_card_of, list_cards
from booking.people.queries import find_member_by_number
from booking.people.queries_staff import search_members
from booking.people.rules_text import digits_of
from booking.people.schemas import MemberView
from booking.people.service_desk import DESK, bodies_of

LOST_MEANS = N_("前のカードと画像は、すぐに使えなくなります。新しいカードを、つぎの画面で印刷できます。")
PDF_HEADERS = {"Cache-Control": "private, no-store"}
DONE = {
    "made": N_("仮カードを作りました。印刷して、切って使ってください。"),
    "lent": N_("仮カードを貸しました。今日の終わりまで使えます。"),
    "back": N_("仮カードを返してもらいました。"),
    "revoked": N_("この仮カードは、もう使えません。"),
}


class MakeForm(Struct, kw_only=True):
    """How many cards for which desk."""

    facility: str
    count: str


class LendForm(Struct, kw_only=True):
    """A card, and whom it stands for today."""

    facility: str
    card: str
    member: str
    number: str


class CardForm(Struct, kw_only=True):
    """A button beside a card."""

    back: str


class PrintForm(Struct, kw_only=True):
    """Whose cards: searched for, ticked, or written as numbers."""

    q: str
    numbers: str
    member: list[str]
    step: str


def pdf(content: bytes, name: str) -> Response[bytes]:
    """A PDF that no cache keeps, shown in the browser."""
    headers = {**PDF_HEADERS, "Content-Disposition": f'inline; filename="{name}.pdf"'}
    return Response(content, media_type="application/pdf", headers=headers)


async def desks_of(actor: Actor) -> list[FacilityView]:
    """The facilities whose desk somebody works at."""
    require_staff(actor, *DESK)
    return [one for one in await list_facilities() if actor.may_in(one.scopes, *DESK) and one.ended_on is None]


@get("/staff/cards", include_in_schema=False)
async def show_cards(
    request: Asking, actor: NamedDependency[Actor], facility: FromQuery[str] = "", done: FromQuery[str] = ""
) -> Response[Any]:
    """The temporary cards of a desk, who has them, and new ones."""
    places = await desks_of(actor)
    place = next((one for one in places if one.code == facility), places[0] if places else None)
    if place is None:
        raise NotFound
    return await _show(request, actor, place, said=DONE.get(done, ""))


async def _show(request: Asking, actor: Actor, place: FacilityView, **more: Any) -> Response[str]:
    cards = await list_cards(place.code)
    await record_view(actor, [one.member_id for one in cards if one.member_id], "cards", scope=place.code, by_list=True)
    given = {"said": "", **more}
    status = given.pop("status", 200)
    return page(
        request, "passes/cards.html", status=status, place=place, places=await desks_of(actor), cards=cards, **given
    )


async def _place(actor: Actor, code: str) -> FacilityView:
    place = await get_facility(code)
    require_staff(actor, *DESK, scopes=place.scopes)
    return place


@post("/staff/cards", include_in_schema=False)
async def make(request: Asking, actor: NamedDependency[Actor]) -> Response[Any]:
    """Make cards for a desk."""
    require_staff(actor, *DESK)
    data = await form(request, MakeForm)
    place = await _place(actor, data.facility)
    try:
        await service_cards.make_cards(
            actor, place.code, int(data.count) if data.count.isdecimal() and len(data.count) <= 4 else 0
        )
    except Refusal as refusal:
        return await _show(request, actor, place, status=refusal.status, refusal=refusal, form=data)
    return redirect("/staff/cards", facility=place.code, done="made")


@get("/staff/cards/sheet.pdf", include_in_schema=False)
async def print_sheet(request: Asking, actor: NamedDependency[Actor], facility: FromQuery[str] = "") -> Response[Any]:
    """The cards of a desk, ten to a sheet."""
    require_staff(actor, *DESK)
    place = await _place(actor, facility)
    return pdf(await service_printing.print_temporary(place, language_of(request)), "temporary-cards")


@post("/staff/cards/lend", include_in_schema=False)
async def lend(request: Asking, actor: NamedDependency[Actor]) -> Response[Any]:
    """Lend a card to a member until the day ends."""
    require_staff(actor, *DESK)
    data = await form(request, LendForm)
    place = await _place(actor, data.facility)
    try:
        await service_cards.lend(actor, place.code, data.card, await _member_id(data))
    except Refusal as refusal:
        return await _show(request, actor, place, status=refusal.status, refusal=refusal, form=data)
    return redirect("/staff/cards", facility=place.code, done="lent")


async def _member_id(data: LendForm) -> UUID:
    """The member meant by id or number; an id that is none is nobody's."""
    if data.number:
        found = await find_member_by_number(digits_of(data.number))
        return found.id if found is not None else UUID(int=0)
    return _uuid(data.member)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None


@post("/staff/cards/{card_id:uuid}/back", include_in_schema=False)
async def take_back(request: Asking, actor: NamedDependency[Actor], card_id: FromPath[UUID]) -> Response[Any]:
    """The card is back."""
    require_staff(actor, *DESK)
    await form(request, CardForm)
    card = await service_cards.give_back(actor, card_id)
    return redirect("/staff/cards", facility=card.scope, done="back")


@post("/staff/cards/{card_id:uuid}/revoke", include_in_schema=False)
async def revoke(request: Asking, actor: NamedDependency[Actor], card_id: FromPath[UUID]) -> Response[Any]:
    """The card is lost: it opens no door any more."""
    require_staff(actor, *DESK)
    await form(request, CardForm)
    card = await service_cards.revoke_card(actor, card_id)
    return redirect("/staff/cards", facility=card.scope, done="revoked")


@get("/staff/passes", include_in_schema=False)
async def show_printing(request: Asking, actor: NamedDependency[Actor]) -> Response[Any]:
    """Whose cards to print."""
    require_staff(actor, *DESK)
    return _printing_page(request, PrintForm(q="", numbers="", member=[], step=""), [], [])


def _printing_page(
    request: Asking, data: PrintForm, chosen: list[MemberView], found: list[MemberView], **more: Any
) -> Response[str]:
    new = [one for one in found if one.id not in {each.id for each in chosen}]
    return page(request, "passes/print.html", form=data, chosen=chosen, found=new, **more)


@post("/staff/passes", include_in_schema=False, status_code=200)
async def print_members(request: Asking, actor: NamedDependency[Actor]) -> Response[Any]:
    """Look for more, or print those chosen. Posted, so that no name and no number stands in an address."""
    bodies = await bodies_of(actor, *DESK)
    data = await form(request, PrintForm)
    try:
        chosen = await _chosen(actor, data)
    except Refusal as refusal:
        return _printing_page(request, data, [], [], status=refusal.status, refusal=refusal)
    if data.step == "print":
        return await _print(request, actor, data, chosen)
    found = await search_members(bodies, data.q)
    await record_view(actor, [one.id for one in found], "member-search", by_list=True)
    return _printing_page(request, data, chosen, found)


async def _print(request: Asking, actor: Actor, data: PrintForm, chosen: list[MemberView]) -> Response[Any]:
    """The cards as one file; a refusal keeps the ticks."""
    try:
        return pdf(await service_printing.print_passes(actor, chosen, language_of(request)), "cards")
    except Refusal as refusal:
        return _printing_page(request, data, chosen, [], status=refusal.status, refusal=refusal)


async def _chosen(actor: Actor, data: PrintForm) -> list[MemberView]:
    """The members ticked and those whose numbers were written, each one that this desk may give a pass to."""
    ids = [_uuid(one) for one in data.member]
    for written in data.numbers.split("\n"):
        if written.strip():
            found = await find_member_by_number(digits_of(written))
            ids.append(found.id if found is not None else UUID(int=0))
    return [await service.reach_member(actor, one) for one in dict.fromkeys(ids)]


@get("/staff/passes/{member_id:uuid}/lost", include_in_schema=False)
async def ask_lost(request: Asking, actor: NamedDependency[Actor], member_id: FromPath[UUID]) -> Response[Any]:
    """Ask before the old card stops working: the first of two taps."""
    require_staff(actor, *DESK)
    member = await service.reach_member(actor, member_id)
    return page(request, "kit/confirm.html", staff=True, **_lost_words(member, language_of(request)))


def _lost_words(member: MemberView, language: str) -> dict[str, Any]:
    number, here = spaced(member.number), f"/staff/passes/{member.id}/lost"
    name = number if member.is_protected else f"{member.name} {number}"
    return {
        "heading": translate(N_("{name}さんのカードを、新しくしますか"), language, name=name),
        "text": translate(LOST_MEANS, language),
        "action": here,
        "button": translate(N_("前のカードを止める"), language),
        "back": f"/staff/members/{member.id}",
    }


@post("/staff/passes/{member_id:uuid}/lost", include_in_schema=False)
async def replace_lost(request: Asking, actor: NamedDependency[Actor], member_id: FromPath[UUID]) -> Response[Any]:
    """The second tap: the old pass is refused from now on, the new one is shown."""
    require_staff(actor, *DESK)
    await form(request, CardForm)
    await service.reach_member(actor, member_id)
    await service.reissue_pass(member_id, actor, "lost")
    return redirect(f"/staff/passes/{member_id}", done="new")


@get("/staff/passes/{member_id:uuid}", include_in_schema=False)
async def show_member_pass(
    request: Asking, actor: NamedDependency[Actor], member_id: FromPath[UUID], done: FromQuery[str] = ""
) -> Response[Any]:
    """A member's pass at the desk: to scan from the screen, to print, or a card to lend. Looking makes none."""
    require_staff(actor, *DESK)
    member = await service.reach_member(actor, member_id)
    return page(
        request,
        "passes/at_desk.html",
        member=member,
        member_id=member_id,
        done=done,
        **await picture_of(member_id),
        number=spaced(member.number),
        card=await find_card_of(member_id),
        places=[one for one in await desks_of(actor) if one.body_code in member.body_codes],
    )


async def picture_of(member_id: UUID) -> dict[str, Any]:
    """The code of the pass a member has, as a page draws it; nothing to draw where there is none."""
    found = await current_pass(member_id)
    if found is None:
        return {"path": "", "side": 0}
    token = await service.sign(found)
    return {"path": await asyncio.to_thread(path_of, token), "side": side_of(token)}


@post("/staff/passes/{member_id:uuid}", include_in_schema=False)
async def issue(request: Asking, actor: NamedDependency[Actor], member_id: FromPath[UUID]) -> Response[Any]:
    """Make a pass for who has none, and show it."""
    require_staff(actor, *DESK)
    await form(request, CardForm)
    await service.reach_member(actor, member_id)
    await service.issue_pass(member_id, actor)
    return redirect(f"/staff/passes/{member_id}")


PAGES: tuple[Any, ...] = (
    show_cards,
    make,
    print_sheet,
    lend,
    take_back,
    revoke,
    show_printing,
    print_members,
    ask_lost,
    replace_lost,
    show_member_pass,
    issue,
)
NAV = (NavItem(label=N_("カード"), address="/staff/cards", icon="qr", roles=tuple(map(str, DESK)), order=32),)
