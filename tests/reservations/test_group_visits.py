"""Group visits with the database and over HTTP: asked, answered, rooms taken and let go, the letter, forgetting."""

import re
from datetime import time, timedelta
from uuid import UUID

import httpx
import pytest

from booking import wiring
from booking.access.schemas import SYSTEM
from booking.access.service_tokens import new_token
from booking.facilities.errors import SpaceInUse
from booking.facilities.schemas import FacilityView
from booking.kit import clock as house_clock
from booking.kit import db as house_db
from booking.reservations import queries_group_visits as queries
from booking.reservations import service_group_visits as service
from booking.reservations import service_group_visits_due as due
from booking.reservations.errors_group_visits import (
    GroupDecisionRefused,
    GroupOutsideHours,
    GroupRequestSettled,
    GroupRequestUnknown,
    GroupVisitBegun,
)
from tests.conftest import Clock
from tests.make import access
from tests.make.facilities import make_facility, make_space
from tests.make.group_visits import answer_of, form_of, make_request, make_visit

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def introduced() -> None:
    """Rooms below know who counts seats."""
    wiring.introduce()


async def uses() -> list[tuple[UUID, int]]:
    """Every room taken for a group visit, and how many of it."""
    rows = await house_db.fetch(
        "select t.space, g.heads from space_taken t join group_room g on g.request = t.used_by and g.space = t.space"
        " where t.used_for = 'group-visit' order by g.heads"
    )
    return [(row["space"], row["heads"]) for row in rows]


async def told(kind: str) -> list[str]:
    """What was mailed of a kind."""
    rows = await house_db.fetch(
        "select content from message where kind = $1 order by created_at", f"group-visit-{kind}"
    )
    return [row["content"] for row in rows]


async def audits() -> list[str]:
    """What was noted of requests."""
    rows = await house_db.fetch(
        "select action from audit_entry where subject_kind = 'group-request' order by occurred_at, id"
    )
    return [row["action"] for row in rows]


async def house(*capacities: int, **columns: object) -> tuple[FacilityView, list[UUID]]:
    """A facility with rooms of these sizes."""
    facility = await make_facility(**columns)  # type: ignore[arg-type]
    rooms = [await make_space(facility, capacity=each, name=f"部屋{n}") for n, each in enumerate(capacities, 1)]
    return facility, [one.id for one in rooms]


async def test_a_visit_takes_its_rooms_and_gets_its_code(db: None, clock: Clock) -> None:
    facility, rooms = await house(20, 20, desk_email="desk@example.jp")
    request = await make_request(facility)
    visit = await service.approve(SYSTEM, request.id, answer_of(request))
    assert visit.state == "approved"
    assert re.fullmatch(r"\d{4}", visit.door_code or "")
    assert sorted(await uses()) == sorted((room, 20) for room in rooms)
    assert visit.door_code in (await told("approved"))[0]
    assert service.link_of(visit.id) in (await told("asked"))[0]
    assert "梅林" not in (await told("desk"))[0]
    assert await audits() == ["group-visit.asked", "group-visit.approved"]


async def test_a_room_that_is_used_is_refused_by_name(db: None, clock: Clock) -> None:
    facility, (room,) = await house(50)
    await make_visit(facility)
    request = await make_request(facility)
    with pytest.raises(GroupDecisionRefused) as said:
        await service.approve(SYSTEM, request.id, answer_of(request, room=[str(room)], heads=["40"]))
    assert isinstance(said.value.fields["room"], SpaceInUse)
    assert "団体の来館" in said.value.fields["room"].say("ja")
    assert (await queries.get_request(request.id)).state == "asked"


async def test_a_proposal_keeps_its_rooms_and_is_accepted_by_link(db: None, clock: Clock) -> None:
    facility, (room,) = await house(50)
    request = await make_request(facility)
    at = answer_of(request, starts="14:00", ends="16:00", note="午後はどうですか")
    offered = await service.counter(SYSTEM, request.id, at)
    assert (offered.state, offered.door_code) == ("countered", None)
    assert await uses() == [(room, 40)]
    assert "午後はどうですか" in (await told("countered"))[0]
    visit = await service.accept(service.token_of(request.id))
    assert visit.visit is not None
    assert (visit.state, visit.visit.starts) == ("approved", time(14))
    assert await uses() == [(room, 40)]
    with pytest.raises(GroupRequestSettled):
        await service.accept(service.token_of(request.id))


async def test_a_proposal_that_does_not_suit_opens_the_request_again(db: None, clock: Clock) -> None:
    facility, _ = await house(50)
    request = await make_request(facility)
    await service.counter(SYSTEM, request.id, answer_of(request, starts="14:00", ends="16:00"))
    again = await service.refuse(service.token_of(request.id))
    assert (again.state, again.visit) == ("asked", None)
    assert await uses() == []
    assert (await service.approve(SYSTEM, request.id, answer_of(request))).state == "approved"


async def test_a_proposal_lapses_after_two_weeks(db: None, clock: Clock) -> None:
    facility, _ = await house(50)
    request = await make_request(facility, days=60)
    await service.counter(SYSTEM, request.id, answer_of(request, starts="14:00", ends="16:00"))
    clock.advance(days=13)
    assert await due.lapse_proposals() == 0
    clock.advance(days=1)
    assert await due.lapse_proposals() == 1
    assert await due.lapse_proposals() == 0
    assert (await queries.get_request(request.id)).state == "asked"
    assert await uses() == []
    assert len(await told("lapsed")) == 1


async def test_whoever_withdraws_lets_go_of_the_rooms(db: None, clock: Clock) -> None:
    facility, _ = await house(50)
    visit = await make_visit(facility)
    token = service.token_of(visit.id)
    assert (await service.withdraw(token)).state == "withdrawn"
    assert await uses() == []
    with pytest.raises(GroupRequestSettled):
        await service.withdraw(token)
    with pytest.raises(GroupRequestUnknown):
        await service.withdraw(token[:-1] + ("0" if token[-1] != "0" else "1"))


async def test_what_has_begun_is_called_off_by_nobody(db: None, clock: Clock) -> None:
    facility, _ = await house(50)
    visit = await make_visit(facility)
    assert visit.visit is not None
    clock.set(house_clock.at_local(visit.visit.on, time(10)))
    with pytest.raises(GroupVisitBegun):
        await service.withdraw(service.token_of(visit.id))
    with pytest.raises(GroupVisitBegun):
        await service.decline(SYSTEM, visit.id, "停電のため")
    with pytest.raises(GroupVisitBegun):
        await service.counter(SYSTEM, visit.id, answer_of(visit, day=(visit.visit.on + timedelta(days=2)).isoformat()))


async def test_a_visit_is_called_off_with_a_reason(db: None, clock: Clock) -> None:
    facility, _ = await house(50)
    visit = await make_visit(facility)
    assert (await service.decline(SYSTEM, visit.id, "館内の工事のため")).door_code is None
    assert await uses() == []
    assert "館内の工事のため" in (await told("called-off"))[0]


async def test_outside_the_hours_only_on_purpose(db: None, clock: Clock) -> None:
    facility, _ = await house(50, opens=time(15), closes=time(20))
    request = await make_request(facility)
    with pytest.raises(GroupDecisionRefused) as said:
        await service.approve(SYSTEM, request.id, answer_of(request))
    assert isinstance(said.value.fields["outside"], GroupOutsideHours)
    assert (await service.approve(SYSTEM, request.id, answer_of(request, outside=True))).state == "approved"


async def test_two_groups_of_a_day_have_two_codes(db: None, clock: Clock) -> None:
    facility, _ = await house(50, 50)
    one, other = await make_visit(facility), await make_visit(facility)
    assert one.door_code != other.door_code
    assert one.visit is not None
    found = await queries.find_by_code(facility.id, one.visit.on, one.door_code or "")
    assert found is not None
    assert found.id == one.id


async def test_whom_to_call_is_forgotten(db: None, clock: Clock) -> None:
    facility, _ = await house(50)
    visit, gone = await make_visit(facility), await make_request(facility)
    await service.withdraw(service.token_of(gone.id))
    clock.advance(days=29)
    assert await due.forget_contacts() == 0
    clock.advance(days=1)
    assert await due.forget_contacts() == 1
    left = await queries.get_request(gone.id)
    assert (left.contact_name, left.phone, left.email, left.organisation) == ("", "", None, "ためし第一中学校")
    clock.advance(days=350)
    assert await due.forget_contacts() == 1
    assert (await queries.get_request(visit.id)).phone == ""


async def test_the_same_form_twice_is_one_request(db: None, clock: Clock) -> None:
    facility = await make_facility()
    form = form_of(facility.code, nonce="5b8fd5a4-7d0e-4ad4-a7f0-58ad6bb6b8f4")
    assert await service.ask(SYSTEM, form) == await service.ask(SYSTEM, form)


# ---- over HTTP ----------------------------------------------------------------------------------------------------


def sent(facility: FacilityView) -> dict[str, object]:
    """The public form as a browser sends it."""
    return {**{name: getattr(form_of(facility.code), name) for name in form_of("x").__struct_fields__}}


async def test_a_teacher_asks_and_sees_the_answer_without_an_account(client: httpx.AsyncClient, clock: Clock) -> None:
    facility, _ = await house(50)
    assert (await client.get("/group-visits/new")).status_code == 200
    answer = await client.post("/group-visits/new", data={**sent(facility), "organisation": ""})
    assert (answer.status_code, "ここを80文字までで書いてください" in answer.text) == (422, True)
    answer = await client.post("/group-visits/new", data=sent(facility))
    assert answer.status_code == 303
    address = answer.headers["location"].partition("?")[0]
    shown = await client.get(address)
    assert "返事を待っています" in shown.text
    assert shown.headers["referrer-policy"] == "no-referrer"
    assert (await client.get(address + "/letter.pdf")).status_code == 409
    request_id = service.read_token(address.rpartition("/")[2])
    request = await queries.get_request(request_id)
    await service.counter(SYSTEM, request_id, answer_of(request, starts="14:00", ends="16:00"))
    assert "この日時ではどうですか" in (await client.get(address)).text
    assert (await queries.get_request(request_id)).state == "countered"
    assert (await client.post(address + "/accept")).status_code == 303
    letter = await client.get(address + "/letter.pdf")
    assert letter.content.startswith(b"%PDF")
    assert (await client.post(address + "/accept")).status_code == 409
    assert (await client.get("/group-visits/unknown")).status_code == 404


async def test_one_network_asks_only_so_often(client: httpx.AsyncClient, clock: Clock) -> None:
    facility = await make_facility()
    said = [(await client.post("/group-visits/new", data=sent(facility))).status_code for _ in range(31)]
    assert said == [303] * 30 + [429]


async def test_staff_see_the_day_and_decide(client: httpx.AsyncClient, clock: Clock) -> None:
    facility, (room,) = await house(50)
    request = await make_request(facility)
    await access.sign_in(client, await access.make_staff("facility-manager", facility.code))
    assert request.organisation in (await client.get("/staff/group-visits")).text
    address = f"/staff/group-visits/{request.id}"
    shown = (await client.get(address)).text
    assert "部屋1" in shown
    assert "(027)226-2111" in shown
    at = request.dates[1]
    time_of = {"day": at.on.isoformat(), "starts": "10:00", "ends": "12:00"}
    assert (await client.get(address, params=time_of)).status_code == 200
    wrong = await client.post(f"{address}/approve", data={**time_of, "room": [str(room)], "heads": ["39"]})
    assert (wrong.status_code, "合わせると39人" in wrong.text) == (422, True)
    done = await client.post(f"{address}/approve", data={**time_of, "room": [str(room)], "heads": ["40"]})
    assert done.status_code == 303
    assert (await client.get(f"{address}/letter.pdf")).content.startswith(b"%PDF")
    table = (await client.get("/staff/group-visits.csv")).content.decode("utf-8-sig")
    assert request.organisation in table
    assert (await client.post(f"{address}/decline", data={"note": ""})).status_code == 422
    assert (await client.post(f"{address}/decline", data={"note": "工事のため"})).status_code == 303
    assert "工事のため" in (await client.get(address)).text


async def test_whom_to_call_is_for_the_staff_of_the_place(client: httpx.AsyncClient, clock: Clock) -> None:
    request = await make_request()
    for role, scope in (("front-desk", "elsewhere"), ("auditor", request.facility_code)):
        await access.sign_in(client, await access.make_staff(role, scope))
        assert (await client.get(f"/staff/group-visits/{request.id}")).status_code == 403
    await access.sign_in(client, await access.make_staff("front-desk", request.facility_code))
    assert (await client.get(f"/staff/group-visits/{request.id}")).status_code == 200
    refused = await client.post(f"/staff/group-visits/{request.id}/decline", data={"note": "x"})
    assert refused.status_code == 403


async def test_programs_ask_and_staff_decide(client: httpx.AsyncClient, clock: Clock) -> None:
    facility, (room,) = await house(50)
    day = (house_clock.today() + timedelta(days=10)).isoformat()
    body = {
        "facility": facility.code, "organisation": "ためし小学校", "contact_name": "係", "phone": "027-226-2111",
        "dates": [{"on": day, "starts": "10:00", "ends": "11:30"}], "pupils": {"5": 30}, "adults": 2,
    }  # fmt: skip
    key = {"idempotency-key": "one"}
    first = await client.post("/api/v1/group-requests", json=body, headers=key)
    assert first.status_code == 201
    assert (await client.post("/api/v1/group-requests", json=body, headers=key)).json() == first.json()
    assert (await client.post("/api/v1/staff/group-requests", json=body)).status_code == 401
    token = {"authorization": f"Bearer {await new_token('館長', 'facility-manager', facility.code, SYSTEM)}"}
    assert (await client.post("/api/v1/staff/group-requests", json=body, headers=token)).status_code == 201
    listed = (await client.get("/api/v1/staff/group-requests?status=asked", headers=token)).json()["items"]
    assert [one["pupils"] for one in listed] == [{"5": 30}] * 2
    address = f"/api/v1/staff/group-requests/{first.json()['id']}/decision"
    unclear = await client.post(address, json={"decision": "maybe"}, headers=token)
    assert unclear.json()["code"] == "group-decision-refused"
    decision = {"decision": "approve", "day": day, "starts": "10:00", "ends": "11:30"}
    done = (await client.post(address, json=decision, headers=token)).json()
    assert (done["state"], done["rooms"][0]["heads"], done["rooms"][0]["space_id"]) == ("approved", 32, str(room))
    chosen = {**decision, "rooms": [{"space": str(room), "heads": 32}]}
    other = f"/api/v1/staff/group-requests/{listed[1]['id']}/decision"
    assert (await client.post(other, json=chosen, headers=token)).status_code == 422
    assert (await client.post(other, json={"decision": "decline", "note": "満室"}, headers=token)).status_code == 200
