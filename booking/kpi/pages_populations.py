"""Staff page of users per 1,000 residents, by municipality; populations are brought in here from a file."""

from typing import Annotated, Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions.http_exceptions import RequestEntityTooLarge
from litestar.params import QueryParameter

from booking.access.schemas import Actor
from booking.facilities import queries as facilities
from booking.kit import clock
from booking.kit.errors import Refusal
from booking.kit.exports import file_addresses, list_file
from booking.kit.i18n import N_, translate
from booking.kit.spreadsheet_files import LARGEST_BYTES, MOST_ROWS, FileEmpty, FileTooBig
from booking.kit.spreadsheets import Cell
from booking.kit.web import Asking, form, language_of, page, redirect
from booking.kit.words import say_words
from booking.kpi import pages_importing, queries, service_populations, service_uploads
from booking.kpi.pages_importing import WITH_FRAME
from booking.kpi.rules_populations import TITLES
from booking.kpi.schemas_populations import PopulationForm, Rates
from booking.kpi.service_definitions import LEAD_BODY

HOME = "/staff/kpi/populations"
HEAD = (
    *(N_("市町村のコード"), N_("市町村"), N_("年度"), N_("どこの数字か"), N_("小学生から高校生の実人数")),
    *(N_("6歳から18歳の人口"), N_("人口の日"), N_("1,000人あたり"), N_("人口のもとの資料"), N_("確定か暫定か")),
)
WHOLE, CERTIFIED, PROVISIONAL = N_("計画の全体"), N_("確定"), N_("暫定")
Year = Annotated[int | None, QueryParameter(name="fiscal_year")]


@get(HOME, include_in_schema=False)
async def show_populations(request: Asking, actor: NamedDependency[Actor], fiscal_year: Year = None) -> Response[str]:
    """Users of school age per 1,000 residents, and the form for populations."""
    return await _show(request, actor, fiscal_year)


async def _show(
    request: Asking, actor: Actor, fiscal_year: int | None = None, refusal: Refusal | None = None, **more: Any
) -> Response[str]:
    rates = await service_populations.read_rates(actor, fiscal_year or clock.fiscal_year(clock.today()))
    given: dict[str, Any] = {
        "rates": rates,
        "of": await _of(rates, language_of(request)),
        "years": await queries.list_fiscal_years(),
        "may_bring_in": service_populations.may_bring_in(actor),
        "address": HOME,
        "columns": list(TITLES.values()),
        "megabytes": LARGEST_BYTES // 1_000_000,
        "rows": MOST_ROWS,
        "errors": refusal.fields if refusal else {},
        "typed": None,
    }
    status = refusal.status if refusal else 200
    return page(request, "kpi/populations.html", status=status, refusal=refusal, **given | more)


async def _of(rates: Rates, language: str) -> str:
    """Whose places the users came to."""
    bodies = {each.code: say_words(each.names, language) for each in await facilities.list_bodies()}
    return bodies[rates.body] if rates.body else translate(WHOLE, language)


@get(file_addresses(HOME), include_in_schema=False)
async def list_populations(request: Asking, actor: NamedDependency[Actor], fiscal_year: Year = None) -> Response[bytes]:
    """The same as a file."""
    language = language_of(request)
    rates = await service_populations.read_rates(actor, fiscal_year or clock.fiscal_year(clock.today()))
    of, standing = await _of(rates, language), translate(CERTIFIED if rates.is_certified else PROVISIONAL, language)
    rows: list[list[Cell]] = []
    for one in rates.items:
        known = one.population
        users: Cell = "<10" if one.users is None else one.users
        on, people, source = (known.as_of_on.isoformat(), known.people, known.source) if known else (None, None, None)
        where = (one.municipality, one.name, rates.fiscal_year, of)
        rows.append([*where, users, people, on, one.per_thousand, source, standing])
    return await list_file(request, f"users-per-1000-{rates.fiscal_year}", N_("1,000人あたりの利用者"), HEAD, rows)


@get(file_addresses(f"{HOME}/template"), include_in_schema=False)
async def list_template(request: Asking, actor: NamedDependency[Actor]) -> Response[bytes]:
    """The table to fill in, with every municipality."""
    await service_uploads.require_body(actor, LEAD_BODY)
    places = [each for each in await facilities.list_municipalities() if each.kind != "outside"]
    rows: list[list[Cell]] = [[each.name, None] for each in places]
    return await list_file(request, "populations", N_("6歳から18歳の人口"), list(TITLES.values()), rows)


@post(HOME, include_in_schema=False, request_max_body_size=WITH_FRAME)
async def upload_populations(request: Asking, actor: NamedDependency[Actor]) -> Response[Any]:
    """Read a table and show what bringing it in would do; nothing is changed yet."""
    await service_uploads.require_body(actor, LEAD_BODY)
    try:
        posted = await form(request, PopulationForm)
    except RequestEntityTooLarge:
        return await _show(request, actor, refusal=FileTooBig(limit=LARGEST_BYTES // 1_000_000))
    try:
        if posted.file is None:
            raise FileEmpty
        given = (posted.as_of_on, posted.document, posted.author)
        made = await service_populations.upload_populations(actor, await posted.file.read(), *given)
    except Refusal as refusal:
        return await _show(request, actor, refusal=refusal, typed=posted)
    return redirect(f"{pages_importing.HOME}/uploads/{made}")


PAGES = (show_populations, list_populations, list_template, upload_populations)
