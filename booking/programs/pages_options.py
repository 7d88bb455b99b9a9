"""The staff's page of what a program offers with a seat."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from booking.access.schemas import Actor
from booking.facilities.rules_forms import version_of
from booking.kit import clock
from booking.kit.errors import Refusal
from booking.kit.web import Asking, form, page, redirect
from booking.programs import queries_options, service_options
from booking.programs.pages_programs import program_context, readable
from booking.programs.schemas_forms import OptionForm


async def _options_page(request: Asking, actor: Actor, code: str, **more: Any) -> Response[str]:
    program = await readable(actor, code)
    options = await queries_options.list_program_options(program.id, clock.today())
    given: dict[str, Any] = {
        **program_context(request, actor, program),
        "rows": [(option, version_of(option)) for option in options],
        "option_id": None,
        "kept": request.query_params.get("kept", "0"),
    }
    return page(request, "programs/options.html", **given | more)


@get("/staff/programs/{code:str}/options", include_in_schema=False)
async def show_options(request: Asking, actor: NamedDependency[Actor], code: FromPath[str]) -> Response[str]:
    """What is offered, and how many each session has."""
    return await _options_page(request, actor, code)


@post("/staff/programs/{code:str}/options", include_in_schema=False)
async def add_option(request: Asking, actor: NamedDependency[Actor], code: FromPath[str]) -> Response[Any]:
    """Offer something, also in the sessions that are there."""
    data = await form(request, OptionForm)
    try:
        await service_options.add_option(actor, code, data)
    except Refusal as refusal:
        return await _options_page(request, actor, code, status=refusal.status, refusal=refusal, form=data)
    return redirect(f"/staff/programs/{code}/options", done="options")


@post("/staff/programs/{code:str}/options/{option_id:uuid}", include_in_schema=False)
async def change_option(
    request: Asking, actor: NamedDependency[Actor], code: FromPath[str], option_id: FromPath[UUID]
) -> Response[Any]:
    """Change its names or how many there are."""
    data = await form(request, OptionForm)
    try:
        outcome = await service_options.change_option(actor, code, option_id, data)
    except Refusal as refusal:
        given: dict[str, Any] = {"status": refusal.status, "refusal": refusal, "changed": data, "option_id": option_id}
        return await _options_page(request, actor, code, **given)
    return redirect(f"/staff/programs/{code}/options", done="options", kept=str(outcome.kept))


@post("/staff/programs/{code:str}/options/{option_id:uuid}/end", include_in_schema=False)
async def end_option(actor: NamedDependency[Actor], code: FromPath[str], option_id: FromPath[UUID]) -> Response[Any]:
    """Offer it no longer."""
    await service_options.end_option(actor, code, option_id)
    return redirect(f"/staff/programs/{code}/options", done="options")


PAGES = (show_options, add_option, change_option, end_option)
