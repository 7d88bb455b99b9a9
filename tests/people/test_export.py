"""The list of members leaves with a body's administrator alone; an operator takes no data out."""

import io
import re

import openpyxl
import pytest
from httpx import AsyncClient
from litestar import Litestar

from booking.kit import db
from booking.kpi import service as kpi
from tests.house.doors import doors
from tests.make.access import make_staff, sign_in
from tests.make.people import make_member, make_protected

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("clock")]
FILES = ("/staff/members/list.csv", "/staff/members/list.xlsx")


async def test_the_administrator_of_the_body_takes_the_list_out(client: AsyncClient) -> None:
    child = await make_member(5, family_name="=1+1", given_name="@花")
    await make_member(8, family_name="中学", given_name="生")
    hidden = await make_member(5, family_name="かくれた", given_name="子")
    await make_protected(hidden)
    await make_member(5, family_name="ほかの", given_name="市", body="102032")
    await sign_in(client, await make_staff("body-administrator", "100005"))
    assert "/staff/members/list.xlsx" in (await client.get("/staff/members/list")).text
    text = (await client.get(FILES[0])).content.decode("utf-8-sig")
    assert f"{child.number},'=1+1 @花," in text
    assert not [word for word in ("かくれた", "ほかの") if word in text]
    assert "中学" not in (await client.get(FILES[0], params={"stage": "elementary"})).text
    book = openpyxl.load_workbook(io.BytesIO((await client.get(FILES[1])).content))
    cells = {cell.value: cell.data_type for row in book.worksheets[0].iter_rows() for cell in row}
    assert cells["=1+1 @花"] == "s"
    assert cells[child.number] == "s"
    assert await db.fetchval("select count(*) from personal_data_view where what = 'member-export'") > 0


@pytest.mark.parametrize("role", ["front-desk", "facility-manager", "operator", "auditor"])
async def test_nobody_else_does(client: AsyncClient, role: str) -> None:
    child = await make_member(5)
    await sign_in(client, await make_staff(role, "100005"))
    for address in FILES:
        answer = await client.get(address)
        assert answer.status_code == 403
        assert child.number not in answer.text
    assert "list.csv" not in (await client.get("/staff/members/list")).text


async def test_an_operator_takes_no_file_with_personal_data_out(app: Litestar, client: AsyncClient) -> None:
    """Every file that staff can ask for without naming anybody, asked by an operator, holds nobody."""
    child = await make_member(5, family_name="金糸雀", given_name="鳴")
    await kpi.seed()
    await sign_in(client, await make_staff("operator", "100005"))
    asked = [
        door
        for door in doors(app)
        if door.is_staffs and door.method == "GET" and "{" not in door.path and door.path.endswith((".csv", ".xlsx"))
    ]
    assert {door.path for door in asked} >= set(FILES)
    for door in asked:
        answer = await client.get(door.path)
        assert answer.status_code < 500
        assert "金糸雀".encode() not in answer.content
        assert child.number.encode() not in answer.content


async def test_the_list_on_the_page_and_its_file_hold_the_same_people(client: AsyncClient) -> None:
    """The filters stand in the address; a protected member is on neither; the desk reads and takes nothing out."""
    child = await make_member(5, family_name="小五", given_name="子")
    await make_member(8, family_name="中二", given_name="生")
    await make_protected(await make_member(5, family_name="かくれた", given_name="子"))
    administrator, desk = await make_staff("body-administrator", "100005"), await make_staff("front-desk", "100005")
    await sign_in(client, administrator)
    html = (await client.get("/staff/members/list", params={"stage": "elementary"})).text
    assert "小五" in html
    assert 'href="/staff/members/list.csv?stage=elementary"' in html
    assert not [word for word in ("中二", "かくれた") if word in html]
    text = (await client.get("/staff/members/list.csv", params={"stage": "elementary"})).text
    assert child.number in text
    assert not [word for word in ("中二", "かくれた") if word in text]
    assert (await client.get("/staff/members/list", params={"since": "2999-01-01"})).text.count(
        "この条件の会員はいません"
    ) == 1
    await sign_in(client, desk)
    html = (await client.get("/staff/members/list")).text
    assert "小五" in html and "list.csv" not in html
    seen = await db.fetch(
        "select what, count(*) as n from personal_data_view where member_id = $1 group by 1", child.id
    )
    assert {row["what"]: row["n"] for row in seen} == {"member-list": 2, "member-export": 1}


async def test_the_list_goes_on(client: AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page at a time, each member once."""
    monkeypatch.setattr("booking.people.pages_lists.ROWS", 2)
    made = [await make_member(5) for _ in range(5)]
    await sign_in(client, await make_staff("front-desk", "100005"))
    address, seen = "/staff/members/list?stage=elementary", []
    while address:
        html = (await client.get(address)).text
        seen += re.findall(r'href="/staff/members/([0-9a-f-]{36})"', html)
        following = re.search(r'href="(/staff/members/list\?[^"]*after=[^"#]*)', html)
        address = following.group(1).replace("&amp;", "&") if following else ""
    assert seen == [str(one.id) for one in made]
