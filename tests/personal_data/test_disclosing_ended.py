"""Whose registration with a body has ended is still answered by that body, by number; nobody else is told anything."""

import csv
import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

import pytest
from httpx import AsyncClient

from booking.access.errors import NotAllowed
from booking.access.rules import Role
from booking.access.schemas import Actor, Grant
from booking.facilities.queries import list_bodies
from booking.kit import clock, db
from booking.people.errors import MemberNotFound
from booking.people.schemas import MemberView
from booking.people.service_erasing import end_registrations
from booking.people.service_first import forget_first
from booking.personal_data import service_disclosing as service
from booking.personal_data.errors import RecordNumberUnknown
from booking.personal_data.paper_disclosing import write_record
from booking.personal_data.rules_disclosing import NOT_OURS, held_by
from booking.personal_data.schemas_disclosing import ExportRequest, NumberRequest, Record
from tests.house.everything_sent import ELSEWHERE as THERE
from tests.house.everything_sent import HERE
from tests.make.access import actor_for, make_account, make_staff, sign_in
from tests.make.facilities import make_facility
from tests.make.passes import make_pass
from tests.make.people import make_body, make_consent_text, make_member, make_protected
from tests.make.programs import make_session
from tests.make.reservations import make_reservation

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("app", "clock")]
FACTS = ("birth_on", "grade_override", "municipality", "school_name", "assistance", "shown_name")


async def administrator(scope: str | None) -> Actor:
    return await actor_for(await make_staff(Role.BODY_ADMINISTRATOR, scope))


def asked(**how: str) -> ExportRequest:
    told = {"asker": "self", "paper": "passport", "asked_on": clock.today().isoformat()}
    return ExportRequest(**{**told, **how})


async def register(member: MemberView, body: str) -> None:
    await db.execute(
        "insert into registration (id, member, body, consent_text, on_paper, registered_at, consented_at)"
        " values (gen_random_uuid(), $1, $2, $3, true, $4, $4)",
        *(member.id, await make_body(body), await make_consent_text(body), clock.now()),
    )


async def of_both() -> MemberView:
    """A child of both bodies with a booking and facts at each; the first body has let go of it."""
    child = await make_member(8, account=await make_account(), body=HERE, school_name="前橋の学校", assistance="段差")
    await register(child, THERE)
    for body in (HERE, THERE):
        place = await make_facility(body=next(one for one in await list_bodies() if one.code == body), name=body)
        await make_reservation(await make_session(facility=place), child)
    await make_pass(child)
    await end_registrations(await administrator(HERE), child.id, [HERE])
    return child


def rows_of(record: Record) -> dict[str, list[dict[str, Any]]]:
    return {part.kind.code: part.rows for part in record.parts}


@pytest.mark.parametrize(
    ("registered", "bodies", "protected", "answer"),
    [
        ({}, {HERE}, False, None),
        ({THERE: True}, {HERE}, False, None),
        ({THERE: False}, {HERE}, False, None),
        ({HERE: True}, {HERE}, False, (False, True)),
        ({HERE: True, THERE: True}, {HERE}, False, (False, True)),
        ({HERE: False}, {HERE}, False, (True, True)),
        ({HERE: False, THERE: False}, {HERE}, False, (True, True)),
        ({HERE: False, THERE: True}, {HERE}, False, (True, False)),
        ({HERE: False, THERE: True}, {HERE, THERE}, False, (False, True)),
        ({HERE: True}, {HERE}, True, (False, True)),
        ({HERE: False}, {HERE}, True, None),
        ({HERE: False, THERE: True}, {HERE}, True, None),
        ({HERE: False}, None, False, (True, True)),
        ({HERE: False}, None, True, (True, True)),
        ({}, None, False, (True, True)),
    ],
)
async def test_which_office_answers(
    registered: Mapping[str, bool], bodies: set[str] | None, protected: bool, answer: tuple[bool, bool] | None
) -> None:
    member = await make_member(8, body=None, is_protected=protected)
    held = held_by(member, registered, None if bodies is None else frozenset(bodies))
    assert (None if held is None else (held.is_over, held.shows_facts)) == answer
    if held is not None and bodies is not None:
        assert set(held.bodies) == set(registered) & bodies


async def test_when_all_have_ended_everything_that_is_kept_is_handed_over() -> None:
    member = await make_member(8, body=HERE, school_name="前橋の学校")
    by = await administrator(HERE)
    assert await forget_first(by, member.id)
    held = await service.find_exported(by, f"{member.number[:4]} {member.number[4:]}")
    assert (held.member.id, held.is_over, held.shows_facts) == (member.id, True, True)
    record = await service.export_record(by, member.id, asked())
    rows = rows_of(record)
    assert rows["member"][0]["school_name"] == "前橋の学校"
    assert rows["member"][0]["left_at"] is not None
    assert rows["home"]
    assert [one["body"] for one in rows["consents"]] == list(record.bodies)
    assert record.bodies
    noted = await db.fetchrow("select scope, detail from audit_entry where action = 'record.exported'")
    assert noted["scope"] == HERE
    assert json.loads(noted["detail"])["paper"] == "passport"
    seen = await db.fetchrow("select scope from personal_data_view where what = 'record' and member_id = $1", member.id)
    assert seen["scope"] == HERE


async def test_what_another_body_keeps_is_its_own_to_hand_over() -> None:
    child = await of_both()
    record = await service.export_record(await administrator(HERE), child.id, asked())
    rows = rows_of(record)
    assert rows["member"][0]["number"] == child.number
    assert rows["member"][0]["family_name"] == child.family_name
    assert not any(rows["member"][0][name] for name in FACTS)
    assert not any(rows[kind] for kind in ("home", "contacts", "guardians", "own_account", "sign_ins", "passes"))
    assert {one["facility"] for one in rows["bookings"]} == {HERE}
    assert len(rows["consents"]) == 1
    assert rows["consents"][0]["ended_at"] is not None
    with zipfile.ZipFile(io.BytesIO(await write_record(record))) as made:
        said = json.loads(made.read("kiroku.json"))
        assert said["not_inside"][0] == NOT_OURS
        heads = list(csv.reader(io.StringIO(made.read("csv/01_member.csv").decode("utf-8-sig"))))
        assert "前橋の学校" not in "".join("".join(row) for row in heads)
    theirs = rows_of(await service.export_record(await administrator(THERE), child.id, asked()))
    assert theirs["member"][0]["school_name"] == "前橋の学校"
    assert theirs["home"]
    assert theirs["passes"]
    assert {one["facility"] for one in theirs["bookings"]} == {THERE}
    both = Actor(
        kind="staff",
        id=(await make_account(kind="staff")).id,
        name="両方",
        grants=tuple(Grant(Role.BODY_ADMINISTRATOR, code) for code in (HERE, THERE)),
    )
    all_of_it = rows_of(await service.export_record(both, child.id, asked()))
    assert {one["facility"] for one in all_of_it["bookings"]} == {HERE, THERE}


async def test_nobody_else_is_told_that_there_was_anybody() -> None:
    member = await make_member(8, body=HERE)
    hidden = await of_both()
    await make_protected(hidden)
    by, far, desk = await administrator(HERE), await administrator(THERE), await actor_for(await make_staff("operator"))
    await forget_first(by, member.id)
    for who, number in ((far, member.number), (by, hidden.number), (by, "12345674"), (by, ""), (far, "12345674")):
        with pytest.raises(RecordNumberUnknown):
            await service.find_exported(who, number)
    for who, one in ((far, member), (by, hidden)):
        with pytest.raises(MemberNotFound):
            await service.export_record(who, one.id, asked())
    with pytest.raises(NotAllowed):
        await service.find_exported(desk, member.number)
    assert (await service.find_exported(far, hidden.number)).member.id == hidden.id, "who may, as before"
    number = NumberRequest(number=member.number, asker="self", paper="passport", asked_on=clock.today().isoformat())
    with pytest.raises(RecordNumberUnknown):
        await service.export_by_number(far, number)


async def test_the_pages_find_by_number_and_hand_it_over(client: AsyncClient) -> None:
    member, hidden = await make_member(8, body=HERE, family_name="前橋"), await of_both()
    await make_protected(hidden)
    await forget_first(await administrator(HERE), member.id)
    await sign_in(client, await make_staff(Role.BODY_ADMINISTRATOR, HERE))
    find = "/staff/members/export"
    assert find in (await client.get("/staff/members")).text
    assert (await client.get(find)).status_code == 200
    unknown = await client.post(find, data={"number": "12345674"})
    kept = await client.post(find, data={"number": hidden.number})
    assert unknown.status_code == kept.status_code == 404
    assert 'id="f-number-error"' in unknown.text
    assert unknown.text.replace("12345674", "") == kept.text.replace(hidden.number, "")
    found = await client.post(find, data={"number": member.number})
    assert found.headers["location"] == f"/staff/members/{member.id}/export"
    page = (await client.get(found.headers["location"])).text
    assert "前橋" in page
    assert f'href="/staff/members/{member.id}"' not in page, "its own page is closed"
    assert (await client.get(f"/staff/members/{member.id}")).status_code == 404
    today = {"asker": "self", "paper": "passport", "asked_on": clock.today().isoformat()}
    taken = await client.post(found.headers["location"], data=today)
    assert (taken.status_code, taken.headers["content-type"]) == (200, "application/zip")
    headers = {"origin": "http://localhost:8000"}
    sent = await client.post("/api/v1/privacy/export", json={**today, "number": member.number}, headers=headers)
    assert (sent.status_code, sent.headers["content-type"]) == (200, "application/zip")
    assert (
        await client.post("/api/v1/privacy/export", json={**today, "number": hidden.number}, headers=headers)
    ).status_code == 404
    await sign_in(client, await make_staff("front-desk", HERE))
    assert find not in (await client.get("/staff/members")).text
    assert (await client.get(find)).status_code == 403
