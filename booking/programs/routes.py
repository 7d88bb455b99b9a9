"""JSON doors of programs: everybody reads, staff add programs, single sessions and special days."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from booking.access.rules import require_staff
from booking.access.schemas import Actor
from booking.kit import clock
from booking.kit.idempotency import Answer, respond_once
from booking.programs import queries, service_adding, service_staff
from booking.programs.schemas import (
    EligibilityItem,
    EligibilityView,
    ProgramItem,
    ProgramPage,
    ProgramView,
)
from booking.programs.schemas_forms import (
    Made,
    MadeProgram,
    ProgramBody,
    ProgramForm,
    SessionBody,
    SessionForm,
)


@get("/api/v1/programs", operation_id="listPrograms", tags=["programs"])
async def list_programs() -> ProgramPage:
    """The programs that run, with who may take part now and later."""
    today = clock.today()
    running = [one for one in await queries.list_programs() if one.ended_on is None or one.ended_on > today]
    eligibility = await queries.load_eligibility([one.id for one in running])
    return ProgramPage(items=[_item(one, eligibility[one.id], today) for one in running])


def _item(program: ProgramView, rows: tuple[EligibilityView, ...], today: date) -> ProgramItem:
    return ProgramItem(
        id=program.id,
        code=program.code,
        name=program.name,
        names=program.names,
        description=program.description,
        descriptions=program.descriptions,
        brand=program.brand,
        category=program.category,
        selection=program.selection,
        body=program.body_code,
        provisional=program.provisional,
        eligibility=[
            EligibilityItem(
                valid_from=row.valid_from_on,
                valid_until=row.valid_until_on,
                min_grade=row.min_grade,
                max_grade=row.max_grade,
                adults=row.adults,
                min_age=row.min_age,
                max_age=row.max_age,
                qualification=row.qualification_names,
            )
            for row in rows
            if row.valid_until_on is None or row.valid_until_on > today
        ],
    )


def _texts(body: msgspec.Struct) -> dict[str, str]:
    """The fields of a body as the loose texts that the verbs check."""
    return {name: "" if value is None else str(value) for name, value in msgspec.structs.asdict(body).items()}


def _program_form(body: ProgramBody) -> ProgramForm:
    """The same as a form would send it."""
    words: dict[str, Any] = {
        "name": body.names.get("ja", ""),
        "names": body.names,
        "description": body.descriptions.get("ja", ""),
        "descriptions": body.descriptions,
    }
    return ProgramForm(**{**_texts(body), **words, "is_drafted": body.is_drafted, "seen": ""})


def _session_form(body: SessionBody) -> SessionForm:
    """The same as a form would send it."""
    lists: dict[str, Any] = {
        "titles": body.titles,
        "notes": body.notes,
        "more_days": body.more_days,
        "is_whole": body.is_whole,
        "is_draft": body.is_draft,
    }
    words = {"title": body.titles.get("ja", ""), "note": body.notes.get("ja", "")}
    return SessionForm(**{**_texts(body), **words, **lists})


async def _made(
    request: Request[Any, Any, Any], actor: Actor, verb: Callable[[], Awaitable[msgspec.Struct]]
) -> Response[Any]:
    require_staff(actor, *service_staff.EDITORS)

    async def work() -> Answer:
        return Answer(201, msgspec.json.encode(await verb()).decode())

    return await respond_once(request, f"{actor.kind}:{actor.id}", work)


@post("/api/v1/staff/programs", status_code=201, operation_id="addProgram", tags=["programs"])
async def add_program(
    request: Request[Any, Any, Any], actor: NamedDependency[Actor], data: JSONBody[ProgramBody]
) -> Response[MadeProgram]:
    """Add a first-come program of a body; nobody may take part until that is said."""

    async def verb() -> MadeProgram:
        return MadeProgram(code=await service_staff.add_program(actor, _program_form(data)))

    return await _made(request, actor, verb)


@post("/api/v1/staff/sessions", status_code=201, operation_id="addSession", tags=["programs"])
async def add_session(
    request: Request[Any, Any, Any], actor: NamedDependency[Actor], data: JSONBody[SessionBody]
) -> Response[Made]:
    """Make a single session or a series while its facility is open, published or as a draft."""

    async def verb() -> Made:
        return Made(id=await service_adding.add_session(actor, _session_form(data)))

    return await _made(request, actor, verb)


ROUTES = (list_programs, add_program, add_session)
