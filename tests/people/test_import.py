"""Taking over a list: nobody before the button, everybody or nobody after it, and nobody twice."""

import argparse
import asyncio
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from httpx import AsyncClient, Response

from booking import wiring
from booking.access.schemas import SYSTEM
from booking.kit import db
from booking.people import queries, service_first, service_import
from booking.people.errors_import import ImportNotFound, NamesNotFound, RowsFaulty
from tests.conftest import Clock
from tests.make.access import actor_for, make_staff, sign_in
from tests.make.people import make_consent_text, make_member, make_municipality, make_protected

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("clock")]
HEAD = "氏,名,氏かな,名かな,生年月日,市町村,電話番号,保護者氏名,続柄,同意日"
AT = "/staff/members/import"


def listed(*rows: str) -> bytes:
    return "\n".join([HEAD, *rows]).encode()


LIST = listed(
    "白根,葵,しらね,あおい,平成24年4月2日,高崎市,9011112222,白根 恵,母,令和8年4月1日",
    "白根,蓮,しらね,れん,2015/5/5,102016,090-1111-2222,白根 恵,母,",
    ",,,,,,,,,",
    "榛名,湊,はるな,みなと,H25.1.9,,027-223-1111,,,",
)


async def ready() -> None:
    await make_consent_text()
    await make_consent_text("102032")
    await make_municipality()
    await db.execute("update municipality set name = '前橋市'")
    await make_municipality("102024")
    await db.execute("update municipality set name = '高崎市' where code = '102024'")


async def members() -> int:
    return int(await db.fetchval("select count(*) from member"))


async def hand_in(client: AsyncClient, content: bytes, body: str = "100005") -> Response:
    return await client.post(AT, data={"body": body}, files={"file": ("list.csv", content, "text/csv")})


async def administrator(client: AsyncClient, scope: str | None = "100005", role: str = "body-administrator") -> Any:
    account = await make_staff(role, scope)
    await sign_in(client, account)
    return account


async def test_nobody_before_the_button_and_everybody_after_it(client: AsyncClient) -> None:
    await ready()
    await administrator(client)
    assert AT in (await client.get("/staff/members")).text
    assert 'type="file"' in (await client.get(AT)).text
    answer = await hand_in(client, LIST)
    assert answer.status_code == 303
    shown = await client.get(answer.headers["location"])
    assert "3人を登録する" in shown.text
    assert not [word for word in ("白根", "葵", "榛名", "1111") if word in shown.text]
    assert await members() == 0
    done = await client.post(answer.headers["location"])
    assert "3人を登録しました" in (await client.get(done.headers["location"])).text
    assert await members() == 3
    rows = await db.fetch(
        "select member.*, household.phone, registration.consented_at, registration.on_paper, municipality.code"
        " from member join household on household.id = member.household"
        " join registration on registration.member = member.id"
        " left join municipality on municipality.id = member.municipality order by birth_on"
    )
    assert [(row["given_name"], row["code"], row["phone"]) for row in rows] == [
        ("葵", "102024", "+819011112222"),
        ("湊", None, "+81272231111"),
        ("蓮", "102016", "+819011112222"),
    ]
    assert [row["consented_at"] is not None for row in rows] == [True, False, False]
    assert all(row["on_paper"] and row["seen_at_desk_at"] is None for row in rows)
    assert len({row["household"] for row in rows}) == 2
    assert await db.fetchval("select count(*) from emergency_contact where relation = 'mother'") == 2
    assert await db.fetchval("select count(*) from audit_entry where action = 'members-imported'") == 1
    owed = await service_first.list_due(await queries.get_member(rows[1]["id"]))
    assert {"consent", "municipality", "emergency_contact"} <= set(owed)


async def test_the_same_list_again_adds_nobody(client: AsyncClient) -> None:
    await ready()
    await administrator(client)
    first = (await hand_in(client, LIST)).headers["location"]
    for _ in range(2):
        await client.post(first)
    again = (await hand_in(client, LIST)).headers["location"]
    assert "新しく登録する人は、いません" in (await client.get(again)).text
    await client.post(again)
    assert await members() == 3


async def test_two_administrators_with_the_same_list_at_once_register_everybody_once(app: Any) -> None:
    await ready()
    by = [await actor_for(await make_staff("body-administrator", "100005")) for _ in range(2)]
    lists = [await service_import.upload(each, "100005", LIST) for each in by]
    pairs = zip(by, lists, strict=True)
    await asyncio.gather(*(service_import.commit(each, made.id) for each, made in pairs))
    assert await members() == 3


async def test_one_faulty_row_keeps_everybody_out(client: AsyncClient) -> None:
    await ready()
    await administrator(client)
    answer = await hand_in(client, LIST + "\n妙義,岳,みょうぎ,がく,2013/2/29,高崎市,1,,,".encode())
    shown = await client.get(answer.headers["location"])
    assert "直すところが2か所あります" in shown.text
    assert "この日は、カレンダーにありません" in shown.text
    assert "登録する</button>" not in shown.text
    assert "妙義" not in shown.text
    assert (await client.post(answer.headers["location"])).status_code == 422
    assert await members() == 0
    faults = await client.get(answer.headers["location"] + "/faults.csv")
    assert "6,生年月日,この日は" in faults.content.decode("utf-8-sig")


async def test_a_protected_member_is_told_of_to_nobody_but_in_a_silent_note(client: AsyncClient) -> None:
    await ready()
    await administrator(client)
    ordinary = await make_member(family_name="榛名", given_name="湊", family_kana="はるな", given_kana="みなと")
    await db.execute("update member set birth_on = '2013-01-09' where id = $1", ordinary.id)
    answer = await hand_in(client, LIST)
    assert "2人を登録する" in (await client.get(answer.headers["location"])).text
    await make_protected(ordinary)
    answer = await hand_in(client, LIST)
    assert "3人を登録する" in (await client.get(answer.headers["location"])).text
    await client.post(answer.headers["location"])
    assert await db.fetchval("select count(*) from member_resemblance where resembles = $1", ordinary.id) == 1
    again = await hand_in(client, LIST)
    assert "新しく登録する人は、いません" in (await client.get(again.headers["location"])).text


@pytest.mark.parametrize("role", ["front-desk", "facility-manager", "operator", "auditor"])
async def test_only_the_body_s_administrator(client: AsyncClient, role: str) -> None:
    await ready()
    await administrator(client)
    made = (await hand_in(client, LIST)).headers["location"]
    await administrator(client, role=role)
    for address in (AT, f"{AT}/template.csv", f"{AT}/template.xlsx", made, f"{made}/faults.csv"):
        assert (await client.get(address)).status_code == 403
    assert (await hand_in(client, LIST)).status_code == 403
    assert (await client.post(made)).status_code == 403
    await administrator(client, "102032")
    assert (await client.get(made)).status_code == 404
    assert (await client.post(made)).status_code == 404
    assert (await hand_in(client, LIST)).status_code == 422
    assert await members() == 0


async def test_a_list_is_kept_for_an_hour_and_sealed(client: AsyncClient, clock: Clock) -> None:
    await ready()
    by = await actor_for(await administrator(client))
    made = await service_import.upload(by, "100005", LIST)
    kept = await db.fetchval("select content from member_import where id = $1", made.id)
    assert "白根" not in kept
    clock.set(clock.instant + timedelta(hours=1, seconds=1))
    with pytest.raises(ImportNotFound):
        await service_import.commit(by, made.id)
    assert await service_import.forget_uploads() == 1
    assert await service_import.forget_uploads() == 0
    assert "読みこんでから1時間たちました" in (await client.get(f"{AT}/{made.id}")).text


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (LIST.decode().encode("utf-16"), "UTF-16"),
        (b"", "ファイルが空です"),
        (b"x" * 5_000_001, "5MBより大きい"),
        (b"x" * 6_000_000, "5MBより大きい"),
        (b"PK\x03\x04", "読めませんでした"),
        (b"a,b\n1,2", "名前の列が見つかりません"),
    ],
)
async def test_what_cannot_be_read_is_said_on_the_page(client: AsyncClient, content: bytes, said: str) -> None:
    await ready()
    await administrator(client)
    answer = await hand_in(client, content)
    assert answer.status_code == 422
    assert said in answer.text
    assert (await client.post(AT, data={"body": "100005"})).status_code == 422


async def test_ten_thousand_rows(app: Any) -> None:
    await ready()
    kana = [
        f"{a}{b}{c}" for a in "あいうえおかきくけこ" for b in "さしすせそたちつてと" for c in "なにぬねのはひふへほ"
    ]
    rows = [
        f"{kana[n % 1000]},{kana[n // 10]},{kana[n % 1000]},{kana[n // 10]},{2008 + n % 12}-0{n % 9 + 1}-1{n % 10},"
        f"前橋市,090-{1000 + n % 9000}-{1000 + n // 2},,,2026-04-01"
        for n in range(10_000)
    ]
    report = await service_import.import_at_once(SYSTEM, "100005", listed(*rows), is_for_real=True)
    assert (report.new, report.faults) == (10_000, [])
    assert await members() == 10_000
    report = await service_import.import_at_once(SYSTEM, "100005", listed(*rows), is_for_real=True)
    assert (report.new, len(report.known)) == (0, 10_000)


async def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int | None, str]:
    """The shell's verb with its words; what it returned and wrote."""
    (command,) = (one for one in wiring.commands() if one.name == "members import")
    parser = argparse.ArgumentParser()
    command.configure(parser)
    asked: Any = command.run(parser.parse_args(words))
    return await asked, capsys.readouterr().out


async def test_at_the_shell(
    app: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "ja_JP.UTF-8")
    await ready()
    path = tmp_path / "list.csv"
    path.write_bytes(LIST.replace("平成24年4月2日".encode(), "平成24年13月2日".encode()))
    status, said = await run(capsys, str(path))
    assert status == 1
    assert "2行目「生年月日」：この日は、カレンダーにありません" in said
    path.write_bytes(LIST)
    status, said = await run(capsys, str(path))
    assert (status, await members()) == (0, 0)
    assert "新しく登録する人 3" in said
    status, said = await run(capsys, str(path), "--commit")
    assert (status, await members()) == (0, 3)
    assert not re.search("白根|葵|1111", said)
    status, said = await run(capsys, str(path), "--commit")
    assert await members() == 3
    status, said = await run(capsys, str(path), "--body", "102032", "--commit")
    assert await members() == 6
    with pytest.raises(NamesNotFound):
        await service_import.import_at_once(SYSTEM, "100005", b"a,b\n1,2", is_for_real=False)
    with pytest.raises(RowsFaulty):
        await service_import.import_at_once(SYSTEM, "100005", listed("山田,花,,,,,,,,"), is_for_real=True)
