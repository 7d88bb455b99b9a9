"""The desk's page: one facility today, or the list of another day. Shared by everything the desk posts."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4, uuid5

import msgspec
from litestar import Response

from booking.access.rules import STAFF_ROLES, require_staff
from booking.access.schemas import Actor
from booking.access.service import record_view
from booking.facilities.queries import get_facility, list_facilities
from booking.facilities.schemas import FacilityView
from booking.kit import clock
from booking.kit.i18n import N_
from booking.kit.web import Asking, language_of, page, slots
from booking.people import words
from booking.people.queries import find_member
from booking.people.queries_staff import list_family
from booking.people.schemas import MemberView
from booking.people.service_first import list_due as list_owed
from booking.reservations.queries_group_visits import list_visits_on
from booking.visits import queries_desk, queries_staff
from booking.visits.queries_group_arrivals import sum_arrivals
from booking.visits.rules_kinds import VisitKind
from booking.visits.schemas_desk import DueRow, RefusalRow, RefusalSum, SessionDue
from booking.visits.schemas_staff import VisitRow
from booking.visits.service_desk import DESK

FLAGS = {
    "clock-wrong": N_("受付機の時計がずれています"),
    "unlisted": N_("受付機の一覧にない人が入りました"),
    "already-inside": N_("もう中にいる人が、もう一度入ろうとしました"),
    "not-inside": N_("入った記録のない人が帰りました"),
    "pass-shared": N_("10分のあいだに、2度向きが変わりました。パスを貸していないか見てください"),
    "disagreement": N_("受付機の案内と、サービスの判断がちがいます"),
    "roll-call-not-inside": N_("点呼で印の付いた人が、入館の記録では中にいませんでした"),
    "staff-override": N_("職員が、決まりとちがう入館を記録しました"),
    "first-visit": N_("はじめて：スマホで登録しました。名前と学年を、本人に確かめてください"),
}
VIEWS = ("missing", "due", "here", "left", "flags", "turns")
"""The lists of today, in the order of the tabs."""
DONE = {
    "welcome": N_("{name}さんの入館を記録しました。番号 {number}"),
    "goodbye": N_("{name}さんの退館を記録しました。番号 {number}"),
    "heads": N_("人数を記録しました。"),
    "left": N_("帰った人を記録しました。"),
    "corrected": N_("入館の記録を直しました。"),
    "added": N_("入館の記録を足しました。"),
    "confirmed": N_("本人を確かめました。"),
    "dismissed": N_("登録を取り消しました。この人のパスは、もう使えません。"),
    "agreed": N_("同意を記録しました。番号 {number}"),
    "first": N_("{name}さんを登録して、入館を記録しました。番号 {number}"),
}
UNNAMED = {
    "welcome": N_("入館を記録しました。"),
    "goodbye": N_("退館を記録しました。"),
    "agreed": N_("同意を記録しました。"),
}
"""The same of somebody whose name and number stand on no screen."""
NOTHING: dict[str, Any] = {
    **dict.fromkeys(("found", "verdict", "member", "last", "visit_id")),
    "family": [],
    "stranger": None,
    "owed": [],
    "said": "",
    "who": {},
}
"""What the page shows when nothing was just done."""
SEEN_FOR = timedelta(minutes=30)
"""A page that refreshes itself notes once in this time whose rows were shown."""


async def places_of(actor: Actor) -> list[FacilityView]:
    """The facilities somebody may look into."""
    require_staff(actor)
    return [one for one in await list_facilities() if actor.may_in(one.scopes, *STAFF_ROLES)]


async def place_of(actor: Actor, code: str) -> FacilityView:
    """A facility at whose desk somebody works. Raises: UnknownFacility, NotAllowed."""
    place = await get_facility(code)
    require_staff(actor, *DESK, scopes=place.scopes)
    return place


def read_nonce(nonce: str, form: Any) -> UUID | None:
    """What tells one sending of a form from another: the value hidden in it, and what was written.

    Two quick taps are one sending; the same page filled in anew is another.
    """
    try:
        return uuid5(UUID(nonce), msgspec.json.encode(form).decode())
    except ValueError:
        return None


def day_of(text: str) -> date:
    """A day as an address names it; today when it is none, or is still to come."""
    try:
        return min(date.fromisoformat(text), clock.today())
    except ValueError:
        return clock.today()


async def show_desk(request: Asking, actor: Actor, place: FacilityView, **more: Any) -> Response[str]:
    """The page, with whatever a refusal or a verdict adds."""
    day = day_of(request.query_params.get("on", ""))
    given = await (_today(request, actor, place) if day == clock.today() else _other_day(actor, place, day))
    given |= NOTHING | await _done(request, actor, place) | more
    return page(request, "visits/day.html", status=given.pop("status", 200), **given)


async def _frame(actor: Actor, place: FacilityView, day: date) -> dict[str, Any]:
    rows = await queries_staff.list_visits(place.id, day)
    live = [one for one in rows if one.voided_at is None]
    return {
        "place": place,
        "new_nonce": uuid4,
        "places": await places_of(actor),
        "day": day,
        "now": clock.now(),
        "is_today": day == clock.today(),
        "rows": [one for one in rows if not one.is_protected],
        "hidden": len([one for one in live if one.is_protected]),
        "inside": sum(one.heads for one in live if one.left_at is None),
        "came": sum(one.heads for one in live),
        "may_record": actor.may_in(place.scopes, *DESK),
        "flag_words": FLAGS,
        "grade_word": words.grade_word,
    }


async def _other_day(actor: Actor, place: FacilityView, day: date) -> dict[str, Any]:
    given = await _frame(actor, place, day)
    await note_seen(actor, place, [one.member_id for one in given["rows"]])
    return {**given, "view": "left", "pieces": []}


async def _today(request: Asking, actor: Actor, place: FacilityView) -> dict[str, Any]:
    given = await _frame(actor, place, clock.today())
    due = [one for one in await queries_desk.list_due(place.id, clock.today()) if not one.is_protected]
    missing = [one for one in due if is_missing(one)]
    refusals = await queries_desk.list_refusals(place.id, clock.today(), language_of(request))
    turns = await queries_desk.list_turns(place.id, clock.today())
    flags = await queries_staff.list_flags(place.id)
    groups = await list_visits_on([place.id], clock.today())
    lists = {
        "missing": missing,
        "due": [one for one in due if one not in missing],
        "here": [one for one in given["rows"] if one.left_at is None and one.voided_at is None],
        "left": [one for one in given["rows"] if one.left_at is not None or one.voided_at is not None],
        "flags": [*flags, *(one for one in refusals if one.member_id is not None and one.came_at is None)],
        "turns": turns,
    }
    asked = request.query_params.get("view", "")
    view = asked if asked in VIEWS else next((one for one in VIEWS[:3] if lists[one]), "here")
    await note_seen(actor, place, _shown(view, lists))
    return {
        **given,
        "view": view,
        "view_asked": asked == view and "did" not in request.query_params,
        "counts": {name: sum(getattr(one, "heads", 1) for one in rows) for name, rows in lists.items()},
        "listed": lists[view],
        "sessions": by_session(lists[view]) if view in ("missing", "due") else [],
        "flags": flags,
        "refusals": [one for one in refusals if one.member_id is not None],
        "unknown": by_sentence(one for one in refusals if one.member_id is None),
        "turns": turns,
        "groups": groups,
        "came_of": await sum_arrivals([one.id for one in groups]),
        "tally": _tally(given["rows"]),
        "pieces": await slots("desk", request, place=place),
    }


def is_missing(row: DueRow) -> bool:
    """Whether somebody is late, or their seat was given away because they were."""
    return row.state == "released" or clock.now() >= row.starts_at + timedelta(minutes=row.late_minutes)


def by_session(rows: Iterable[DueRow]) -> list[SessionDue]:
    """People under the sessions they are looked for in, in the order these start."""
    found: dict[UUID, SessionDue] = {}
    for row in rows:
        names = {name: getattr(row, name) for name in SessionDue.__struct_fields__ if name != "people"}
        found.setdefault(row.session_id, SessionDue(**names, people=[])).people.append(row)
    return list(found.values())


def by_sentence(rows: Iterable[RefusalRow]) -> list[RefusalSum]:
    """What a kiosk said to people nobody knows, each sentence once: no button of the desk helps them."""
    found: dict[tuple[str, str | None], list[datetime]] = {}
    for row in rows:
        found.setdefault((row.sentence, row.kiosk_name), []).append(row.happened_at)
    return [
        RefusalSum(sentence=sentence, kiosk_name=kiosk, times=len(at), first_at=min(at), last_at=max(at))
        for (sentence, kiosk), at in found.items()
    ]


def _tally(rows: Iterable[VisitRow]) -> dict[str, int]:
    """How many guardians and visitors are inside."""
    here = [one for one in rows if one.left_at is None and one.voided_at is None]
    kinds = (VisitKind.GUARDIAN, VisitKind.VISITOR)
    return {str(kind): sum(one.heads for one in here if one.kind == kind) for kind in kinds}


def _shown(view: str, lists: dict[str, list[Any]]) -> list[UUID | None]:
    return [getattr(one, "member_id", None) for one in lists[view]]


async def note_seen(actor: Actor, place: FacilityView, members: Iterable[UUID | None]) -> None:
    """Log whose rows were shown: of a page that refreshes itself, those who are new on it."""
    shown = {one for one in members if one is not None}
    if shown:
        seen = await queries_desk.list_seen(actor.id, "visits", place.code, clock.now() - SEEN_FOR)
        await record_view(actor, sorted(shown - seen), "visits", scope=place.code, by_list=True)


async def _done(request: Asking, actor: Actor, place: FacilityView) -> dict[str, Any]:
    """What the last act did, and after somebody came in: what they still owe, and who else of the family is there."""
    did, who = request.query_params.get("did", ""), request.query_params.get("who", "")
    member = await _member(who) if did in DONE else None
    visit_id = None if member is None else await queries_desk.find_last(member.id, place.id, clock.today())
    member = None if visit_id is None else member
    if did not in DONE or (member is None and "{number}" in DONE[did]):
        return {}
    if member is None:
        return {"said": DONE[did]}
    came = did in ("welcome", "first") and actor.may_in(place.scopes, *DESK) and not member.is_protected
    if place.body_code not in member.body_codes:
        return {"said": UNNAMED.get(did, ""), "visit_id": visit_id, "stranger": member.id if came else None}
    family = await list_family(member.id) if came else []
    await note_seen(actor, place, [one.id for one in family])
    owed = [words.DUE[one] for one in await list_owed(member)] if came else []
    await note_seen(actor, place, [member.id])
    said = UNNAMED.get(did, "") if member.is_protected else DONE[did]
    who = {"name": member.name, "number": member.number}
    last = member if came else None
    return {"said": said, "who": who, "family": family, "owed": owed, "last": last, "visit_id": visit_id}


async def _member(text: str) -> MemberView | None:
    try:
        return await find_member(UUID(text))
    except ValueError:
        return None
