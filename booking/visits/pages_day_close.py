"""The daily close (日報): the day's page with head counts and signature, its sheet on one A4, the list, a csv."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from booking.access.rules import STAFF_ROLES, Role, require_staff
from booking.access.schemas import Actor
from booking.facilities.queries import get_facility
from booking.facilities.schemas import FacilityView
from booking.kit import clock
from booking.kit.errors import InvalidForm, MalformedRequest, NotFound, Refusal
from booking.kit.exports import file_addresses, list_file
from booking.kit.fields import Fields
from booking.kit.i18n import N_, translate
from booking.kit.web import Asking, NavItem, form, language_of, page, redirect
from booking.visits import sentences
from booking.visits import service_day_close as service
from booking.visits.pages_desk import places_of
from booking.visits.rules_day_close import MOST_HEADS
from booking.visits.schemas_day_close import DayCloseView
from booking.visits.service_desk import DESK, REASON_LENGTH

LABELS = {
    "users": N_("利用者（延べ人日）"),
    "person_sessions": N_("延べコマ"),
    "members": N_("会員の来館"),
    "groups": N_("団体の数"),
    "group_heads": N_("団体の人数"),
    "walk_in_heads": N_("名前のない人"),
    "guardian_heads": N_("保護者"),
    "visitor_heads": N_("見学の人"),
    "scans": N_("受付機の読み取り"),
    "scans_welcome": N_("入った"),
    "scans_goodbye": N_("帰った"),
    "scans_ask": N_("たずねた"),
    "scans_refused": N_("入れなかった"),
    "staff_entries": N_("職員が記録"),
    "paper_entries": N_("紙から"),
    "auto_exits": N_("閉館で自動の退館"),
    "voided": N_("取り消した入館"),
    "turns_given": N_("整理券を出した"),
    "turns_missed": N_("呼んでも来なかった"),
    "flags_open": N_("まだ確かめていないこと"),
    "flags_settled": N_("確かめたこと"),
    "still_inside": N_("いま中にいる人"),
    "coverage": N_("数えた人数との割合"),
}
CAME = (
    "users",
    "person_sessions",
    "members",
    "groups",
    "group_heads",
    "walk_in_heads",
    "guardian_heads",
    "visitor_heads",
)
DOOR = ("scans", "scans_welcome", "scans_goodbye", "scans_ask", "scans_refused", "turns_given", "turns_missed")
HANDS = ("staff_entries", "paper_entries", "auto_exits", "voided", "flags_open", "flags_settled")
FIGURES = (*CAME, *DOOR, *HANDS)
CHANGES = {
    "scans": N_("受付機から届いた記録"),
    "paper": N_("紙の名簿からうつした記録"),
    "staff": N_("職員の記録"),
    "void": N_("取り消し"),
    "correction": N_("直した記録"),
}
STATES = {"running": N_("まだ途中"), "ready": N_("サインを待っています"), "signed": N_("サイン済み")}
EXPORTERS = (Role.FACILITY_MANAGER, Role.OPERATOR, Role.BODY_ADMINISTRATOR, Role.AUDITOR)
"""Figures name nobody, so an operator and an auditor take them out too."""


class CountForm(msgspec.Struct, kw_only=True):
    """Heads counted, as typed."""

    facility: str
    on: str
    time: str
    heads: str


class SignForm(msgspec.Struct, kw_only=True):
    """The signature, with a reason where one is needed."""

    facility: str
    on: str
    reason: str
    note: str


async def chosen(request: Asking, actor: Actor) -> tuple[FacilityView, list[FacilityView]]:
    """The facility asked for, or the reader's first, and all of theirs."""
    places = await places_of(actor)
    asked = request.query_params.get("facility", "")
    place = next((one for one in places if one.code == asked), None if asked else next(iter(places), None))
    if place is None:
        raise NotFound
    return place, places


def day_asked(text: str, *, latest: date | None = None) -> date:
    """The day asked for, never after `latest` (today); today when it is no day."""
    last = latest or clock.today()
    try:
        return min(max(date.fromisoformat(text), date(2000, 1, 1)), last)
    except ValueError:
        return clock.today()


def day_of(text: str) -> date:
    """The day a form is about, as our own page wrote it. Raises: MalformedRequest."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise MalformedRequest from None
    if abs((day - clock.today()).days) > service.LONGEST_SPAN_DAYS:
        raise MalformedRequest
    return day


@get("/staff/day-close", include_in_schema=False)
async def show_day(request: Asking, actor: NamedDependency[Actor]) -> Response[str]:
    """A facility's day in figures: count heads, sign, see what differs since."""
    place, places = await chosen(request, actor)
    return await _day_page(request, actor, place, day_asked(request.query_params.get("on", "")), places=places)


async def _day_page(request: Asking, actor: Actor, place: FacilityView, day: date, **more: Any) -> Response[str]:
    given: dict[str, Any] = {
        "place": place,
        "places": more.pop("places", None) or await places_of(actor),
        "view": await service.read_day(place, day),
        "unsigned": [one for one in await service.list_unsigned(place) if one != day],
        "may_sign": actor.may_in(place.scopes, *DESK),
        "is_today": day == clock.today(),
        "day": day,
        "days_around": (day - timedelta(days=1), day + timedelta(days=1)),
        "did": request.query_params.get("did", ""),
        "count_refusal": None,
        "count_form": None,
        **_words(request),
        **more,
    }
    return page(request, "visits/day_close.html", status=given.pop("status", 200), **given)


def _words(request: Asking) -> dict[str, Any]:
    language = language_of(request)
    return {
        "labels": LABELS,
        "groups_of": (("came", CAME), ("door", DOOR), ("hands", HANDS)),
        "change_words": CHANGES,
        "state_words": STATES,
        "say_code": lambda code: sentences.gist(code, language),
        "percent": lambda permille: None if permille is None else f"{permille / 10:.1f}".rstrip("0").rstrip("."),
    }


@post("/staff/day-close/counts", include_in_schema=False)
async def add_count(request: Asking, actor: NamedDependency[Actor]) -> Response[Any]:
    """Write down heads counted now or earlier that day."""
    data = await form(request, CountForm)
    place, day = await place_at_desk(actor, data.facility), day_of(data.on)
    read = Fields()
    wall, heads = read.wall_time("time", data.time), read.number("heads", data.heads, low=0, high=MOST_HEADS)
    try:
        read.refuse_if_any(InvalidForm)
        assert wall is not None and heads is not None
        await service.count_heads(actor, place.code, heads, clock.at_local(day, wall))
    except Refusal as refusal:
        return await _day_page(
            request, actor, place, day, status=refusal.status, count_refusal=refusal, count_form=data
        )
    return redirect("/staff/day-close", facility=place.code, on=day.isoformat(), did="counted")


@post("/staff/day-close/counts/{count_id:uuid}/remove", include_in_schema=False)
async def remove_count(actor: NamedDependency[Actor], count_id: FromPath[UUID]) -> Response[Any]:
    """Take a mistyped count back."""
    require_staff(actor, *DESK)
    code, day = await service.remove_count(actor, count_id)
    return redirect("/staff/day-close", facility=code, on=day.isoformat(), did="removed")


@post("/staff/day-close", include_in_schema=False)
async def sign(request: Asking, actor: NamedDependency[Actor]) -> Response[Any]:
    """Sign the day."""
    data = await form(request, SignForm)
    place, day = await place_at_desk(actor, data.facility), day_of(data.on)
    try:
        await service.sign_day(
            actor, place.code, day, reason=data.reason[:REASON_LENGTH], note=data.note[:REASON_LENGTH]
        )
    except Refusal as refusal:
        return await _day_page(request, actor, place, day, status=refusal.status, refusal=refusal, form=data)
    return redirect("/staff/day-close", facility=place.code, on=day.isoformat(), did="signed")


async def place_at_desk(actor: Actor, code: str) -> FacilityView:
    """The facility, for somebody of its desk."""
    require_staff(actor, *DESK)
    place = await get_facility(code)
    require_staff(actor, *DESK, scopes=place.scopes)
    return place


@get("/staff/day-close/sheet", include_in_schema=False)
async def show_sheet(request: Asking, actor: NamedDependency[Actor]) -> Response[str]:
    """The day on one page of paper."""
    place, _ = await chosen(request, actor)
    view = await service.read_day(place, day_asked(request.query_params.get("on", "")))
    return page(request, "visits/day_close_sheet.html", place=place, view=view, day=view.on, **_words(request))


@get("/staff/day-closes", include_in_schema=False)
async def show_days(request: Asking, actor: NamedDependency[Actor]) -> Response[str]:
    """The days of a facility: signed or not, users, coverage, what differs."""
    place, places = await chosen(request, actor)
    first, last = _span(request)
    return page(
        request,
        "visits/day_closes.html",
        place=place,
        places=places,
        first=first,
        last=last,
        days=[one for one in await service.read_days(place, first, last) if one.figures.users or one.signature],
        unsigned=await service.list_unsigned(place),
        may_export=actor.may_in(place.scopes, *EXPORTERS),
        **_words(request),
    )


def _span(request: Asking) -> tuple[date, date]:
    """From when until when: this month so far, unless asked otherwise; not longer than the service reads at once."""
    last = day_asked(request.query_params.get("until", ""))
    first = day_asked(request.query_params.get("from", last.replace(day=1).isoformat()), latest=last)
    return max(min(first, last), last - timedelta(days=service.LONGEST_SPAN_DAYS - 1)), last


BEFORE = (N_("施設"), N_("日"), N_("状態"))
AFTER = (
    *(N_("数えた人数"), N_("記録の人数"), N_("割合（%）"), N_("サインした人"), N_("サインした時刻"), N_("理由")),
    *(N_("メモ"), N_("サインのあとのちがい")),
)
HEAD = (*BEFORE, *(LABELS[name] for name in FIGURES), *AFTER)


@get(file_addresses("/staff/day-closes"), include_in_schema=False)
async def export_days(request: Asking, actor: NamedDependency[Actor]) -> Response[bytes]:
    """The days of a span as a file for those who answer for the place."""
    place, _ = await chosen(request, actor)
    require_staff(actor, *EXPORTERS, scopes=place.scopes)
    first, last = _span(request)
    language = language_of(request)
    rows = [_row(one, language) for one in reversed(await service.read_days(place, first, last))]
    named = f"day-closes-{place.code}-{first.isoformat()}-{last.isoformat()}"
    return await list_file(request, named, N_("日報の一覧"), HEAD, rows)


def _row(view: DayCloseView, language: str) -> list[str | int | float | None]:
    signed = view.signature
    figures = [getattr(view.figures, name) for name in FIGURES]
    heads, known = sum(one.heads for one in view.counts), sum(one.known for one in view.counts)
    differing = [f"{translate(LABELS[one.name], language)} {one.signed}→{one.present}" for one in view.differences]
    state = translate(STATES[view.state], language)
    counted = [heads, known] if view.counts else [None, None]
    permille = view.coverage_permille
    who = (
        [signed.signed_by_name, clock.local(signed.signed_at).isoformat(timespec="seconds"), signed.reason, signed.note]
        if signed
        else [None] * 4
    )
    share = None if permille is None else permille / 10
    return [view.facility, view.on.isoformat(), state, *figures, *counted, share, *who, "; ".join(differing)]


PAGES: tuple[Any, ...] = (show_day, add_count, remove_count, sign, show_sheet, show_days, export_days)
NAV = (
    NavItem(label=N_("日報"), address="/staff/day-close", icon="check", roles=tuple(map(str, STAFF_ROLES)), order=17),
)
