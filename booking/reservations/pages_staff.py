"""The desk's pages: a session's roster, booking for somebody, cancelling with a reason."""

from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from booking.access.rules import EXPORTERS, require_staff
from booking.access.schemas import Actor
from booking.kit import clock
from booking.kit.exports import file_addresses, list_file
from booking.kit.i18n import N_, translate
from booking.kit.spreadsheets import Cell
from booking.kit.web import Asking, form, language_of, page, redirect
from booking.kit.words import say_words
from booking.people.queries import find_member_by_number
from booking.people.rules import grade_on
from booking.reservations import rules, service, service_reading
from booking.reservations.errors import BookingRefusal
from booking.reservations.errors_audiences import say_grade
from booking.reservations.errors_bookings import NotYours, ReservationUnknown
from booking.reservations.errors_staff import NumberUnknown
from booking.reservations.rules_lists import RosterPart
from booking.reservations.rules_options import read_helpers
from booking.reservations.schemas import RosterEntry, Wish

EXCEPTIONS = {
    "booking-not-open-yet": N_("予約の開始前でも予約する"),
    "booking-closed": N_("しめきりのあとでも予約する"),
    "not-eligible": N_("対象の学年でなくても予約する"),
    "qualification-missing": N_("資格がなくても予約する"),
    "booking-paused": N_("予約のお休み中でも予約する"),
    "limit-held": N_("同時に持てる数をこえて予約する"),
    "limit-week": N_("1週間の回数をこえて予約する"),
    "overlaps": N_("同じ時間の予約があっても予約する"),
    "group-session": N_("グループに入っていなくても予約する"),
    "session-full": N_("当日の席を使って予約する"),
}
"""Rules the desk can set aside, as it reads them."""


class DeskForm(msgspec.Struct, kw_only=True):
    """Booking for somebody by number."""

    number: str
    option: list[str]
    wheelchair: bool
    helpers: str
    assistance: str
    override: list[str]
    reason: str


class CancelForm(msgspec.Struct, kw_only=True):
    """Cancelling for somebody."""

    override: list[str]
    reason: str


@get("/staff/sessions/{session_id:uuid}", include_in_schema=False)
async def show_roster(
    request: Asking, actor: NamedDependency[Actor], session_id: FromPath[UUID], part: FromQuery[str] = ""
) -> Response[str]:
    """Who is booked, who is here, who is missing, who waits; the view is noted."""
    return await _roster_page(request, actor, session_id, part)


async def _roster_page(
    request: Asking, actor: Actor, session_id: UUID, part: str = "", **context: Any
) -> Response[str]:
    roster = await service_reading.open_roster(actor, session_id, part=part)
    session, now = roster.session, clock.now()
    here = [entry for entry in roster.entries if entry.state == rules.ReservationState.ARRIVED]
    return page(
        request,
        "reservations/roster.html",
        session=session,
        roster=roster,
        seats=rules.seats_of(session, roster.taken, now),
        here=here,
        missing=[entry for entry in roster.entries if entry not in here],
        part=part if part in set(RosterPart) else "",
        is_late=now >= session.starts_at,
        may_act=actor.may_in(session.scopes, *service.DESK),
        may_export=actor.may_in(session.scopes, *EXPORTERS),
        exceptions=EXCEPTIONS,
        names=rules.names_of(session),
        pools=roster.pools,
        wheelchairs=roster.wheelchairs,
        grade_of=lambda member: grade_on(member, session.held_on),
        say_grade=say_grade,
        **{"status": 200, **context},
    )


HEAD = (
    *(N_("状態"), N_("待つ順番"), N_("会員番号"), N_("名前"), N_("読みかた"), N_("学年"), N_("必要な配慮")),
    *(N_("車いす"), N_("付きそい"), N_("いっしょに使うもの"), N_("例外の理由"), N_("予約した時刻"), N_("来た時刻")),
)
STATES = {
    rules.ReservationState.WAITING: N_("待っている"),
    rules.ReservationState.OFFERED: N_("席をとってある"),
    rules.ReservationState.CONFIRMED: N_("予約"),
    rules.ReservationState.ARRIVED: N_("来た"),
}


@get(file_addresses("/staff/sessions/{session_id:uuid}/roster"), include_in_schema=False)
async def export_roster(
    request: Asking, actor: NamedDependency[Actor], session_id: FromPath[UUID], part: FromQuery[str] = ""
) -> Response[bytes]:
    """The same roster as a file, for those who may take names out."""
    roster = await service_reading.open_roster(actor, session_id, *EXPORTERS, part=part, what="roster-export")
    language, day = language_of(request), roster.session.held_on
    rows = [_row(entry, day, language) for entry in (*roster.entries, *roster.waiting)]
    return await list_file(request, f"roster-{day.isoformat()}", N_("名簿"), HEAD, rows)


def _row(entry: RosterEntry, day: date, language: str) -> list[Cell]:
    member, grade = entry.member, grade_on(entry.member, day)
    times = (entry.waiting_at if entry.position else entry.booked_at, entry.arrived_at)
    return [
        translate(STATES[rules.ReservationState(entry.state)], language),
        entry.position,
        member.number,
        member.name,
        member.kana,
        say_grade(grade, language) if grade else "",
        entry.needs,
        translate(N_("車いす"), language) if entry.uses_wheelchair else "",
        entry.helpers or None,
        "、".join(say_words(each.names, language) for each in entry.options),
        entry.override_reason or "",
        *(clock.local(at).isoformat(timespec="minutes") if at else "" for at in times),
    ]


@post("/staff/sessions/{session_id:uuid}/book", include_in_schema=False)
async def book_at_desk(request: Asking, actor: NamedDependency[Actor], session_id: FromPath[UUID]) -> Response[Any]:
    """Book for the member with a number; a rule is set aside only by name and with a reason."""
    require_staff(actor, *service.DESK)
    data = await form(request, DeskForm)
    try:
        await _book_by_number(actor, session_id, data)
    except BookingRefusal as refusal:
        return await _roster_page(request, actor, session_id, status=refusal.status, refusal=refusal, form=data)
    return redirect(f"/staff/sessions/{session_id}")


async def _book_by_number(actor: Actor, session_id: UUID, data: DeskForm) -> None:
    member = await find_member_by_number("".join(data.number.split()))
    if member is None:
        raise NumberUnknown
    wish = Wish(
        session_ids=(session_id,),
        member_ids=(member.id,),
        assistance=data.assistance[:500],
        options=tuple(dict.fromkeys(data.option)),
        wheelchair_ids=frozenset({member.id} if data.wheelchair else ()),
        helpers=read_helpers(data.helpers),
        overridden=frozenset(data.override),
        reason=data.reason[:500],
    )
    try:
        await service.place_order(actor, wish, all_or_nothing=True)
    except NotYours:
        raise NumberUnknown from None


@get("/staff/reservations/{reservation_id:uuid}/cancel", include_in_schema=False)
async def ask_cancel(request: Asking, actor: NamedDependency[Actor], reservation_id: FromPath[UUID]) -> Response[str]:
    """Asks for the reason before a seat is given back for somebody."""
    return await _cancel_page(request, actor, reservation_id)


async def _cancel_page(request: Asking, actor: Actor, reservation_id: UUID, **context: Any) -> Response[str]:
    require_staff(actor, *service.DESK)
    found = await service.get_reservation_for(actor, reservation_id, is_change=True)
    is_late = clock.now() >= found.cancel_until
    name = await service_reading.name_for_staff(actor, found.member_id, found.facility_code)
    shown: dict[str, Any] = {"found": found, "name": name, "names": rules.names_of(found), "is_late": is_late}
    shown["status"] = 200
    return page(request, "reservations/cancel.html", **{**shown, **context})


@post("/staff/reservations/{reservation_id:uuid}/cancel", include_in_schema=False)
async def cancel_at_desk(
    request: Asking, actor: NamedDependency[Actor], reservation_id: FromPath[UUID]
) -> Response[Any]:
    """Give a seat back for somebody."""
    require_staff(actor, *service.DESK)
    data = await form(request, CancelForm)
    try:
        done = await service.cancel(actor, reservation_id, overridden=data.override, reason=data.reason[:500])
    except ReservationUnknown:
        raise
    except BookingRefusal as refusal:
        return await _cancel_page(request, actor, reservation_id, status=refusal.status, refusal=refusal, form=data)
    return redirect(f"/staff/sessions/{done.session_id}")


PAGES = (show_roster, export_roster, book_at_desk, ask_cancel, cancel_at_desk)
