"""A body's administrator, nobody else, takes the list of members out as csv or xlsx; whose data left is logged."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from booking.access import service as access
from booking.access.rules import Role
from booking.access.schemas import Actor
from booking.kit import clock
from booking.kit.i18n import N_, translate
from booking.kit.spreadsheets import XLSX, Cell, csv_bytes, xlsx_bytes
from booking.kit.web import Asking, language_of
from booking.people import queries_staff, rules_text, words
from booking.people.rules import SchoolStage
from booking.people.schemas import MemberView
from booking.people.service_desk import bodies_of

AT_ONCE = 1_000
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


async def _members(bodies: frozenset[str] | None, stage: str) -> list[MemberView]:
    """Members of these bodies at a stage (empty: all), in the order they were registered; protected ones never."""
    found: list[MemberView] = []
    after = None
    while part := await queries_staff.list_registered(bodies, after=after, limit=AT_ONCE):
        found.extend(one for one in part if not stage or one.school_stage == stage)
        after = part[-1].id
    return found


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


async def _export(request: Asking, actor: Actor, stage: str) -> tuple[list[str], list[list[Cell]]]:
    bodies = await bodies_of(actor, Role.BODY_ADMINISTRATOR)
    members = await _members(bodies, stage if stage in set(SchoolStage) else "")
    for start in range(0, len(members), AT_ONCE):
        seen = [one.id for one in members[start : start + AT_ONCE]]
        await access.record_view(actor, seen, "member-export", by_list=True)
    language = language_of(request)
    return [translate(one, language) for one in HEAD], await _rows(members, language)


def _file(content: bytes, media_type: str, name: str) -> Response[bytes]:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, media_type=media_type, headers=headers)


@get("/staff/members/list.csv", include_in_schema=False)
async def csv_list(request: Asking, actor: NamedDependency[Actor], stage: FromQuery[str] = "") -> Response[bytes]:
    """The members as csv."""
    head, rows = await _export(request, actor, stage)
    return _file(csv_bytes(head, rows), "text/csv; charset=utf-8", "members.csv")


@get("/staff/members/list.xlsx", include_in_schema=False)
async def xlsx_list(request: Asking, actor: NamedDependency[Actor], stage: FromQuery[str] = "") -> Response[bytes]:
    """The members for Excel."""
    head, rows = await _export(request, actor, stage)
    return _file(xlsx_bytes(translate(N_("会員"), language_of(request)), head, rows), XLSX, "members.xlsx")


PAGES: tuple[Any, ...] = (csv_list, xlsx_list)
