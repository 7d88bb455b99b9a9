"""How places were used, for staff: pictures of tables, the tables beneath, and all of them as one file."""

from collections.abc import Iterator
from datetime import date
from functools import partial
from typing import Annotated, Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter
from markupsafe import Markup

from booking.access.rules import STAFF_ROLES
from booking.access.schemas import Actor
from booking.kit.charts import Chart, draw
from booking.kit.exports import file_addresses, list_file
from booking.kit.i18n import N_, format_month, format_weekday, translate
from booking.kit.spreadsheets import Cell
from booking.kit.web import Asking, NavItem, language_of, page
from booking.kit.words import say_words
from booking.occupancy import rules_words as words
from booking.occupancy.schemas_history import Share, Span, Utilisation
from booking.occupancy.service_history import get_utilisation, list_mine

HOME = "/staff/occupancy/history"
HEAD = (N_("表"), N_("行"), N_("列"), words.THIS, words.BEFORE)
From = Annotated[str, QueryParameter(name="from", max_length=20)]
Shown = tuple[str, str, list[tuple[str, int | None, int | None]]]


def _month(language: str, month: str) -> str:
    return format_month(date.fromisoformat(f"{month}-01"), language)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@get(HOME, include_in_schema=False)
async def show_history(
    request: Asking,
    actor: NamedDependency[Actor],
    facility: FromQuery[str] = "",
    from_: From = "",
    until: FromQuery[str] = "",
) -> Response[str]:
    """How places were used in a period, beside the year before."""
    found = await get_utilisation(actor, facility, _day(from_), _day(until))
    language = language_of(request)
    asked = {"from": found.first_on.isoformat(), "until": found.last_on.isoformat()}
    return page(
        request,
        "occupancy/history.html",
        found=found,
        places=await list_mine(actor),
        asked=asked | ({"facility": facility} if facility else {}),
        **await _tables(found, language),
    )


async def _tables(found: Utilisation, language: str) -> dict[str, Any]:
    """The pictures, the tables that need more than the answer says, and the words."""
    return {
        "charts": await _charts(found, language),
        "grid": _grid(found),
        "shares": [_shown(kind, found, language) for kind in words.TABLES],
        "words": words,
        "percent": percent,
        "month_name": partial(_month, language),
        "address": HOME,
    }


@get(file_addresses(HOME), include_in_schema=False)
async def export_history(
    request: Asking,
    actor: NamedDependency[Actor],
    facility: FromQuery[str] = "",
    from_: From = "",
    until: FromQuery[str] = "",
) -> Response[bytes]:
    """Every table of the page as one long list: table, row, column, this period, the year before."""
    found = await get_utilisation(actor, facility, _day(from_), _day(until))
    name = f"utilisation-{facility or 'all'}-{found.first_on.isoformat()}-{found.last_on.isoformat()}"
    return await list_file(request, name, N_("利用の記録"), HEAD, list(_lines(found, language_of(request))))


def _lines(found: Utilisation, language: str) -> Iterator[list[Cell]]:
    def said(text: str) -> str:
        return translate(text, language)

    for cell in found.heat:
        day = format_weekday(cell.weekday, language)
        yield [said(words.HEAT), day, f"{cell.hour}:00", cell.average, cell.year_before]
    for each in found.arrivals:
        yield [said(words.ARRIVALS), each.at, "", each.users, each.year_before]
    for month in found.by_month:
        yield [said(words.MONTHS), month.month, "", month.users, month.year_before]
    for table, row, now, before in _totals(found.now, found.year_before):
        yield [said(table), said(row), "", now, before]
    for kind in words.TABLES:
        title, _, rows = _shown(kind, found, language)
        for name, users, before in rows:
            yield [title, name, "", *("<10" if one is None else one for one in (users, before))]


def _totals(now: Span, before: Span) -> Iterator[tuple[str, str, Cell, Cell]]:
    for name, said in words.SEAT_ROWS.items():
        yield words.SEATS, said, getattr(now.seats, name), getattr(before.seats, name)
    for name, said in words.RATES.items():
        yield words.SEATS, said, percent(getattr(now.seats, name)), percent(getattr(before.seats, name))
    yield words.PEOPLE, words.FIRST_TIME, now.returning.first_time, before.returning.first_time
    yield words.PEOPLE, words.RETURNING, now.returning.returning, before.returning.returning
    for name, said in words.FLOW_ROWS.items():
        yield words.FLOW, said, getattr(now.flow, name), getattr(before.flow, name)


def percent(permille: int | None) -> str | None:
    """A rate as people write it: `12.5%`."""
    return None if permille is None else f"{permille / 10:.1f}%"


def _shown(kind: str, found: Utilisation, language: str) -> Shown:
    """A breakdown as it is read: title, head, and rows of name, users and the year before."""
    title, head = (translate(text, language) for text in words.TABLES[kind])
    each: list[Share] = getattr(found, f"by_{kind}")
    return title, head, [(_named(kind, one, language), one.users, one.year_before) for one in each]


def _named(kind: str, share: Share, language: str) -> str:
    if kind == "school_stage":
        return translate(words.STAGES.get(share.code, share.code), language)
    return say_words(share.names, language) or share.code or translate(words.OUTSIDE[kind], language)


def _grid(found: Utilisation) -> dict[str, Any]:
    """The heat map as a table: hours across, weekdays down."""
    return {
        "hours": range(min(each.hour for each in found.heat), max(each.hour for each in found.heat) + 1)
        if found.heat
        else range(0),
        "days": sorted({each.weekday for each in found.heat}),
        "now": {(each.weekday, each.hour): each.average for each in found.heat},
        "before": {(each.weekday, each.hour): each.year_before for each in found.heat},
    }


async def _charts(found: Utilisation, language: str) -> dict[str, Markup]:
    """The pictures, each of the table beneath it; none of nothing."""

    def said(text: str) -> str:
        return translate(text, language)

    is_table = said(N_("数字は表にあります。"))
    heat = tuple(
        {"day": format_weekday(each.weekday, language, short=True), "hour": str(each.hour), "users": each.average}
        for each in found.heat
    )
    months = tuple(
        {"month": _month(language, each.month), "users": users, "of": said(of)}
        for each in found.by_month
        for of, users in ((words.THIS, each.users), (words.BEFORE, each.year_before))
    )
    arrivals = tuple(
        {"at": each.at, "users": users, "of": said(of)}
        for each in found.arrivals
        for of, users in ((words.THIS, each.users), (words.BEFORE, each.year_before))
    )
    wanted = {
        "heat": Chart(
            title=said(words.HEAT),
            description=is_table,
            kind="heat",
            rows=heat,
            x="hour",
            y="day",
            value="users",
            order=tuple(str(hour) for hour in _grid(found)["hours"]),
            y_order=tuple(format_weekday(number, language, short=True) for number in range(1, 8)),
            height=224,
        ),
        "months": Chart(
            title=said(words.MONTHS),
            description=is_table,
            kind="bars",
            rows=months,
            x="month",
            y="users",
            series="of",
            order=tuple(dict.fromkeys(each["month"] for each in months)),
        ),
        "arrivals": Chart(
            title=said(words.ARRIVALS),
            description=is_table,
            kind="bars",
            rows=arrivals,
            x="at",
            y="users",
            series="of",
            order=tuple(each.at for each in found.arrivals),
        ),
    }
    return {name: Markup(await draw(chart) if chart.rows else "") for name, chart in wanted.items()}  # noqa: S704 - ours


PAGES: tuple[Any, ...] = (show_history, export_history)
NAV = (NavItem(label=N_("利用の記録"), address=HOME, icon="figures", roles=tuple(STAFF_ROLES), order=75),)
