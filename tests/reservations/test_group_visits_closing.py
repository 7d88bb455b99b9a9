"""Group visits whose day is closed, ahead or at once; requests nobody answers; what staff write down by telephone."""

from datetime import time, timedelta
from typing import Any

import httpx
import pytest

from booking import wiring
from booking.access.schemas import SYSTEM
from booking.facilities.schemas import FacilityView
from booking.kit import clock as house_clock
from booking.kit import db as house_db
from booking.reservations import queries_group_visits as queries
from booking.reservations import service_group_visits as service
from booking.reservations import service_group_visits_due as due
from booking.reservations.errors_group_visits import GroupsComing
from booking.reservations.service_closing_day import close_day, revoke_day
from booking.visits import service_closing
from tests.conftest import Clock
from tests.make import access
from tests.make.facilities import make_facility, make_space
from tests.make.group_visits import answer_of, form_of, make_request, make_visit
from tests.make.visits import kiosk_at
from tests.programs.test_rooms_and_options import ClosureForm
from tests.reservations.test_group_visits import audits, house, told, uses

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def introduced() -> None:
    """Rooms below know who counts seats."""
    wiring.introduce()


def closed(visit: Any, **given: str) -> ClosureForm:
    """The day of a visit, closed."""
    day = {"day": visit.visit.on.isoformat(), "kind": "closed", "reason": "点検", "from_time": "", "until_time": ""}
    return ClosureForm(**{**day, **given})


async def state_of(visit: Any) -> str:
    """How a request stands."""
    return (await queries.get_request(visit.id)).state


async def test_closing_a_day_shows_the_groups_first_and_then_tells_them(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    facility, _ = await house(50)
    visit = await make_visit(facility)
    await access.sign_in(client, await access.make_staff("facility-manager", facility.code))
    address = f"/staff/facilities/{facility.code}/closures"
    form = closed(visit)
    day = {name: getattr(form, name) for name in form.__struct_fields__}
    shown = await client.post(address, data=day)
    assert (shown.status_code, visit.organisation in shown.text, "226-2111" in shown.text) == (200, True, False)
    assert (await state_of(visit), await told("displaced")) == ("approved", [])
    seen = shown.text.split('name="seen" value="')[1].split('"')[0]
    done = await client.post(address, data={**day, "way": "cancel", "seen": seen})
    assert (done.status_code, await state_of(visit), await uses()) == (303, "displaced", [])
    (mail,) = await told("displaced")
    assert "点検" in mail
    assert service.link_of(visit.id) in mail
    page = (await client.get(done.headers["location"])).text
    for said in ("電話で相談する団体", visit.organisation, "梅林 先生", "226-2111"):
        assert said in page
    listed = (await client.get("/staff/group-visits")).text
    assert visit.organisation in listed
    own = (await client.get(f"/group-visits/{service.token_of(visit.id)}")).text
    assert "休館になりました" in own
    assert visit.door_code not in own
    later = (await queries.get_request(visit.id)).dates[1]
    answer = {"day": later.on.isoformat(), "starts": "10:00", "ends": "12:00", "note": ""}
    assert (await client.post(f"/staff/group-visits/{visit.id}/counter", data=answer)).status_code == 303
    assert "電話で相談する団体" not in (await client.get(done.headers["location"])).text


async def test_taking_a_closure_back_lets_the_group_come(db: None, clock: Clock) -> None:
    facility, (room,) = await house(50)
    visit = await make_visit(facility)
    with pytest.raises(GroupsComing):
        await close_day(SYSTEM, facility.code, closed(visit))
    closure = await close_day(SYSTEM, facility.code, closed(visit), way="cancel")
    await revoke_day(SYSTEM, facility.code, closure)
    back = await queries.get_request(visit.id)
    assert (back.state, back.door_code, back.displaced_at) == ("approved", visit.door_code, None)
    assert await uses() == [(room, 40)]
    assert visit.door_code in (await told("restored"))[0]
    assert (await audits())[-2:] == ["group-visit.displaced", "group-visit.restored"]


async def test_who_found_the_room_used_stays_to_be_rung(db: None, clock: Clock) -> None:
    facility, (room,) = await house(50)
    visit = await make_visit(facility)
    closure = await close_day(SYSTEM, facility.code, closed(visit), way="cancel")
    other = await make_request(facility)
    await service.approve(SYSTEM, other.id, answer_of(other, outside=True))
    await revoke_day(SYSTEM, facility.code, closure)
    assert (await state_of(visit), await uses()) == ("displaced", [(room, 40)])


async def test_a_part_of_a_day_reaches_who_comes_then(db: None, clock: Clock) -> None:
    facility, _ = await house(50)
    visit = await make_visit(facility)
    await close_day(SYSTEM, facility.code, closed(visit, from_time="14:00", until_time="18:00"))
    assert await state_of(visit) == "approved"
    early = await make_facility(opens=time(15), closes=time(20))
    outside = await make_request(early)
    await service.approve(SYSTEM, outside.id, answer_of(outside, outside=True))
    on_purpose = await queries.get_request(outside.id)
    await close_day(SYSTEM, early.code, closed(on_purpose, from_time="18:00", until_time="20:00"))
    assert await state_of(on_purpose) == "approved"


async def test_closing_at_once_tells_who_has_not_come(client: httpx.AsyncClient, clock: Clock) -> None:
    facility = await make_facility(name="ためし館", capacity=200)
    came, coming, over = [await make_visit(facility) for _ in range(3)]
    await house_db.execute("update group_request set ends = '10:01' where id = $1", over.id)
    kiosk = await kiosk_at(facility)
    clock.set(house_clock.at_local(came.visit.on, time(10, 5)))  # type: ignore[union-attr]
    await kiosk.shows(kind="heads", door_code=came.door_code, heads=38, direction="in")
    await access.sign_in(client, await access.make_staff("front-desk", facility.code))
    (closing,) = await service_closing.close_now(SYSTEM, facility.code, "weather")
    assert [await state_of(one) for one in (came, coming, over)] == ["approved", "displaced", "approved"]
    assert len(await told("displaced")) == 1
    page = (await client.get(f"/staff/close-now?facility={facility.code}")).text
    assert ("電話で相談する団体" in page, "226-2111" in page) == (True, True)
    assert (await kiosk.shows(kind="heads", door_code=coming.door_code)).code == "group-unknown"
    await service_closing.reopen(SYSTEM, closing.id)
    assert await state_of(coming) == "approved"
    assert (await kiosk.shows(kind="heads", door_code=coming.door_code)).code == "ask-heads"


async def test_a_request_nobody_answered_ends_and_is_forgotten(client: httpx.AsyncClient, clock: Clock) -> None:
    facility = await make_facility()
    asked = await make_request(facility)
    desk = await access.make_staff("front-desk", facility.code)
    await access.sign_in(client, desk)
    assert "日 待っています" not in (await client.get("/staff/group-visits")).text
    clock.advance(days=4)
    await access.sign_in(client, desk)
    assert "4日 待っています" in (await client.get("/staff/group-visits")).text
    clock.set(house_clock.at_local(asked.dates[2].on, time(20)))
    assert await due.expire_requests() == 0
    clock.advance(days=1)
    assert (await due.expire_requests(), await due.expire_requests()) == (1, 0)
    assert (await state_of(asked), len(await told("expired"))) == ("expired", 1)
    await access.sign_in(client, desk)
    assert asked.organisation in (await client.get("/staff/group-visits?view=over")).text
    clock.advance(days=29)
    assert await due.forget_contacts() == 0
    clock.advance(days=2)
    assert (await due.forget_contacts(), await due.forget_contacts()) == (1, 0)
    gone = await queries.get_request(asked.id)
    assert (gone.contact_name, gone.phone, gone.email, gone.called) == ("", "", None, None)


def telephoned(facility: FacilityView, **given: Any) -> dict[str, Any]:
    """What staff write down."""
    form = form_of(facility.code)
    return {name: getattr(form, name) for name in form.__struct_fields__} | {"called": "教頭の方、11時ごろ"} | given


async def test_staff_write_down_a_telephone_call(client: httpx.AsyncClient, clock: Clock) -> None:
    facility, _ = await house(50, desk_email="desk@example.jp")
    await access.sign_in(client, await access.make_staff("front-desk", facility.code))
    page = (await client.get(f"/staff/group-visits/new?facility={facility.code}")).text
    assert ("だれからの電話か" in page, 'name="accept"' in page) == (True, False)
    refused = await client.post("/staff/group-visits/new", data=telephoned(facility, called=" "))
    assert (refused.status_code, 'id="f-called-error"' in refused.text) == (422, True)
    made = await client.post("/staff/group-visits/new", data=telephoned(facility))
    assert made.status_code == 303
    shown = (await client.get(made.headers["location"])).text
    assert "教頭の方、11時ごろ" in shown
    own = await queries.get_request((await queries.list_requests([facility.id], ["asked"]))[0].id)
    assert "教頭" not in (await client.get(f"/group-visits/{service.token_of(own.id)}")).text
    assert (await audits(), len(await told("asked")), await told("desk")) == (["group-visit.asked"], 1, [])
    detail = await house_db.fetchval("select detail from audit_entry where action = 'group-visit.asked'")
    assert '"by_telephone": true' in detail
    elsewhere = await make_facility()
    stranger = await client.post("/staff/group-visits/new", data=telephoned(elsewhere))
    assert stranger.status_code == 403


async def test_a_manager_accepts_a_call_at_once(client: httpx.AsyncClient, clock: Clock) -> None:
    facility, _ = await house(50)
    await access.sign_in(client, await access.make_staff("facility-manager", facility.code))
    first = await client.post("/staff/group-visits/new", data=telephoned(facility, accept="1"))
    assert "did=accepted" in first.headers["location"]
    assert (await audits())[-1] == "group-visit.approved"
    second = await client.post("/staff/group-visits/new", data=telephoned(facility, accept="1"))
    assert "did=not-accepted" in second.headers["location"]
    assert "すぐに受け入れられません" in (await client.get(second.headers["location"])).text
    assert [one.state for one in await queries.list_requests([facility.id], ["asked", "approved"])].count("asked") == 1


async def test_a_proposal_whose_day_is_closed_is_looked_for_anew(db: None, clock: Clock) -> None:
    facility = await make_facility()
    await make_space(facility, capacity=60)
    request = await make_request(facility)
    offered = await service.counter(SYSTEM, request.id, answer_of(request, starts="14:00", ends="16:00"))
    closure = await close_day(SYSTEM, facility.code, closed(offered), way="cancel")
    assert await state_of(request) == "displaced"
    await revoke_day(SYSTEM, facility.code, closure)
    assert await state_of(request) == "displaced"
    assert (await service.approve(SYSTEM, request.id, answer_of(request))).displaced_at is None
    assert house_clock.today() + timedelta(days=10) == request.dates[0].on
