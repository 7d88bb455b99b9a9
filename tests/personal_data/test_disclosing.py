"""The record of one person: everything kept about them is in it, nothing of anybody else, and nobody else gets it."""

import io
import json
import zipfile
from typing import Any

import pytest
from httpx import AsyncClient

from booking.access.errors import NotAllowed
from booking.access.rules import Role
from booking.kit import clock, db
from booking.people import service_protected
from booking.people.errors import MemberNotFound, SecondPersonNeeded
from booking.personal_data import queries_disclosing, service_disclosing
from booking.personal_data.paper_disclosing import write_record
from booking.personal_data.rules_kinds import KINDS
from booking.personal_data.schemas_disclosing import ExportRequest
from tests.house.everything import Everything
from tests.house.everything_sent import HERE, PHONE
from tests.house.protected import CARE, CONTACT, SCHOOL, make_child_of_everything, text_of
from tests.make.access import actor_for, make_account, make_staff, sign_in
from tests.make.people import make_member, make_protected

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("app", "clock")]
ASKED = {"asker": "guardian", "paper": "passport", "asked_on": "2026-11-01"}
TURNED_OFF = {"former", "notices", "sign_ins", "own_account", "draws", "corrections", "home", "roll_calls"}
"""Kinds of which the child of everything has no row, or which are not for whoever asks there."""


def asked(**how: str) -> ExportRequest:
    return ExportRequest(**{**ASKED, "asked_on": clock.today().isoformat(), **how})


async def administrator(scope: str | None = HERE) -> Any:
    return await actor_for(await make_staff(Role.BODY_ADMINISTRATOR, scope))


def opened(content: bytes) -> dict[str, bytes]:
    parts = zipfile.ZipFile(io.BytesIO(content))
    return {name: parts.read(name) for name in parts.namelist()}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
async def test_every_kind_reads_its_columns_from_its_tables(kind: Any) -> None:
    statement = queries_disclosing._SQL[kind.code]
    assert all(f" {table} " in statement.replace("\n", " ") for table in kind.tables)
    rows = await db.fetch(
        f"select * from ({queries_disclosing._asked(kind.code)}) one right join (select 1) two on true",
        *(None, None, None, True, [], True),
    )
    assert list(rows[0].keys())[:-1] == list(kind.columns)
    assert set(kind.words) <= set(kind.columns)


async def test_all_of_the_child_and_nothing_of_others() -> None:
    house: Everything = await make_child_of_everything()
    by = await administrator()
    record = await service_disclosing.export_record(by, house.member.id, asked())
    empty = {part.kind.code for part in record.parts if not part.rows}
    assert empty <= TURNED_OFF, empty - TURNED_OFF
    files = opened(await write_record(record))
    said = json.loads(files["kiroku.json"])
    assert said["parts"]["member"]["rows"][0]["school_name"] == SCHOOL
    for name, content in (("kiroku.json", files["kiroku.json"].decode()), ("paper", _read(files["kiroku.pdf"]))):
        assert house.member.number in content, name
        assert CARE in content.replace("\n", ""), name
        for foreign in (CONTACT, "canary@example.jp", "かなりやの母", PHONE):
            assert foreign not in content, (name, foreign)
    token = await db.fetchval("select id from pass where member = $1 limit 1", house.member.id)
    assert str(token).encode() not in b"".join(files.values())
    assert len([name for name in files if name.startswith("csv/")]) == len(KINDS)
    assert await db.fetchval("select count(*) from audit_entry where action = 'record.exported'") == 1
    assert await db.fetchval("select count(*) from personal_data_view where what = 'record'") == 1


def _read(pdf: bytes) -> str:
    class Answer:
        content = pdf

    return text_of(Answer())  # type: ignore[arg-type]


async def test_the_other_body_hands_over_its_own_alone() -> None:
    house = await make_child_of_everything()
    await db.execute(
        "insert into registration (id, member, body, consent_text, on_paper, registered_at, consented_at)"
        " select gen_random_uuid(), $1, b.id, t.id, true, $2, $2 from body b join consent_text t on t.body = b.id"
        "  where b.code = '102032' limit 1",
        *(house.member.id, clock.now()),
    )
    record = await service_disclosing.export_record(await administrator("102032"), house.member.id, asked())
    full = {part.kind.code for part in record.parts if part.rows}
    assert {"bookings", "visits", "scans", "enrolments", "flags", "points", "qualifications"}.isdisjoint(full)
    assert {"member", "consents"} <= full


async def test_who_may_not() -> None:
    member = await make_member(8, account=await make_account())
    desk, far = await actor_for(await make_staff("front-desk")), await administrator("102032")
    with pytest.raises(NotAllowed):
        await service_disclosing.export_record(desk, member.id, asked())
    with pytest.raises(MemberNotFound):
        await service_disclosing.export_record(far, member.id, asked())
    stranger = await actor_for(await make_account())
    with pytest.raises(MemberNotFound):
        await service_disclosing.export_own(stranger, member.id)


async def test_a_protected_member_needs_a_second_person_and_the_named_one() -> None:
    mother, father = await make_account(), await make_account()
    child = await make_member(5, account=mother)
    await db.execute(
        "insert into guardianship (id, member, account, relation, may_consent, may_book, is_told, state, created_at)"
        " values (gen_random_uuid(), $1, $2, 'father', true, true, true, 'confirmed', $3)",
        *(child.id, father.id, clock.now()),
    )
    await db.execute("update guardianship set state = 'confirmed'")
    await make_protected(child, mother)
    by, other = await administrator(), await administrator()
    with pytest.raises(SecondPersonNeeded):
        await service_disclosing.export_record(by, child.id, asked())
    await service_protected.ask_disclosure(by, child.id)
    waiting = await db.fetchval("select id from member_disclosure")
    await service_protected.agree_disclosure(other, waiting)
    record = await service_disclosing.export_record(by, child.id, asked())
    with pytest.raises(MemberNotFound):
        await service_disclosing.export_own(await actor_for(father), child.id)
    record = await service_disclosing.export_own(await actor_for(mother), child.id)
    rows = {part.kind.code: part.rows for part in record.parts}
    assert [one["is_asker"] for one in rows["guardians"]] == [True], "nobody who is kept from the child is named"
    assert not any("protect" in one["action"] or "disclosure" in one["action"] for one in rows["deeds"])


async def test_the_pages_hand_it_over(client: AsyncClient) -> None:
    mother = await make_account(email="haha@example.jp")
    child = await make_member(5, account=mother, confirmed=False, family_name="前橋")
    await sign_in(client, mother)
    address = f"/family/{child.id}/record"
    assert address not in (await client.get("/family")).text
    assert (await client.get(address)).status_code == 403
    assert (await client.post(address)).status_code == 403
    await db.execute("update guardianship set state = 'confirmed'")
    assert address in (await client.get("/family")).text
    assert (await client.get(address)).status_code == 200
    taken = await client.post(address)
    assert taken.headers["content-type"] == "application/zip"
    assert taken.headers["cache-control"] == "no-store"
    said = json.loads(opened(taken.content)["kiroku.json"])
    assert said["parts"]["home"]["rows"], "she lives there"
    await sign_in(client, await make_staff("body-administrator"))
    page = f"/staff/members/{child.id}/export"
    assert page in (await client.get(f"/staff/members/{child.id}")).text
    assert (await client.get(page)).status_code == 200
    wrong = await client.post(page, data={"asker": "", "paper": "", "asked_on": "2099-01-01"})
    assert wrong.status_code == 422
    assert all(f'id="f-{name}-error"' in wrong.text for name in ASKED)
    today = {**ASKED, "asked_on": clock.today().isoformat()}
    assert (await client.post(page, data=today)).headers["content-type"] == "application/zip"
    headers = {"origin": "http://localhost:8000"}
    sent = await client.post(f"/api/v1/members/{child.id}/export", json=today, headers=headers)
    assert (sent.status_code, sent.headers["content-type"]) == (200, "application/zip")
    assert child.number not in str(sent.headers)


async def test_a_card_takes_nothing_home(client: AsyncClient) -> None:
    card = await make_account(kind="card", email=None)
    child = await make_member(5, account=card)
    await sign_in(client, card)
    assert (await client.post(f"/family/{child.id}/record")).status_code == 403
