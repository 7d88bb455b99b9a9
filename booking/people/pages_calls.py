"""The desk's list of people to phone: who could not be told by mail or LINE, and what about."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from booking.access.rules import EXPORTERS
from booking.access.schemas import Actor
from booking.kit import clock
from booking.kit.exports import file_addresses, list_file
from booking.kit.i18n import N_, NAMES, translate
from booking.kit.spreadsheets import Cell
from booking.kit.web import Asking, NavItem, form, language_of, page, redirect, slots
from booking.people import service_reach, words
from booking.people.rules import CallReason
from booking.people.rules_text import print_phone
from booking.people.schemas import CallView
from booking.people.service_desk import DESK

HOME = "/staff/calls"


class DoneForm(msgspec.Struct, kw_only=True):
    """Whether the call was made, or was not after all."""

    undo: bool


HEAD = (
    *(N_("名前"), N_("電話番号"), N_("ことば"), N_("わけ"), N_("伝えること"), N_("知らせた時刻")),
    *(N_("一覧に入った時刻"), N_("電話した時刻")),
)


@get(HOME, include_in_schema=False)
async def list_calls(
    request: Asking, actor: NamedDependency[Actor], reason: FromQuery[str] = "", language: FromQuery[str] = ""
) -> Response[str]:
    """Whom to phone, the longest waiting first; what was done in the last day below."""
    asked = _asked(reason, language)
    calls, hidden = await service_reach.list_calls(actor, **asked)
    first = [] if asked else await slots("staff-calls", request, actor=actor)
    may_export = actor.has_role(*EXPORTERS)
    return _calls_page(request, calls, hidden=hidden, asked=asked, first=first, may_export=may_export)


def _asked(reason: str, language: str) -> dict[str, str]:
    """The filters that say something."""
    given = {"reason": reason if reason in set(CallReason) else "", "language": language if language in NAMES else ""}
    return {name: value for name, value in given.items() if value}


@get(file_addresses(HOME), include_in_schema=False)
async def export_calls(
    request: Asking, actor: NamedDependency[Actor], reason: FromQuery[str] = "", language: FromQuery[str] = ""
) -> Response[bytes]:
    """The same people as a file, for those who may take names out."""
    asked = _asked(reason, language)
    calls, _ = await service_reach.list_calls(actor, *EXPORTERS, **asked, what="phone-calls-export")
    said = language_of(request)
    return await list_file(request, "calls", N_("電話する人"), HEAD, [_row(call, said) for call in calls])


def _row(call: CallView, language: str) -> list[Cell]:
    times = (call.told_at, call.asked_at, call.done_at)
    return [
        call.name,
        print_phone(call.phone) if call.phone else "",
        NAMES.get(call.language, call.language),
        translate(words.CALL_REASONS[CallReason(call.reason)], language),
        call.subject or "",
        *(clock.local(at).isoformat(timespec="minutes") if at else "" for at in times),
    ]


@get(f"{HOME}/protected", include_in_schema=False)
async def list_protected_calls(request: Asking, actor: NamedDependency[Actor]) -> Response[str]:
    """The same for families that stand on no list of the desk; for managers."""
    calls = await service_reach.list_protected_calls(actor)
    first = await slots("staff-calls", request, actor=actor, is_managers=True)
    return _calls_page(request, calls, is_managers=True, first=first)


def _calls_page(request: Asking, calls: Any, **more: Any) -> Response[str]:
    context: dict[str, Any] = {
        "asked": {},
        "may_export": False,
        "is_managers": False,
        "first": [],
        "hidden": 0,
        "waiting": [call for call in calls if call.done_at is None],
        "done": [call for call in calls if call.done_at is not None],
        "reasons": words.CALL_REASONS,
        "phone": print_phone,
        "languages_said": NAMES,
        **more,
    }
    return page(request, "people/calls.html", **context)


@post(f"{HOME}/{{call_id:uuid}}", include_in_schema=False)
async def finish_call(request: Asking, call_id: FromPath[UUID], actor: NamedDependency[Actor]) -> Response[Any]:
    """Note that somebody was phoned, or take that back."""
    posted = await form(request, DoneForm)
    await service_reach.finish_call(call_id, actor, is_done=not posted.undo)
    return redirect(HOME)


PAGES: tuple[Any, ...] = (list_calls, export_calls, list_protected_calls, finish_call)
NAV = (NavItem(label=N_("電話する人"), address=HOME, icon="phone", roles=tuple(map(str, DESK)), order=35),)
