"""Residents' pages of weekly groups: find one, open it, join, leave. All work without JavaScript."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from booking.access.rules import require_account
from booking.access.schemas import Actor
from booking.kit import clock
from booking.kit.errors import Refusal
from booking.kit.i18n import N_, spoken
from booking.kit.web import Asking, form, page, redirect
from booking.kit.words import words_tag
from booking.people.rules import grade_on
from booking.programs.rules import rule_on
from booking.programs.rules_groups import weekly_times
from booking.programs.schemas_groups import GroupView, WeeklyTime
from booking.reservations import rules_groups_list, service_enrolments, service_groups_reading
from booking.reservations.errors_audiences import GRADES, say_grade, say_rule
from booking.reservations.errors_bookings import OrderEmpty
from booking.reservations.rules import names_of
from booking.reservations.rules_enrolments import PARTS, first_coming, part_of
from booking.reservations.rules_groups_list import Sought
from booking.reservations.schemas_enrolments import EnrolWish, GroupListed

PARTS_SAID = {"morning": N_("午前"), "afternoon": N_("午後"), "evening": N_("夕方から")}
"""The parts of a day that are asked for, in words."""


class EnrolForm(msgspec.Struct, kw_only=True):
    """The form that joins a group. `other`: further times as `weekday-part`; `wait`: a place in the waiting list."""

    member: list[str]
    other: list[str]
    wait: bool


# ---- words for templates ------------------------------------------------------------------------------------------


def _audience(listed: GroupListed) -> str:
    rule = rule_on(listed.eligibility, first_coming(listed.group, clock.today()))
    return say_rule(rule, spoken())


def _grade_of(member: Any) -> str:
    grade = grade_on(member, clock.today())
    return say_grade(grade, spoken()) if grade else ""


def _times(group: GroupView) -> list[WeeklyTime]:
    return weekly_times(group, clock.today())


WORDS: dict[str, Any] = {
    "group_name": lambda group: words_tag(group.names),
    "program_of": lambda group: words_tag(group.program_names),
    "session_name": lambda session: words_tag(names_of(session)),
    "facility_name": lambda group: words_tag(group.facility_names),
    "audience": _audience,
    "grade_of": _grade_of,
    "grade_number": lambda member: grade_on(member, clock.today()) or "adult",
    "times_of": _times,
    "standing_of": rules_groups_list.standing_of,
    "parts_said": PARTS_SAID,
}

# ---- finding ------------------------------------------------------------------------------------------------------


@get("/groups", include_in_schema=False)
async def show_groups(
    *,
    request: Asking,
    actor: NamedDependency[Actor],
    facility: FromQuery[str] = "",
    program: FromQuery[str] = "",
    weekday: FromQuery[str] = "",
    grade: FromQuery[str] = "",
    available: FromQuery[str] = "",
) -> Response[str]:
    """Weekly groups, with filters as links and a GET form."""
    sought = Sought(facility=facility, program=program, weekday=weekday, grade=grade, only_free=bool(available))
    listed = await service_groups_reading.list_shown(actor)
    return page(request, "reservations/groups.html", **_finder(listed, sought), **WORDS)


def _finder(listed: list[GroupListed], sought: Sought) -> dict[str, Any]:
    asked = {
        "facility": sought.facility,
        "program": sought.program,
        "weekday": sought.weekday,
        "grade": sought.grade,
        "available": "1" if sought.only_free else "",
    }

    def address(**changed: str) -> str:
        kept = {name: value for name, value in {**asked, **changed}.items() if value}
        return f"/groups?{urlencode(kept)}"

    return {
        "rows": rules_groups_list.chosen(listed, sought, clock.today()),
        "places": list({each.group.facility_code: each.group for each in listed}.values()),
        "programs": list({each.group.program_code: each.group for each in listed}.values()),
        "asked": asked,
        "address": address,
        "is_narrowed": any(asked.values()),
        "grades": [("", N_("だれでも")), *((str(n + 1), said) for n, said in enumerate(GRADES)), ("adult", N_("大人"))],
    }


@get("/groups/{group_id:uuid}", include_in_schema=False)
async def show_group(
    request: Asking, actor: NamedDependency[Actor], group_id: FromPath[UUID], did: FromQuery[str] = ""
) -> Response[str]:
    """One group: for whom, when, how many are missing or which sessions come, and the form to join."""
    return await _group_page(request, actor, group_id, did=did)


async def _group_page(request: Asking, actor: Actor, group_id: UUID, **context: Any) -> Response[str]:
    opened = await service_groups_reading.open_group(actor, group_id)
    names = {member.id: member for member, _ in opened.choices}
    return page(
        request,
        "reservations/group.html",
        opened=opened,
        listed=opened.listed,
        group=opened.listed.group,
        able=[member.id for member, refusal in opened.choices if refusal is None],
        mine=[(each, names[each.member_id]) for each in opened.listed.mine if each.member_id in names],
        parts_of_day=[name for name, _, _ in PARTS],
        **{"status": 200, "did": "", **context},
        **WORDS,
    )


@post("/groups/{group_id:uuid}/enrol", include_in_schema=False)
async def enrol(request: Asking, actor: NamedDependency[Actor], group_id: FromPath[UUID]) -> Response[Any]:
    """Join for everybody ticked, or say at the form why not."""
    require_account(actor)
    data = await form(request, EnrolForm)
    try:
        made = await service_enrolments.enrol(actor, _wish(group_id, data))
    except Refusal as refusal:
        return await _group_page(request, actor, group_id, status=refusal.status, refusal=refusal, form=data)
    return redirect(f"/groups/{group_id}", did="waiting" if made[0].state == "waiting" else "enrolled")


def _wish(group_id: UUID, data: EnrolForm) -> EnrolWish:
    try:
        members = tuple(dict.fromkeys(UUID(text) for text in data.member))
    except ValueError:
        raise OrderEmpty from None
    return EnrolWish(group_id=group_id, member_ids=members, other_times=_other(data.other), may_wait=data.wait)


def _other(ticked: list[str]) -> tuple[WeeklyTime, ...]:
    found = set()
    for each in ticked:
        weekday, _, part = each.partition("-")
        time = part_of(int(weekday), part) if weekday in set("1234567") else None
        if time is not None:
            found.add(time)
    return tuple(sorted(found))


@post("/enrolments/{enrolment_id:uuid}/leave", include_in_schema=False)
async def leave(actor: NamedDependency[Actor], enrolment_id: FromPath[UUID]) -> Response[Any]:
    """Leave at once; the group's page then offers the way back."""
    require_account(actor)
    left = await service_enrolments.leave(actor, enrolment_id)
    return redirect(f"/groups/{left.group_id}", did="left")


PAGES = (show_groups, show_group, enrol, leave)
