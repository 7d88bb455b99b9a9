"""The private calendar address: times and place codes, a secret that can be ended, nobody one may not see."""

import re
from datetime import timedelta

import httpx
import pytest

from booking.access import service_move
from booking.access.rules import Role
from booking.kit import clock as house_clock
from booking.kit import db as house_db
from booking.reservations.rules_calendar import OCTETS, escape, fold
from tests.conftest import Clock
from tests.make.access import actor_for, make_account, make_staff, sign_in
from tests.make.people import make_household, make_member, make_protected
from tests.make.programs import make_session
from tests.make.reservations import make_reservation

pytestmark = pytest.mark.anyio
PAGE = "/account/calendar"


def test_lines_are_folded_between_characters() -> None:
    """At most 75 octets a line, no character cut, and unfolding gives the line back. Source: RFC 5545, 3.1."""
    line = "X-WR-CALNAME:" + "予約" * 40 + "x" * 200
    pieces = fold(line).split("\r\n")
    assert all(len(piece.encode()) <= OCTETS for piece in pieces) and len(pieces) > 4
    assert "".join([pieces[0], *(piece.removeprefix(" ") for piece in pieces[1:])]) == line
    assert fold("UID:1") == "UID:1"
    assert escape("a,b;c\\d\ne") == "a\\,b\\;c\\\\d\\ne"


async def make_address(client: httpx.AsyncClient) -> str:
    """A new private address, as the page shows it once."""
    html = (await client.post(PAGE)).text
    found = re.search(r'value="(https?://[^"]+/api/v1/calendar/[^"]+\.ics)"', html)
    assert found is not None
    assert found.group(1) not in (await client.get(PAGE)).text
    return found.group(1).split("/", 3)[3]


async def test_a_family_in_a_calendar_program(client: httpx.AsyncClient, clock: Clock) -> None:
    """Without signing in; no name of a person or a program; a cancelled seat is said to be cancelled under its UID."""
    account = await make_account(name="青木の母")
    home = await make_household(account)
    child = await make_member(5, household=home, account=account, given_name="たろう")
    session = await make_session()
    held = await make_reservation(session, child)
    gone = await make_reservation(await make_session(), child, state="cancelled")
    waits = await make_reservation(await make_session(), child, state="waiting")
    await make_reservation(session, await make_member(body=session.body_code))
    await sign_in(client, account)
    address = await make_address(client)
    client.cookies.clear()
    answer = await client.get(f"/{address}")
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert "no-store" in answer.headers["cache-control"]
    text = answer.text
    assert text.startswith("BEGIN:VCALENDAR\r\n") and text.endswith("END:VCALENDAR\r\n")
    assert text.count("BEGIN:VEVENT") == 2 and str(waits.id) not in text
    assert f"UID:{held.id}\r\nSEQUENCE:0" in text and f"UID:{gone.id}\r\nSEQUENCE:1" in text
    assert f"SUMMARY:{session.facility_code}" in text and "STATUS:CANCELLED" in text
    assert not [word for word in ("たろう", "青木", child.number, session.program_name) if word in text]
    clock.advance(days=100)
    assert "VEVENT" not in (await client.get(f"/{address}")).text


async def test_a_child_who_is_protected_is_gone_without_a_trace(client: httpx.AsyncClient, clock: Clock) -> None:
    """As if the child had left: not even a cancelled entry says that there was one."""
    account = await make_account()
    child = await make_member(5, household=await make_household(account), account=account)
    await make_reservation(await make_session(), child)
    await sign_in(client, account)
    address = await make_address(client)
    assert "VEVENT" in (await client.get(f"/{address}")).text
    await make_protected(child)
    answer = await client.get(f"/{address}")
    assert answer.status_code == 200 and "VEVENT" not in answer.text


async def test_a_claim_shows_what_is_to_come_and_no_history(client: httpx.AsyncClient, clock: Clock) -> None:
    account = await make_account()
    child = await make_member(5, household=await make_household(account), account=account)
    await house_db.execute("update guardianship set state = 'claimed' where member = $1", child.id)
    past = await make_reservation(await make_session(starts_at=house_clock.now() - timedelta(days=1)), child, "arrived")
    coming = await make_reservation(await make_session(), child)
    await sign_in(client, account)
    text = (await client.get(f"/{await make_address(client)}")).text
    assert str(coming.id) in text and str(past.id) not in text
    await house_db.execute("update guardianship set state = 'confirmed' where member = $1", child.id)
    assert str(past.id) in (await client.get(f"/{await make_address(client)}")).text


async def test_an_address_is_ended_and_nothing_tells_it_from_one_that_never_was(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    account = await make_account()
    await sign_in(client, account)
    address = await make_address(client)
    assert (await client.get(f"/{address}")).status_code == 200
    html = (await client.get(PAGE)).text
    end = re.search(rf'href="({PAGE}/[0-9a-f-]+/end)"', html)
    assert end is not None and "最後に読まれた時刻" in html
    assert "止めますか" in (await client.get(end.group(1))).text
    other = await make_account()
    await sign_in(client, other)
    assert (await client.post(end.group(1))).status_code == 404
    await sign_in(client, account)
    assert (await client.post(end.group(1))).status_code == 303
    ended, unknown = await client.get(f"/{address}"), await client.get("/api/v1/calendar/no-such-secret.ics")
    assert ended.status_code == unknown.status_code == 404 and ended.content == unknown.content


async def test_only_so_many_and_none_for_a_card_or_for_staff(client: httpx.AsyncClient, clock: Clock) -> None:
    await sign_in(client, await make_account())
    for _ in range(5):
        await make_address(client)
    refused = await client.post(PAGE)
    assert refused.status_code == 409 and "使っていないものを止めて" in refused.text
    assert "アドレスは5つまで" in (await client.get(PAGE)).text
    assert "/account/calendar" in (await client.get("/account")).text
    client.cookies.clear()
    assert (await client.get(PAGE)).status_code == 303
    await sign_in(client, await make_account(kind="card", email=None))
    assert (await client.get(PAGE)).status_code == 403


async def test_an_account_that_changes_hands_loses_its_addresses(client: httpx.AsyncClient, clock: Clock) -> None:
    account = await make_account()
    await make_member(5, household=await make_household(account), account=account)
    await sign_in(client, account)
    address = await make_address(client)
    desk = await actor_for(await make_staff(Role.FACILITY_MANAGER, "100005"))
    await service_move.move_account(account.id, email="", paper="passport", scope="100005", by=desk)
    assert (await client.get(f"/{address}")).status_code == 404
