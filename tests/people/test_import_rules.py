"""Lists of registrants as they come: encodings, separators, columns, cells; and files made to break readers."""

import io
import json
import zipfile
from datetime import date, datetime
from typing import Any

import msgspec
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from booking.kit.errors import Refusal
from booking.kit.i18n import LANGUAGES, translate
from booking.kit.spreadsheet_files import LARGEST_BYTES, MOST_ROWS, read_table
from booking.people.errors_import import NamesNotFound
from booking.people.rules_columns import TITLES, field_of
from booking.people.rules_import import Setting, read_rows
from booking.people.schemas_import import Read

SETTING = Setting(
    today=date(2026, 11, 21),
    municipalities={"102016": "前橋市", "102024": "高崎市", "103446": "榛東村", "000000": "県外"},
    outside="000000",
    languages=LANGUAGES,
)
HEAD = "氏,名,氏かな,名かな,生年月日,市町村,電話番号"
ROW = "髙橋,﨑子,たかはし,さきこ,平成24年4月2日,前橋市,090-1234-5678"


def read(text: str | bytes) -> Read:
    return read_rows(read_table(text.encode() if isinstance(text, str) else text), SETTING)


def faults(text: str | bytes) -> list[tuple[int, str, str]]:
    return [(one.row, one.column, translate(one.sentence, "ja", **one.params)) for one in read(text).faults]


def workbook(*rows: list[Any], epoch_1904: bool = False) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    if epoch_1904:
        book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_encodings_and_separators(encoding: str, separator: str) -> None:
    text = f"{HEAD},学校名\r\n{ROW},①㈱中学校\r\n".replace(",", separator)
    (one,) = read(text.encode(encoding)).registrants
    assert (one.facts.family_name, one.facts.given_name) == ("髙橋", "﨑子")
    assert (one.facts.birth_on, one.facts.municipality_code) == (date(2012, 4, 2), "102016")
    assert one.facts.school_name == "1(株)中学校"
    assert (one.phone, one.row, one.consent_on, one.language) == ("+819012345678", 2, None, "ja")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (f"{HEAD}\n{ROW}".encode("utf-16"), "file-is-unicode-text"),
        (f"{HEAD}\n{ROW}".encode("utf-16-le"), "file-is-unicode-text"),
        (b"", "file-empty"),
        (b" \r\n ", "file-empty"),
        (b",,\n,,\n", "file-empty"),
        (b"\x81\xff\xff" * 9, "file-unreadable"),
        ("氏,名\n".encode("euc_jp") + b"\xff", "file-unreadable"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "file-locked"),
        (b"x" * (LARGEST_BYTES + 1), "file-too-big"),
        (b"PK\x03\x04 not a zip", "file-unreadable"),
        (b'"' + b"a" * 200_000 + b'"', "file-unreadable"),
        (b"a\n" * (MOST_ROWS + 100), "file-too-long"),
        ("なにか,ほか\n1,2\n".encode(), "names-not-found"),
        ("氏,名\n".encode(), None),
    ],
)
def test_files_that_cannot_be_read_say_so(content: bytes, code: str | None) -> None:
    try:
        assert not read(content).registrants
        assert code is None
    except Refusal as refusal:
        assert refusal.code == code


def test_quoted_newlines_empty_lines_and_titles_above_keep_the_row_numbers() -> None:
    head = f"利用者名簿,令和8年\n\n{HEAD},必要な配慮\n"
    text = f'{head}{ROW},"1行目\n2行目"\n\n,,,,,,,\n山田,花子,,,2014-05-05,,027-223-1111,\n'
    found = read(text)
    assert [one.row for one in found.registrants] == [4, 7]
    assert found.registrants[0].facts.assistance == "1行目\n2行目"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (
            "氏名,ふりがな,生年月日,電話\n山田　花子,やまだ はなこ,2012/4/2,0272231111",
            ("山田", "花子", "やまだ", "はなこ", None),
        ),
        (
            "氏名,フリガナ,生年月日,電話\n山田 花子,ﾔﾏﾀﾞ ﾊﾅｺ,2012/4/2,0272231111",
            ("山田", "花子", "やまだ", "はなこ", None),
        ),
        ("お名前（必須）,生年月日,電話\nSILVA SANTOS Ana,2012/4/2,0272231111", ("", "", "", "", "SILVA SANTOS Ana")),
        ("姓,名,生年月日,TEL\nNguyễn,An,2012/4/2,0272231111", ("", "", "", "", "Nguyễn An")),
        (
            "姓,名,セイ,メイ,生年月日,TEL\n﨑山,一,サキヤマ,ハジメ,2012/4/2,0272231111",
            ("﨑山", "一", "さきやま", "はじめ", None),
        ),
        ("ローマ字,学年,携帯\nKim Minho,中1,9012345678", ("", "", "", "", "Kim Minho")),
    ],
)
def test_names_in_one_column_or_two(text: str, names: tuple[str, ...]) -> None:
    (one,) = read(text).registrants
    facts = one.facts
    assert (facts.family_name, facts.given_name, facts.family_kana, facts.given_kana, facts.latin_name) == names


@pytest.mark.parametrize(
    "written", ["9012345678", "090-1234-5678", "０９０ー１２３４ー５６７８", "90-1234-5678", "+81 90 1234 5678"]
)
def test_telephones_get_their_zero_back(written: str) -> None:
    (one,) = read(f"氏,名,学年,電話\n山田,花,5,{written}").registrants
    assert one.phone == "+819012345678"


@pytest.mark.parametrize(
    ("written", "grade"), [("小6", 6), ("小学校6年生", 6), ("中学1年", 7), ("高３", 12), ("9", 9), ("おとな", None)]
)
def test_school_years(written: str, grade: int | None) -> None:
    (one,) = read(f"氏,名,学年,電話\n山田,花,{written},0272231111").registrants
    assert one.facts.grade == grade


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("102016", "102016"),
        ("10201", "102016"),
        ("１０２０２４", "102024"),
        ("高崎", "102024"),
        ("群馬県北群馬郡榛東村大字新井1", "103446"),
        ("前橋市表町2-30-8", "102016"),
        ("埼玉県本庄市", "000000"),
        ("東京都", "000000"),
        ("県外", "000000"),
        ("", None),
    ],
)
def test_municipalities_by_code_name_or_address(written: str, code: str | None) -> None:
    (one,) = read(f"氏,名,学年,電話,住所\n山田,花,5,0272231111,{written}").registrants
    assert one.facts.municipality_code == code


def test_every_faulty_row_is_told_with_its_column_and_nothing_of_what_it_says() -> None:
    text = "\n".join(
        [
            "氏名,フリガナ,生年月日,電話番号,市区町村,同意日,メモ",
            "山田花子,ヤマダ ハナコ,2012/4/2,0272231111,前橋市,,",
            "山田 花子,山田 花子,2023/2/29,1234,なにか市,2099/1/1,",
            ",,,,,,ひみつ",
            "=SUM(1),,2012/4/2,0272231111,,,",
            "佐藤 一,,令和99年1月1日,0272231111,,,",
            "佐藤 二,,,0272231111,,,",
        ]
    )
    found = faults(text)
    columns = {(row, column) for row, column, _ in found}
    assert columns >= {(2, "氏名"), (3, "生年月日"), (3, "同意日"), (3, "電話番号"), (3, "市区町村"), (3, "フリガナ")}
    assert columns >= {(4, "電話番号"), (4, "氏名"), (5, "氏名"), (6, "生年月日"), (7, "生年月日")}
    told = json.dumps(found, ensure_ascii=False)
    assert not [
        word for word in ("花子", "ハナコ", "2023", "なにか", "ひみつ", "佐藤", "SUM", "0272231111") if word in told
    ]
    assert read(text).unused == ["メモ"]


def test_the_same_person_twice_in_a_list() -> None:
    same = read(f"{HEAD}\n{ROW}\n{ROW}\n")
    assert (len(same.registrants), same.repeats, same.faults) == (1, [(3, 2)], [])
    other = ROW.replace("5678", "5679")
    assert [one.row for one in read(f"{HEAD}\n{ROW}\n{other}\n").faults] == [3]
    twins = f"{HEAD}\n{ROW}\n{ROW.replace('﨑子', '美子').replace('さきこ', 'よしこ')}\n"
    assert len(read(twins).registrants) == 2
    homonyms = f"{HEAD}\n{ROW}\n{ROW.replace('﨑子', '早紀子')}\n"
    assert len(read(homonyms).registrants) == 2


def test_guardians_become_whom_to_call() -> None:
    text = "氏,名,学年,電話番号,保護者氏名,続柄,緊急連絡先電話番号,ことば,同意日\n"
    text += "山田,花,5,0272231111,山田 母,母,,ポルトガル語,令和8年4月1日"
    (one,) = read(text).registrants
    assert [(each.name, each.relation, each.phone) for each in one.contacts] == [("山田 母", "mother", "+81272231111")]
    assert (one.language, one.consent_on) == ("pt-BR", date(2026, 4, 1))


def test_workbooks_with_dates_day_numbers_and_numbers() -> None:
    head = ["氏", "名", "生年月日", "電話番号", "市町村コード"]
    found = read(
        workbook(
            head,
            ["一", "い", datetime(2012, 4, 2), 9012345678, 102016],
            ["二", "ろ", 41001, "0272231111", "102024"],
            ["三", "は", "H24.4.2", 272231111.0, None],
            [],
            ["四", "に", 20120402, "0272231111", ""],
        )
    )
    assert not found.faults
    assert {one.facts.birth_on for one in found.registrants} == {date(2012, 4, 2)}
    assert [one.phone for one in found.registrants][:3] == ["+819012345678", "+81272231111", "+81272231111"]
    assert [one.row for one in found.registrants] == [2, 3, 4, 6]
    mac = read(workbook(head, ["一", "い", 39539, "0272231111", None], epoch_1904=True))
    assert mac.registrants[0].facts.birth_on == date(2012, 4, 2)


def with_formula(cached: str) -> bytes:
    """A workbook whose given name is a formula, with what was kept of its value."""
    plain = workbook(["氏", "名", "学年", "電話番号"], ["山田", "=A1", "5", "0272231111"])
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(plain)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            content = old.read(part)
            if part.filename == "xl/worksheets/sheet1.xml":
                assert b"<f>A1</f><v" in content
                content = content.replace(b'r="B2"', b'r="B2" t="str"').replace(b"<f>A1</f><v />", cached.encode())
                content = content.replace(b"<f>A1</f><v></v>", cached.encode())
            new.writestr(part, content)
    return out.getvalue()


def test_formulas_count_as_the_value_kept_with_them() -> None:
    (one,) = read(with_formula("<f>A1</f><v>花</v>")).registrants
    assert one.facts.given_name == "花"
    for nothing in ("<f>A1</f>", "<f>A1</f><v></v>"):
        assert [(row, column) for row, column, _ in faults(with_formula(nothing))] == [(2, "名")]


def test_a_bomb_is_not_unpacked() -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 70_000_000)
    many = io.BytesIO()
    with zipfile.ZipFile(many, "w") as archive:
        for number in range(600):
            archive.writestr(f"xl/worksheets/sheet{number}.xml", b"")
    for content in (bomb.getvalue(), many.getvalue()):
        assert len(content) < LARGEST_BYTES
        with pytest.raises(Refusal) as told:
            read(content)
        assert told.value.code == "file-too-big"


def swapped(name: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook(["氏", "名"]))) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.infolist():
            new.writestr(part, content if part.filename == name else old.read(part))
    return out.getvalue()


LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + i, b"&%c;" % (97 + i) * 10) for i in range(9))
    + b"]><worksheet>&j;</worksheet>"
)


@pytest.mark.parametrize(
    "part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "[Content_Types].xml", "xl/styles.xml"]
)
@pytest.mark.parametrize("content", [b"", b"<", LAUGHS, b"\x00" * 99, b"<worksheet/>"])
def test_broken_workbooks_are_refused(part: str, content: bytes) -> None:
    with pytest.raises(Refusal):
        read(swapped(part, content))


def test_a_cell_far_away_costs_nothing() -> None:
    far = b"""<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>
    <row r="1"><c r="XFD1" t="inlineStr"><is><t>x</t></is></c></row>
    <row r="1048576"><c r="A1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData></worksheet>"""
    with pytest.raises(Refusal) as told:
        read(swapped("xl/worksheets/sheet1.xml", far))
    assert told.value.code == "file-empty"


def test_the_list_to_fill_in_is_understood() -> None:
    assert [field_of(title) for title in TITLES.values()] == list(TITLES)


WHOLE = workbook(["氏", "名", "学年", "電話"], ["山田", "花", 5, "0272231111"])
PIECES = st.sampled_from(
    [
        "氏",
        "名",
        "氏名",
        "生年月日",
        "電話番号",
        "学年",
        "=",
        '"',
        ",",
        ";",
        "\t",
        "\n",
        "\r",
        "平成",
        "H24.4.2",
        "元年",
        "㈱",
        "090",
        "{}",
        "{n}",
        "\x00",
        "﨑",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.binary(max_size=300), st.lists(st.one_of(PIECES, st.text(max_size=8)), max_size=60).map("".join)))
def test_whatever_bytes_come_they_are_read_or_refused(content: bytes | str) -> None:
    raw = content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")
    for given_in in (raw, HEAD.encode() + b"\n" + raw):
        try:
            found = read(given_in)
        except Refusal as refusal:
            assert translate(refusal.sentence, "ja", **refusal.params)
            continue
        msgspec.json.encode(found)
        for one in found.faults:
            assert translate(one.sentence, "en", **one.params)


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_a_damaged_workbook_is_read_or_refused(data: st.DataObject) -> None:
    whole = bytearray(WHOLE)
    for _ in range(data.draw(st.integers(1, 8))):
        whole[data.draw(st.integers(2, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        read(bytes(whole))
    except Refusal as refusal:
        assert refusal.status == 422


def test_no_names_no_list() -> None:
    with pytest.raises(NamesNotFound):
        read("生年月日,電話番号\n2012/4/2,0272231111")
