"""Erasing a person: nothing of them is left in any table, whoever wants the seat gets it, the card opens no door."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient

from booking.access.rules import Role
from booking.access.schemas import SYSTEM
from booking.facilities.queries import list_bodies
from booking.kit import clock as house_clock
from booking.kit import db as house_db
from booking.kpi import service as kpi
from booking.people import queries as people
from booking.people.errors import MemberNotFound, SecondPersonNeeded
from booking.people.schemas import MemberView
from booking.personal_data import service
from booking.personal_data.errors import NumberDiffers, StillInside
from booking.reservations.rules import ReservationState
from tests.conftest import Clock
from tests.house.everything import Everything, make_everything
from tests.house.everything_sent import HERE
from tests.make.access import actor_for, make_account, make_staff, sign_in
from tests.make.facilities import make_facility
from tests.make.passes import make_pass
from tests.make.people import (
    make_body,
    make_consent_text,
    make_guardianship,
    make_household,
    make_member,
    make_protected,
)
from tests.make.programs import make_session
from tests.make.reservations import make_reservation
from tests.make.visits import kiosk_at, visits

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("app", "clock")]
LOGS = {"audit_entry", "personal_data_view"}
"""Only ids, which say nothing once nobody has them."""
NOT_THEIRS = {"group_request", "municipality"}
"""A school asked for itself, and a town may be called like a child."""


async def administrator(scope: str | None = HERE) -> Any:
    return await actor_for(await make_staff(Role.BODY_ADMINISTRATOR, scope))


async def erased(member: MemberView, **how: Any) -> Any:
    return await service.erase(SYSTEM, member.id, member.number, **how)


async def found_in(words: list[str], beside: set[str]) -> dict[str, int]:
    """Tables in which one of these words stands anywhere, and in how many rows."""
    tables = await house_db.fetch("select tablename as name from pg_tables where schemaname = 'public'")
    count = "select count(*) from {0} t where t::text ~ $1"
    found = {row["name"]: await house_db.fetchval(count.format(f'"{row["name"]}"'), "|".join(words)) for row in tables}
    return {name: rows for name, rows in found.items() if rows and name not in beside}


async def rows_of(table: str) -> int:
    return int(await house_db.fetchval(f"select count(*) from {table}"))


async def the_body() -> Any:
    await make_body(HERE)
    return next(one for one in await list_bodies() if one.code == HERE)


async def see_them_out() -> None:
    await house_db.execute("update visit set left_at = $1 where left_at is null", house_clock.now())


async def test_nothing_is_left_in_any_table() -> None:
    house: Everything = await make_everything()
    member = await people.get_member(house.member.id)
    words = [str(member.id), str(member.household_id), house.ids["guardian"], *house.secrets]
    before = await found_in([word.replace("+", r"\+") for word in words], LOGS | NOT_THEIRS)
    assert len(before) > 20, "the house is full of the member"
    counted = [(row["person_key"], row["kind"], row["facility"], row["visited_on"]) for row in await visits()]
    kept = {table: await rows_of(table) for table in ("visit", "reservation", "registration", "scan", "pass")}
    await see_them_out()
    done = await erased(member)
    assert (done.members, done.ended, done.accounts) == (1, 0, 1)
    assert await found_in([word.replace("+", r"\+") for word in words], LOGS | NOT_THEIRS) == {}
    assert [(row["person_key"], row["kind"], row["facility"], row["visited_on"]) for row in await visits()] == counted
    assert {table: await rows_of(table) for table in kept} == kept
    said = await house_db.fetchrow("select * from audit_entry where action = 'member.erased'")
    assert said is not None and said["subject_id"] == member.id
    assert not any(word in str(dict(said)) for word in house.secrets)
    with pytest.raises(MemberNotFound):
        await erased(member)


async def test_what_is_booked_is_given_up_first() -> None:
    here = await make_facility(body=await the_body())
    later = house_clock.now() + timedelta(days=2)
    session = await make_session(facility=here, starts_at=later, seats=1)
    past = await make_session(facility=here, starts_at=house_clock.now() - timedelta(days=2))
    member, next_one = await make_member(8), await make_member(8, account=await make_account())
    await make_reservation(session, member)
    await make_reservation(past, member, ReservationState.RELEASED)
    waits = await make_reservation(session, next_one, ReservationState.WAITING)
    await house_db.execute("update reservation set waiting_at = booked_at where id = $1", waits.id)
    done = await erased(member)
    assert done.cancelled == 1
    states = await house_db.fetch("select member, state from reservation order by state")
    assert [(row["member"], row["state"]) for row in states] == [
        (None, "cancelled"),
        (next_one.id, "offered"),
        (None, "released"),
    ]


async def test_the_card_opens_no_door_and_a_late_scan_is_answered() -> None:
    here = await make_facility()
    await make_session(facility=here, starts_at=house_clock.now(), walk_in=3)
    kiosk = await kiosk_at(here)
    member = await make_member(8)
    shown = await make_pass(member)
    came = await kiosk.shows(shown.token)
    assert came.verdict == "welcome"
    with pytest.raises(StillInside):
        await erased(member)
    await see_them_out()
    await erased(member)
    again = await kiosk.shows(shown.token)
    assert (again.verdict, again.name) == ("refused", "")
    assert [row["member"] for row in await visits()] == [None]


async def test_the_other_body_must_agree() -> None:
    member = await make_member(8)
    await register_too(member.id, "102032")
    here, there = await administrator(), await administrator("102032")
    with pytest.raises(NumberDiffers):
        await service.erase(here, member.id, "00000000")
    done = await service.erase(here, member.id, member.number)
    assert (done.members, done.ended) == (0, 1)
    assert (await people.get_member(member.id)).body_codes == ("102032",)
    with pytest.raises(MemberNotFound):
        await service.erase(here, member.id, member.number)
    assert (await service.erase(there, member.id, member.number)).members == 1
    assert await rows_of("member") == 0
    assert [row["member"] for row in await house_db.fetch("select member from registration")] == [None, None]


async def register_too(member_id: UUID, body: str) -> None:
    await house_db.execute(
        "insert into registration (id, member, body, consent_text, on_paper, registered_at, consented_at)"
        " values (gen_random_uuid(), $1, $2, $3, true, $4, $4)",
        *(member_id, await make_body(body), await make_consent_text(body), house_clock.now()),
    )


async def test_a_guardian_stays_for_the_others_and_goes_with_the_household() -> None:
    mother = await make_account(email="haha@example.jp")
    home = await make_household(mother)
    one = await make_member(5, household=home, account=mother)
    two = await make_member(7, household=home, account=mother)
    three = await make_member(9, household=home, account=mother)
    hidden = await make_member(3, household=home)
    await make_protected(hidden)
    assert (await erased(one)).accounts == 0
    done = await erased(two, household=True)
    assert (done.members, done.accounts) == (2, 0), "not the protected one, and not the only account of that house"
    assert [row["id"] for row in await house_db.fetch("select id from member")] == [hidden.id]
    with pytest.raises(MemberNotFound):
        await erased(three)
    assert (await erased(hidden)).accounts == 1
    assert await rows_of("household") == 0


async def test_the_home_of_a_protected_member_is_not_erased_unseen() -> None:
    mother = await make_account()
    home = await make_household(mother)
    hidden, sister = [await make_member(each, household=home, account=mother) for each in (3, 5)]
    await make_protected(hidden, mother)
    by = await administrator()
    with pytest.raises(SecondPersonNeeded):
        await service.erase(by, hidden.id, hidden.number, household=True)
    assert (await service.erase(by, hidden.id, hidden.number)).members == 1
    assert [row["id"] for row in await house_db.fetch("select id from member")] == [sister.id]


async def test_a_father_elsewhere_keeps_his_account() -> None:
    father, mother = await make_account(), await make_account()
    child, his = await make_member(5, account=mother), await make_member(9, account=father)
    await make_guardianship(child, father)
    assert (await erased(child)).accounts == 1
    left = {row["id"] for row in await house_db.fetch("select id from account")}
    assert left == {father.id}
    assert (await people.get_member(his.id)).id == his.id


async def test_the_page_asks_and_does(client: AsyncClient) -> None:
    child = await make_member(5, account=await make_account(name="群馬 花子"), family_name="前橋")
    address = f"/staff/members/{child.id}"
    await sign_in(client, await make_staff("front-desk"))
    assert f"{address}/erase" not in (await client.get(address)).text
    assert (await client.get(f"{address}/erase")).status_code == 403
    await sign_in(client, await make_staff("body-administrator"))
    assert f"{address}/erase" in (await client.get(address)).text
    asked = (await client.get(f"{address}/erase")).text
    assert "群馬 花子" in asked
    wrong = await client.post(f"{address}/erase", data={"number": "1", "who": "member"})
    assert wrong.status_code == 422
    assert 'id="f-number-error"' in wrong.text
    done = await client.post(f"{address}/erase", data={"number": child.number, "who": "member"})
    assert done.headers["location"].startswith("/staff/members/erased?members=1")
    assert (await client.get(done.headers["location"])).status_code == 200
    assert (await client.get(address)).status_code == 404


async def test_the_api_erases_once(client: AsyncClient) -> None:
    child = await make_member(5)
    await sign_in(client, await make_staff("body-administrator"))
    headers = {"idempotency-key": "k", "origin": "http://localhost:8000"}
    address, sent = f"/api/v1/members/{child.id}/erase", {"number": child.number}
    first = await client.post(address, json=sent, headers=headers)
    assert (first.status_code, first.json()["members"]) == (200, 1)
    assert (await client.post(address, json=sent, headers=headers)).json() == first.json()


async def test_past_pages_still_open(client: AsyncClient, clock: Clock) -> None:
    await kpi.seed()
    here = await make_facility(body=await the_body())
    session = await make_session(facility=here, starts_at=house_clock.now(), walk_in=3)
    member = await make_member(8)
    await make_reservation(session, member)
    kiosk = await kiosk_at(here)
    await kiosk.shows((await make_pass(member)).token)
    await see_them_out()
    await erased(member)
    await sign_in(client, await make_staff("body-administrator"))
    on = {"facility": here.code, "on": clock().date().isoformat()}
    for address in ("/staff/visits", "/staff/", f"/staff/sessions/{session.id}", "/staff/kpi/visits"):
        answer = await client.get(address, params=on)
        assert answer.status_code == 200, address
        assert "None" not in answer.text, address
