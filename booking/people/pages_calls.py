"""The desk's list of people to phone: who could not be told by mail or LINE, and what about."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from booking.access.schemas import Actor
from booking.kit.i18n import N_, NAMES
from booking.kit.web import Asking, NavItem, form, page, redirect
from booking.people import service_reach, words
from booking.people.rules_text import print_phone
from booking.people.service_desk import DESK

HOME = "/staff/calls"


class DoneForm(msgspec.Struct, kw_only=True):
    """Whether the call was made, or was not after all."""

    undo: bool


@get(HOME, include_in_schema=False)
async def list_calls(request: Asking, actor: NamedDependency[Actor]) -> Response[str]:
    """Whom to phone, the longest waiting first; what was done in the last day below."""
    calls, hidden = await service_reach.list_calls(actor)
    return _calls_page(request, calls, hidden=hidden)


@get(f"{HOME}/protected", include_in_schema=False)
async def list_protected_calls(request: Asking, actor: NamedDependency[Actor]) -> Response[str]:
    """The same for families that stand on no list of the desk; for managers."""
    return _calls_page(request, await service_reach.list_protected_calls(actor), is_managers=True)


def _calls_page(request: Asking, calls: Any, *, hidden: int = 0, is_managers: bool = False) -> Response[str]:
    context: dict[str, Any] = {
        "waiting": [call for call in calls if call.done_at is None],
        "done": [call for call in calls if call.done_at is not None],
        "hidden": hidden,
        "is_managers": is_managers,
        "reasons": words.CALL_REASONS,
        "phone": print_phone,
        "languages_said": NAMES,
    }
    return page(request, "people/calls.html", **context)


@post(f"{HOME}/{{call_id:uuid}}", include_in_schema=False)
async def finish_call(request: Asking, call_id: FromPath[UUID], actor: NamedDependency[Actor]) -> Response[Any]:
    """Note that somebody was phoned, or take that back."""
    posted = await form(request, DoneForm)
    await service_reach.finish_call(call_id, actor, is_done=not posted.undo)
    return redirect(HOME)


PAGES: tuple[Any, ...] = (list_calls, list_protected_calls, finish_call)
NAV = (NavItem(label=N_("電話する人"), address=HOME, icon="phone", roles=tuple(map(str, DESK)), order=35),)
