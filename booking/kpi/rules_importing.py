"""Totals of months from before the service, row by row: what each cell means, and why it cannot be used."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import TypeVar

from booking.kit.errors import InvalidForm, Refusal
from booking.kit.fields import Fields
from booking.kit.i18n import N_
from booking.kit.spreadsheet_columns import Headings, unused_of
from booking.kit.spreadsheet_files import Cell, FormulaWithoutValue, Table, Unusable
from booking.kpi.errors import NoSuchPeriod
from booking.kpi.errors_importing import (
    BeforeOpening,
    CellTwice,
    ColumnsNotFound,
    FewerSessionsThanDays,
    ImportRefused,
    MonthCertified,
    MonthCounted,
    MonthHasVisits,
    MonthNotOver,
    PlaceUnknown,
)
from booking.kpi.schemas_importing import CellForm, Origin, PlaceFact, Taken, Total, TotalsRead
from booking.people.rules_era import read_day
from booking.people.schemas_import import Fault, fault

Value = TypeVar("Value")
LONGEST_METHOD, LONGEST_DOCUMENT, LONGEST_AUTHOR = 100, 200, 60
MOST_USERS = 99_999
"""More in a month than any place of the plan could hold."""
TITLES = {
    "facility": N_("場所のコード"),
    "month": N_("年月"),
    "person_days": N_("延べ人日"),
    "person_sessions": N_("延べコマ"),
}
"""The columns of the table to fill in, in its order."""
HEADINGS = Headings(
    {
        "facility": "場所のコード 場所コード 施設コード 施設 場所 施設名 場所名 facility facilitycode codeoftheplace",
        "month": "年月 月 対象月 利用月 month yearandmonth",
        "person_days": "延べ人日 延べ人数 延べ利用者数 利用者数 人数 来館者数 persondays users visitors",
        "person_sessions": "延べコマ 延べコマ数 コマ コマ数 personsessions sessions",
    },
    TITLES,
)
NEEDED = ("facility", "month", "person_days")


def check_origin(form: Origin | CellForm) -> Origin:
    """Method, document and author. Raises: ImportRefused."""
    read = Fields()
    said = Origin(
        method=read.words("method", form.method, longest=LONGEST_METHOD),
        document=read.words("document", form.document, longest=LONGEST_DOCUMENT),
        author=read.words("author", form.author, longest=LONGEST_AUTHOR),
    )
    read.refuse_if_any(ImportRefused)
    return said


def read_totals(table: Table, places: Mapping[str, PlaceFact], today: date) -> TotalsRead:
    """Every row below the columns' names, checked. Raises: ColumnsNotFound."""
    head, named, columns = find_columns(table, HEADINGS, NEEDED, TITLES)
    faults: list[Fault] = []
    found: dict[tuple[str, date], Total] = {}
    for number, cells in rows_below(table, head, columns):
        try:
            refuse_formulas(cells)
            one = check_cells(number, cells, places, today)
            before = found.get((one.facility, one.month_on))
            if before is not None:
                raise InvalidForm(fields={"month": CellTwice(other=before.row)})
        except InvalidForm as wrong:
            faults += faults_of(number, wrong.fields, named)
            continue
        found[one.facility, one.month_on] = one
    return TotalsRead(totals=list(found.values()), faults=faults, unused=unused_of(table.rows[head], columns))


def find_columns(
    table: Table, headings: Headings, needed: tuple[str, ...], titles: Mapping[str, str]
) -> tuple[int, dict[str, str], dict[str, int]]:
    """The place of the columns' names, what each field's is called, and where it stands. Raises: ColumnsNotFound."""
    found = headings.find(table.rows, set(needed))
    if found is None:
        raise ColumnsNotFound(columns="・".join(titles[name] for name in needed))
    head, columns = found
    return head, {field: str(table.rows[head][at]) for field, at in columns.items()}, columns


def rows_below(table: Table, head: int, columns: Mapping[str, int]) -> Iterator[tuple[int, dict[str, Cell]]]:
    """Every row that is not empty, by its number in the file, with its cells by field."""
    for number, row in enumerate(table.rows[head + 1 :], start=head + 2):
        if any(cell != "" for cell in row):
            yield number, {field: row[at] if at < len(row) else "" for field, at in columns.items()}


def refuse_formulas(cells: Mapping[str, Cell]) -> None:
    """Raises: InvalidForm."""
    wrong: dict[str, Refusal] = {
        field: FormulaWithoutValue() for field, cell in cells.items() if isinstance(cell, Unusable)
    }
    if wrong:
        raise InvalidForm(fields=wrong)


def faults_of(number: int, refused: Mapping[str, Refusal], named: Mapping[str, str]) -> list[Fault]:
    """The refusals of a row under the names its columns have in the file."""
    return [fault(number, named.get(field, field), refusal) for field, refusal in refused.items()]


def check_cells(
    number: int,
    cells: Mapping[str, Cell],
    places: Mapping[str, PlaceFact],
    today: date,
    *,
    refuse: type[InvalidForm] = InvalidForm,
) -> Total:
    """One total. Raises: `refuse` with every field's refusal."""
    read = Fields()
    place = places.get(place_key(said(cells.get("facility", ""))))
    if place is None:
        read.refuse("facility", PlaceUnknown())
    month = take(read, "month", _month, cells.get("month", ""))
    if month is not None and place is not None:
        if month >= today.replace(day=1):
            read.refuse("month", MonthNotOver())
        elif month < place.opened_on.replace(day=1):
            read.refuse("month", BeforeOpening(opened=place.opened_on))
    days = read.number("person_days", _number(cells.get("person_days", "")), low=0, high=MOST_USERS)
    typed = _number(cells.get("person_sessions", ""))
    sessions = read.number("person_sessions", typed, low=0, high=MOST_USERS, is_needed=False)
    if days is not None and sessions is not None and sessions < days:
        read.refuse("person_sessions", FewerSessionsThanDays())
    read.refuse_if_any(refuse)
    assert place is not None and month is not None and days is not None
    return Total(row=number, facility=place.code, month_on=month, person_days=days, person_sessions=sessions)


def place_key(text: str) -> str:
    """A code or a name of a place as rows are compared with it."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).casefold()


def said(cell: Cell) -> str:
    """A cell as a text."""
    if isinstance(cell, Unusable):
        return ""
    return unicodedata.normalize("NFKC", cell.isoformat() if isinstance(cell, date) else str(cell)).strip()


def _number(cell: Cell) -> str:
    """A number as people write it: 1,234人."""
    return re.sub(r"(?<=\d),(?=\d{3})|人$", "", said(cell))


def take(read: Fields, name: str, reader: Callable[[Cell], Value], cell: Cell) -> Value | None:
    """What a cell means; None when it is refused, with the refusal at its field."""
    try:
        return reader(cell)
    except Refusal as refusal:
        read.refuse(name, refusal)
        return None


def _month(cell: Cell) -> date:
    """The first day of a month: 2024-05, 2024年5月, 令和6年5月, 202405, or any day of it. Raises: NoSuchPeriod."""
    if isinstance(cell, date):
        return cell.replace(day=1)
    text = re.sub(r"\s", "", said(cell))
    if together := re.fullmatch(r"(20\d\d)(\d\d)", text):
        text = f"{together[1]}-{together[2]}"
    for rest in ("", "1日", "-1", "/1", ".1"):
        try:
            return read_day(text + rest).replace(day=1)
        except Refusal:
            continue
    raise NoSuchPeriod


def refusal_of(taken: Taken | None) -> Refusal | None:
    """Why a facility-month takes no total."""
    if taken is None:
        return None
    if taken.is_certified:
        return MonthCertified()
    if taken.has_own_visits:
        return MonthCounted()
    return MonthHasVisits() if taken.has_imported_visits else None
