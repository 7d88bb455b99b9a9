"""JSON doors of weekly groups: everybody sees them, families and the desk join and leave."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from booking.access.rules import require_account, require_staff
from booking.access.schemas import Actor
from booking.kit import clock
from booking.kit.idempotency import Answer, respond_once
from booking.programs.queries_groups import get_group
from booking.programs.rules_groups import weekly_times
from booking.programs.schemas_groups import WeeklyTime
from booking.reservations import rules_groups_list, service_enrolments, service_groups_reading
from booking.reservations.rules_groups_list import Sought
from booking.reservations.schemas_enrolments import (
    EnrolAnswer,
    EnrolmentItem,
    EnrolmentPage,
    EnrolmentView,
    EnrolRequest,
    EnrolWish,
    GroupItem,
    GroupListed,
    GroupPage,
    GroupTimeItem,
    LeaveRequest,
)

TAGS = ("groups",)


@get("/api/v1/groups", operation_id="listGroups", tags=TAGS)
async def list_groups(
    *,
    actor: NamedDependency[Actor],
    facility: FromQuery[str] = "",
    program: FromQuery[str] = "",
    weekday: FromQuery[str] = "",
    available: FromQuery[bool] = False,
) -> GroupPage:
    """Weekly groups that gather people, are open or run: times, seats, and how many are missing until one opens."""
    sought = Sought(facility=facility, program=program, weekday=weekday, only_free=available)
    found = rules_groups_list.chosen(await service_groups_reading.list_shown(actor), sought, clock.today())
    return GroupPage(items=[item_of(each) for each in found])


def item_of(listed: GroupListed) -> GroupItem:
    """A group as the API shows it."""
    group = listed.group
    return GroupItem(
        id=group.id,
        program=group.program_code,
        facility=group.facility_code,
        name=group.name,
        names=group.names,
        state=group.state,
        times=[
            GroupTimeItem(weekday=each.weekday, starts=each.starts, ends=each.ends)
            for each in weekly_times(group, clock.today())
        ],
        seats=group.seats,
        enrolled=listed.enrolled,
        left=listed.left,
        waiting=listed.waiting,
        min_to_open=group.min_to_open,
        missing=listed.missing,
        first_on=group.first_on,
        starts_on=group.starts_on,
        last_on=group.last_on,
    )


def enrolment_item(view: EnrolmentView) -> EnrolmentItem:
    """An enrolment as the API shows it."""
    return EnrolmentItem(
        id=view.id,
        group=view.group_id,
        member=view.member_id,
        state=view.state,
        enrolled_at=view.enrolled_at,
        ended_at=view.ended_at,
    )


def _known(actor: Actor) -> None:
    """Residents, children with a card, staff and tokens. Raises: SignInNeeded, NotAllowed."""
    if actor.kind in ("account", "nobody"):
        require_account(actor)
    else:
        require_staff(actor)


async def answer_once(
    request: Request[Any, Any, Any], actor: Actor, status: int, verb: Callable[[], Awaitable[msgspec.Struct | None]]
) -> Response[Any]:
    """What a verb answers, once for equal requests with one `Idempotency-Key`."""
    _known(actor)

    async def work() -> Answer:
        said = await verb()
        return Answer(status, "{}" if said is None else msgspec.json.encode(said).decode())

    return await respond_once(request, f"{actor.kind}:{actor.id}", work)


@post("/api/v1/enrolments", status_code=201, operation_id="enrol", tags=TAGS)
async def enrol(
    request: Request[Any, Any, Any], actor: NamedDependency[Actor], data: JSONBody[EnrolRequest]
) -> Response[EnrolAnswer]:
    """Let members join a weekly group: all of them or none. The group opens the moment its minimum is reached."""
    wish = EnrolWish(
        group_id=data.group_id,
        member_ids=tuple(dict.fromkeys(data.member_ids)),
        other_times=tuple(WeeklyTime(each.weekday, each.starts, each.ends) for each in data.other_times),
        may_wait=data.wait,
        overridden=frozenset(data.override),
        reason=data.reason,
    )

    async def verb() -> EnrolAnswer:
        made = await service_enrolments.enrol(actor, wish)
        group = await get_group(wish.group_id)
        return EnrolAnswer(items=[enrolment_item(each) for each in made], group_state=group.state)

    return await answer_once(request, actor, 201, verb)


@get("/api/v1/enrolments", operation_id="listEnrolments", tags=TAGS)
async def list_enrolments(actor: NamedDependency[Actor]) -> EnrolmentPage:
    """The live enrolments of the members the asker acts for, those in a waiting list too."""
    own = await service_groups_reading.list_own(actor)
    return EnrolmentPage(items=[enrolment_item(each) for _, each in own])


@post("/api/v1/enrolments/{enrolment_id:uuid}/leave", status_code=200, operation_id="leaveGroup", tags=TAGS)
async def leave(
    request: Request[Any, Any, Any],
    actor: NamedDependency[Actor],
    enrolment_id: FromPath[UUID],
    data: JSONBody[LeaveRequest],
) -> Response[EnrolmentItem]:
    """Leave a group or its waiting list. A second time changes nothing and answers the same."""

    async def verb() -> EnrolmentItem:
        return enrolment_item(await service_enrolments.leave(actor, enrolment_id, reason=data.reason))

    return await answer_once(request, actor, 200, verb)


ROUTES = (list_groups, enrol, list_enrolments, leave)
