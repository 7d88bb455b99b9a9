"""JSON doors of the live board, and its event stream."""

from datetime import date
from typing import Annotated, Any

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter
from litestar.response import ServerSentEvent

from booking.access.rules import require_staff
from booking.access.schemas import Actor
from booking.occupancy import service, service_history
from booking.occupancy.live import changes
from booking.occupancy.schemas import Board, LevelList
from booking.occupancy.schemas_history import Utilisation

From = Annotated[date | None, QueryParameter(name="from")]


@get("/api/v1/occupancy", operation_id="list_occupancy", tags=["occupancy"])
async def list_occupancy() -> LevelList:
    """How full each facility is: a level, and from 5 upwards a number rounded to 5."""
    return await service.list_levels()


@get("/api/v1/staff/occupancy", operation_id="get_board", tags=["occupancy"])
async def get_board(actor: NamedDependency[Actor], facility: FromQuery[str | None] = None) -> Board:
    """Who is inside now by body, facility and room, and how the sessions of this hour fill: all the facilities somebody
    may see, or one."""
    return await service.get_board(actor, facility=facility)


@get("/api/v1/staff/occupancy/stream", operation_id="stream_occupancy", tags=["occupancy"])
async def stream_occupancy(request: Request[Any, Any, Any], actor: NamedDependency[Actor]) -> ServerSentEvent:
    """Server-sent events: `hello`, `change` when somebody came or went at any facility, `beat` every 15 seconds. They
    hold no data: ask for the board again."""
    require_staff(actor)
    return ServerSentEvent(changes(request.app.state.hub))


@get("/api/v1/staff/utilisation", operation_id="get_utilisation", tags=["occupancy"])
async def get_utilisation(
    actor: NamedDependency[Actor],
    facility: FromQuery[str | None] = None,
    from_: From = None,
    until: FromQuery[date | None] = None,
) -> Utilisation:
    """How places were used from one day to another, both counted in, beside the same days of the year before: users by
    weekday and hour, seats, did not come, arrivals, first time, TUMO to tsukurun. Twelve weeks unless asked."""
    return await service_history.get_utilisation(actor, facility, from_, until)


ROUTES = (list_occupancy, get_board, stream_occupancy, get_utilisation)
