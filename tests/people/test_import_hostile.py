"""Lists as people really hand them in, through the page: read, registered, handed in again, cut off in the middle.

Whatever is in a file, there is an answer and never a failure of ours; a faulty list registers nobody, any other
everybody once.
"""

import asyncio
import io
from typing import Any

import asyncpg
import msgspec
import openpyxl
import pytest
from httpx import AsyncClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from booking.kit import db
from booking.kit.settings import get_settings
from tests.people.test_import import AT, administrator, hand_in, members, ready

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("clock")]
HEAD = (
    "氏",
    "名",
    "氏かな",
    "名かな",
    "生年月日",
    "学年",
    "市町村",
    "学校名",
    "必要な配慮",
    "電話番号",
    "保護者氏名",
    "続柄",
    "同意日",
)
GOOD: dict[str, list[Any]] = {
    "氏": ["榛名", "﨑山", "髙橋", "赤城"],
    "名": ["湊", "葵", "一郎", "さくら"],
    "氏かな": ["はるな", "ハルナ", "ﾊﾙﾅ"],
    "名かな": ["みなと", "ミナト"],
    "生年月日": ["2012-02-29", "平成24年2月29日", "H24.2.29", "２０１３年４月１日", "2013/4/2", "平成２５年１月９日"],
    "学年": ["", "小5", "中２"],
    "市町村": ["", "高崎市", "102016", "群馬県前橋市"],
    "学校名": ["", "第一小学校"],
    "必要な配慮": ["", "ゆっくり話す"],
    "電話番号": ["090-1111-2222", "9011112222", "０２７−２２３−１１１１", "027(223)1111"],
    "保護者氏名": ["", "榛名 恵"],
    "続柄": ["", "母", "祖父母"],
    "同意日": ["", "令和8年4月1日", "2026-04-01"],
}
"""Cells that can be used; a row of these alone is somebody."""
ODD: list[Any] = [
    *(
        "2013-02-29",
        "平成32年1月1日",
        "昭和100年1月1日",
        "2099-01-01",
        "0000-00-00",
        "=1+1",
        '="012"',
        "@SUM(A1)",
        "-1",
    ),
    *(
        "🧒",
        "👨‍👩‍👧",
        "葵󠄀",
        "\u202e太郎",
        "\x07",
        "か\u3099",
        "あ" * 300,
        "NaN",
        "1e9",
        "'",
        '"',
        "\t",
        " ",
        "　",
        "小99",
    ),
    *("0", "119", "+81", "090", "#REF!", "TRUE", "None", "<b>x</b>", "100,000", "住所不定"),
]
"""Cells that nobody should have written."""


@some.composite
def rows(draw: Any) -> list[list[Any]]:
    """People, some with an odd cell, some written twice, with empty lines between."""
    made: list[list[Any]] = []
    for _ in range(draw(some.integers(0, 6))):
        row = [draw(some.sampled_from(GOOD[title])) for title in HEAD]
        for _ in range(draw(some.sampled_from([0, 0, 1, 2]))):
            row[draw(some.integers(0, len(HEAD) - 1))] = draw(some.sampled_from(ODD) | some.text(max_size=12))
        made += [row] * draw(some.sampled_from([1, 1, 1, 2]))
        made += [[""] * len(HEAD)] * draw(some.sampled_from([0, 0, 1]))
    return made


def as_csv(made: list[list[Any]], encoding: str, separator: str) -> bytes:
    """The rows as a program here writes them."""
    lines = [separator.join('"' + str(cell).replace('"', '""') + '"' for cell in row) for row in [list(HEAD), *made]]
    return "\r\n".join(lines).encode(encoding, errors="replace")


def as_xlsx(made: list[list[Any]]) -> bytes:
    """The rows as a workbook, formulas and all."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["名簿"])
    for row in [list(HEAD), *made]:
        sheet.append([openpyxl.cell.cell.ILLEGAL_CHARACTERS_RE.sub("", str(cell)) or None for cell in row])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


files = some.one_of(
    some.builds(as_csv, rows(), some.sampled_from(["utf-8", "utf-8-sig", "cp932"]), some.sampled_from(list(",;\t"))),
    some.builds(as_xlsx, rows()),
)


async def report_of(address: str) -> dict[str, Any]:
    """What a list was found to hold."""
    kept = await db.fetchval("select report from member_import where id::text = $1", address.rpartition("/")[2])
    found: dict[str, Any] = msgspec.json.decode(kept)
    return found


async def _once(client: AsyncClient) -> None:
    """The administrator comes in before the first list."""
    if not client.cookies:
        await ready()
        await administrator(client)


@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(content=files)
async def test_any_list_has_an_answer(client: AsyncClient, content: bytes) -> None:
    await _once(client)
    before = await members()
    handed = await hand_in(client, content)
    assert handed.status_code in (303, 422), handed.text
    if handed.status_code == 422:
        return
    address = handed.headers["location"]
    assert (await client.get(address)).status_code == 200
    report = await report_of(address)
    assert await members() == before
    done = await client.post(address)
    if report["faults"]:
        assert done.status_code == 422
        assert (await client.get(f"{address}/faults.csv")).status_code == 200
        assert await members() == before
        return
    assert done.status_code == 303
    assert await members() == before + report["new"]
    again = (await hand_in(client, content)).headers["location"]
    assert (await report_of(again))["new"] == 0
    await client.post(again)
    assert await members() == before + report["new"]


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=some.binary(max_size=400),
    start=some.sampled_from([b"", b"PK\x03\x04", b"\xef\xbb\xbf", b"\xd0\xcf\x11\xe0", "氏,名\n".encode()]),
)
async def test_any_bytes_have_an_answer(client: AsyncClient, content: bytes, start: bytes) -> None:
    await _once(client)
    handed = await hand_in(client, start + content)
    assert handed.status_code in (303, 422)
    if handed.status_code == 303:
        assert (await client.get(handed.headers["location"])).status_code == 200
        assert (await client.post(handed.headers["location"])).status_code in (303, 422)


LEAP = [["榛名", "湊", "はるな", "みなと", "平成24年2月29日", "", "", "", "", "090-1111-2222", "", "", ""]]


@pytest.mark.parametrize(
    "content",
    [as_csv(LEAP, "utf-8", ","), as_csv(LEAP, "utf-8-sig", ";"), as_csv(LEAP, "cp932", "\t"), as_xlsx(LEAP)],
    ids=["utf-8", "bom", "cp932", "xlsx"],
)
async def test_born_on_29_february_by_the_japanese_calendar(client: AsyncClient, content: bytes) -> None:
    await ready()
    await administrator(client)
    await client.post((await hand_in(client, content)).headers["location"])
    assert str(await db.fetchval("select birth_on from member")) == "2012-02-29"


async def test_cut_off_in_the_middle_registers_nobody_and_can_be_done_again(client: AsyncClient) -> None:
    """The database goes away while the rows are being stored; then the same button registers everybody once."""
    await ready()
    await administrator(client)
    address = (await hand_in(client, as_csv(_named(), "cp932", ","))).headers["location"]
    other = await asyncpg.connect(get_settings().database_url)
    try:
        holding = other.transaction()
        await holding.start()
        await other.execute("lock table member_resemblance in access exclusive mode")
        pressed = asyncio.ensure_future(client.post(address))
        victim = None
        while victim is None:
            await asyncio.sleep(0.05)
            victim = await other.fetchval(
                "select pid from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
            )
        await other.execute("select pg_terminate_backend($1)", victim)
        answer = await pressed
        await holding.rollback()
    finally:
        await other.close()
    assert answer.status_code >= 500
    assert await members() == 0
    again = await client.post(address)
    assert again.status_code == 303, again.text
    assert await members() == 40
    assert await db.fetchval("select count(*) from audit_entry where action = 'members-imported'") == 1
    assert (await client.get(AT)).status_code == 200


def _named() -> list[list[Any]]:
    """Forty people whose names can be told apart and printed."""
    kana = "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらり"
    return [["榛名", f"湊{one}", "はるな", f"みなと{one}", *LEAP[0][4:]] for one in kana]
