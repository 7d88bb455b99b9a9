"""JSON doors of readings: which is in force, what another would give, and who says that it is the right one."""

from typing import Annotated

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from booking.access.schemas import Actor
from booking.kit import clock
from booking.kpi import service_definitions
from booking.kpi.schemas_definitions import (
    ConfirmForm,
    DefinitionBody,
    DefinitionForm,
    Definitions,
    DefinitionView,
    Preview,
)

HOME = "/api/v1/kpi/definitions"
Year = Annotated[int | None, QueryParameter(description="The fiscal year that is looked at; default: this one.")]


@get(HOME, operation_id="list_definitions", tags=["kpi"])
async def list_definitions(actor: NamedDependency[Actor]) -> Definitions:
    """Every reading of the annual-users figure there is or was; the first is in force (`is_reported`).

    A reading says which scope is looked at, in which unit, and whom it counts. None is ever changed: another one
    replaces it. While `status` is `assumed`, nothing says that the target is reached or missed.
    """
    return Definitions(items=await service_definitions.list_definitions(actor))


@post(f"{HOME}/preview", operation_id="preview_definition", tags=["kpi"], status_code=200)
async def preview(actor: NamedDependency[Actor], data: JSONBody[DefinitionBody], fiscal_year: Year = None) -> Preview:
    """What a reading would make of a fiscal year, beside what the one in force makes of it: scope → unit → number.

    Nothing is changed. For the administrators of the body whose plan it is.
    """
    year = clock.fiscal_year(clock.today()) if fiscal_year is None else fiscal_year
    return await service_definitions.preview(actor, _form(data), year)


@post(HOME, operation_id="define", tags=["kpi"])
async def define(actor: NamedDependency[Actor], data: JSONBody[DefinitionBody]) -> DefinitionView:
    """Put a reading in force, `assumed` until it is confirmed; every figure is counted under it from now on.

    The one before stays in the list. For the administrators of the body whose plan it is.
    """
    return await service_definitions.get_definition(actor, await service_definitions.define(actor, _form(data)))


@post(f"{HOME}/{{code:str}}/confirm", operation_id="confirm_definition", tags=["kpi"], status_code=200)
async def confirm(actor: NamedDependency[Actor], code: FromPath[str], data: JSONBody[ConfirmForm]) -> DefinitionView:
    """Say by name, office and document that the reading in force is the right one.

    One that was replaced, or is confirmed already, is refused.
    """
    await service_definitions.confirm(actor, code, data)
    return await service_definitions.get_definition(actor, code)


def _form(body: DefinitionBody) -> DefinitionForm:
    """The same as a form would send it."""
    given = msgspec.structs.asdict(body)
    return DefinitionForm(**{**given, "name": body.names.get("ja", ""), "min_stay_minutes": str(body.min_stay_minutes)})


ROUTES = (list_definitions, preview, define, confirm)
