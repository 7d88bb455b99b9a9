"""JSON doors of group visits: anybody asks, the staff of the place see and answer."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from booking.access.cookies import network_of
from booking.access.rules import require_staff
from booking.access.schemas import Actor
from booking.facilities.queries import list_facilities
from booking.kit.idempotency import Answer, respond_once
from booking.reservations import queries_group_visits as queries
from booking.reservations import rules_group_visits as rules
from booking.reservations import service_group_visits as service
from booking.reservations.rules_kinds import RequestState
from booking.reservations.schemas_group_visits import (
    AnswerForm,
    AskedVisit,
    DecisionBody,
    GroupRequestBody,
    GroupRequestForm,
    GroupRequestItem,
    GroupRequestPage,
    GroupRequestView,
)

TAGS = ("group visits",)
DECISIONS = {"approve": service.approve, "counter": service.counter}


def _form(data: GroupRequestBody) -> GroupRequestForm:
    """A body as the loose texts that the verbs check."""
    texts = ("facility", "organisation", "contact_name", "phone", "email", "assistance", "language", "note")
    numbers = ("adults", "wheelchairs", "bus_count")
    return GroupRequestForm(
        nonce="",
        day=[one.on for one in data.dates[: rules.WISHES]],
        starts=[one.starts for one in data.dates[: rules.WISHES]],
        ends=[one.ends for one in data.dates[: rules.WISHES]],
        pupils=[str(data.pupils.get(str(year), 0)) for year in range(1, rules.YEARS + 1)],
        **{name: getattr(data, name) for name in texts},
        **{name: str(getattr(data, name)) for name in numbers},
    )


def _item(one: GroupRequestView) -> GroupRequestItem:
    same = [name for name in GroupRequestItem.__struct_fields__ if name not in ("facility", "dates", "pupils", "rooms")]
    return GroupRequestItem(
        facility=one.facility_code,
        dates=list(one.dates),
        pupils={str(year): number for year, number in one.pupils.items()},
        rooms=list(one.rooms),
        **{name: getattr(one, name) for name in same},
    )


@post("/api/v1/group-requests", status_code=201, operation_id="askGroupVisit", tags=TAGS)
async def ask(
    request: Request[Any, Any, Any], actor: NamedDependency[Actor], data: JSONBody[GroupRequestBody]
) -> Response[Any]:
    """A school or other group asks to visit: up to three times in the order it likes them. No account is needed.

    The answer holds the secret address where the sender sees the answer, accepts another time or withdraws.
    """
    network = network_of(request)
    if not actor.is_staff:
        await service.limit_requests(network)

    async def work() -> Answer:
        made = await service.ask(actor, _form(data))
        return _answer(201, AskedVisit(id=made, state=RequestState.ASKED, link=service.link_of(made)))

    return await respond_once(request, f"group-request:{network}", work)


@get("/api/v1/staff/group-requests", operation_id="listGroupRequests", tags=TAGS)
async def list_requests(
    actor: NamedDependency[Actor], facility: FromQuery[str] = "", status: FromQuery[str] = ""
) -> GroupRequestPage:
    """Requests of the reader's places, with whom to call; `status` keeps those in one state."""
    require_staff(actor, *service.READERS)
    places = [one for one in await list_facilities() if actor.may_in(one.scopes, *service.READERS)]
    chosen = [one.id for one in places if facility in ("", one.code)]
    states = [each for each in RequestState if status in ("", each)]
    return GroupRequestPage(items=[_item(one) for one in await queries.list_requests(chosen, states)])


@post("/api/v1/staff/group-requests", status_code=201, operation_id="addGroupRequest", tags=TAGS)
async def add_request(
    request: Request[Any, Any, Any], actor: NamedDependency[Actor], data: JSONBody[GroupRequestBody]
) -> Response[Any]:
    """Write down the request of a group that called."""
    require_staff(actor, *service.READERS)

    async def work() -> Answer:
        made = await service.ask_for_them(actor, _form(data), data.called or data.contact_name)
        return _answer(201, AskedVisit(id=made, state=RequestState.ASKED, link=service.link_of(made)))

    return await respond_once(request, f"{actor.kind}:{actor.id}", work)


@post(
    "/api/v1/staff/group-requests/{request_id:uuid}/decision",
    status_code=200,
    operation_id="decideGroupRequest",
    tags=TAGS,
)
async def decide(
    request: Request[Any, Any, Any],
    actor: NamedDependency[Actor],
    request_id: FromPath[UUID],
    data: JSONBody[DecisionBody],
) -> Response[Any]:
    """Approve a time, propose another, or decline with a reason. Rooms are taken in the same step."""
    require_staff(actor, *service.DECIDERS)

    async def work() -> Answer:
        rules.check_decision(data.decision)
        if data.decision == "decline":
            return _answer(200, _item(await service.decline(actor, request_id, data.note)))
        return _answer(200, _item(await DECISIONS[data.decision](actor, request_id, _answer_form(data))))

    return await respond_once(request, f"{actor.kind}:{actor.id}", work)


def _answer_form(data: DecisionBody) -> AnswerForm:
    rooms = data.rooms or []
    return AnswerForm(
        day=data.day,
        starts=data.starts,
        ends=data.ends,
        room=[one.space for one in rooms],
        heads=[str(one.heads) for one in rooms],
        outside=data.outside_hours,
        note=data.note,
    )


def _answer(status: int, said: msgspec.Struct) -> Answer:
    return Answer(status, msgspec.json.encode(said).decode())


ROUTES = (ask, list_requests, add_request, decide)
