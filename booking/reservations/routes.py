"""JSON doors: find sessions, book, see and cancel reservations."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from booking.access.rules import require_account, require_staff
from booking.access.schemas import Actor
from booking.facilities.queries import find_facility
from booking.kit import clock
from booking.kit.errors import NotFound
from booking.kit.idempotency import Answer, respond_once
from booking.kit.web import language_of
from booking.programs.queries import find_program
from booking.programs.schemas import SessionView
from booking.reservations import (
    queries,
    queries_options,
    routes_draws,
    routes_group_visits,
    routes_groups,
    routes_groups_staff,
    routes_offers,
    routes_points,
    rules,
    rules_calendar,
    rules_texts,
    service,
    service_calendar,
    service_reading,
    service_series,
)
from booking.reservations.errors_bookings import ReservationUnknown
from booking.reservations.schemas import Order, ReservationView, Wish
from booking.reservations.schemas_api import (
    BookAnswer,
    BookRequest,
    CancelRequest,
    OptionItem,
    RefusedItem,
    ReservationItem,
    ReservationPage,
    SessionItem,
    SessionPage,
)
from booking.reservations.schemas_facts import OptionPool
from booking.reservations.schemas_finding import ListedSession

TAGS = ("reservations",)
Pools = Mapping[UUID, tuple[OptionPool, ...]]
CALENDAR = "text/calendar"
WINDOW = timedelta(days=62)
Limit = Annotated[int, QueryParameter(ge=1, le=200)]
From = Annotated[str | None, QueryParameter(name="from")]


@get("/api/v1/sessions", operation_id="listSessions", tags=["sessions"])
async def list_sessions(
    *,
    facility: FromQuery[str | None] = None,
    program: FromQuery[str | None] = None,
    from_: From = None,
    until: FromQuery[str | None] = None,
    available: FromQuery[bool] = False,
    cursor: FromQuery[str | None] = None,
    limit: Limit = 50,
) -> SessionPage:
    """Sessions that start from `from` (default: now) until before `until`, in the order they start.

    `from` and `until` are instants or local days; `available` leaves those that have a free seat now.
    """
    await _check_codes(facility, program)
    now = clock.now()
    starts = _instant(from_, "from") or now
    found = await queries.list_upcoming(
        facility=facility,
        program=program,
        span=(starts, _instant(until, "until") or starts + WINDOW),
        after=rules_texts.read_cursor(cursor),
        only_free_at=now if available else None,
        limit=limit + 1,
    )
    pools = await queries_options.list_pools(each.session.id for each in found)
    return _session_page(found, pools, limit, now)


def _session_page(found: list[ListedSession], pools: Pools, limit: int, now: datetime) -> SessionPage:
    """One page of those found, which are one more than the page when there is a next."""
    last = found[limit - 1].session if len(found) > limit else None
    return SessionPage(items=[_session_item(each, pools, now) for each in found[:limit]], next_cursor=_next(last))


def _next(last: SessionView | ReservationView | None) -> str | None:
    return rules_texts.cursor_of((last.starts_at, last.id)) if last else None


async def _check_codes(facility: str | None, program: str | None) -> None:
    if facility is not None and await find_facility(facility) is None:
        raise rules_texts.wrong_filter("facility")
    if program is not None and await find_program(program) is None:
        raise rules_texts.wrong_filter("program")


def _instant(text: str | None, name: str) -> datetime | None:
    if not text:
        return None
    read = rules_texts.read_instant(text, name)
    if isinstance(read, datetime):
        return read
    day: date = read
    return clock.day_span(day)[0]


def _session_item(listed: ListedSession, pools: Pools, now: datetime) -> SessionItem:
    session = listed.session
    return SessionItem(
        id=session.id,
        program=session.program_code,
        facility=session.facility_code,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        state=session.state,
        seats=rules.seats_of(session, listed.taken, now),
        waiting=listed.waiting,
        booking_opens_at=session.booking_opens_at,
        booking_closes_at=session.booking_closes_at,
        cancel_until=session.cancel_until,
        selection=session.selection,
        series=session.series_id,
        space=session.space_names,
        titles=session.titles,
        notes=session.notes,
        options=[
            OptionItem(code=pool.code, names=dict(pool.names), quota=pool.quota, left=pool.left)
            for pool in pools.get(session.id, ())
        ],
    )


@post("/api/v1/reservations", status_code=201, operation_id="book", tags=TAGS)
async def book(
    request: Request[Any, Any, Any], actor: NamedDependency[Actor], data: JSONBody[BookRequest]
) -> Response[BookAnswer]:
    """Book sessions for members. With an `Idempotency-Key`, equal requests have one effect and one answer."""
    _known(actor)

    async def work() -> Answer:
        order = await service.place_order(actor, _wish(data), all_or_nothing=data.all_or_nothing)
        return Answer(201, msgspec.json.encode(_book_answer(order, language_of(request))).decode())

    return await respond_once(request, _asker(actor), work)


def _wish(data: BookRequest) -> Wish:
    sessions = [*([data.session_id] if data.session_id else []), *data.session_ids]
    return Wish(
        session_ids=tuple(dict.fromkeys(sessions)),
        member_ids=tuple(dict.fromkeys(data.member_ids)),
        assistance=data.assistance,
        options=tuple(dict.fromkeys(data.options)),
        wheelchair_ids=frozenset(data.wheelchair),
        helpers=data.helpers,
        overridden=frozenset(data.override),
        reason=data.reason,
        waits=data.join_waiting_list,
    )


def _known(actor: Actor) -> None:
    """Residents, children with a card, staff and tokens. Raises: SignInNeeded, NotAllowed."""
    if actor.kind in ("account", "nobody"):
        require_account(actor)
    else:
        require_staff(actor)


def _asker(actor: Actor) -> str:
    return f"{actor.kind}:{actor.id}"


def _book_answer(order: Order, language: str) -> BookAnswer:
    return BookAnswer(
        items=[rules_texts.item_of(each) for each in order.items],
        refused=[
            RefusedItem(
                session=each.session, member=each.member, code=each.refusal.code, detail=each.refusal.say(language)
            )
            for each in order.refused
        ],
    )


@get("/api/v1/reservations", operation_id="listReservations", tags=TAGS)
async def list_reservations(
    *,
    actor: NamedDependency[Actor],
    session: FromQuery[UUID | None] = None,
    from_: From = None,
    cursor: FromQuery[str | None] = None,
    limit: Limit = 50,
) -> ReservationPage:
    """Residents: reservations of their own members in sessions that end after `from` (default: now).

    Staff: those of one `session` of their places; whose they are is noted in the log of personal data viewed.
    """
    _known(actor)
    since = _instant(from_, "from") or clock.now()
    page = (rules_texts.read_cursor(cursor), limit + 1)
    if not actor.is_staff:
        found = await service_reading.list_own(actor, since=since, session_id=session, page=page)
    elif session is None:
        raise rules_texts.wrong_filter("session")
    else:
        found = await service_reading.list_of_session(actor, session, page=page)
    last = found[limit - 1] if len(found) > limit else None
    return ReservationPage(items=[rules_texts.item_of(each) for each in found[:limit]], next_cursor=_next(last))


@post("/api/v1/reservations/{reservation_id:uuid}/cancel", status_code=200, operation_id="cancelReservation", tags=TAGS)
async def cancel(
    request: Request[Any, Any, Any],
    actor: NamedDependency[Actor],
    reservation_id: FromPath[UUID],
    data: JSONBody[CancelRequest],
) -> Response[ReservationItem]:
    """Give a reservation back. A second time changes nothing and answers the same.

    A resident gives a series that is booked whole back whole; staff may take out one day.
    """
    _known(actor)

    async def work() -> Answer:
        if actor.is_staff or data.override:
            view = await service.cancel(actor, reservation_id, overridden=data.override, reason=data.reason)
        else:
            view = await service_series.cancel(actor, reservation_id)
        return Answer(200, msgspec.json.encode(rules_texts.item_of(view)).decode())

    return await respond_once(request, _asker(actor), work)


@get("/api/v1/reservations/{file_name:str}", operation_id="getReservationCalendar", tags=TAGS, media_type=CALENDAR)
async def get_calendar(actor: NamedDependency[Actor], file_name: FromPath[str]) -> Response[str]:
    """`{id}.ics`: a calendar entry with times and place codes only."""
    _known(actor)
    name, _, suffix = file_name.rpartition(".")
    try:
        reservation_id = UUID(name)
    except ValueError:
        raise ReservationUnknown from None
    if suffix != "ics":
        raise ReservationUnknown
    view = await service.get_reservation_for(actor, reservation_id)
    headers = {"cache-control": "no-store", "content-disposition": f'attachment; filename="{view.id}.ics"'}
    return Response(rules_calendar.to_calendar([view], clock.now()), media_type=CALENDAR, headers=headers)


@get("/api/v1/calendar/{file_name:str}", operation_id="getCalendar", tags=TAGS, media_type=CALENDAR)
async def read_calendar(file_name: FromPath[str]) -> Response[str]:
    """`{secret}.ics`: a family's seats for a calendar program that signs in nowhere; times and place codes only."""
    secret, _, suffix = file_name.rpartition(".")
    if suffix != "ics":
        raise NotFound
    headers = {"cache-control": "private, no-store", "x-robots-tag": "noindex"}
    return Response(await service_calendar.read_calendar(secret), media_type=CALENDAR, headers=headers)


ROUTES = (
    list_sessions,
    book,
    list_reservations,
    cancel,
    get_calendar,
    read_calendar,
    *routes_groups.ROUTES,
    *routes_groups_staff.ROUTES,
    *routes_offers.ROUTES,
    *routes_draws.ROUTES,
    *routes_points.ROUTES,
    *routes_group_visits.ROUTES,
)
