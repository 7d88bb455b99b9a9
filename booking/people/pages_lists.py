"""The list of members, with filters: on a page for the desk, as a file for a body's administrator and nobody else."""

from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from booking.access.rules import Role
from booking.access.schemas import Actor
from booking.kit import clock
from booking.kit.exports import file_addresses, list_file
from booking.kit.i18n import N_, translate
from booking.kit.spreadsheets import Cell
from booking.kit.web import Asking, language_of, page
from booking.people import pages_forms as forms
from booking.people import queries_staff, rules_text, words
from booking.people.rules import SchoolStage
from booking.people.schemas import MemberView
from booking.people.service_desk import DESK
from booking.people.service_lists import MemberFilters, list_members

HOME = "/staff/members/list"
ROWS = 50
STAGES = {
    SchoolStage.PRESCHOOL: N_("小学生になる前"),
    SchoolStage.ELEMENTARY: N_("小学生"),
    SchoolStage.JUNIOR_HIGH: N_("中学生"),
    SchoolStage.HIGH: N_("高校生"),
    SchoolStage.ADULT: N_("おとな"),
}
HEAD = (
    N_("会員番号"),
    N_("名前"),
    N_("読みかた"),
    N_("生年月日"),
    N_("学年"),
    N_("市町村"),
    N_("学校"),
    N_("電話番号"),
    N_("登録した日"),
)


@get(HOME, include_in_schema=False)
async def show_list(
    *,
    request: Asking,
    actor: NamedDependency[Actor],
    stage: FromQuery[str] = "",
    municipality: FromQuery[str] = "",
    since: FromQuery[str] = "",
    after: FromQuery[str] = "",
) -> Response[str]:
    """Members by school stage, municipality and day of registration, a page at a time; the view is noted."""
    filters, begin = MemberFilters.read(stage, municipality, since), _id(after)
    rows, has_more = await list_members(actor, filters, *DESK, what="member-list", after=begin, limit=ROWS)
    return page(
        request,
        "people/staff_members_list.html",
        rows=[(each, words.said_grade(each)) for each in rows],
        more=str(rows[-1].id) if has_more else "",
        is_first=begin is None,
        asked=filters.said(),
        stages=STAGES,
        municipalities=await forms.municipality_options(language_of(request)),
        may_export=actor.has_role(Role.BODY_ADMINISTRATOR),
        address=HOME,
    )


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@get(file_addresses(HOME), include_in_schema=False)
async def export_list(
    request: Asking,
    actor: NamedDependency[Actor],
    stage: FromQuery[str] = "",
    municipality: FromQuery[str] = "",
    since: FromQuery[str] = "",
) -> Response[bytes]:
    """The same list as a file; whose data left is noted."""
    filters = MemberFilters.read(stage, municipality, since)
    members, _ = await list_members(actor, filters, Role.BODY_ADMINISTRATOR, what="member-export")
    return await list_file(request, "members", N_("会員"), HEAD, await _rows(members, language_of(request)))


async def _rows(members: list[MemberView], language: str) -> list[list[Cell]]:
    homes = await queries_staff.list_homes([one.id for one in members])
    return [
        [
            one.number,
            one.name,
            one.kana,
            one.birth_on.isoformat() if one.birth_on else "",
            translate(words.said_grade(one), language),
            one.municipality_name or "",
            one.school_name or "",
            rules_text.print_phone(homes[one.id].phone),
            clock.local_date(one.created_at).isoformat(),
        ]
        for one in members
    ]


PAGES: tuple[Any, ...] = (show_list, export_list)
