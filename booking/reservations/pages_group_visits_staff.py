"""The staff's pages of group visits: who asks, what the place has at the times they wish, the answer."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from markupsafe import Markup

from booking.access.rules import EXPORTERS, require_staff
from booking.access.schemas import Actor
from booking.facilities import rules_words
from booking.facilities.queries import list_facilities
from booking.facilities.rules import SpaceUse
from booking.facilities.schemas import FacilityView
from booking.kit import clock
from booking.kit.errors import NotFound, Refusal
from booking.kit.exports import file_addresses, list_file
from booking.kit.fields import Fields
from booking.kit.i18n import N_, format_span, language_of, translate
from booking.kit.spreadsheets import Cell
from booking.kit.templating import render_piece
from booking.kit.web import Asking, NavItem, form, page, redirect, slots
from booking.programs.service_rooms import USES
from booking.reservations import queries_group_visits as queries
from booking.reservations import rules_group_visits as rules
from booking.reservations import service_group_visits as service
from booking.reservations.pages_group_visits import STATES, WORDS, blank, form_page, letter_of
from booking.reservations.rules_kinds import RequestState
from booking.reservations.schemas_group_visits import AnswerForm, GroupCallForm, GroupRequestView, Outlook, VisitTime

VIEWS = {
    "open": (RequestState.ASKED, RequestState.DISPLACED),
    "countered": (RequestState.COUNTERED,),
    "approved": (RequestState.APPROVED,),
    "over": (RequestState.DECLINED, RequestState.EXPIRED, RequestState.WITHDRAWN),
}
"""The tabs of the list: what waits for an answer of ours, of theirs, what is fixed, what came to nothing."""
DONE = {
    "approve": N_("受け入れを決めて、知らせました。"),
    "counter": N_("別の日時を提案しました。部屋は、返事があるまで空けておきます。"),
    "decline": N_("受け入れられないと知らせました。部屋は、ほかで使えます。"),
    "entered": N_("申しこみを書きました。"),
    "accepted": N_("申しこみを書いて、第1希望の日時で受け入れました。"),
    "not-accepted": N_(
        "申しこみを書きました。第1希望の日時では、すぐに受け入れられません。様子を見て、決めてください。"
    ),
}
HEAD = (
    *(N_("施設"), N_("状態"), N_("学校・団体"), N_("申しこんだ日"), N_("来る日"), N_("時間"), N_("部屋")),
    *(N_("児童・生徒"), N_("おとな"), N_("車いす"), N_("バス"), N_("必要な配慮"), N_("当日の番号")),
    *(N_("連絡する人"), N_("電話番号"), N_("メールアドレス")),
)


class DeclineForm(msgspec.Struct, kw_only=True):
    """Why not."""

    note: str


async def _chosen(actor: Actor, code: str) -> tuple[list[FacilityView], list[FacilityView]]:
    """The facilities asked for (one, or all of the reader's) and all of the reader's."""
    require_staff(actor, *service.READERS)
    places = [one for one in await list_facilities() if actor.may_in(one.scopes, *service.READERS)]
    chosen = [one for one in places if code in ("", one.code)]
    if not chosen:
        raise NotFound
    return chosen, places


@get("/staff/group-visits", include_in_schema=False)
async def show_requests(
    request: Asking, actor: NamedDependency[Actor], facility: FromQuery[str] = "", view: FromQuery[str] = "open"
) -> Response[str]:
    """The requests of the reader's places, by how they stand."""
    chosen, places = await _chosen(actor, facility)
    ids = [one.id for one in chosen]
    view = view if view in VIEWS else "open"
    found = {name: await queries.list_requests(ids, states) for name, states in VIEWS.items()}
    return page(
        request,
        "reservations/group_visits_staff.html",
        places=places,
        facility=facility,
        view=view,
        rows=found[view],
        counts={name: len(rows) for name, rows in found.items()},
        today=clock.today(),
        **WORDS,
    )


@get(file_addresses("/staff/group-visits"), include_in_schema=False)
async def export_requests(
    request: Asking, actor: NamedDependency[Actor], facility: FromQuery[str] = "", view: FromQuery[str] = "approved"
) -> Response[bytes]:
    """The same list as a file; whom to reach stands in it where the reader may take names out."""
    chosen, _ = await _chosen(actor, facility)
    language = language_of(request)
    named = {one.id for one in chosen if actor.may_in(one.scopes, *EXPORTERS)}
    found = await queries.list_requests([one.id for one in chosen], VIEWS.get(view, VIEWS["approved"]))
    rows = [_row(one, language, is_named=one.facility_id in named) for one in found]
    return await list_file(request, "group-visits", N_("団体の来館"), HEAD, rows)


def _row(one: GroupRequestView, language: str, *, is_named: bool) -> list[Cell]:
    rooms = "、".join(f"{room.space_name} {room.heads}" for room in one.rooms)
    when: list[Cell] = [None, None]
    if one.visit is not None:
        when = [one.visit.on.isoformat(), format_span(one.visit.starts, one.visit.ends, "en")]
    state = translate(STATES[WORDS["standing_of"](one)], language)
    numbers = [sum(one.pupils.values()), one.adults, one.wheelchairs, one.bus_count]
    phone = WORDS["print_phone"](one.phone) if one.phone else ""
    who = [one.contact_name, phone, one.email] if is_named else [None, None, None]
    asked = clock.local_date(one.created_at).isoformat()
    what = [one.facility_name, state, one.organisation, asked]
    return [*what, *when, rooms, *numbers, one.assistance, one.door_code, *who]


async def _call_page(
    request: Asking, actor: Actor, data: GroupCallForm, refusal: Refusal | None = None
) -> Response[str]:
    chosen, places = await _chosen(actor, "")
    return await form_page(
        request,
        data,
        refusal,
        template="reservations/group_visit_call.html",
        places=places,
        may_decide=any(actor.may_in(one.scopes, *service.DECIDERS) for one in chosen),
    )


@get("/staff/group-visits/new", include_in_schema=False)
async def show_call(request: Asking, actor: NamedDependency[Actor], facility: FromQuery[str] = "") -> Response[str]:
    """The form in which staff write down what a group asked by telephone."""
    written = msgspec.structs.asdict(blank(facility=facility, language="ja"))
    return await _call_page(request, actor, GroupCallForm(**written, called=""))


@post("/staff/group-visits/new", include_in_schema=False)
async def enter_call(request: Asking, actor: NamedDependency[Actor]) -> Response[Any]:
    """Write it down, and accept the first date at once where that was ticked and the place has room."""
    require_staff(actor, *service.READERS)
    data = await form(request, GroupCallForm)
    try:
        made = await service.ask_for_them(actor, data, data.called)
    except Refusal as refusal:
        if refusal.status == 403:
            raise
        return await _call_page(request, actor, data, refusal)
    return redirect(f"/staff/group-visits/{made}", did=await _accepted(actor, made) if data.accept else "entered")


async def _accepted(actor: Actor, request_id: UUID) -> str:
    try:
        await service.accept_at_once(actor, request_id)
    except Refusal:
        return "not-accepted"
    return "accepted"


@get("/staff/group-visits/{request_id:uuid}", include_in_schema=False)
async def show_request(request: Asking, actor: NamedDependency[Actor], request_id: FromPath[UUID]) -> Response[str]:
    """One request beside what the place has at each time; another time is looked at by a form of this page."""
    return await _request_page(request, actor, request_id)


async def _request_page(request: Asking, actor: Actor, request_id: UUID, **more: Any) -> Response[str]:
    visit = await service.get_for_staff(actor, request_id)
    given: dict[str, Any] = {"refusal": None, "form": None, "status": 200, **more}
    at, looked = _time_looked_at(request, visit, given["form"])
    outlooks = {one: await queries.read_outlook(visit, one) for one in dict.fromkeys((*visit.dates, at))}
    return page(
        request,
        "reservations/group_visit_staff.html",
        visit=visit,
        at=at,
        outlook=outlooks[at],
        outlooks=outlooks,
        looked_at=looked,
        is_wish=at in visit.dates,
        heads_in=_heads_in(visit, outlooks[at], given["form"]),
        may_decide=actor.may_in(visit.scopes, *service.DECIDERS),
        is_ahead=at.on > clock.today(),
        link=service.link_of(visit.id),
        did=DONE.get(request.query_params.get("did", ""), ""),
        pieces=await slots("group-visit", request, visit=visit),
        words=rules_words,
        uses=USES | {str(kind): said for kind, said in USES.items()} | {str(SpaceUse.SESSION): N_("回")},
        **WORDS,
        **given,
    )


def _time_looked_at(
    request: Asking, visit: GroupRequestView, sent: AnswerForm | None
) -> tuple[VisitTime, dict[str, Any]]:
    """The time asked for, else the one decided, else the first wish; and what was typed, with what is wrong with it."""
    asked = request.query_params if sent is None else msgspec.structs.asdict(sent)
    typed = {name: str(asked.get(name, "")) for name in ("day", "starts", "ends")}
    otherwise = visit.visit or visit.dates[0]
    if not any(typed.values()):
        return otherwise, {"typed": typed, "errors": {}}
    read = Fields()
    found = rules.read_time(read, (typed["day"], typed["starts"], typed["ends"]), clock.today())
    return found or otherwise, {"typed": typed, "errors": read.refused}


def _heads_in(visit: GroupRequestView, outlook: Outlook, sent: AnswerForm | None) -> dict[str, str]:
    """How many go into which room: as typed, as decided, or as proposed."""
    if sent is not None:
        return dict(zip(sent.room, sent.heads, strict=False))
    if visit.rooms and visit.visit == outlook.time:
        return {str(room.space_id): str(room.heads) for room in visit.rooms}
    return {str(space_id): str(heads) for space_id, heads in outlook.shares.items()}


@post("/staff/group-visits/{request_id:uuid}/approve", include_in_schema=False)
async def approve(request: Asking, actor: NamedDependency[Actor], request_id: FromPath[UUID]) -> Response[Any]:
    """Accept the group at this time."""
    require_staff(actor, *service.DECIDERS)
    data = await form(request, AnswerForm)
    try:
        await service.approve(actor, request_id, data)
    except Refusal as refusal:
        return await _refused(request, actor, request_id, refusal, data)
    return redirect(f"/staff/group-visits/{request_id}", did="approve")


@post("/staff/group-visits/{request_id:uuid}/counter", include_in_schema=False)
async def counter(request: Asking, actor: NamedDependency[Actor], request_id: FromPath[UUID]) -> Response[Any]:
    """Propose this time."""
    require_staff(actor, *service.DECIDERS)
    data = await form(request, AnswerForm)
    try:
        await service.counter(actor, request_id, data)
    except Refusal as refusal:
        return await _refused(request, actor, request_id, refusal, data)
    return redirect(f"/staff/group-visits/{request_id}", did="counter")


@post("/staff/group-visits/{request_id:uuid}/decline", include_in_schema=False)
async def decline(request: Asking, actor: NamedDependency[Actor], request_id: FromPath[UUID]) -> Response[Any]:
    """Say no, with a reason."""
    require_staff(actor, *service.DECIDERS)
    data = await form(request, DeclineForm)
    try:
        await service.decline(actor, request_id, data.note)
    except Refusal as refusal:
        return await _refused(request, actor, request_id, refusal, None, reason=data.note)
    return redirect(f"/staff/group-visits/{request_id}", did="decline")


async def _refused(
    request: Asking, actor: Actor, request_id: UUID, refusal: Refusal, data: AnswerForm | None, **more: Any
) -> Response[str]:
    """The page again with the sentence, for whoever may see it."""
    if refusal.status in (403, 404):
        raise refusal
    return await _request_page(request, actor, request_id, refusal=refusal, form=data, status=refusal.status, **more)


@get("/staff/group-visits/{request_id:uuid}/letter.pdf", include_in_schema=False)
async def show_staff_letter(actor: NamedDependency[Actor], request_id: FromPath[UUID]) -> Response[bytes]:
    """The letter, to print and send to a group without mail."""
    return await letter_of(await service.get_for_staff(actor, request_id))


async def _at_desk(request: Asking, *, place: FacilityView) -> Markup:
    """On the desk's page: groups that have waited too long for an answer of ours."""
    found = await queries.list_requests([place.id], VIEWS["open"])
    late = [one for one in found if WORDS["is_overdue"](one)]
    if not late:
        return Markup("")
    language, days = language_of(request), max(WORDS["days_waited"](one) for one in late)
    given = {"n": len(late), "days": days, "facility": place.code}
    return render_piece("reservations/group_visits_waiting.html", language, **given)


SLOTS: dict[str, Any] = {"desk.40-group-requests": _at_desk}
PAGES: tuple[Any, ...] = (
    show_requests,
    export_requests,
    show_call,
    enter_call,
    show_request,
    approve,
    counter,
    decline,
    show_staff_letter,
)
NAV = (
    NavItem(
        label=N_("団体の来館"),
        address="/staff/group-visits",
        icon="people",
        roles=tuple(map(str, service.READERS)),
        order=28,
    ),
)
