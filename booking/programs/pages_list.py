"""The staff's list of programs, with filters, as a page and as a file."""

from typing import Any

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from booking.access.rules import require_staff, scopes_of
from booking.access.schemas import Actor
from booking.facilities import queries as facilities
from booking.kit import clock
from booking.kit.exports import file_addresses, list_file
from booking.kit.i18n import N_, translate
from booking.kit.spreadsheets import Cell
from booking.kit.web import Asking, language_of, page
from booking.programs import queries, rules_words, service_staff
from booking.programs.rules import Category, rule_on
from booking.programs.schemas import EligibilityView, ProgramView

HOME = "/staff/programs"
HEAD = (
    *(N_("コード"), N_("プログラム"), N_("英語の名前"), N_("ブランド"), N_("種類"), N_("学年から"), N_("学年まで")),
    *(N_("おとな"), N_("毎週の回"), N_("終わりの日")),
)


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A program with whom it is for today and how often it is held a week."""

    program: ProgramView
    people: EligibilityView | None
    times: int


async def _rows(actor: Actor, brand: str, category: str, standing: str) -> list[Row]:
    """The programs of the reader's bodies and places that fit the filters."""
    require_staff(actor)
    mine, today = scopes_of(actor), clock.today()
    places = await facilities.list_facilities()

    def is_readers(one: ProgramView) -> bool:
        own = (place.code for place in places if place.body_id == one.body_id)
        return mine is None or bool(mine.intersection((one.body_code, *own)))

    def fits(one: ProgramView) -> bool:
        is_over = one.ended_on is not None and one.ended_on <= today
        return brand in ("", one.brand) and category in ("", one.category) and standing in ("", _standing(is_over))

    found = [one for one in await queries.list_programs() if is_readers(one) and fits(one)]
    eligibility = await queries.load_eligibility([one.id for one in found])
    patterns = await queries.list_patterns(first_day=today)
    return [
        Row(
            program=one,
            people=rule_on(eligibility[one.id], today),
            times=sum(pattern.program_id == one.id for pattern in patterns),
        )
        for one in found
    ]


def _standing(is_over: bool) -> str:
    return "over" if is_over else "running"


@get(HOME, include_in_schema=False)
async def show_programs(
    request: Asking,
    actor: NamedDependency[Actor],
    brand: FromQuery[str] = "",
    category: FromQuery[str] = "",
    standing: FromQuery[str] = "",
) -> Response[str]:
    """The programs of the reader's bodies and places."""
    asked = {"brand": brand, "category": category, "standing": standing}
    bodies = await facilities.list_bodies()
    return page(
        request,
        "programs/list.html",
        rows=await _rows(actor, **asked),
        asked={name: value for name, value in asked.items() if value},
        words=rules_words,
        may_add=any(actor.may_in((body.code,), *service_staff.EDITORS) for body in bodies),
    )


@get(file_addresses(HOME), include_in_schema=False)
async def export_programs(
    request: Asking,
    actor: NamedDependency[Actor],
    brand: FromQuery[str] = "",
    category: FromQuery[str] = "",
    standing: FromQuery[str] = "",
) -> Response[bytes]:
    """The same list as a file."""
    language = language_of(request)
    rows = [_cells(row, language) for row in await _rows(actor, brand, category, standing)]
    return await list_file(request, "programs", N_("プログラム"), HEAD, rows)


def _cells(row: Row, language: str) -> list[Cell]:
    one, people = row.program, row.people
    grades: list[Cell] = [people.min_grade, people.max_grade] if people else [None, None]
    adults = translate(N_("おとな"), language) if people and people.adults else ""
    kind = translate(rules_words.CATEGORIES[Category(one.category)], language)
    ended = one.ended_on.isoformat() if one.ended_on else ""
    return [one.code, one.name, one.names.get("en", ""), one.brand, kind, *grades, adults, row.times, ended]


PAGES: tuple[Any, ...] = (show_programs, export_programs)
