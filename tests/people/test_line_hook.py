"""LINE says who blocked us: believed only when signed, in whatever order it comes, and whatever somebody else sends."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx import AsyncClient, Response
from hypothesis import given
from hypothesis import strategies as st

from booking.access.rules import Role
from booking.kit import clock as house_clock
from booking.kit import db
from booking.notifications import service as mailbox
from booking.notifications.rules import Channel
from booking.notifications.service_sending import is_dead
from booking.people.errors_line import LineUnreadable
from booking.people.rules_line import is_signed, read_hook
from tests.make.access import make_staff, sign_in
from tests.make.facilities import make_body
from tests.make.notifications import PostOffice
from tests.people import test_reach
from tests.people.test_move import a_family, move
from tests.people.test_reach import USER, a_guardian, states, tell, with_line
from tests.providers import Running, running

pytestmark = pytest.mark.anyio
line, office = test_reach.line, test_reach.office
SECRET_NAME, SECRET = "BOOKING_PROVIDER_100005_LINE_HOOK", "channel-secret"
NOW = datetime(2026, 11, 21, 3, tzinfo=UTC)


@pytest.fixture(scope="module")
def process() -> Iterator[Running]:
    with running() as made:
        yield made


@pytest.fixture
async def reader(client: AsyncClient, line: Running, monkeypatch: pytest.MonkeyPatch) -> UUID:
    """A guardian with mail and LINE whose household asked for LINE, and a channel that is heard."""
    monkeypatch.setenv(SECRET_NAME, SECRET)
    account = await a_guardian(preferred="line")
    await with_line(account, line)
    await house_set(SECRET_NAME)
    return account


async def house_set(name: str | None) -> None:
    await db.execute("update sign_in_provider set hook_secret_name = $1", name)


async def address() -> str:
    return f"/api/v1/hooks/line/{await db.fetchval('select id from sign_in_provider')}"


def event(kind: str, at: datetime | None = None, user: str = USER) -> dict[str, Any]:
    at = at or house_clock.now()
    return {"type": kind, "timestamp": int(at.timestamp() * 1000), "source": {"type": "user", "userId": user}}


async def say(client: AsyncClient, *events: Any, secret: str = SECRET) -> Response:
    return await send(client, json.dumps({"destination": "U1", "events": list(events)}).encode(), secret=secret)


async def send(client: AsyncClient, body: bytes, *, secret: str = SECRET) -> Response:
    signature = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()
    return await client.post(await address(), content=body, headers={"x-line-signature": signature})


async def test_whoever_blocks_us_is_told_by_mail_from_then_on_and_phoned(
    client: AsyncClient, office: PostOffice, reader: UUID, line: Running
) -> None:
    pushed = len(line.messages())
    assert (await say(client)).json() == {}, "LINE's own trial of the address"
    for _ in range(2):
        assert (await say(client, event("unfollow"), event("message"))).status_code == 200
    assert await db.fetchval("select count(*) from phone_call where reason = 'line-blocked'") == 1
    await tell(reader)
    assert await mailbox.send_due() == 1
    assert await states() == [("sent", "mail")] and len(line.messages()) == pushed
    assert (await say(client, event("follow"))).status_code == 200
    await tell(reader)
    assert await mailbox.send_due() == 1
    assert (await states())[-1] == ("sent", "line")


async def test_of_blocking_and_coming_back_the_later_one_holds(client: AsyncClient, reader: UUID) -> None:
    now = house_clock.now()
    earlier, later = now - timedelta(minutes=5), now - timedelta(minutes=1)
    await say(client, event("follow", later), event("unfollow", earlier))
    assert not await is_dead(Channel.LINE, USER)
    await say(client, event("unfollow", earlier))
    assert not await is_dead(Channel.LINE, USER)
    await say(client, event("unfollow", now))
    await say(client, event("follow", later))
    assert await is_dead(Channel.LINE, USER)


async def test_only_what_the_channel_signed_is_believed(client: AsyncClient, reader: UUID) -> None:
    refused = await say(client, event("unfollow"), secret="another")
    assert (refused.status_code, refused.json()["code"]) == (403, "line-not-signed")
    body = json.dumps({"events": [event("unfollow")]}).encode()
    for signature in ("", "x", "é", "A" * 5000):
        headers = {"x-line-signature": signature.encode()}
        assert (await client.post(await address(), content=body, headers=headers)).status_code == 403
    assert (await client.post(await address(), content=body)).status_code == 403
    assert not await is_dead(Channel.LINE, USER)
    assert (await client.post(f"/api/v1/hooks/line/{uuid4()}", content=body)).status_code == 404
    await house_set(None)
    assert (await say(client, event("unfollow"))).status_code == 404


HOSTILE: list[Any] = [
    b"",
    b"\x00",
    b"{",
    b"[]",
    b"null",
    b'{"events": {}}',
    b'{"events": [1]}',
    b'{"events": [{"type": 5}]}',
    b'{"events": [{"type": "unfollow", "timestamp": 1e400}]}',
    b'{"events": ' + b"[" * 5000,
    '{"events": \ud800}'.encode("utf-8", "surrogatepass"),
]
ODD: list[Any] = [
    {"type": "unfollow"},
    {"type": "unfollow", "source": None},
    {"type": "unfollow", "source": {"type": "group", "groupId": "C1"}},
    event("unfollow", user="U\x00"),
    event("unfollow", user="U" * 100_000),
    event("unfollow", user="' or 1=1 --"),
    event("unfollow", user="Unobody"),
    {**event("unfollow", user="Unobody"), "timestamp": -(2**62)},
    {**event("unfollow", user="Unobody"), "timestamp": 2**62},
]


async def test_whatever_is_sent_breaks_nothing(client: AsyncClient, reader: UUID) -> None:
    for body in HOSTILE:
        answer = await send(client, body)
        assert (answer.status_code, answer.json()["code"]) == (400, "line-unreadable"), body[:40]
    for odd in ODD:
        assert (await say(client, odd)).status_code == 200, odd
    assert (await say(client, *[event("unfollow", user=f"U{one}") for one in range(500)])).status_code == 200
    assert (await send(client, b"x" * 2_100_000)).status_code == 413
    assert not await is_dead(Channel.LINE, USER)
    assert await db.fetchval("select count(*) from phone_call") == 0


@given(st.binary(max_size=200), st.text(max_size=60))
def test_no_body_and_no_signature_is_anything_but_read_or_refused(body: bytes, signature: str) -> None:
    assert not is_signed(body, signature, SECRET)
    with suppress(LineUnreadable):
        read_hook(body, NOW)


async def test_a_moved_account_is_told_on_its_old_line_and_at_its_new_address(
    client: AsyncClient, office: PostOffice, line: Running
) -> None:
    account, member, door = await a_family()
    await with_line(account.id, line)
    pushed = len(line.messages())
    assert (await move(client, door, email="new@example.jp")).status_code == 200
    assert await mailbox.send_due() == 3
    (told,) = line.messages()[pushed:]
    text = told["messages"][0]["text"]
    assert told["to"] == USER and "/moved/" in text
    letters = {letter["To"]: letter.get_content() for letter in office.letters}
    assert set(letters) == {"old@example.jp", "new@example.jp"}
    assert "/moved/" in letters["old@example.jp"] and "/moved/" not in letters["new@example.jp"]
    for said in (text, *letters.values()):
        assert member.shown_name not in said and member.number not in said and "花子" not in said
    link = text.split("http://localhost:8000")[1].split()[0]
    client.cookies.clear()
    assert "アカウントを止めました" in (await client.post(link, data={})).text


async def test_the_administrator_names_the_variable_and_reads_the_address(client: AsyncClient) -> None:
    await make_body("100005")
    await sign_in(client, await make_staff(Role.BODY_ADMINISTRATOR, "100005"))
    blank = (await client.get("/staff/providers/new")).text
    assert 'name="hook_secret_name"' in blank and 'value="BOOKING_PROVIDER_100005_LINE_HOOK"' in blank
    form = {
        "body_code": "100005", "kind": "line", "label": "LINE", "issuer": "", "client_id": "1", "message_api": "",
        "secret_name": "BOOKING_PROVIDER_100005_LINE", "message_secret_name": "",
        "hook_secret_name": "BOOKING_SMTP_URL",
    }  # fmt: skip
    assert (await client.post("/staff/providers/new", data=form)).status_code == 422
    done = await client.post("/staff/providers/new", data={**form, "hook_secret_name": SECRET_NAME})
    assert done.status_code == 303
    made = await db.fetchrow("select id, hook_secret_name from sign_in_provider")
    assert made is not None and made["hook_secret_name"] == SECRET_NAME
    assert f"/api/v1/hooks/line/{made['id']}" in (await client.get(f"/staff/providers/{made['id']}")).text
