"""The list of members leaves with a body's administrator alone; an operator takes no data out."""

import io

import openpyxl
import pytest
from httpx import AsyncClient
from litestar import Litestar

from booking.kit import db
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
    assert "/staff/members/list.xlsx" in (await client.get("/staff/members")).text
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
    assert "list.csv" not in (await client.get("/staff/members")).text


async def test_an_operator_takes_no_file_with_personal_data_out(app: Litestar, client: AsyncClient) -> None:
    """Every file that staff can ask for without naming anybody, asked by an operator, holds nobody."""
    child = await make_member(5, family_name="金糸雀", given_name="鳴")
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
