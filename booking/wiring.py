"""The only module that knows every room: it collects their doors, jobs and refusals, and makes the application."""

import importlib
import importlib.util
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Any

from litestar import Litestar, Request, Response
from litestar.config.compression import CompressionConfig
from litestar.datastructures import State
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.openapi import OpenAPIConfig

from booking.access.service_providers import find_line_channel
from booking.access.service_staff import use_scopes
from booking.facilities.queries import find_sender, list_scopes
from booking.facilities.service_spaces import use_room_hearers
from booking.jobs.runner import Runner
from booking.kit import db, logs, pages, serving, web
from booking.kit.assets import serve_asset
from booking.kit.errors import Refusal
from booking.kit.health import HEALTH
from booking.kit.i18n import N_
from booking.kit.listen import Hub
from booking.kit.openapi import OpenAPIDocument, openapi_json
from booking.kit.problems import as_refusal, problem_response
from booking.kit.settings import get_settings
from booking.notifications.service import use_line, use_reaches, use_senders
from booking.people.service_reach import find_reaches, report, use_other_lists
from booking.programs.queries_taken import use_counts
from booking.programs.service_lines import serve_room, use_lines
from booking.reservations.queries import taken
from booking.reservations.queries_options import count_options
from booking.reservations.service_calls import OFFERS
from booking.reservations.service_waiting import lock_ahead, promote

ROOMS = (
    "notifications",
    "jobs",
    "access",
    "facilities",
    "people",
    "kiosks",
    "programs",
    "passes",
    "reservations",
    "visits",
    "occupancy",
    "kpi",
    "opendata",
    "personal_data",
    "demo",
)
STAFF_MENU = (
    *((0, N_("今日")), (20, N_("予約と回")), (30, N_("会員"))),
    *((40, N_("場所とプログラム")), (60, N_("数字")), (80, N_("管理"))),
)
"""The parts of the staff menu: the order its first entry may have, and the heading."""


Lifespan = Callable[[Litestar], AbstractAsyncContextManager[None]]


def gather(door: str, name: str) -> list[Any]:
    """What every room declares under `name` in its module `door`, in the order of the house."""
    found: list[Any] = []
    for room in ROOMS:
        if importlib.util.find_spec(f"booking.{room}.{door}") is not None:
            found.extend(getattr(importlib.import_module(f"booking.{room}.{door}"), name, ()))
    return found


def gather_named(door: str, name: str) -> dict[str, Any]:
    """The same for what rooms declare by name."""
    found: dict[str, Any] = {}
    for room in ROOMS:
        if importlib.util.find_spec(f"booking.{room}.{door}") is not None:
            found.update(getattr(importlib.import_module(f"booking.{room}.{door}"), name, {}))
    return found


def introduce() -> None:
    """Tell lower rooms what they must ask upper ones: whose address a message comes from, how its reader is reached,
    what a role can be for, how many seats are taken, who waits for them."""
    use_senders(find_sender)
    use_reaches(find_reaches, report)
    use_line(find_line_channel)
    use_other_lists(OFFERS)
    use_scopes(list_scopes)
    use_counts([taken], [count_options])
    use_lines(lock_ahead, promote)
    use_room_hearers([serve_room])


def jobs() -> list[Any]:
    """Every room's JOBS."""
    introduce()
    return gather("schedule", "JOBS")


def commands() -> list[Any]:
    """Every room's COMMANDS."""
    introduce()
    return gather("commands", "COMMANDS")


def checks() -> list[Any]:
    """Every room's CHECKS."""
    return gather("commands", "CHECKS")


def seeds() -> list[Any]:
    """Every room's SEEDS: what every database holds."""
    return gather("commands", "SEEDS")


def demos() -> list[Any]:
    """Every room's DEMOS: what a demo's database holds besides."""
    return gather("commands", "DEMOS")


def welcomes() -> list[Any]:
    """Every room's WELCOMES: the lines a demo prints when it is ready."""
    return gather("commands", "WELCOMES")


def answer_refusal(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Any exception as a problem document for the API, as a page for people."""
    refusal = as_refusal(error)
    language = web.language_of(request)
    path = request.url.path
    if path.startswith(("/api/", "/healthz", "/readyz")):
        return problem_response(refusal, language)
    if (told_to_go := getattr(refusal, "page", None)) and request.method == "GET":
        return web.redirect(told_to_go, next=path)
    return web.error_page(request, status=refusal.status, code=refusal.code, sentence=refusal.say(language))


@asynccontextmanager
async def lifespan(app: Litestar) -> AsyncIterator[None]:
    """Open the pool unless somebody (a test) has, and a hub for what other processes announce."""
    settings = get_settings()
    async with AsyncExitStack() as stack:
        if db.DB.pool is None:
            await stack.enter_async_context(db.pool(settings.database_url, settings.pool_size))
        app.state.hub = await stack.enter_async_context(Hub(settings.database_direct_url or settings.database_url))
        yield


@asynccontextmanager
async def working(app: Litestar) -> AsyncIterator[None]:
    """Stand by to run the jobs, and let go of open streams when the process is asked to end."""
    runner = Runner(jobs(), get_settings().database_direct_url)

    def drain() -> None:
        app.state.hub.drain()
        runner.stop()

    async with serving.at_work(runner.run(), drain=drain):
        yield


def create_served_app() -> Litestar:
    """The application of a worker process of `serve`, whose settings are in its environment."""
    logs.configure(get_settings())
    return create_app(lifespans=[working])


def create_app(*, lifespans: Sequence[Lifespan] = ()) -> Litestar:
    """The application with every room's doors. Lifespan: the database must be migrated."""
    introduce()
    db.learn_constraints(gather_named("errors", "BY_CONSTRAINT"))
    state: State = web.frame(gather("pages", "NAV"), gather_named("pages", "SLOTS"), STAFF_MENU)
    state["checks"] = tuple(check for check in checks() if check.stops_requests)
    return Litestar(
        route_handlers=[
            *HEALTH,
            openapi_json,
            serve_asset,
            *pages.PAGES,
            *gather("routes", "ROUTES"),
            *gather("pages", "PAGES"),
        ],
        dependencies=_dependencies(),
        before_send=[web.protect_answer],
        guards=[web.refuse_cross_site, *gather("routes", "GUARDS")],
        exception_handlers={HTTPException: answer_refusal, Refusal: answer_refusal, Exception: answer_refusal},
        lifespan=[lifespan, *lifespans],
        state=state,
        openapi_config=OpenAPIConfig(
            title="Booking",
            version="1",
            path="/api/v1/openapi",
            use_handler_docstrings=True,
            render_plugins=[OpenAPIDocument()],
        ),
        compression_config=CompressionConfig(
            backend="gzip", minimum_size=1000, exclude=["/api/v1/staff/occupancy/stream", "/static", "^/kiosk/"]
        ),
        logging_config=None,
        request_max_body_size=2_000_000,
    )


def _dependencies() -> dict[str, Provide]:
    if importlib.util.find_spec("booking.access.routes") is None:
        return {}
    return {"actor": Provide(importlib.import_module("booking.access.routes").provide_actor)}
