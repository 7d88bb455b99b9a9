"""Families without mail or LINE: the desk phones them about a kept seat, and answers for them."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from booking.access.errors import NotAllowed
from booking.access.schemas import SYSTEM
from booking.kit import clock as house_clock
from booking.kit import db as house_db
from booking.kit.errors import NotFound
from booking.notifications.service import send_due
from booking.programs.schemas import SessionView
from booking.reservations import service, service_calls, service_waiting
from booking.reservations.schemas import Wish
from tests.conftest import Clock
from tests.make.access import actor_for, make_account, make_staff, sign_in
from tests.make.facilities import make_facility
from tests.make.people import make_household, make_member, make_protected
from tests.make.programs import make_session
from tests.make.reservations import make_reservation
from tests.reservations.test_waiting import audited, state_of

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("client", "clock")]


async def full_session() -> SessionView:
    """A session in four days with one seat, which is taken."""
    session = await make_session(seats=1, starts_at=house_clock.now() + timedelta(days=4))
    await make_reservation(session, await make_member(body=session.body_code))
    return session


async def kept_for_nobody(session: SessionView | None = None, **columns: Any) -> tuple[SessionView, Any, Any]:
    """A seat that is kept for a child whose family has a telephone alone: the session, the child, the reservation."""
    session = session or await full_session()
    child = await make_member(household=await make_household(phone="+819087654321"), body=session.body_code, **columns)
    wish = Wish(session_ids=(session.id,), member_ids=(child.id,), waits=True)
    (waits,) = (await service.place_order(SYSTEM, wish, all_or_nothing=True)).items
    await house_db.execute("update session set web_seats = web_seats + 1 where id = $1", session.id)
    assert await service_waiting.settle_waiting() == 1
    assert await state_of(waits) == "offered"
    return session, child, waits


async def desk_at(session: SessionView, role: str = "front-desk") -> Any:
    return await make_staff(role, session.facility_code)


async def test_who_cannot_be_told_stands_first_on_the_list_with_the_deadline(client: httpx.AsyncClient) -> None:
    session, child, waits = await kept_for_nobody()
    await sign_in(client, await desk_at(session))
    seen = (await client.get("/staff/calls")).text
    assert "席の返事を聞く人" in seen and child.shown_name in seen and "090-8765-4321" in seen
    assert "電話する人は、いまいません" not in seen
    path = f"/staff/calls/offers/{waits.id}"
    assert path in seen
    page = await client.get(path)
    assert page.status_code == 200 and "090-8765-4321" in page.text
    done = await client.post(path, data={"answer": "accept"})
    assert (done.status_code, done.headers["location"]) == (303, "/staff/calls?answered=accept")
    assert await state_of(waits) == "confirmed"
    assert (await audited(waits))[-1] == "reservation.accepted"
    by = await house_db.fetchrow("select actor_kind from audit_entry where action = 'reservation.accepted'")
    assert by is not None and by["actor_kind"] == "staff"
    after = (await client.get("/staff/calls?answered=accept")).text
    assert "席をとりました" in after and path not in after
    again = await client.post(path, data={"answer": "decline"})
    assert again.status_code == 409


async def test_the_desk_declines_or_asks_for_more_time(client: httpx.AsyncClient) -> None:
    session, _, waits = await kept_for_nobody()
    _, _, next_one = await kept_for_nobody(session)
    await sign_in(client, await desk_at(session))
    until = await house_db.fetchval("select offered_until from reservation where id = $1", next_one.id)
    assert (await client.post(f"/staff/calls/offers/{next_one.id}", data={"answer": "extend"})).status_code == 303
    assert await house_db.fetchval("select offered_until from reservation where id = $1", next_one.id) > until
    refused = await client.post(f"/staff/calls/offers/{next_one.id}", data={"answer": "extend"})
    assert refused.status_code == 409 and "席の返事を聞く" not in refused.text
    assert (await client.post(f"/staff/calls/offers/{waits.id}", data={"answer": "decline"})).status_code == 303
    assert await state_of(waits) == "cancelled"
    assert (await client.post(f"/staff/calls/offers/{next_one.id}", data={"answer": "maybe"})).status_code == 409


async def test_whoever_was_told_is_not_phoned_and_whom_nothing_reaches_stands_there_once(clock: Clock) -> None:
    session = await full_session()
    told, untold = await make_account(), await make_account()
    await house_db.execute("update account set email = null where id = $1", untold.id)
    for account in (told, untold):
        child = await make_member(account=account, body=session.body_code)
        wish = Wish(session_ids=(session.id,), member_ids=(child.id,), waits=True)
        await service.place_order(SYSTEM, wish, all_or_nothing=True)
    await house_db.execute("update session set web_seats = 3 where id = $1", session.id)
    assert await service_waiting.settle_waiting() == 2
    by = await actor_for(await desk_at(session))
    assert await service_calls.list_to_phone(by) == ([], 0), "the messages are on their way"
    await send_due()
    ((call,), _) = await service_calls.list_to_phone(by)
    assert [one.member_id for one in call.items] == [child.id]
    assert await house_db.fetchval("select count(*) from phone_call") == 0, "it stands on one list"


async def test_only_staff_of_the_place_phone_and_managers_alone_about_protected_children(
    client: httpx.AsyncClient,
) -> None:
    session, child, waits = await kept_for_nobody()
    await make_protected(child)
    elsewhere = await actor_for(await make_staff("front-desk", (await make_facility()).code))
    auditor = await actor_for(await make_staff("auditor"))
    assert await service_calls.list_to_phone(elsewhere) == ([], 0)
    for by, refusal in ((elsewhere, NotFound), (auditor, NotAllowed)):
        with pytest.raises(refusal):
            await service_calls.answer_for(by, waits.id, "accept")
    desk = await desk_at(session)
    assert await service_calls.list_to_phone(await actor_for(desk)) == ([], 1)
    with pytest.raises(NotFound):
        await service_calls.open_call(await actor_for(desk), waits.id)
    await sign_in(client, desk)
    seen = (await client.get("/staff/calls")).text
    assert "この一覧に出さない席の案内が、1件あります" in seen and child.shown_name not in seen
    assert (await client.get(f"/staff/calls/offers/{waits.id}")).status_code == 404
    await sign_in(client, await desk_at(session, "facility-manager"))
    assert child.shown_name in (await client.get("/staff/calls/protected")).text
    assert (await client.post(f"/staff/calls/offers/{waits.id}", data={"answer": "decline"})).status_code == 303
    assert await state_of(waits) == "cancelled"
    assert await house_db.fetchval("select count(*) from personal_data_view where what like 'offer-call%'") >= 1
