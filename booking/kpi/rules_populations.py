"""Tables of populations, row by row, and the users per 1,000 residents."""

import re
from collections.abc import Mapping
from datetime import date

from booking.kit.errors import InvalidForm
from booking.kit.fields import Fields
from booking.kit.i18n import N_
from booking.kit.spreadsheet_columns import Headings, unused_of
from booking.kit.spreadsheet_files import Table
from booking.kpi.errors_importing import ImportRefused
from booking.kpi.errors_populations import MunicipalityTwice, MunicipalityUnknown, PopulationInFuture
from booking.kpi.rules_importing import (
    LONGEST_AUTHOR,
    LONGEST_DOCUMENT,
    faults_of,
    find_columns,
    refuse_formulas,
    rows_below,
    said,
)
from booking.kpi.schemas_populations import KeptPopulation, Population, PopulationsRead, Source
from booking.people.schemas_import import Fault

STAGES = ("elementary", "junior-high", "high")
"""School stages of whoever is 6 to 18."""
MOST_PEOPLE = 999_999
TITLES = {"municipality": N_("市町村"), "people": N_("6歳から18歳の人口")}
"""The columns of the table to fill in, in its order."""
HEADINGS = Headings(
    {
        "municipality": "市町村 市町村コード 市町村名 団体コード コード municipality code municipalitycode",
        "people": "6歳から18歳の人口 6~18歳人口 6~18歳 6歳~18歳 人口 人数 population people",
    },
    TITLES,
)
NEEDED = ("municipality", "people")


def check_source(as_of_on: str, document: str, author: str, today: date) -> Source:
    """Day, document and author. Raises: ImportRefused."""
    read = Fields()
    on = read.day("as_of_on", as_of_on)
    if on is not None and on > today:
        read.refuse("as_of_on", PopulationInFuture())
    told = read.words("document", document, longest=LONGEST_DOCUMENT)
    who = read.words("author", author, longest=LONGEST_AUTHOR)
    read.refuse_if_any(ImportRefused)
    assert on is not None
    return Source(as_of_on=on, document=told, author=who)


def read_populations(table: Table, municipalities: Mapping[str, str]) -> PopulationsRead:
    """Every row below the columns' names; `municipalities` are names by code. Raises: ColumnsNotFound."""
    head, named, columns = find_columns(table, HEADINGS, NEEDED, TITLES)
    codes = {name: code for code, name in municipalities.items()} | {code: code for code in municipalities}
    codes |= {code[:-1]: code for code in municipalities}
    faults: list[Fault] = []
    found: dict[str, Population] = {}
    for number, cells in rows_below(table, head, columns):
        read = Fields()
        try:
            refuse_formulas(cells)
            code = codes.get(re.sub(r"\s", "", said(cells["municipality"])), "")
            if not code:
                read.refuse("municipality", MunicipalityUnknown())
            elif code in found:
                read.refuse("municipality", MunicipalityTwice(other=found[code].row))
            typed = re.sub(r",|人$", "", said(cells["people"]))
            people = read.number("people", typed, low=0, high=MOST_PEOPLE)
            read.refuse_if_any()
        except InvalidForm as wrong:
            faults += faults_of(number, wrong.fields, named)
            continue
        assert people is not None
        found[code] = Population(row=number, municipality=code, people=people)
    return PopulationsRead(populations=list(found.values()), faults=faults, unused=unused_of(table.rows[head], columns))


def population_at(known: list[KeptPopulation], last_on: date) -> KeptPopulation | None:
    """The population a year is held against: the newest of its days or before them, else the oldest after."""
    before = [each for each in known if each.as_of_on <= last_on]
    if before:
        return max(before, key=lambda each: each.as_of_on)
    return min(known, key=lambda each: each.as_of_on, default=None)


def per_thousand(users: int | None, population: int | None) -> float | None:
    """Users per 1,000 residents; None where either is not known or nobody lives there."""
    return None if users is None or not population else round(users * 1000 / population, 1)


def shown_users(users: int, few: int, *, may_open: bool) -> int | None:
    """A count of people; None for one to `few` - 1 of them, for whoever may not open the visits behind it."""
    return users if may_open or not 0 < users < few else None
