"""Waiting and answering as a browser without scripts does: the full session, the list, the link in the message."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from booking.kit import clock as house_clock
from booking.kit import db as house_db
from booking.reservations import service, service_offers
from tests.conftest import Clock
from tests.make.access import actor_for, make_account, sign_in
from tests.make.people import make_member, make_protected
from tests.make.programs import make_session
from tests.make.reservations import make_reservation
from tests.reservations.test_pages import read

pytestmark = pytest.mark.anyio


async def full_session() -> tuple[Any, Any, Any]:
    """A session of one seat, who holds it, and the seat."""
    session = await make_session(seats=1, starts_at=house_clock.now() + timedelta(days=3))
    account = await make_account()
    child = await make_member(account=account, body=session.body_code)
    by = await actor_for(account)
    (seat,) = await service.book(by, [session.id], [child.id])
    return session, by, seat


async def a_family(client: httpx.AsyncClient, session: Any, children: int = 1) -> tuple[Any, list[Any]]:
    """Another family, signed in."""
    account = await make_account()
    made = [await make_member(account=account, body=session.body_code) for _ in range(children)]
    await sign_in(client, account)
    return account, made


async def link_in_mail() -> str:
    """The path that the newest offer's message leads to."""
    text = await house_db.fetchval(
        "select content from message where kind = 'reservation-offered' order by created_at desc, id desc limit 1"
    )
    return "/offers/" + str(text).split("/offers/", 1)[1].split()[0]


async def test_from_a_full_session_to_a_seat_by_the_link(client: httpx.AsyncClient, clock: Clock) -> None:
    session, holder, seat = await full_session()
    _, (child,) = await a_family(client, session)
    html = await read(client, f"/sessions/{session.id}")
    assert "キャンセル待ちに入る" in html and "全部うまっています" in html
    answer = await client.post(f"/sessions/{session.id}/wait", data={"member": str(child.id)})
    assert answer.status_code == 303, answer.text
    html = await read(client, answer.headers["location"])
    assert "キャンセル待ちに入りました" in html and "1番目に待っています" in html
    assert "1番目に待っています" in await read(client, "/bookings")
    assert "キャンセル待ち中" in await read(client, f"/sessions?on={session.held_on}")
    await service.cancel(holder, seat.id)
    html = await read(client, "/offers")
    assert "席が空きました" in html and "この席を予約する" in html
    assert "返事をする" in await read(client, "/bookings")
    client.cookies.clear()
    path = await link_in_mail()
    page = await client.get(path)
    assert page.status_code == 200 and "この席を予約する" in page.text and "たろう" in page.text
    assert (page.headers["cache-control"], page.headers["referrer-policy"]) == ("no-store", "no-referrer")
    assert await house_db.fetchval("select state from reservation where member = $1", child.id) == "offered"
    html = (await client.post(path, data={"answer": "accept"})).text
    assert "予約できました" in html
    assert await house_db.fetchval("select state from reservation where member = $1", child.id) == "confirmed"
    assert "予約できました" in await read(client, path)


async def test_more_time_and_no_by_the_link(client: httpx.AsyncClient, clock: Clock) -> None:
    session, holder, seat = await full_session()
    account, (child,) = await a_family(client, session)
    await client.post(f"/sessions/{session.id}/wait", data={"member": str(child.id)})
    await service.cancel(holder, seat.id)
    client.cookies.clear()
    path = await link_in_mail()
    html = (await client.post(path, data={"answer": "extend"})).text
    assert "返事の期限をのばしました" in html and 'value="extend"' not in html
    again = await client.post(path, data={"answer": "extend"})
    assert again.status_code == 409 and "もう1回のばしました" in again.text
    assert (await client.post(path, data={"answer": "nonsense"})).status_code == 409
    html = (await client.post(path, data={"answer": "decline"})).text
    assert "席をことわりました" in html
    await make_protected(child)
    gone = await client.get(path)
    assert gone.status_code == 404 and "このリンクは使えません" in gone.text and "たろう" not in gone.text
    assert (await client.get("/offers/nonsense")).status_code == 404
    assert account.email is not None


async def test_an_offer_whose_time_is_over_says_so(client: httpx.AsyncClient, clock: Clock) -> None:
    session, holder, seat = await full_session()
    _, (child,) = await a_family(client, session)
    await client.post(f"/sessions/{session.id}/wait", data={"member": str(child.id)})
    await service.cancel(holder, seat.id)
    path = await link_in_mail()
    clock.advance(hours=25)
    assert "この席の案内は終わりました" in await read(client, path)
    assert (await client.post(path, data={"answer": "accept"})).status_code == 409
    await service_offers.expire_offers()
    assert "この席の案内は終わりました" in await read(client, path)


async def test_answers_of_those_signed_in(client: httpx.AsyncClient, clock: Clock) -> None:
    session, holder, seat = await full_session()
    _, (child,) = await a_family(client, session)
    await client.post(f"/sessions/{session.id}/wait", data={"member": str(child.id)})
    waits = await house_db.fetchval("select id from reservation where member = $1", child.id)
    await service.cancel(holder, seat.id)
    assert (await client.post(f"/bookings/{waits}/answer", data={"answer": "nonsense"})).status_code == 409
    answer = await client.post(f"/bookings/{waits}/answer", data={"answer": "extend"})
    assert "返事の期限をのばしました" in await read(client, answer.headers["location"])
    answer = await client.post(f"/bookings/{waits}/answer", data={"answer": "accept"})
    assert "予約できました" in await read(client, answer.headers["location"])
    again = await client.post(f"/bookings/{waits}/answer", data={"answer": "decline"})
    assert again.status_code == 409


async def test_leaving_the_list(client: httpx.AsyncClient, clock: Clock) -> None:
    session, _, _ = await full_session()
    _, (child,) = await a_family(client, session)
    await client.post(f"/sessions/{session.id}/wait", data={"member": str(child.id)})
    waits = await house_db.fetchval("select id from reservation where member = $1", child.id)
    answer = await client.post(f"/bookings/{waits}/cancel")
    html = await read(client, answer.headers["location"])
    assert "取り消しました" in html and "待っている回はありません" in html
    assert await house_db.fetchval("select count(*) from message where kind = 'reservation-left'") == 1


async def test_two_children_wait_for_two_seats(client: httpx.AsyncClient, clock: Clock) -> None:
    session = await make_session(seats=2, starts_at=house_clock.now() + timedelta(days=3))
    await make_reservation(session)
    _, children = await a_family(client, session, 2)
    ids = [str(child.id) for child in children]
    refusal = await client.post(f"/sessions/{session.id}", data={"member": ids})
    assert refusal.status_code == 409 and "全員の席がそろうまで待つ" in refusal.text
    answer = await client.post(f"/sessions/{session.id}/wait", data={"member": ids, "together": "1"})
    html = await read(client, answer.headers["location"])
    assert html.count("全員の席がそろうのを待っています") == 2


async def test_the_api_waits_and_answers(client: httpx.AsyncClient, clock: Clock) -> None:
    session, holder, seat = await full_session()
    _, (child,) = await a_family(client, session)
    wish = {"session_id": str(session.id), "member_ids": [str(child.id)], "join_waiting_list": True}
    answer = await client.post("/api/v1/reservations", json=wish)
    assert answer.status_code == 201
    (item,) = answer.json()["items"]
    assert (item["state"], item["position"], item["offered_until"]) == ("waiting", 1, None)
    await service.cancel(holder, seat.id)
    address = f"/api/v1/offers/{item['id']}"
    (kept,) = (await client.post(f"{address}/extend")).json()["items"]
    assert (kept["state"], kept["offered_until"]) == ("offered", "2026-11-23T03:00:00Z")
    assert (await client.post(f"{address}/accept")).json()["items"][0]["state"] == "confirmed"
    assert (await client.post(f"{address}/decline")).json()["code"] == "offer-over"
    client.cookies.clear()
    assert (await client.post(f"{address}/accept")).status_code == 401
