"""The staff's pages about programs: words and windows, who may take part, weekly times."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from booking.access.rules import require_staff
from booking.access.schemas import Actor
from booking.facilities import queries as facilities
from booking.facilities.queries_spaces import list_spaces
from booking.facilities.rules_forms import version_of
from booking.facilities.schemas import FacilityView, SpaceView
from booking.kit import clock
from booking.kit.errors import Refusal
from booking.kit.fields import Fields
from booking.kit.i18n import N_, spoken, translate
from booking.kit.web import Asking, form, page, redirect
from booking.people.queries_qualifications import list_qualifications
from booking.programs import queries, rules_words, service_staff
from booking.programs.errors import ProgramFormRefused
from booking.programs.rules import rule_on
from booking.programs.rules_forms import OFFERED
from booking.programs.schemas import ProgramView
from booking.programs.schemas_forms import (
    EligibilityForm,
    Outcome,
    PatternForm,
    ProgramForm,
    RoomForm,
    SeatsForm,
)


class EndForm(msgspec.Struct, kw_only=True):
    """The last day of a program or a weekly time."""

    last_on: str


async def _scopes_of(program: ProgramView) -> tuple[str, ...]:
    """The program's body and the facilities of that body: their staff may read it."""
    own = [one.code for one in await facilities.list_facilities() if one.body_id == program.body_id]
    return (program.body_code, *own)


async def readable(actor: Actor, code: str) -> ProgramView:
    """The program, for staff of its body or of a facility of it. Raises: UnknownProgram, NotAllowed."""
    require_staff(actor)
    program = await queries.get_program(code)
    require_staff(actor, scopes=await _scopes_of(program))
    return program


async def _bodies_of(actor: Actor) -> list[tuple[str, str]]:
    """The bodies for which somebody may add programs."""
    return [
        (body.code, body.name)
        for body in await facilities.list_bodies()
        if actor.may_in((body.code,), *service_staff.EDITORS)
    ]


async def _new_page(request: Asking, actor: Actor, **more: Any) -> Response[str]:
    bodies = await _bodies_of(actor)
    return page(request, "programs/new.html", bodies=bodies, offered=OFFERED, words=rules_words, **more)


@get("/staff/programs/new", include_in_schema=False)
async def show_new_program(request: Asking, actor: NamedDependency[Actor]) -> Response[str]:
    """The form for a new program."""
    require_staff(actor, *service_staff.EDITORS)
    return await _new_page(request, actor)


@post("/staff/programs", include_in_schema=False)
async def add_program(request: Asking, actor: NamedDependency[Actor]) -> Response[Any]:
    """Add it and go on to who may take part."""
    data = await form(request, ProgramForm)
    try:
        code = await service_staff.add_program(actor, data)
    except Refusal as refusal:
        return await _new_page(request, actor, status=refusal.status, refusal=refusal, form=data)
    return redirect(f"/staff/programs/{code}/people")


def program_context(request: Asking, actor: Actor, program: ProgramView) -> dict[str, Any]:
    """What every page of one program shows."""
    return {
        "program": program,
        "may_edit": actor.may_in((program.body_code,), *service_staff.EDITORS),
        "words": rules_words,
        "today": clock.today(),
        "done": request.query_params.get("done", ""),
    }


def _program_page(request: Asking, actor: Actor, program: ProgramView, **more: Any) -> Response[str]:
    shown = program_context(request, actor, program)
    return page(request, "programs/program.html", seen=version_of(program), **shown, **more)


@get("/staff/programs/{code:str}", include_in_schema=False)
async def show_program(request: Asking, actor: NamedDependency[Actor], code: FromPath[str]) -> Response[str]:
    """Words, windows, limits."""
    return _program_page(request, actor, await readable(actor, code))


@post("/staff/programs/{code:str}", include_in_schema=False)
async def change_program(request: Asking, actor: NamedDependency[Actor], code: FromPath[str]) -> Response[Any]:
    """Change them."""
    data = await form(request, ProgramForm)
    try:
        await service_staff.change_program(actor, code, data)
    except Refusal as refusal:
        program = await readable(actor, code)
        return _program_page(request, actor, program, status=refusal.status, refusal=refusal, form=data)
    return redirect(f"/staff/programs/{code}", done="program")


@post("/staff/programs/{code:str}/confirm", include_in_schema=False)
async def confirm_program(actor: NamedDependency[Actor], code: FromPath[str]) -> Response[Any]:
    """Take the provisional mark off a program and its weekly times."""
    await service_staff.confirm_program(actor, code)
    return redirect(f"/staff/programs/{code}", done="confirmed")


@post("/staff/programs/{code:str}/end", include_in_schema=False)
async def end_program(request: Asking, actor: NamedDependency[Actor], code: FromPath[str]) -> Response[Any]:
    """Let a program end after a day."""
    data, read = await form(request, EndForm), Fields()
    last_day = read.day("last_on", data.last_on, first=clock.today())
    if last_day is None:
        program, refusal = await readable(actor, code), ProgramFormRefused(fields=read.refused)
        return _program_page(request, actor, program, status=422, refusal=refusal)
    return _told(code, await service_staff.end_program(actor, code, last_day))


async def _people_page(request: Asking, actor: Actor, program: ProgramView, **more: Any) -> Response[str]:
    rows = (await queries.load_eligibility([program.id]))[program.id]
    shown = program_context(request, actor, program)
    shown["qualifications"] = await list_qualifications([program.body_code], clock.today())
    return page(request, "programs/people.html", rows=rows, now_row=rule_on(rows, shown["today"]), **shown, **more)


@get("/staff/programs/{code:str}/people", include_in_schema=False)
async def show_people(request: Asking, actor: NamedDependency[Actor], code: FromPath[str]) -> Response[str]:
    """Who may take part, from which day."""
    return await _people_page(request, actor, await readable(actor, code))


@post("/staff/programs/{code:str}/people", include_in_schema=False)
async def add_eligibility(request: Asking, actor: NamedDependency[Actor], code: FromPath[str]) -> Response[Any]:
    """Say who may from a day on."""
    data = await form(request, EligibilityForm)
    try:
        await service_staff.add_eligibility(actor, code, data)
    except Refusal as refusal:
        program = await readable(actor, code)
        return await _people_page(request, actor, program, status=refusal.status, refusal=refusal, form=data)
    return redirect(f"/staff/programs/{code}/people", done="people")


@post("/staff/programs/{code:str}/people/{eligibility_id:uuid}/remove", include_in_schema=False)
async def remove_eligibility(
    actor: NamedDependency[Actor], code: FromPath[str], eligibility_id: FromPath[UUID]
) -> Response[Any]:
    """Take back what has not begun."""
    await service_staff.remove_eligibility(actor, code, eligibility_id)
    return redirect(f"/staff/programs/{code}/people", done="people")


async def _times_page(request: Asking, actor: Actor, program: ProgramView, **more: Any) -> Response[str]:
    shown = program_context(request, actor, program)
    own = [one for one in await facilities.list_facilities() if one.body_id == program.body_id]
    offered = [(one.code, one.name) for one in own if actor.may_in(one.scopes, *service_staff.EDITORS)]
    patterns = await queries.list_patterns(program_id=program.id, first_day=shown["today"])
    codes = {code for code, _ in offered}
    rows = [(one, version_of(one), one.facility_code in codes) for one in patterns]
    given: dict[str, Any] = {"seats_of": None, "room_form": None, "kept": request.query_params.get("kept", "0"), **more}
    given |= await spaces_said(own)
    return page(request, "programs/times.html", rows=rows, offered=offered, **shown, **given)


async def spaces_said(places: Sequence[FacilityView]) -> dict[str, Any]:
    """The rooms of some facilities as choices: of each, and all of them with the facility where there are several."""
    names = {one.id: one.name for one in places}
    found = await list_spaces(names, clock.today())
    said = {one.id: spoken_room(one) for one in found}
    of: dict[UUID, list[tuple[UUID, str]]] = {}
    for one in found:
        of.setdefault(one.facility_id, []).append((one.id, said[one.id]))
    joined = [(one.id, f"{names[one.facility_id]} {said[one.id]}" if len(of) > 1 else said[one.id]) for one in found]
    return {"spaces_of": of, "spaces_said": sorted(joined, key=lambda each: each[1])}


def spoken_room(space: SpaceView) -> str:
    """A room with how many fit in."""
    return translate(N_("{name}（{n}人まで）"), spoken(), name=space.name, n=space.capacity)


@get("/staff/programs/{code:str}/times", include_in_schema=False)
async def show_times(request: Asking, actor: NamedDependency[Actor], code: FromPath[str]) -> Response[str]:
    """The weekly times."""
    return await _times_page(request, actor, await readable(actor, code))


@post("/staff/programs/{code:str}/times", include_in_schema=False)
async def add_pattern(request: Asking, actor: NamedDependency[Actor], code: FromPath[str]) -> Response[Any]:
    """Add a weekly time; its sessions are made at once."""
    data = await form(request, PatternForm)
    try:
        await service_staff.add_pattern(actor, code, data)
    except Refusal as refusal:
        program = await readable(actor, code)
        return await _times_page(request, actor, program, status=refusal.status, refusal=refusal, form=data)
    return redirect(f"/staff/programs/{code}/times", done="times")


def _told(code: str, outcome: Outcome) -> Response[Any]:
    return redirect(f"/staff/programs/{code}/times", done="times", kept=str(outcome.kept))


@post("/staff/programs/{code:str}/times/{pattern_id:uuid}/seats", include_in_schema=False)
async def change_pattern_seats(
    request: Asking, actor: NamedDependency[Actor], code: FromPath[str], pattern_id: FromPath[UUID]
) -> Response[Any]:
    """Change the seats of a weekly time and of its sessions to come."""
    data = await form(request, SeatsForm)
    try:
        outcome = await service_staff.change_pattern_seats(actor, pattern_id, data)
    except Refusal as refusal:
        program = await readable(actor, code)
        given = {"status": refusal.status, "refusal": refusal, "seats_of": pattern_id}
        return await _times_page(request, actor, program, **given)
    return _told(code, outcome)


@post("/staff/programs/{code:str}/times/{pattern_id:uuid}/room", include_in_schema=False)
async def change_pattern_room(
    request: Asking, actor: NamedDependency[Actor], code: FromPath[str], pattern_id: FromPath[UUID]
) -> Response[Any]:
    """Hold a weekly time in another room, with its sessions to come."""
    data = await form(request, RoomForm)
    try:
        await service_staff.change_pattern_room(actor, pattern_id, data)
    except Refusal as refusal:
        program = await readable(actor, code)
        given = {"status": refusal.status, "refusal": refusal, "seats_of": pattern_id, "room_form": data}
        return await _times_page(request, actor, program, **given)
    return redirect(f"/staff/programs/{code}/times", done="times")


@post("/staff/programs/{code:str}/times/{pattern_id:uuid}/end", include_in_schema=False)
async def end_pattern(
    request: Asking, actor: NamedDependency[Actor], code: FromPath[str], pattern_id: FromPath[UUID]
) -> Response[Any]:
    """Let a weekly time end after a day."""
    data, read = await form(request, EndForm), Fields()
    last_day = read.day("last_on", data.last_on, first=clock.today())
    if last_day is None:
        program, refusal = await readable(actor, code), ProgramFormRefused(fields=read.refused)
        return await _times_page(request, actor, program, status=422, refusal=refusal, seats_of=pattern_id)
    return _told(code, await service_staff.end_pattern(actor, pattern_id, last_day))


PAGES = (
    show_new_program,
    add_program,
    show_program,
    change_program,
    confirm_program,
    end_program,
    show_people,
    add_eligibility,
    remove_eligibility,
    show_times,
    add_pattern,
    change_pattern_seats,
    change_pattern_room,
    end_pattern,
)
