"""JSON doors of weekly groups for staff: made, opened, asked, merged, ended."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from booking.access.rules import require_staff
from booking.access.schemas import Actor
from booking.kit import clock
from booking.programs.queries_groups import get_group
from booking.programs.schemas_groups import GroupBody, GroupForm, GroupTimeBody
from booking.programs.service_groups import add_group
from booking.programs.service_staff import EDITORS
from booking.reservations import service_moves, service_moves_asking
from booking.reservations.routes_groups import answer_once
from booking.reservations.rules_moves_forms import MoveForm, read_group_move, read_time_move
from booking.reservations.schemas_moves import Asking

TAGS = ("groups",)


class MadeGroup(msgspec.Struct, frozen=True, kw_only=True):
    """The group that was made."""

    id: UUID


class GroupStateItem(msgspec.Struct, frozen=True, kw_only=True):
    """What a group is after a verb."""

    id: UUID
    state: str
    merged_into: UUID | None


class MergeBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Into which group everybody moves."""

    into: UUID


class MoveBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to ask: to come `to` another group, or to meet at other `times` from a day on. `until_on`: last day."""

    until_on: str
    to: UUID | None = None
    times: Annotated[list[GroupTimeBody], msgspec.Meta(max_length=3)] = []
    from_on: str = ""
    notes: dict[str, str] = {}


class MadeMove(msgspec.Struct, frozen=True, kw_only=True):
    """The question that was asked."""

    id: UUID


def _form(data: GroupBody) -> GroupForm:
    """A body as the loose texts that the verbs check."""
    kept = ("times", "without_room", "names", "notes")
    plain = {name: str(value) for name, value in msgspec.structs.asdict(data).items() if name not in kept}
    return GroupForm(
        **plain,
        name=data.names.get("ja", ""),
        names=data.names,
        note=data.notes.get("ja", ""),
        notes=data.notes,
        weekday=[str(each.weekday) for each in data.times],
        starts=[each.starts for each in data.times],
        ends=[each.ends for each in data.times],
        seen="",
        without_room=data.without_room,
    )


@post("/api/v1/staff/groups", status_code=201, operation_id="addGroup", tags=TAGS)
async def add(
    request: Request[Any, Any, Any], actor: NamedDependency[Actor], data: JSONBody[GroupBody]
) -> Response[MadeGroup]:
    """Make a weekly group that begins to gather people."""
    require_staff(actor, *EDITORS)

    async def verb() -> MadeGroup:
        return MadeGroup(id=await add_group(actor, _form(data)))

    return await answer_once(request, actor, 201, verb)


async def _state(
    request: Request[Any, Any, Any], actor: Actor, group_id: UUID, verb: Callable[[], Awaitable[object]]
) -> Response[Any]:
    """Do it once; the group as it is then."""
    require_staff(actor, *EDITORS)

    async def work() -> GroupStateItem:
        await verb()
        group = await get_group(group_id)
        return GroupStateItem(id=group.id, state=group.state, merged_into=group.merged_into)

    return await answer_once(request, actor, 200, work)


@post("/api/v1/staff/groups/{group_id:uuid}/open", status_code=200, operation_id="openGroup", tags=TAGS)
async def open_anyway(
    request: Request[Any, Any, Any], actor: NamedDependency[Actor], group_id: FromPath[UUID]
) -> Response[GroupStateItem]:
    """Open a group that has not reached its minimum."""
    return await _state(request, actor, group_id, lambda: service_moves.open_anyway(actor, group_id))


@post("/api/v1/staff/groups/{group_id:uuid}/end", status_code=200, operation_id="endGroup", tags=TAGS)
async def end(
    request: Request[Any, Any, Any], actor: NamedDependency[Actor], group_id: FromPath[UUID]
) -> Response[GroupStateItem]:
    """End a group: every seat ahead is given back and everybody is told."""
    return await _state(request, actor, group_id, lambda: service_moves.end(actor, group_id))


@post("/api/v1/staff/groups/{group_id:uuid}/merge", status_code=200, operation_id="mergeGroup", tags=TAGS)
async def merge(
    request: Request[Any, Any, Any],
    actor: NamedDependency[Actor],
    group_id: FromPath[UUID],
    data: JSONBody[MergeBody],
) -> Response[GroupStateItem]:
    """Move everybody into another group and end this one."""
    return await _state(request, actor, group_id, lambda: service_moves.merge(actor, group_id, data.into))


def _asking(data: MoveBody) -> Asking:
    form = MoveForm(
        to="" if data.to is None else str(data.to),
        weekday=[str(each.weekday) for each in data.times],
        starts=[each.starts for each in data.times],
        ends=[each.ends for each in data.times],
        from_on=data.from_on,
        until_on=data.until_on,
        note=data.notes.get("ja", ""),
        notes=data.notes,
    )
    read = (read_time_move if data.to is None else read_group_move)(form, clock.today())
    return Asking(
        answer_until=clock.day_span(read.until_on)[1],
        notes=read.notes,
        to_group_id=read.to_group_id,
        times=read.times,
        from_on=read.from_on,
    )


@post("/api/v1/staff/groups/{group_id:uuid}/moves", status_code=201, operation_id="askGroup", tags=TAGS)
async def ask(
    request: Request[Any, Any, Any],
    actor: NamedDependency[Actor],
    group_id: FromPath[UUID],
    data: JSONBody[MoveBody],
) -> Response[MadeMove]:
    """Ask everybody in a group; each gets a link that only they can answer."""
    require_staff(actor, *EDITORS)

    async def verb() -> MadeMove:
        return MadeMove(id=(await service_moves_asking.ask(actor, group_id, _asking(data))).id)

    return await answer_once(request, actor, 201, verb)


@post("/api/v1/staff/moves/{move_id:uuid}/carry-out", status_code=200, operation_id="carryOutMove", tags=TAGS)
async def carry_out(
    request: Request[Any, Any, Any], actor: NamedDependency[Actor], move_id: FromPath[UUID]
) -> Response[GroupStateItem]:
    """Let a group meet at the other times it was asked about."""
    require_staff(actor, *EDITORS)

    async def verb() -> GroupStateItem:
        group = await service_moves_asking.carry_out(actor, move_id)
        return GroupStateItem(id=group.id, state=group.state, merged_into=group.merged_into)

    return await answer_once(request, actor, 200, verb)


@post("/api/v1/staff/moves/{move_id:uuid}/withdraw", status_code=200, operation_id="withdrawMove", tags=TAGS)
async def withdraw(
    request: Request[Any, Any, Any], actor: NamedDependency[Actor], move_id: FromPath[UUID]
) -> Response[Any]:
    """No longer ask."""
    require_staff(actor, *EDITORS)
    return await answer_once(request, actor, 200, lambda: service_moves_asking.withdraw(actor, move_id))


ROUTES = (add, open_anyway, end, merge, ask, carry_out, withdraw)
