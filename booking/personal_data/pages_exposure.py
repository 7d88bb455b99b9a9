"""Something was lost: choose it and the span, read whose data it could have shown, print the facts, and stop it."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from markupsafe import Markup

from booking.access.schemas import Actor
from booking.kit import clock
from booking.kit.errors import InvalidForm, Refusal
from booking.kit.exports import file_addresses, list_file
from booking.kit.fields import Fields
from booking.kit.i18n import N_, translate
from booking.kit.spreadsheets import Cell
from booking.kit.templating import render_piece
from booking.kit.web import Asking, NavItem, actor_of, language_of, page
from booking.people import queries_staff, service_desk, words
from booking.people.errors import MemberNotFound
from booking.people.schemas import GuardianView
from booking.personal_data import rules_exposure
from booking.personal_data import service_exposure as service
from booking.personal_data.errors_exposure import SpanBackwards
from booking.personal_data.schemas_exposure import Exposed, Exposure, Lost, Sight, Span, Thing

HOME = "/staff/exposure"
ROWS = 100
BEFORE = timedelta(days=1)
PASSES = 3
"""How many passes of a member can be asked about from their page: the one in use and those before."""
OF_A_MEMBER = (Lost.GUARDIAN, Lost.PASS)
"""What is reached from the page of a member."""
KINDS = {
    Lost.KIOSK: N_("受付機"),
    Lost.STAFF: N_("職員のアカウント"),
    Lost.TOKEN: N_("APIトークン"),
    Lost.GUARDIAN: N_("利用者のアカウントかカード"),
    Lost.PASS: N_("紙の入館パス"),
}
SIGHTS = {
    Sight.LISTED: N_("機器の名簿にのっていた"),
    Sight.OPENED: N_("この人のページを開いた"),
    Sight.READ: N_("一覧で見た"),
    Sight.HELD: N_("このアカウントで見られた"),
    Sight.PRINTED: N_("紙のパスにのっていた"),
    Sight.ANSWERED: N_("受付機の答えに出た"),
    Sight.POSSIBLE: N_("見られた可能性がある"),
}
HEAD = (*(N_("会員番号"), N_("名前"), N_("学年"), N_("18歳未満"), N_("どう見えたか"), N_("回数"), N_("最後の時刻")),)


def _span(thing: Thing, since: str, until: str) -> Span:
    """What was asked for; else from the last contact, or a day before it was stopped, until then or now."""
    end = thing.stopped_at or clock.now()
    read = Fields()
    first = read.moment("since", since) if since else None
    last = read.moment("until", until) if until else None
    read.refuse_if_any(InvalidForm)
    begin = clock.at_local(first.date(), first.time()) if first else (min(thing.seen_at or end, end) - BEFORE)
    finish = clock.at_local(last.date(), last.time()) if last else end
    if finish <= begin:
        raise InvalidForm(fields={"until": SpanBackwards()})
    return Span(begin, finish)


@get(HOME, include_in_schema=False)
async def show_things(request: Asking, actor: NamedDependency[Actor]) -> Response[str]:
    """What may have been lost."""
    things = await service.list_things(actor)
    groups = [(KINDS[kind], [one for one in things if one.lost is kind]) for kind in Lost if kind not in OF_A_MEMBER]
    return page(request, "personal_data/exposure_index.html", groups=groups, address=HOME)


@get("/staff/exposure/{lost:str}/{lost_id:uuid}", include_in_schema=False)
async def show_exposure(
    *,
    request: Asking,
    actor: NamedDependency[Actor],
    lost: FromPath[str],
    lost_id: FromPath[UUID],
    since: FromQuery[str] = "",
    until: FromQuery[str] = "",
) -> Response[str]:
    """Whose data it could have shown, with the facts for the report."""
    thing, refusal = await service.get_thing(actor, lost, lost_id), None
    try:
        span = _span(thing, since, until)
    except InvalidForm as wrong:
        span, refusal = _span(thing, "", ""), wrong
    found = await service.expose(actor, thing, span, limit=ROWS)
    return _page(request, found, refusal, (since, until))


def _page(request: Asking, found: Exposure, refusal: Refusal | None, typed: tuple[str, str]) -> Response[str]:
    spans = [clock.local(at).strftime("%Y-%m-%dT%H:%M") for at in (found.span.since, found.span.until)]
    since, until = typed if refusal else (spans[0], spans[1])
    return page(
        request,
        "personal_data/exposure.html",
        status=refusal.status if refusal else 200,
        refusal=refusal,
        errors=refusal.fields if refusal else {},
        found=found,
        kind=KINDS[found.thing.lost],
        rows=[(row, words.said_grade(row.member), SIGHTS[row.sight]) for row in found.rows[:ROWS]],
        data=rules_exposure.KINDS_OF_DATA[found.thing.lost],
        unknown=rules_exposure.NOT_KNOWN[found.thing.lost],
        asked={"since": since, "until": until},
        address=f"{HOME}/{found.thing.lost}/{found.thing.id}",
    )


@get(file_addresses("/staff/exposure/{lost:str}/{lost_id:uuid}/list"), include_in_schema=False)
async def export_exposure(
    *,
    request: Asking,
    actor: NamedDependency[Actor],
    lost: FromPath[str],
    lost_id: FromPath[UUID],
    since: FromQuery[str] = "",
    until: FromQuery[str] = "",
) -> Response[bytes]:
    """The whole list as a file; whose data left is noted."""
    thing = await service.get_thing(actor, lost, lost_id)
    found = await service.expose(actor, thing, _span(thing, since, until))
    rows = [_line(row, language_of(request)) for row in found.rows]
    return await list_file(request, "exposure", N_("見られた人"), HEAD, rows)


def _line(row: Exposed, language: str) -> list[Cell]:
    return [
        row.member.number,
        row.member.name,
        translate(words.said_grade(row.member), language),
        translate(N_("はい") if row.is_minor else N_("いいえ"), language),
        translate(SIGHTS[row.sight], language),
        row.times or None,
        clock.local(row.last_at).isoformat(timespec="minutes") if row.last_at else "",
    ]


async def _of_kiosk(request: Asking, **context: Any) -> Markup:
    """On a kiosk's page: the way to the question whose data it could have shown."""
    actor = actor_of(request)
    if actor is None or not actor.has_role(*service.ASKERS):
        return Markup("")
    address = f"{HOME}/{Lost.KIOSK}/{context['kiosk_id']}"
    return render_piece(
        "personal_data/exposure_piece.html", language_of(request), links=[(N_("受付機"), None, address)]
    )


async def _of_member(request: Asking, **context: Any) -> Markup:
    """On the desk's page of a member: the same for the passes, and each account or card that acts for the member."""
    actor = actor_of(request)
    if actor is None or not actor.has_role(*service.ASKERS):
        return Markup("")
    try:
        member = await service_desk.get_member_for_staff(actor, context["member_id"], *service.ASKERS)
    except MemberNotFound:
        return Markup("")
    if member.is_protected:
        return Markup("")
    held = await queries_staff.list_guardians(member.id)
    links: list[tuple[str, datetime | None, str]] = [
        (_said_of(one), None, f"{HOME}/{Lost.GUARDIAN}/{one.account_id}") for one in held
    ]
    for one in await service.list_passes(actor, member.id, limit=PASSES):
        links.append((KINDS[Lost.PASS], one.issued_at, f"{HOME}/{Lost.PASS}/{one.id}"))
    return render_piece("personal_data/exposure_piece.html", language_of(request), links=links) if links else Markup("")


def _said_of(one: GuardianView) -> str:
    return N_("カードとPIN") if one.is_card else words.RELATIONS.get(one.relation, words.RELATIONS["other"])


PAGES: tuple[Any, ...] = (show_things, show_exposure, export_exposure)
SLOTS = {"kiosk.90-exposure": _of_kiosk, "staff-member.85-exposure": _of_member}
NAV = (
    NavItem(label=N_("なくした機器と鍵"), address=HOME, icon="warn", roles=tuple(map(str, service.ASKERS)), order=93),
)
