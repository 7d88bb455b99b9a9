"""Pages of moves: the leader opens, asks, merges, ends; whoever got a link answers without signing in."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from booking.access.rules import require_staff
from booking.access.schemas import Actor
from booking.kit import clock
from booking.kit.errors import Refusal
from booking.kit.web import Asking, form, page, redirect
from booking.programs.service_staff import EDITORS
from booking.reservations import service_moves, service_moves_asking
from booking.reservations.pages_groups import WORDS
from booking.reservations.pages_groups_staff import STAFF_WORDS, leader_page
from booking.reservations.rules_moves_forms import MoveForm, ReadMove, read_group_move, read_time_move
from booking.reservations.schemas_moves import Asking as MoveAsking
from booking.reservations.schemas_moves import Question

Verb = Callable[[], Awaitable[Any]]


class AnswerForm(msgspec.Struct, kw_only=True):
    """What a button says."""

    says: str


async def _done(request: Asking, actor: Actor, group_id: UUID, act: str, verb: Verb) -> Response[Any]:
    """Do it and come back to the leader's page, or show the page with what stands in the way."""
    require_staff(actor, *EDITORS)
    try:
        await verb()
    except Refusal as refusal:
        if refusal.status in (401, 403, 404):
            raise
        return await leader_page(request, actor, group_id, status=refusal.status, refusal=refusal, act=act)
    return redirect(f"/staff/groups/{group_id}", did=act)


# ---- the leader ---------------------------------------------------------------------------------------------------


@post("/staff/groups/{group_id:uuid}/open", include_in_schema=False)
async def open_anyway(request: Asking, actor: NamedDependency[Actor], group_id: FromPath[UUID]) -> Response[Any]:
    """Open it although people are missing."""
    return await _done(request, actor, group_id, "open", lambda: service_moves.open_anyway(actor, group_id))


def _asking(read: ReadMove) -> MoveAsking:
    return MoveAsking(
        answer_until=clock.day_span(read.until_on)[1],
        notes=read.notes,
        to_group_id=read.to_group_id,
        times=read.times,
        from_on=read.from_on,
        without_room=read.without_room,
    )


@post("/staff/groups/{group_id:uuid}/propose", include_in_schema=False)
async def propose(request: Asking, actor: NamedDependency[Actor], group_id: FromPath[UUID]) -> Response[Any]:
    """Ask everybody to come to another group."""
    require_staff(actor, *EDITORS)
    data = await form(request, MoveForm)

    async def verb() -> None:
        await service_moves_asking.ask(actor, group_id, _asking(read_group_move(data, clock.today())))

    return await _done(request, actor, group_id, "propose", verb)


@post("/staff/groups/{group_id:uuid}/ask-time", include_in_schema=False)
async def ask_time(request: Asking, actor: NamedDependency[Actor], group_id: FromPath[UUID]) -> Response[Any]:
    """Ask everybody about other times; where nobody is in the group yet, just change them."""
    require_staff(actor, *EDITORS)
    data = await form(request, MoveForm)

    async def verb() -> None:
        read = read_time_move(data, clock.today())
        await service_moves_asking.ask_or_change(actor, group_id, _asking(read))

    return await _done(request, actor, group_id, "ask-time", verb)


@post("/staff/groups/{group_id:uuid}/moves/{move_id:uuid}/carry-out", include_in_schema=False)
async def carry_out(
    request: Asking, actor: NamedDependency[Actor], group_id: FromPath[UUID], move_id: FromPath[UUID]
) -> Response[Any]:
    """Let the group meet at the other times."""
    return await _done(request, actor, group_id, "times", lambda: service_moves_asking.carry_out(actor, move_id))


@post("/staff/groups/{group_id:uuid}/moves/{move_id:uuid}/withdraw", include_in_schema=False)
async def withdraw(
    request: Asking, actor: NamedDependency[Actor], group_id: FromPath[UUID], move_id: FromPath[UUID]
) -> Response[Any]:
    """No longer ask."""
    return await _done(request, actor, group_id, "withdrawn", lambda: service_moves_asking.withdraw(actor, move_id))


@get("/staff/groups/{group_id:uuid}/merge/{into_id:uuid}", include_in_schema=False)
async def ask_merge(
    request: Asking, actor: NamedDependency[Actor], group_id: FromPath[UUID], into_id: FromPath[UUID]
) -> Response[str]:
    """Who would come along and for whom the other group does not fit, before anything happens."""
    require_staff(actor, *EDITORS)
    plan = await service_moves.show_merge(actor, group_id, into_id)
    return page(request, "reservations/staff_merge.html", plan=plan, **STAFF_WORDS)


@post("/staff/groups/{group_id:uuid}/merge/{into_id:uuid}", include_in_schema=False)
async def merge(
    request: Asking, actor: NamedDependency[Actor], group_id: FromPath[UUID], into_id: FromPath[UUID]
) -> Response[Any]:
    """Move everybody and end the group."""
    require_staff(actor, *EDITORS)
    try:
        await service_moves.merge(actor, group_id, into_id)
    except Refusal as refusal:
        if refusal.status in (401, 403, 404):
            raise
        return await leader_page(request, actor, group_id, status=refusal.status, refusal=refusal, act="merge")
    return redirect(f"/staff/groups/{into_id}", did="merged")


@get("/staff/groups/{group_id:uuid}/end", include_in_schema=False)
async def ask_end(request: Asking, actor: NamedDependency[Actor], group_id: FromPath[UUID]) -> Response[str]:
    """Asks before a group ends."""
    require_staff(actor, *EDITORS)
    group = await service_moves.get_led(actor, group_id)
    return page(request, "reservations/staff_group_end.html", group=group, **STAFF_WORDS)


@post("/staff/groups/{group_id:uuid}/end", include_in_schema=False)
async def end(request: Asking, actor: NamedDependency[Actor], group_id: FromPath[UUID]) -> Response[Any]:
    """End it."""
    return await _done(request, actor, group_id, "ended", lambda: service_moves.end(actor, group_id))


# ---- whoever got a link -------------------------------------------------------------------------------------------


@get("/groups/moves/{token:str}", include_in_schema=False)
async def show_question(request: Asking, token: FromPath[str], did: FromQuery[str] = "") -> Response[str]:
    """What is asked, for one member; looking answers nothing."""
    return _question_page(request, token, await service_moves_asking.open_question(token), did=did)


def _question_page(request: Asking, token: str, question: Question, **more: Any) -> Response[str]:
    headers = {"Cache-Control": "no-store", "Referrer-Policy": "same-origin"}
    given: dict[str, Any] = {"status": 200, "did": "", **more}
    return page(request, "reservations/move.html", headers=headers, question=question, token=token, **given, **WORDS)


@post("/groups/moves/{token:str}", include_in_schema=False)
async def answer(request: Asking, token: FromPath[str]) -> Response[Any]:
    """The button of that page."""
    data = await form(request, AnswerForm)
    try:
        await service_moves_asking.answer(token, is_yes=data.says == "yes")
    except Refusal as refusal:
        question = await service_moves_asking.open_question(token)
        return _question_page(request, token, question, status=refusal.status, refusal=refusal)
    return redirect(f"/groups/moves/{token}", did="yes" if data.says == "yes" else "no")


PAGES = (
    open_anyway,
    propose,
    ask_time,
    carry_out,
    withdraw,
    ask_merge,
    merge,
    ask_end,
    end,
    show_question,
    answer,
)
