"""What must be true of the figure after every step: each way to it comes to what is counted by hand."""

from collections.abc import Awaitable, Callable, Iterator
from datetime import date, timedelta
from typing import Any

import msgspec

from booking.kpi import queries, queries_behind, queries_certifying, service, service_definitions
from booking.kpi.rules import BANDS
from booking.kpi.rules_recounting import digest_of, recount
from booking.kpi.schemas import AnnualUsers
from booking.kpi.schemas_behind import Asked
from tests.kpi import machine_figures_picture as by_hand
from tests.kpi.machine_figures_picture import DAYS, PEOPLE, SESSIONS, Picture, Row, span_of
from tests.kpi.machine_figures_world import BODIES

YEARS = (2026, 2027)
WHOSE = (None, *BODIES)
PARTS = {
    "by_program": "program_code",
    "by_municipality": "municipality_code",
    "by_school_stage": "school_stage",
    "by_facility": "place",
    "by_month": "month",
}
ENTRIES = ("entered_by", "closed_by")


class Look(msgspec.Struct, frozen=True):
    """A picture, the one before the step, and whose figure of which year is looked at closely this time."""

    before: Picture
    now: Picture
    year: int
    body: str | None
    turn: int


def expected(picture: Picture, year: int, body: str | None) -> dict[str, by_hand.Figures]:
    """Scope → unit → number, by hand."""
    first, until = span_of(year)
    return {
        scope["code"]: by_hand.figures(picture, picture.reading, scope, body=body, first=first, until=until)
        for scope in picture.scopes
    }


async def live(look: Look) -> list[str]:
    """The figure that is shown, and what it is made of."""
    figure = await service.get_annual_users(look.year, body_code=look.body)
    hand = expected(look.now, look.year, look.body)
    found = [] if figure.values == hand else [f"{look.year} {look.body}: {figure.values} by hand {hand}"]
    scope = next(each for each in look.now.scopes if each["code"] == figure.definition.scope)
    if figure.value != hand[scope["code"]][figure.definition.unit]:
        found.append(f"{look.year} {look.body}: the value is {figure.value}")
    return [*found, *_parts(look, figure, scope), *_distribution(look, figure, scope)]


def _parts(look: Look, figure: AnnualUsers, scope: Row) -> Iterator[str]:
    first, until = span_of(look.year)
    given = {"body": look.body, "first": first, "until": until}
    visits, at_home = by_hand.counted(look.now, look.now.reading, scope, **given)
    totals = by_hand.totals_of(look.now, look.now.reading, scope, **given)
    for name, field in PARTS.items():
        said = {cell.code: (cell.person_days, cell.person_sessions) for cell in getattr(figure, name)}
        said = {code: cell for code, cell in said.items() if any(cell)}
        hand = by_hand.parts(visits, at_home, field)
        if name in ("by_facility", "by_month"):
            _add(hand, totals, lambda each, at=name: _place_or_month(each, at))
            sums = [sum(cell[n] for cell in said.values()) for n in (0, 1)]
            whole = figure.values[scope["code"]]
            if sums != [whole[DAYS], whole[SESSIONS]]:
                yield f"{name} {look.year} {look.body}: does not add up to {whole}: {said}"
        if said != hand:
            yield f"{name} {look.year} {look.body}: {said} by hand {hand}"
    said = {cell.code: (cell.person_days, cell.person_sessions) for cell in figure.by_entry}
    hand = by_hand.parts(visits, at_home, "entered_by")
    _add(hand, totals, lambda _: "import")
    hand |= {code: cell for code, cell in by_hand.parts(visits, at_home, "closed_by").items() if code == "auto"}
    if {code: cell for code, cell in said.items() if any(cell)} != hand:
        yield f"by_entry {look.year} {look.body}: {said} by hand {hand}"


def _place_or_month(total: Row, name: str) -> str:
    return str(total["place"]) if name == "by_facility" else f"{total['month_on']:%Y-%m}"


def _add(cells: dict[str, tuple[int, int]], totals: Any, code_of: Callable[[Row], str]) -> None:
    for each in totals:
        sessions = each["person_days"] if each["person_sessions"] is None else each["person_sessions"]
        days, before = cells.get(code_of(each), (0, 0))
        if each["person_days"] or sessions:
            cells[code_of(each)] = (days + each["person_days"], before + sessions)


def _distribution(look: Look, figure: AnnualUsers, scope: Row) -> Iterator[str]:
    """As it is folded: only where nothing waits."""
    first, until = span_of(look.year)
    if not look.now.is_folded(first, until):
        return
    visits, _ = by_hand.counted(look.now, look.now.reading, scope, body=look.body, first=first, until=until)
    days = by_hand.often(visits)
    hand = [
        sum(people for n, people in days.items() if n >= low and (high is None or n <= high)) for low, high in BANDS
    ]
    if [band.people for band in figure.distribution] != hand:
        yield f"often {look.year} {look.body}: {[band.people for band in figure.distribution]} by hand {hand}"


async def plain(look: Look) -> list[str]:
    """The plain SQL, and the program of the auditor, from the rows alone."""
    hand, span = expected(look.now, look.year, None), span_of(look.year)
    answer = await service_definitions.plain_answer(look.year)
    found = [] if answer == hand else [f"{look.year}: {answer} by hand {hand}"]
    rows, totals = await queries_certifying.list_rows(*span, ""), await queries_certifying.list_imports(*span, "")
    definition, scopes = await queries.get_reported_definition(), await queries.list_scopes()
    again = recount(rows, totals, definition, scopes)
    return found if again == hand else [*found, f"{look.year}: recounted {again} by hand {hand}"]


async def behind(look: Look) -> list[str]:
    """The visits behind a number come to that number."""
    (first, until), scopes = span_of(look.year), look.now.scopes
    scope = scopes[look.turn % len(scopes)]
    asked = Asked(from_on=first, until_on=until, scope=scope["code"], unit=DAYS, body=look.body)
    places = sorted({each["place"] for each in look.now.visits if look.body in (None, each["body"])})
    found = await queries_behind.count_behind(asked, places)
    totals = await queries_behind.list_imported(asked, [row["code"] for row in await _places(look.body)])
    said = {
        DAYS: found.person_days + sum(each.person_days for each in totals),
        SESSIONS: found.person_sessions + sum(each.person_sessions for each in totals),
        PEOPLE: found.people,
    }
    hand = expected(look.now, look.year, look.body)[scope["code"]]
    return [] if said == hand else [f"{scope['code']} {look.year} {look.body}: {said} by hand {hand}"]


async def _places(body: str | None) -> Any:
    return await queries.db.fetch(
        "select f.code from facility f join body b on b.id = f.body where $1::text is null or b.code = $1", body
    )


async def certified(look: Look) -> list[str]:
    """What was certified stays, and with its dated differences it is what is counted now."""
    return [said for one in look.now.certified for said in _certified(look, one)]


def _certified(look: Look, one: Row) -> Iterator[str]:
    kept = next((each for each in look.before.certified if each["id"] == one["id"]), None)
    if kept is not None and kept != one:
        yield f"{_name(one)} was changed"
    definition, days = msgspec.json.decode(one["definition"]), msgspec.json.decode(one["days"])
    scopes = {scope["code"]: scope for scope in msgspec.json.decode(one["figures"])["scopes"]}
    given = {(place, date.fromisoformat(on)): n for place, by_day in days.items() for on, n in by_day.items()}
    mine = [each for each in look.now.differences if each["certification"] == one["id"]]
    if definition["unit"] == PEOPLE:  # who came does not add up by day: the period differs as a whole
        given = {(None, None): one["value"]}
    for each in mine:
        where = each["place"], each["counted_on"]
        if given.get(where, 0) != each["was"] or each["was"] == each["now"] or not each["reason"]:
            yield f"{_name(one)} {where}: was {given.get(where, 0)}, said {each['was']} → {each['now']}"
        given[where] = each["now"]
    if look.now.is_folded(one["starts_on"], one["until_on"]):
        span = {"body": one["body"] or None, "first": one["starts_on"], "until": one["until_on"]}
        hand = by_hand.figures(look.now, definition, scopes[definition["scope"]], **span)[definition["unit"]]
        now = one["value"] + sum(each["now"] - each["was"] for each in mine)
        if now != hand:
            yield f"{_name(one)}: {one['value']} and {now - one['value']} later is {now}, by hand {hand}"


def _name(one: Row) -> str:
    return f"{one['starts_on']:%Y-%m} {one['period']} {one['body'] or 'plan'}"


async def digests(look: Look) -> list[str]:
    """A certification just made is of the rows there are, and of the figure."""
    known = {each["id"] for each in look.before.certified}
    found = []
    for one in (each for each in look.now.certified if each["id"] not in known):
        span = one["starts_on"], one["until_on"], one["body"]
        rows = [*await queries_certifying.list_rows(*span), *await queries_certifying.list_imports(*span)]
        definition, scopes = msgspec.json.decode(one["definition"]), {row["code"]: row for row in look.now.scopes}
        given = {"body": one["body"] or None, "first": one["starts_on"], "until": one["until_on"]}
        hand = by_hand.figures(look.now, definition, scopes[definition["scope"]], **given)[definition["unit"]]
        if one["digest"] != digest_of(rows) or one["value"] != hand:
            found.append(f"{_name(one)}: {one['value']} by hand {hand}")
    return found


async def days(look: Look) -> list[str]:
    """A visit belongs to the day of its entry in Gunma; a year's key is of one person, and a person has one a year."""
    found = [f"{each['visited_on']} for {each['entered_at']}" for each in look.now.visits
             if each["visited_on"] != by_hand.local_day(each["entered_at"])]  # fmt: skip
    keys: dict[Any, set[Any]] = {}
    for each in look.now.visits:
        if each["member"] is not None:
            year = (each["visited_on"] - timedelta(days=90)).year
            keys.setdefault((each["member"], year), set()).add(each["person_key"])
            keys.setdefault(("key", each["person_key"]), set()).add((each["member"], year))
    return found + [f"keys {who}: {those}" for who, those in keys.items() if len(those) != 1]


Law = Callable[[Look], Awaitable[list[str]]]
LAWS: tuple[Law, ...] = (live, plain, behind, certified, digests, days)


async def breaches(look: Look) -> list[str]:
    """Every breach of them."""
    return [f"{law.__name__}: {said}" for law in LAWS for said in await law(look)]


def unmoved(before: Picture, now: Picture) -> Iterator[str]:
    """What must change no figure changed none: neither a year's nor anybody's."""
    for year in YEARS:
        for body in WHOSE:
            was, then = expected(before, year, body), expected(now, year, body)
            if was != then:
                yield f"unmoved: {year} {body}: {was} then {then}"


def undone(before: Picture, now: Picture) -> Iterator[str]:
    """A refusal changes nothing."""
    for name in ("visits", "totals", "scopes", "certified", "differences", "pending", "members", "reading"):
        if getattr(before, name) != getattr(now, name):
            yield f"undone: {name}"
