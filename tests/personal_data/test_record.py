"""The register of personal files says every column that is kept, is read by everybody and written by its own body."""

import csv
import io

import pytest
from httpx import AsyncClient

from booking.access.errors import NotAllowed
from booking.access.rules import Role
from booking.kit import db
from booking.personal_data import queries_record, rules_record, service_record
from booking.personal_data.errors_record import PartUnknown
from booking.personal_data.pages_register import lines_of
from booking.personal_data.rules_retention import Kept
from booking.personal_data.schemas_record import Part, PartForm
from booking.personal_data.schemas_retention import TermForm
from booking.personal_data.service_retention import change_term, seed_terms
from tests.make.access import actor_for, make_staff, sign_in
from tests.make.facilities import make_body as make_public_body
from tests.make.people import make_member
from tests.personal_data.decided_columns import PLAIN
from tests.personal_data.test_disclosing_rules import ABOUT_PEOPLE

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("app", "clock")]
HERE, THERE = "100005", "102032"


async def test_every_column_about_people_is_in_an_item_or_decided() -> None:
    about = {name for kind in ABOUT_PEOPLE for name in kind}
    rows = await db.fetch(
        "select table_name, column_name from information_schema.columns where table_schema = 'public'"
    )
    there = {(row["table_name"], row["column_name"]) for row in rows if row["table_name"] in about}
    named = {(table, one) for item in rules_record.ITEMS for table, of in item.columns.items() for one in of}
    assert not named & PLAIN
    assert {one for one in there - named - PLAIN if one[1] != "id"} == set(), "name these in an item, or decide them"
    assert named | PLAIN <= there


async def two_bodies() -> None:
    for code, name in ((HERE, "群馬県"), (THERE, "桐生市")):
        await make_public_body(code=code, name=name)


async def test_the_items_of_the_law_stand_in_their_order() -> None:
    await two_bodies()
    here, there = await service_record.list_records()
    assert (here.body, there.body) == (HERE, THERE)
    titles = [title for title, _, _ in lines_of(here)]
    wanted = [
        "名称",
        "行政機関等",
        "組織",
        "利用目的",
        "記録項目",
        "記録範囲",
        "収集方法",
        "要配慮",
        "経常的提供先",
        "開示請求",
    ]
    at = [next(n for n, title in enumerate(titles) if word in title) for word in wanted]
    assert at == sorted(at)
    assert here.is_sensitive
    assert here.is_provisional
    assert not here.reaches_threshold


async def test_how_long_is_told_by_the_terms_themselves() -> None:
    await two_bodies()
    await seed_terms()
    by = await actor_for(await make_staff(Role.BODY_ADMINISTRATOR, HERE))
    await change_term(by, TermForm(body=HERE, kind="members", months="48", automatic=False))
    here, there = await service_record.list_records()
    assert len(here.terms) == len(Kept)
    assert any("48か月" in one and "仮" not in one for one in here.terms)
    assert all("仮" in one for one in there.terms)
    assert any(title == rules_record.TERMS_TITLE for title, _, _ in lines_of(here))


async def test_the_threshold_counts_registered_persons() -> None:
    await two_bodies()
    await make_member(8)
    await make_member(8, body=THERE)
    assert await queries_record.list_reaching([HERE, THERE], 1) == {HERE, THERE}
    assert await queries_record.list_reaching([HERE, THERE], 2) == set()


async def test_a_body_writes_its_own() -> None:
    await two_bodies()
    by = await actor_for(await make_staff(Role.BODY_ADMINISTRATOR, HERE))
    form = PartForm(text="産業経済部 未来産業課", texts=["", "Future Industries"])
    with pytest.raises(PartUnknown):
        await service_record.write_part(by, THERE, "office", form)
    with pytest.raises(PartUnknown):
        await service_record.write_part(by, HERE, "nothing", form)
    with pytest.raises(NotAllowed):
        await service_record.write_part(await actor_for(await make_staff(Role.AUDITOR, HERE)), HERE, "office", form)
    await service_record.write_part(by, HERE, "office", form)
    await service_record.write_part(by, HERE, "office", PartForm(text="未来産業課"))
    here, there = await service_record.list_records()
    assert here.text(Part.OFFICE).texts == {"ja": "未来産業課"}
    assert (here.text(Part.OFFICE).provisional, there.text(Part.OFFICE).provisional) == (False, True)
    said = await db.fetch("select detail::text from audit_entry where action = 'privacy-record.written' order by id")
    assert "産業経済部" in said[1]["detail"], "what stood there before is kept"


async def test_the_public_reads_it_and_staff_print_and_write_it(client: AsyncClient) -> None:
    await two_bodies()
    public = (await client.get("/privacy/record")).text
    assert "記録項目" in public
    assert "仮の文" in public
    assert "/staff/privacy" not in public
    assert 'href="/privacy/record"' in (await client.get("/")).text
    answer = (await client.get("/api/v1/privacy/record")).json()
    assert [one["body"] for one in answer["items"]] == [HERE, THERE]
    assert "生年月日" in answer["items"][0]["items"]
    assert (await client.get("/staff/privacy/record")).status_code in (303, 401)
    await sign_in(client, await make_staff(Role.BODY_ADMINISTRATOR, HERE))
    own = (await client.get("/staff/privacy/record")).text
    assert f"/staff/privacy/record/{HERE}/office" in own
    assert f"/staff/privacy/record/{THERE}/office" not in own
    address = f"/staff/privacy/record/{HERE}/office"
    assert (await client.get(address)).status_code == 200
    wrong = await client.post(address, data={"text": "", "texts": "x"})
    assert wrong.status_code == 422
    assert 'id="f-text-error"' in wrong.text
    assert (await client.post(address, data={"text": "未来産業課\n窓口"})).status_code == 303
    assert "未来産業課<br>窓口" in (await client.get("/privacy/record")).text
    rows = list(csv.reader(io.StringIO((await client.get("/staff/privacy/record.csv")).content.decode("utf-8-sig"))))
    assert ["群馬県", "行政機関等の名称", "群馬県"] in rows
