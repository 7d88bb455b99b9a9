"""One channel is enough: mail, LINE without content, then the desk's telephone; against real servers."""

from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import UUID

import msgspec
import pytest
from httpx import AsyncClient

from booking.access.queries import find_account
from booking.access.rules import Role
from booking.kit import clock, db
from booking.kit import db as house_db
from booking.kit.settings import Settings, use_settings
from booking.kit.tokens import new_id
from booking.notifications import service as mailbox
from booking.notifications.rules import Topic
from booking.people import service_notices, service_reach
from booking.people.service_notices import Wish
from tests.make.access import actor_for, mailed_code, make_account, make_staff, sign_in
from tests.make.notifications import PostOffice, make_post_office
from tests.make.people import make_household, make_member, make_protected
from tests.providers import TOKEN, Running, running

pytestmark = pytest.mark.anyio
TOKEN_NAME = "BOOKING_PROVIDER_100005_LINE_MESSAGES"
USER = "U" + "7" * 32


@pytest.fixture(scope="module")
def process() -> Iterator[Running]:
    with running() as made:
        yield made


@pytest.fixture
def line(process: Running, monkeypatch: pytest.MonkeyPatch) -> Running:
    process.set()
    monkeypatch.setenv(TOKEN_NAME, TOKEN)
    return process


@pytest.fixture
async def office(settings: Settings) -> AsyncIterator[PostOffice]:
    async with make_post_office() as made:
        use_settings(msgspec.structs.replace(settings, smtp_url=made.url))
        yield made


async def with_line(account_id: UUID, line: Running, user: str = USER) -> None:
    provider = new_id()
    await db.execute(
        "insert into sign_in_provider (id, body_code, kind, label, issuer, client_id, secret_name, message_api,"
        " message_secret_name, is_on, created_at)"
        " values ($1, '100005', 'line', 'LINE', $2, 'c', 's', $2, $3, true, $4)",
        *(provider, line.address, TOKEN_NAME, clock.now()),
    )
    await db.execute(
        "insert into identity (id, account, provider, issuer, subject, linked_at) values ($1, $2, $3, $4, $5, $6)",
        *(new_id(), account_id, provider, line.address, user, clock.now()),
    )


async def tell(account_id: UUID, **more: Any) -> UUID | None:
    given = {"kind": "test", "subject": "陽翔さんの予約", "body": "陽翔さんは10時です。", "language": "ja"}
    return await mailbox.enqueue(**{**given, "reader": account_id, "body_code": "100005", **more})


async def states() -> list[tuple[str, str | None]]:
    rows = await db.fetch("select state, channel from message order by id")
    return [(row["state"], row["channel"]) for row in rows]


async def a_guardian(email: str | None = "ana@example.jp", **home: Any) -> UUID:
    account = await make_account(email or "x@example.jp", name="Ana Silva")
    if email is None:
        await db.execute("update account set email = null where id = $1", account.id)
    household = await make_household(account.id)
    await db.execute("update household set preferred = $2 where id = $1", household, home.get("preferred", "mail"))
    await make_member(household=household, account=account.id)
    return account.id


async def test_line_gets_no_name_and_no_content(client: AsyncClient, office: PostOffice, line: Running) -> None:
    reader = await a_guardian(None)
    await with_line(reader, line)
    before = len(line.messages())
    message = await tell(reader, topic=Topic.BOOKED, language="pt-BR")
    assert await mailbox.send_due() == 1
    assert await states() == [("sent", "line")] and office.letters == []
    (sent,) = line.messages()[before:]
    assert sent["to"] == USER
    text = sent["messages"][0]["text"]
    assert "陽翔" not in text and "10時" not in text and text.endswith(f"http://localhost:8000/messages/{message}")
    await sign_in(client, await account_view(reader))
    shown = await client.get(f"/messages/{message}")
    assert shown.status_code == 200 and "陽翔さんは10時です。" in shown.text
    assert "陽翔さんの予約" in (await client.get("/messages")).text


async def account_view(account_id: UUID) -> Any:
    return await find_account(account_id)


async def test_nobody_reads_anothers_message(client: AsyncClient) -> None:
    message = await tell(await a_guardian())
    await sign_in(client, await make_account("other@example.jp"))
    assert (await client.get(f"/messages/{message}")).status_code == 404
    assert "陽翔" not in (await client.get("/messages")).text


async def test_mail_that_comes_back_goes_by_line_once_and_the_desk_phones(
    client: AsyncClient, office: PostOffice, line: Running
) -> None:
    reader = await a_guardian()
    await with_line(reader, line)
    office.says["ana@example.jp"] = "550 5.1.1 unknown"
    before = len(line.messages())
    await tell(reader)
    assert await mailbox.send_due() == 1
    await tell(reader)
    assert await mailbox.send_due() == 1
    assert await states() == [("sent", "line"), ("sent", "line")] and len(line.messages()) == before + 2
    assert await db.fetchval("select count(*) from phone_call") == 1
    await sign_in(client, await make_staff(Role.FRONT_DESK))
    shown = (await client.get("/staff/calls")).text
    assert "Ana Silva" in shown and "メールがもどってきました" in shown and "ana@example.jp" not in shown
    assert await db.fetchval("select count(*) from personal_data_view where what = 'phone-calls'") == 1
    call = await db.fetchval("select id from phone_call")
    assert (await client.post(f"/staff/calls/{call}", data={})).status_code == 303
    assert "電話する人は、いまいません" in (await client.get("/staff/calls")).text
    await client.post(f"/staff/calls/{call}", data={"undo": "1"})
    assert "電話した" in (await client.get("/staff/calls")).text


async def test_a_relay_that_refuses_us_marks_nobody(db: None, office: PostOffice, line: Running) -> None:
    reader = await a_guardian()
    office.says["ana@example.jp"] = "550 5.7.1 relaying denied"
    await tell(reader)
    await mailbox.send_due()
    assert await states() == [("unreachable", "mail")] or await states() == [("unreachable", None)]
    await tell(reader)
    office.says.clear()
    assert await mailbox.send_due() == 1


async def test_blocked_line_goes_by_mail(db: None, office: PostOffice, line: Running) -> None:
    reader = await a_guardian(preferred="line")
    await with_line(reader, line)
    line.set(blocked=[USER])
    await tell(reader)
    assert await mailbox.send_due() == 1
    assert await states() == [("sent", "mail")] and len(office.letters) == 1


async def test_lines_own_trouble_is_nobodys_fault(db: None, office: PostOffice, line: Running) -> None:
    reader = await a_guardian(None)
    await with_line(reader, line)
    for status in (403, 429, 500):
        line.set(pushes=status)
        await tell(reader)
        assert await mailbox.send_due() == 0
    assert {state for state, _ in await states()} == {"queued"}
    assert await db_count("dead_address") == 0 and await db_count("phone_call") == 0


async def db_count(table: str) -> int:
    return int(await house_db.fetchval(f"select count(*) from {table}"))


async def test_with_no_way_left_only_what_matters_is_phoned(db: None, office: PostOffice) -> None:
    reader = await a_guardian(None, preferred="phone")
    await tell(reader, topic=Topic.BOOKED)
    await tell(reader, topic=Topic.CHANGE)
    assert await mailbox.send_due() == 0
    assert {state for state, _ in await states()} == {"unreachable"}
    assert await db_count("phone_call") == 1


async def test_a_proved_address_is_used_again(client: AsyncClient, office: PostOffice) -> None:
    reader = await a_guardian()
    office.says["ana@example.jp"] = "550 5.1.1 unknown"
    await tell(reader)
    await mailbox.send_due()
    office.says.clear()
    await client.post("/sign-in", data={"email": "ana@example.jp", "next": ""})
    await client.post("/sign-in/code", data={"code": await mailed_code("ana@example.jp"), "next": ""})
    await tell(reader)
    await mailbox.send_due()
    assert (await states())[-1] == ("sent", "mail")


async def test_a_topic_not_wanted_is_not_told_but_can_be_read(client: AsyncClient, office: PostOffice) -> None:
    reader = await a_guardian()
    member = await db.fetchval("select member from guardianship where account = $1", reader)
    await sign_in(client, await account_view(reader))
    assert "届くお知らせ" in (await client.get("/account/notices")).text
    data = {"booked": "1", "change": "1", "reminder": "morning", "reminder_channel": ""}
    assert (await client.post(f"/account/notices/{member}", data=data)).status_code == 303
    unwanted = await tell(reader, topic=Topic.VISIT, about=[member])
    await tell(reader, topic=Topic.BOOKED, about=[member])
    await tell(reader, about=[member])
    assert await mailbox.send_due() == 2
    assert (await states())[0][0] == "unwanted"
    assert (await client.get(f"/messages/{unwanted}")).status_code == 200


async def test_nobody_chooses_for_another_familys_child(client: AsyncClient) -> None:
    reader = await a_guardian()
    member = await db.fetchval("select member from guardianship where account = $1", reader)
    await sign_in(client, await make_account("other@example.jp"))
    assert (await client.post(f"/account/notices/{member}", data={"reminder": ""})).status_code == 404
    by = await actor_for(reader)
    with pytest.raises(Exception, match="choice-unknown"):
        await service_notices.choose_notices(by, member, [Wish(topic="x", is_on=True)])


async def test_a_message_about_a_child_that_became_protected_goes_nowhere(
    client: AsyncClient, office: PostOffice
) -> None:
    reader = await a_guardian()
    member = await db.fetchval("select member from guardianship where account = $1", reader)
    message = await tell(reader, about=[member])
    await make_protected(member)
    assert await mailbox.send_due() == 0
    assert (await states())[0][0] == "dropped"
    await sign_in(client, await account_view(reader))
    assert (await client.get(f"/messages/{message}")).status_code == 404
    assert "陽翔" not in (await client.get("/messages")).text


async def test_who_acts_for_a_protected_child_stands_on_no_list_of_the_desk(client: AsyncClient) -> None:
    reader = await a_guardian()
    member = await db.fetchval("select member from guardianship where account = $1", reader)
    await make_protected(member, reader)
    await service_reach.ask_to_phone(reader, service_reach.CallReason.MAIL_BACK, body_code="100005")
    await sign_in(client, await make_staff(Role.FRONT_DESK))
    shown = (await client.get("/staff/calls")).text
    assert "Ana Silva" not in shown and "1件" in shown
    assert (await client.get("/staff/calls/protected")).status_code == 403
    await sign_in(client, await make_staff(Role.FACILITY_MANAGER))
    assert "Ana Silva" in (await client.get("/staff/calls/protected")).text
