"""Single visits from before the service, row by row: what each cell means, and why it cannot be used."""

import unicodedata
from collections.abc import Mapping
from datetime import date, time

import msgspec

from booking.kit.errors import InvalidForm, Refusal
from booking.kit.fields import Fields, TimesOutOfOrder
from booking.kit.i18n import N_
from booking.kit.spreadsheet_columns import Headings, unused_of
from booking.kit.spreadsheet_files import Cell, Table
from booking.kpi.errors_importing import (
    BeforeOpening,
    DayCounted,
    DayNotOver,
    MonthCertified,
    MonthHasTotal,
    OldKeyTooLong,
    PersonHasOneHead,
    PlaceUnknown,
    ProgramCodeUnknown,
    StageUnreadable,
)
from booking.kpi.rules_importing import faults_of, find_columns, place_key, refuse_formulas, rows_below, said, take
from booking.kpi.schemas_importing import OldRow, PlaceFact, TakenDay, VisitsRead
from booking.people.rules import SchoolStage, school_stage
from booking.people.rules_era import read_day
from booking.people.rules_import import Setting, grade_of, municipality_of
from booking.people.schemas_import import Fault

LONGEST_KEY = 100
MOST_HEADS = 999
_ANY = date(2000, 4, 1)
TITLES = {
    "day": N_("日にち"),
    "facility": N_("場所のコード"),
    "entered": N_("来た時刻"),
    "left": N_("帰った時刻"),
    "person": N_("前の利用者番号"),
    "heads": N_("人数"),
    "stage": N_("学年か学校段階"),
    "municipality": N_("市町村"),
    "program": N_("プログラムのコード"),
}
"""The columns of the table to fill in, in its order."""
HEADINGS = Headings(
    {
        "day": "日 日にち 日付 利用日 来館日 年月日 day date",
        "facility": "場所のコード 場所コード 施設コード 施設 場所 施設名 場所名 facility facilitycode codeoftheplace",
        "entered": "来た時刻 入館時刻 入館 入室時刻 入室 開始時刻 来館時刻 entered enteredat arrived timecame",
        "left": "帰った時刻 退館時刻 退館 退室時刻 退室 終了時刻 left leftat timeleft",
        "person": "前の利用者番号 利用者番号 会員番号 利用者id 会員id 番号 person oldkey formernumber",
        "heads": "人数 heads people",
        "stage": "学年か学校段階 学年 学校段階 区分 grade stage schoolstage gradeorschoolstage",
        "municipality": "市町村 市町村コード 市区町村 住所 居住地 municipality city",
        "program": "プログラムのコード プログラムコード プログラム program programcode codeoftheprogram",
    },
    TITLES,
)
NEEDED = ("day", "facility", "entered")
_STAGES = {
    **dict.fromkeys(("preschool", "就学前", "未就学", "未就学児", "幼児"), SchoolStage.PRESCHOOL),
    **dict.fromkeys(("elementary", "小学生", "小学校", "小"), SchoolStage.ELEMENTARY),
    **dict.fromkeys(("junior-high", "中学生", "中学校", "中"), SchoolStage.JUNIOR_HIGH),
    **dict.fromkeys(("high", "高校生", "高校", "高等学校", "高"), SchoolStage.HIGH),
    **dict.fromkeys(("adult", "大人", "おとな", "一般", "成人"), SchoolStage.ADULT),
}


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What rows are checked against: today, places, programs (code → id) and the municipalities."""

    places: Mapping[str, PlaceFact]
    programs: frozenset[str]
    setting: Setting


def read_visits(table: Table, known: Known) -> VisitsRead:
    """Every row below the columns' names, checked. Raises: ColumnsNotFound."""
    head, named, columns = find_columns(table, HEADINGS, NEEDED, TITLES)
    faults: list[Fault] = []
    found: list[OldRow] = []
    for number, cells in rows_below(table, head, columns):
        try:
            refuse_formulas(cells)
            found.append(_check(number, cells, known))
        except InvalidForm as wrong:
            faults += faults_of(number, wrong.fields, named)
    return VisitsRead(rows=found, faults=faults, unused=unused_of(table.rows[head], columns))


def _check(number: int, cells: Mapping[str, Cell], known: Known) -> OldRow:
    """One visit. Raises: InvalidForm with every field's refusal."""
    read = Fields()
    text = {field: said(cell) for field, cell in cells.items()}
    place = known.places.get(place_key(text["facility"]))
    if place is None:
        read.refuse("facility", PlaceUnknown())
    day = take(read, "day", _day, cells["day"])
    if day is not None:
        _refuse_day(read, day, place, known.setting.today)
    entered, left = _times(read, text)
    person, heads = _who(read, text)
    program = text.get("program", "").lower()
    if program and program not in known.programs:
        read.refuse("program", ProgramCodeUnknown())
    stage = take(read, "stage", lambda cell: stage_of(said(cell)), cells.get("stage", ""))
    town = take(
        read, "municipality", lambda cell: municipality_of(said(cell), known.setting), cells.get("municipality", "")
    )
    read.refuse_if_any()
    assert place is not None and day is not None and entered is not None and heads is not None
    return OldRow(
        row=number,
        facility=place.code,
        day=day,
        entered=entered,
        left=left,
        person=person,
        heads=heads,
        stage=stage or None,
        municipality=town or None,
        program=program or None,
    )


def _refuse_day(read: Fields, day: date, place: PlaceFact | None, today: date) -> None:
    if day >= today:
        read.refuse("day", DayNotOver())
    elif place is not None and day < place.opened_on:
        read.refuse("day", BeforeOpening(opened=place.opened_on))


def _times(read: Fields, text: Mapping[str, str]) -> tuple[time | None, time | None]:
    entered = read.wall_time("entered", text["entered"])
    left = read.wall_time("left", text.get("left", ""), is_needed=False)
    if entered is not None and left is not None and left < entered:
        read.refuse("left", TimesOutOfOrder())
    return entered, left


def _who(read: Fields, text: Mapping[str, str]) -> tuple[str, int | None]:
    """The old key, as it is compared, and how many heads."""
    person = unicodedata.normalize("NFKC", text.get("person", "")).strip().casefold()
    if len(person) > LONGEST_KEY:
        read.refuse("person", OldKeyTooLong(n=LONGEST_KEY))
    heads = read.number("heads", text.get("heads", "") or "1", low=1, high=MOST_HEADS)
    if person and heads is not None and heads > 1:
        read.refuse("heads", PersonHasOneHead())
    return person, heads


def _day(cell: Cell) -> date:
    """Raises: BirthUnreadable, DayNotInEra."""
    return cell if isinstance(cell, date) else read_day(said(cell))


def stage_of(text: str) -> str:
    """A school stage from its name or a school year; empty from nothing. Raises: StageUnreadable."""
    plain = text.strip().casefold()
    if not plain:
        return ""
    if plain in _STAGES:
        return _STAGES[plain].value
    try:
        year = grade_of(plain)
    except Refusal:
        raise StageUnreadable from None
    return (school_stage(None, _ANY, int(year), _ANY.year) if year.isdigit() else SchoolStage.ADULT).value


def refusal_of_day(taken: TakenDay | None) -> Refusal | None:
    """Why a facility-day takes no single visit."""
    if taken is None:
        return None
    if taken.is_certified:
        return MonthCertified()
    if taken.has_own_visits:
        return DayCounted()
    return MonthHasTotal() if taken.has_total else None
