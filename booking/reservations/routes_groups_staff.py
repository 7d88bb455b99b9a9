"""JSON doors of weekly groups for staff: made, opened, ended."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from booking.access.rules import require_staff
from booking.access.schemas import Actor
from booking.programs.schemas_groups import GroupBody, GroupForm
from booking.programs.service_groups import add_group
from booking.programs.service_staff import EDITORS
from booking.reservations.routes_groups import answer_once

TAGS = ("groups",)


class MadeGroup(msgspec.Struct, frozen=True, kw_only=True):
    """The group that was made."""

    id: UUID


def _form(data: GroupBody) -> GroupForm:
    """A body as the loose texts that the verbs check."""
    plain = {name: str(value) for name, value in msgspec.structs.asdict(data).items() if name != "times"}
    return GroupForm(
        **plain,
        weekday=[str(each.weekday) for each in data.times],
        starts=[each.starts for each in data.times],
        ends=[each.ends for each in data.times],
        seen="",
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


ROUTES = (add,)
