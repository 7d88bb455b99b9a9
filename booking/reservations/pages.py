"""Residents' pages: find a session, open it, book it, see and cancel one's bookings. All work without JavaScript."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from markupsafe import Markup

from booking.access.queries import find_account
from booking.access.rules import STAFF_ROLES, require_account
from booking.access.schemas import Actor
from booking.kit import clock
from booking.kit.errors import Refusal
from booking.kit.i18n import N_
from booking.kit.templating import render_piece
from booking.kit.web import Asking, NavItem, form, language_of, page, redirect, slot
from booking.people.queries import list_members_of
from booking.programs.rules_words import CATEGORIES
from booking.reservations import (
    pages_bookings_staff,
    pages_calendar,
    pages_calls,
    pages_closures,
    pages_draws,
    pages_finding,
    pages_group_visits,
    pages_group_visits_staff,
    pages_groups,
    pages_groups_staff,
    pages_moves,
    pages_of_member,
    pages_offers,
    pages_points,
    pages_staff,
    pages_undecided,
    queries,
    rules,
    rules_finder,
    service,
    service_groups_reading,
    service_moves_asking,
    service_reading,
    service_series,
)
from booking.reservations.errors_bookings import OrderEmpty, ReservationUnknown
from booking.reservations.pages_words import WORDS
from booking.reservations.rules_options import read_helpers
from booking.reservations.schemas import Bookings, ReservationView, Wish
from booking.reservations.schemas_enrolments import EnrolmentView, GroupListed
from booking.reservations.schemas_finding import Opened


class SessionForm(msgspec.Struct, kw_only=True):
    """The booking form of a session; `day`: further sessions of its series."""

    member: list[str]
    day: list[str]
    option: list[str]
    wheelchair: list[str]
    helpers: str
    assistance: str


class WaitForm(SessionForm, kw_only=True):
    """The same for a place in its waiting list. `together`: wait until everybody gets a seat."""

    together: str


class CancelForm(msgspec.Struct, kw_only=True):
    """Which days of a series to give back: `one` or `all`; empty where nobody has been asked."""

    days: str


# ---- one session ---------------------------------------------------------------------------------------------------


@get("/sessions/{session_id:uuid}", include_in_schema=False)
async def show_session(request: Asking, actor: NamedDependency[Actor], session_id: FromPath[UUID]) -> Response[str]:
    """One session, and whom of the family it can be booked for."""
    return await _session_page(request, await service_reading.open_session(actor, session_id))


async def _session_page(request: Asking, opened: Opened, **context: Any) -> Response[str]:
    place = opened.facility
    able_members = [member for member, refusal in opened.choices if refusal is None]
    return page(
        request,
        "reservations/session.html",
        opened=opened,
        listed=opened.listed,
        session=opened.listed.session,
        categories=CATEGORIES,
        able=[member.id for member in able_members],
        able_members=able_members,
        access=await slot("facility.access", request, facility_id=place.id, phone=place.phone),
        who_is=lambda member: rules_finder.who_is(member, opened.listed.session.held_on),
        **{"status": 200, **context},
        **WORDS,
    )


@post("/sessions/{session_id:uuid}", include_in_schema=False)
async def book(request: Asking, actor: NamedDependency[Actor], session_id: FromPath[UUID]) -> Response[Any]:
    """Book for everybody ticked, or say at the form why not."""
    require_account(actor)
    data = await form(request, SessionForm)
    try:
        booked = (await service.place_order(actor, _wish(session_id, data), all_or_nothing=True)).items
    except Refusal as refusal:
        opened = await service_reading.open_session(actor, session_id)
        return await _session_page(request, opened, status=refusal.status, refusal=refusal, form=data)
    return redirect(f"/bookings/{booked[0].id}/booked")


@post("/sessions/{session_id:uuid}/apply", include_in_schema=False)
async def apply(request: Asking, actor: NamedDependency[Actor], session_id: FromPath[UUID]) -> Response[Any]:
    """Enter everybody ticked in the draw, or say at the form why not."""
    require_account(actor)
    data = await form(request, WaitForm)
    try:
        await service.place_order(actor, _wish(session_id, data), all_or_nothing=bool(data.together))
    except Refusal as refusal:
        opened = await service_reading.open_session(actor, session_id)
        return await _session_page(request, opened, status=refusal.status, refusal=refusal, form=data)
    return redirect("/offers", answered="apply")


@post("/sessions/{session_id:uuid}/wait", include_in_schema=False)
async def wait(request: Asking, actor: NamedDependency[Actor], session_id: FromPath[UUID]) -> Response[Any]:
    """Put everybody ticked on the waiting list, or say at the form why not."""
    require_account(actor)
    data = await form(request, WaitForm)
    try:
        wish = msgspec.structs.replace(_wish(session_id, data), waits=True)
        order = await service.place_order(actor, wish, all_or_nothing=bool(data.together))
    except Refusal as refusal:
        opened = await service_reading.open_session(actor, session_id)
        return await _session_page(request, opened, status=refusal.status, refusal=refusal, form=data)
    return redirect("/offers", joined=str(order.items[0].id))


def _wish(session_id: UUID, data: SessionForm) -> Wish:
    return Wish(
        session_ids=tuple(dict.fromkeys([session_id, *_ids(data.day)])),
        member_ids=tuple(dict.fromkeys(_ids(data.member))),
        assistance=data.assistance[:500],
        options=tuple(dict.fromkeys(data.option)),
        wheelchair_ids=frozenset(_ids(data.wheelchair)),
        helpers=read_helpers(data.helpers),
    )


def _ids(texts: list[str]) -> list[UUID]:
    try:
        return [UUID(text) for text in texts]
    except ValueError:
        raise OrderEmpty from None


# ---- one's own bookings -------------------------------------------------------------------------------------------


@get("/bookings/{reservation_id:uuid}/booked", include_in_schema=False)
async def show_booked(request: Asking, actor: NamedDependency[Actor], reservation_id: FromPath[UUID]) -> Response[str]:
    """The seats of an order, right after booking and whenever one comes back to it."""
    items = await service_reading.list_order(actor, reservation_id)
    account = await find_account(actor.id) if actor.id is not None else None
    listed = {each.session_id: await queries.list_session(each.session_id) for each in items}
    email = account.email if account else None
    return page(request, "reservations/booked.html", items=items, listed=listed, email=email, **WORDS)


@get("/bookings", include_in_schema=False)
async def show_bookings(
    request: Asking, actor: NamedDependency[Actor], past: FromQuery[str] = "", cancelled: FromQuery[str] = ""
) -> Response[str]:
    """What is coming, or what was; after cancelling, the way back."""
    return await _bookings_page(request, actor, is_past=bool(past), given_back=cancelled)


async def _bookings_page(
    request: Asking, actor: Actor, *, is_past: bool = False, given_back: str = "", **context: Any
) -> Response[str]:
    bookings = await service_reading.list_bookings(actor, is_past=is_past)
    undo = await _find_cancelled(actor, given_back)
    names: dict[str, Any] = {"bookings": bookings, "is_past": is_past, "undo": undo, "status": 200, **context}
    names["groups"] = [] if is_past else await _groups_of(actor, bookings)
    in_groups = {enrolment.id for _, enrolment, _ in names["groups"]}
    names["questions"] = await service_moves_asking.list_questions(actor, list(in_groups))
    names["singles"] = [each for each in bookings.items if each.enrolment_id not in in_groups]
    return page(request, "reservations/bookings.html", **names, **{**pages_groups.WORDS, **WORDS})


async def _groups_of(
    actor: Actor, bookings: Bookings
) -> list[tuple[GroupListed, EnrolmentView, list[ReservationView]]]:
    """The family's weekly groups, each with what it has reserved ahead."""
    return [
        (listed, enrolment, [each for each in bookings.items if each.enrolment_id == enrolment.id])
        for listed, enrolment in await service_groups_reading.list_own(actor)
    ]


async def _find_cancelled(actor: Actor, given_back: str) -> ReservationView | None:
    try:
        found = await service.get_reservation_for(actor, UUID(given_back))
    except (ValueError, ReservationUnknown):
        return None
    is_seat = found.state == rules.ReservationState.CANCELLED and found.waiting_at is None
    return found if is_seat and found.ends_at > clock.now() else None


@post("/bookings/{reservation_id:uuid}/cancel", include_in_schema=False)
async def cancel(request: Asking, actor: NamedDependency[Actor], reservation_id: FromPath[UUID]) -> Response[Any]:
    """Give the seat back at once; the list then offers the way back. Of a series it is asked which days."""
    data = await form(request, CancelForm)
    try:
        if not data.days and (rest := await service_series.list_rest(actor, reservation_id)):
            return await _ask_days(request, actor, reservation_id, rest)
        gone = await service_series.cancel(actor, reservation_id, whole=data.days == "all")
    except Refusal as refusal:
        require_account(actor)
        return await _bookings_page(request, actor, status=refusal.status, refusal=refusal)
    if gone.waiting_at is not None:
        return redirect("/offers", answered="leave" if gone.offered_at is None else "decline")
    return redirect("/bookings", cancelled=str(reservation_id))


async def _ask_days(request: Asking, actor: Actor, reservation_id: UUID, rest: list[ReservationView]) -> Response[str]:
    found = await service.get_reservation_for(actor, reservation_id, is_change=True)
    is_whole = await service_series.must_go_whole(found)
    names: dict[str, Any] = {"item": found, "days": sorted([found, *rest], key=lambda each: each.starts_at)}
    return page(request, "reservations/cancel_series.html", **names, is_whole=is_whole, **WORDS)


@post("/bookings/{reservation_id:uuid}/restore", include_in_schema=False)
async def restore(request: Asking, actor: NamedDependency[Actor], reservation_id: FromPath[UUID]) -> Response[Any]:
    """Take a seat back that was just given back, if it is still free."""
    try:
        await service.book_again(actor, reservation_id)
    except Refusal as refusal:
        require_account(actor)
        return await _bookings_page(request, actor, status=refusal.status, refusal=refusal)
    return redirect("/bookings")


# ---- pieces of other pages ----------------------------------------------------------------------------------------


async def _coming(request: Asking, **_: Any) -> Markup:
    """The family's next bookings, on the first page."""
    actor: Actor | None = getattr(request.state, "actor", None)
    if actor is None or not actor.is_signed_in or actor.id is None:
        return Markup()
    members = await list_members_of(actor.id)
    items = await queries.list_reservations_of([member.id for member in members], since=clock.now(), limit=3)
    return render_piece("reservations/coming.html", language_of(request), items=items, **WORDS) if items else Markup()


async def _next_of_member(request: Asking, **context: Any) -> Markup:
    """A member's next booking, beside their pass."""
    items = await queries.list_reservations_of([context["member_id"]], since=clock.now(), limit=1)
    return render_piece("reservations/next.html", language_of(request), items=items, **WORDS) if items else Markup()


PAGES = (
    *pages_finding.PAGES,
    show_session,
    book,
    wait,
    apply,
    show_booked,
    show_bookings,
    cancel,
    restore,
    *pages_bookings_staff.PAGES,
    *pages_calendar.PAGES,
    *pages_calls.PAGES,
    *pages_closures.PAGES,
    *pages_undecided.PAGES,
    *pages_groups.PAGES,
    *pages_groups_staff.PAGES,
    *pages_moves.PAGES,
    *pages_offers.PAGES,
    *pages_draws.PAGES,
    *pages_points.PAGES,
    *pages_staff.PAGES,
    *pages_group_visits.PAGES,
    *pages_group_visits_staff.PAGES,
)
NAV = (
    *pages_bookings_staff.NAV,
    *pages_draws.NAV,
    *pages_points.NAV,
    *pages_closures.NAV,
    NavItem(label=N_("さがす"), address="/sessions", icon="search", order=10),
    NavItem(label=N_("グループ"), address="/groups", icon="clock", order=15),
    NavItem(
        label=N_("毎週のグループ"), address="/staff/groups", icon="people", roles=tuple(map(str, STAFF_ROLES)), order=27
    ),
    NavItem(label=N_("予約"), address="/bookings", icon="calendar", order=20),
    *pages_group_visits.NAV,
    *pages_group_visits_staff.NAV,
)
SLOTS = {
    "home.10-coming": _coming,
    "passes.next_booking": _next_of_member,
    **pages_calendar.SLOTS,
    **pages_calls.SLOTS,
    **pages_of_member.SLOTS,
    **pages_group_visits_staff.SLOTS,
}
