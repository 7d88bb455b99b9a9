"""Make two records of one person one, for a body's administrators: who stays, what happens, then the button."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from markupsafe import Markup

from booking.access.schemas import Actor
from booking.facilities import queries as facilities
from booking.kit.errors import Refusal
from booking.kit.i18n import N_, format_day, translate
from booking.kit.templating import render_piece
from booking.kit.web import Asking, actor_of, form, language_of, page, redirect
from booking.kit.words import say_words
from booking.people import rules_text, words
from booking.people.errors import MemberNotFound
from booking.people.schemas_merging import RightsAfter
from booking.personal_data import service_merging as service
from booking.personal_data.errors_merging import (
    BothInside,
    NotMergeable,
    NumberUnusable,
    PlanMoved,
    RegisteredElsewhere,
    SurvivorNumberDiffers,
)
from booking.personal_data.schemas_merging import MergePlan

FACTS = {
    "name": N_("名前"),
    "kana": N_("ふりがな"),
    "birth_on": N_("生年月日"),
    "municipality_name": N_("住んでいる市町村"),
    "school_name": N_("学校の名前"),
    "assistance": N_("必要な配慮"),
}
KEPT, GONE, BOTH = N_("残す記録"), N_("なくなる記録"), N_("両方の記録")


class MergePage(msgspec.Struct, kw_only=True):
    """The number of the member who stays; with `into` it confirms what was shown, which `seen` stands for."""

    number: str
    into: str
    seen: str


@get("/staff/members/{member_id:uuid}/merge", include_in_schema=False)
async def ask_merge(
    request: Asking, actor: NamedDependency[Actor], member_id: FromPath[UUID], into: FromQuery[UUID | None] = None
) -> Response[str]:
    """Whom to merge with; once that is said, everything that would happen."""
    if into is None:
        return await _whom_page(request, actor, member_id)
    try:
        return await _plan_page(request, actor, member_id, into)
    except (BothInside, NotMergeable, RegisteredElsewhere) as refusal:
        return await _whom_page(request, actor, member_id, refusal)


async def _whom_page(
    request: Asking, actor: Actor, member_id: UUID, refusal: Refusal | None = None, number: str = ""
) -> Response[str]:
    gone = await service.require_merger(actor, member_id)
    return page(
        request,
        "personal_data/merge.html",
        status=refusal.status if refusal else 200,
        refusal=refusal,
        errors=refusal.fields if refusal else {},
        gone=gone,
        number=number,
        alike=[(one, words.said_grade(one)) for one in await service.list_alike(actor, member_id)],
    )


async def _plan_page(
    request: Asking, actor: Actor, member_id: UUID, into: UUID, refusal: Refusal | None = None
) -> Response[str]:
    plan = await service.plan_merge(actor, into, member_id)
    return page(
        request,
        "personal_data/merge_plan.html",
        status=refusal.status if refusal else 200,
        refusal=refusal,
        errors=refusal.fields if refusal else {},
        plan=plan,
        taken=_facts(request, plan.taken),
        dropped=_facts(request, plan.dropped),
        grades=(words.said_grade(plan.kept), words.said_grade(plan.gone)),
        guardians=[_guardian(one) for one in plan.guardians],
        moved=await _moved(request, plan),
        contacts=[
            (one.name, words.RELATIONS[one.relation], rules_text.print_phone(one.phone)) for one in plan.contacts
        ],
    )


async def _moved(request: Asking, plan: MergePlan) -> list[tuple[date, date, str, int]]:
    """Of each certified period its first and last day, whose it is, and by how much it differs."""
    language = language_of(request)
    names = {one.code: one.names for one in await facilities.list_bodies()}
    return [
        (one.starts_on, one.until_on - timedelta(days=1), say_words(names.get(one.body, {}), language), one.change)
        for one in plan.moved
    ]


def _facts(request: Asking, said: tuple[tuple[str, str], ...]) -> list[tuple[str, str]]:
    language = language_of(request)
    return [
        (
            translate(FACTS[name], language),
            format_day(date.fromisoformat(value), language, year=True) if name == "birth_on" else value,
        )
        for name, value in said
    ]


def _guardian(one: RightsAfter) -> tuple[RightsAfter, str, str]:
    """An account, its relation, and what of the two it sees today."""
    today = BOTH if one.saw_kept and one.saw_gone else KEPT if one.saw_kept else GONE
    return one, words.RELATIONS.get(one.relation, one.relation), today


@post("/staff/members/{member_id:uuid}/merge", include_in_schema=False)
async def merge(request: Asking, actor: NamedDependency[Actor], member_id: FromPath[UUID]) -> Response[Any]:
    """First find who stays; then, with the number typed again, make the two one."""
    posted = await form(request, MergePage)
    if not posted.into:
        return await _find(request, actor, member_id, posted.number)
    try:
        into = UUID(posted.into)
    except ValueError as unreadable:
        raise MemberNotFound from unreadable
    try:
        done = await service.merge(actor, member_id, posted.number, kept_id=into, seen=posted.seen)
    except (PlanMoved, SurvivorNumberDiffers) as refusal:
        return await _plan_page(request, actor, member_id, into, refusal)
    except (BothInside, NotMergeable, RegisteredElsewhere) as refusal:
        return await _whom_page(request, actor, member_id, refusal)
    return redirect(f"/staff/members/{done.id}", done="merged")


async def _find(request: Asking, actor: Actor, member_id: UUID, number: str) -> Response[Any]:
    try:
        kept = await service.find_mergeable(actor, member_id, number)
    except (NumberUnusable, RegisteredElsewhere) as refusal:
        return await _whom_page(request, actor, member_id, refusal, number)
    return redirect(f"/staff/members/{member_id}/merge", into=str(kept.id))


async def _to_merge(request: Asking, **context: Any) -> Markup:
    """On the desk's page of a member: the way to make it one with another, for whoever may."""
    actor = actor_of(request)
    if actor is None or not actor.has_role(*service.MERGERS):
        return Markup("")
    try:
        await service.require_merger(actor, context["member_id"])
    except (MemberNotFound, NotMergeable):
        return Markup("")
    return render_piece("personal_data/merge_piece.html", language_of(request), member_id=context["member_id"])


PAGES = (ask_merge, merge)
SLOTS = {"staff-member.80-merge": _to_merge}
