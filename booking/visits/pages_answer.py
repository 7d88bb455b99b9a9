"""What follows when the desk records somebody: the good news, or what can be done instead."""

from typing import Any

import msgspec
from litestar import Response

from booking.access.schemas import Actor
from booking.kit.web import Asking, redirect
from booking.people.schemas import MemberView
from booking.visits.pages_desk import VIEWS, place_of, show_desk
from booking.visits.schemas import Verdict
from booking.visits.service_elsewhere import without_names


class RecordForm(msgspec.Struct, kw_only=True):
    """Who came or goes: typed, or chosen from what was found. `view`: the list to come back to."""

    facility: str
    q: str
    member: str
    direction: str
    session: str
    anyway: bool
    reason: str
    view: str


async def answer(
    request: Asking, actor: Actor, member: MemberView, verdict: Verdict, data: RecordForm, *, did: str = ""
) -> Response[Any]:
    """What follows a verdict: the desk with the good news, or what can be done."""
    place = await place_of(actor, data.facility)
    if verdict.verdict in ("welcome", "goodbye"):
        view = {"view": data.view} if data.view in VIEWS else {}
        return redirect("/staff/visits", facility=place.code, did=did or verdict.verdict, who=str(member.id), **view)
    if place.body_code not in member.body_codes:
        verdict = without_names(verdict)
    said = {"verdict": for_page(verdict), "member": member, "form": data, "first": did == "first"}
    return await show_desk(request, actor, place, status=409, **said)


def for_page(verdict: Verdict) -> dict[str, Any]:
    """A verdict as the page offers it: sessions and people to choose from, or the sentence."""
    sessions = [one for one in verdict.choices if one.session is not None]
    members = [one for one in verdict.choices if one.id.startswith("member:")]
    people = [(one.id.removeprefix("member:"), one.label) for one in members]
    return {"code": verdict.code, "sentence": verdict.sentence, "sessions": sessions, "people": people}
