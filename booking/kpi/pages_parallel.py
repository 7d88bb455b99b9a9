"""Staff pages of counting in the old way beside the service: a number a day, and what the two ways come to."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery

from booking.access.rules import require_staff
from booking.access.schemas import Actor
from booking.kit.errors import Refusal
from booking.kit.exports import file_addresses, list_file
from booking.kit.i18n import N_
from booking.kit.web import Asking, form, language_of, page, redirect
from booking.kit.words import say_words
from booking.kpi import service_parallel, service_uploads
from booking.kpi.rules import READERS
from booking.kpi.schemas_parallel import ParallelForm

HOME = "/staff/kpi/parallel"
HEAD = (N_("日にち"), N_("前の数え方"), N_("このサービス"), N_("割合（%）"))


@get(HOME, include_in_schema=False)
async def show_parallel(
    request: Asking, actor: NamedDependency[Actor], facility: FromQuery[str | None] = None
) -> Response[str]:
    """The eight weeks of a place, day by day and week by week, with the form for one more day."""
    return await _show(request, actor, facility)


async def _show(
    request: Asking,
    actor: Actor,
    facility: str | None,
    refusal: Refusal | None = None,
    typed: ParallelForm | None = None,
) -> Response[str]:
    require_staff(actor, *READERS)
    places = await service_uploads.list_seen_places(actor)
    chosen = next((each for each in places if each.code == facility), None if facility else next(iter(places), None))
    asked = facility or (chosen.code if chosen else "")
    given: dict[str, Any] = {"parallel": await service_parallel.read_parallel(actor, asked) if asked else None}
    return page(
        request,
        "kpi/parallel.html",
        status=refusal.status if refusal else 200,
        refusal=refusal,
        form=typed,
        places=[(each.code, say_words(each.names, language_of(request))) for each in places],
        facility=asked,
        name=say_words(chosen.names, language_of(request)) if chosen else asked,
        may_enter=chosen is not None and actor.may_in(chosen.scopes, *service_parallel.COUNTERS),
        done=request.query_params.get("done", ""),
        **given,
    )


@get(file_addresses(HOME), include_in_schema=False)
async def list_parallel(request: Asking, actor: NamedDependency[Actor], facility: FromQuery[str]) -> Response[bytes]:
    """The days as a file."""
    found = await service_parallel.read_parallel(actor, facility)
    rows = [(day.on.isoformat(), day.users, day.counted, day.percent) for day in found.days]
    return await list_file(request, f"parallel-{found.facility}", N_("並べて数えた日"), HEAD, rows)


@post(HOME, include_in_schema=False)
async def enter_count(request: Asking, actor: NamedDependency[Actor]) -> Response[Any]:
    """Keep the number of a day."""
    data = await form(request, ParallelForm)
    try:
        await service_parallel.enter_count(actor, data)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        return await _show(request, actor, data.facility, refusal, data)
    return redirect(HOME, facility=data.facility, done="entered")


PAGES: tuple[Any, ...] = (show_parallel, list_parallel, enter_count)
