"""The desk's page of bookings over places and days, and the same list as a file."""

from datetime import date
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from booking.access.rules import EXPORTERS
from booking.access.schemas import Actor
from booking.facilities.schemas import FacilityView
from booking.kit import clock
from booking.kit.errors import Refusal
from booking.kit.exports import file_addresses, list_file
from booking.kit.i18n import N_, format_span, translate
from booking.kit.spreadsheets import Cell
from booking.kit.web import Asking, NavItem, language_of, page
from booking.kit.words import say_words
from booking.people.rules import grade_on
from booking.people.schemas import MemberView
from booking.programs.pages_sessions import places_of
from booking.programs.queries import list_programs
from booking.reservations import rules_texts
from booking.reservations.errors_audiences import say_grade
from booking.reservations.pages_words import WORDS, From
from booking.reservations.rules import ReservationState
from booking.reservations.schemas import ReservationView
from booking.reservations.service import DESK
from booking.reservations.service_bookings import BookingFilters, list_booked

HOME = "/staff/bookings"
ROWS = 100
STATES = {
    ReservationState.CONFIRMED: ("confirmed", N_("予約")),
    ReservationState.ARRIVED: ("entered", N_("来た")),
    ReservationState.OFFERED: ("few", N_("席をとってある")),
    ReservationState.WAITING: ("waiting", N_("待っている")),
    ReservationState.APPLIED: ("lottery", N_("抽選に申しこみ")),
    ReservationState.CANCELLED: ("closed", N_("取り消し")),
    ReservationState.RELEASED: ("closed", N_("来なかった")),
    ReservationState.EXPIRED: ("closed", N_("返事がなかった")),
    ReservationState.NOT_DRAWN: ("closed", N_("はずれ")),
}
HEAD = (
    *(N_("日"), N_("時間"), N_("施設"), N_("プログラム"), N_("会員番号"), N_("名前"), N_("読みかた"), N_("学年")),
    *(
        N_("状態"),
        N_("待つ順番"),
        N_("車いす"),
        N_("付きそい"),
        N_("いっしょに使うもの"),
        N_("予約した時刻"),
        N_("来た時刻"),
    ),
)


@get(HOME, include_in_schema=False)
async def show_booked(
    *,
    request: Asking,
    actor: NamedDependency[Actor],
    facility: FromQuery[str] = "",
    program: FromQuery[str] = "",
    standing: FromQuery[str] = "",
    from_: From = "",
    until: FromQuery[str] = "",
    after: FromQuery[str] = "",
) -> Response[str]:
    """Who has booked what, at one's places, a page at a time; the view is noted."""
    places = await places_of(actor)
    filters, begin = BookingFilters.read(from_, until, program, standing), _after(after)
    chosen = [one for one in places if facility in ("", one.code)]
    found, has_more = await list_booked(actor, chosen, filters, *DESK, what="bookings", after=begin, limit=ROWS)
    return page(
        request,
        "reservations/bookings_staff.html",
        rows=found,
        more=rules_texts.cursor_of((found[-1][0].starts_at, found[-1][0].id)) if has_more else "",
        is_first=begin is None,
        filters=filters,
        asked=_asked(filters, facility),
        **await _choices(actor, places, language_of(request)),
    )


async def _choices(actor: Actor, places: list[FacilityView], language: str) -> dict[str, Any]:
    """What the filters offer, and the words of the page."""
    return {
        "facilities": [(one.code, one.name) for one in places],
        "programs": [(one.code, one.name) for one in await list_programs()],
        "states": STATES,
        "may_export": actor.has_role(*EXPORTERS),
        "grade_then": lambda member, day: _said_grade(member, day, language),
        "address": HOME,
        **WORDS,
    }


def _said_grade(member: MemberView, day: date, language: str) -> str:
    grade = grade_on(member, day)
    return say_grade(grade, language) if grade else ""


def _after(text: str) -> rules_texts.Place | None:
    try:
        return rules_texts.read_cursor(text)
    except Refusal:
        return None


def _asked(filters: BookingFilters, facility: str) -> dict[str, str]:
    """The filters as an address keeps them."""
    days = {"from": filters.first.isoformat(), "until": filters.last.isoformat()}
    given = {"facility": facility, "program": filters.program, "standing": filters.standing}
    return {**{name: value for name, value in given.items() if value}, **days}


@get(file_addresses(HOME), include_in_schema=False)
async def export_booked(
    *,
    request: Asking,
    actor: NamedDependency[Actor],
    facility: FromQuery[str] = "",
    program: FromQuery[str] = "",
    standing: FromQuery[str] = "",
    from_: From = "",
    until: FromQuery[str] = "",
) -> Response[bytes]:
    """The same bookings as a file, at the places from which the reader may take names out."""
    filters = BookingFilters.read(from_, until, program, standing)
    chosen = [one for one in await places_of(actor) if facility in ("", one.code)]
    found, _ = await list_booked(actor, chosen, filters, *EXPORTERS, what="bookings-export")
    language = language_of(request)
    name = f"bookings-{filters.first.isoformat()}-{filters.last.isoformat()}"
    return await list_file(request, name, N_("予約の一覧"), HEAD, [_row(*one, language) for one in found])


def _row(one: ReservationView, member: MemberView, language: str) -> list[Cell]:
    title = one.title or one.program_name
    when = [one.held_on.isoformat(), format_span(one.starts_at, one.ends_at, "en"), one.facility_name, title]
    who = [member.number, member.name, member.kana, _said_grade(member, one.held_on, language)]
    wheelchair = translate(N_("車いす"), language) if one.uses_wheelchair else ""
    options = "、".join(say_words(each.names, language) for each in one.options)
    times = [clock.local(at).isoformat(timespec="minutes") if at else "" for at in (one.booked_at, one.arrived_at)]
    said = translate(STATES[ReservationState(one.state)][1], language)
    return [*when, *who, said, one.position, wheelchair, one.helpers or None, options, *times]


PAGES: tuple[Any, ...] = (show_booked, export_booked)
NAV = (NavItem(label=N_("予約の一覧"), address=HOME, icon="calendar", roles=tuple(map(str, DESK)), order=26),)
