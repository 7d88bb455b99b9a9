"""Certified totals from another installation: trusted by key, looked at, counted; nothing that was changed is."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import msgspec
import pytest

from booking.access.rules import Role
from booking.access.schemas import SYSTEM, Actor, Grant
from booking.facilities.schemas import FacilityView
from booking.kit import db as house_db
from booking.kit.errors import Refusal
from booking.kit.tokens import new_id
from booking.kpi import (
    commands,
    rules_handing,
    rules_signing,
    service,
    service_certifying,
    service_definitions,
    service_fold,
    service_handing,
    service_importing,
    service_key,
    service_standings,
)
from booking.kpi.schemas_certifying import CertifyForm
from booking.kpi.schemas_handing import HandedCell, TrustForm
from tests.conftest import Clock
from tests.kpi.test_definitions import form as definition_form
from tests.kpi.test_exporting import export, verified
from tests.kpi.test_figures import visit
from tests.make.access import make_staff, sign_in
from tests.make.facilities import make_body, make_facility
from tests.make.kpi import THEIRS, make_handed, make_trusted_key

pytestmark = pytest.mark.anyio
OCTOBER = datetime(2026, 10, 10, 3, tzinfo=UTC)
HOME = "/staff/kpi/handed-over"
PUBLIC = "public_key"
KEY = rules_signing.public_key_of(THEIRS)


async def certify(**given: str) -> None:
    await service_certifying.certify(SYSTEM, CertifyForm(office="見本課", note="紙にある", **given))


@pytest.fixture
async def there(db: None, clock: Clock) -> FacilityView:
    """A facility of the other body, whose year was certified elsewhere, beside one with visits here."""
    await service.seed()
    facility = await make_facility(body=await make_body("102032"), brand="tumo")
    here = await make_facility(body=await make_body("100005"), brand="tumo")
    for _ in range(3):
        await visit(here, new_id(), entered_at=OCTOBER)
    clock.set(datetime(2027, 4, 2, tzinfo=UTC))
    await service_fold.fold_everything()
    return facility


async def test_a_total_from_elsewhere_counts_in_the_plan(there: FacilityView) -> None:
    await make_trusted_key()
    content = make_handed(there.code)
    found = await service_handing.look_at(SYSTEM, content)
    assert (found.key_name, found.by_facility) == ("桐生市のサービス", [(there.code, 40)])
    assert (await service.get_annual_users(2026)).value == 3
    await service_handing.take_over(SYSTEM, content)
    figure = await service.get_annual_users(2026)
    assert (figure.value, figure.values["tumo"]["person_sessions"]) == (43, 44)
    assert {cell.code: cell.person_days for cell in figure.by_facility}[there.code] == 40
    assert {cell.code: cell.person_days for cell in figure.by_month}["2026-10"] == 43
    await certify(month="2026-10", body="100005")
    await certify(fiscal_year="2026", body="100005")
    await certify(fiscal_year="2026")
    found_file = verified(await export(""))
    assert (found_file.value, found_file.visits.rows, found_file.imports.rows) == (43, 3, 1)
    kept = (await service_handing.list_taken_over(SYSTEM))[0]
    assert (kept.origin, kept.value, kept.certified_by, kept.digest) == ("桐生市のサービス", 40, "見本花子", "0" * 64)
    with pytest.raises(Refusal) as refused:
        await export("102032")
    assert refused.value.code == "certified-rows-missing"
    with pytest.raises(Refusal) as refused:
        await service_handing.hand_over(SYSTEM, 2026, "102032")
    assert refused.value.code == "handed-not-certified"


async def test_it_counts_once(there: FacilityView) -> None:
    await make_trusted_key()
    content = make_handed(there.code)
    await service_handing.take_over(SYSTEM, content)
    with pytest.raises(Refusal) as refused:
        await service_handing.take_over(SYSTEM, content)
    assert refused.value.code == "already-certified"
    total = await house_db.fetchval("select id from kpi_import")
    with pytest.raises(Refusal) as kept:
        await service_importing.withdraw_total(SYSTEM, total)
    assert kept.value.code == "import-month-certified"
    assert (await service.get_annual_users(2026)).value == 43


async def test_it_and_the_plan_wait_for_each_other(there: FacilityView) -> None:
    await make_trusted_key()
    done = await asyncio.gather(
        service_handing.take_over(SYSTEM, make_handed(there.code)),
        service_certifying.certify(SYSTEM, CertifyForm(month="2026-10", office="見本課", note="紙にある")),
        return_exceptions=True,
    )
    kept = (await service_standings.find_standings(2026))["2026-10"]
    assert (kept.value, kept.now) == ((await service.get_annual_users(2026)).value,) * 2, done


async def test_its_months_are_certified_with_it(there: FacilityView) -> None:
    await make_trusted_key()
    await service_handing.take_over(SYSTEM, make_handed(there.code))
    with pytest.raises(Refusal) as refused:
        await certify(month="2026-10", body="102032")
    assert refused.value.code == "already-certified"
    standing = (await service_standings.find_standings(2026, "102032"))["2026-10"]
    assert (standing.is_certified, standing.value, standing.now) == (True, 40, 40)


async def test_the_key_must_be_trusted_for_the_body(there: FacilityView) -> None:
    content = make_handed(there.code)

    async def refused(code: str) -> None:
        for verb in (service_handing.look_at, service_handing.take_over):
            with pytest.raises(Refusal) as found:
                await verb(SYSTEM, content)
            assert found.value.code == code

    await refused("handed-by-unknown")
    await make_trusted_key("100005")
    await refused("handed-by-unknown")
    key = await make_trusted_key()
    with pytest.raises(Refusal) as again:
        await make_trusted_key()
    assert again.value.code == "handed-key-trusted"
    await service_handing.look_at(SYSTEM, content)
    await service_handing.revoke_key(SYSTEM, key)
    await refused("handed-by-unknown")
    with pytest.raises(Refusal) as gone:
        await service_handing.revoke_key(SYSTEM, key)
    assert gone.value.code == "handed-key-gone"
    for form, field in (
        (
            TrustForm(body="102032", public_key=await service_key.get_public_key(), name="私", document="x"),
            "public_key",
        ),
        (TrustForm(body="102032", public_key="abc", name="私", document="x"), PUBLIC),
        (TrustForm(body="1", public_key=KEY, name="私", document="x"), "body"),
        (TrustForm(body="102032", public_key=KEY, name="", document="x"), "name"),
        (TrustForm(body="102032", public_key=KEY, name="私", document=""), "document"),
    ):
        with pytest.raises(Refusal) as wrong:
            await service_handing.trust_key(SYSTEM, form)
        assert set(wrong.value.fields) == {field}


async def test_what_was_changed_on_the_way_is_refused(there: FacilityView) -> None:
    await make_trusted_key()
    good = make_handed(there.code)
    changes: list[tuple[Callable[[bytes], bytes], str]] = [
        (lambda all: all.replace(b'"value":40', b'"value":41'), "handed-unsigned"),
        (lambda all: all.replace(b",40,41]", b",40,42]"), "handed-unsigned"),
        (lambda all: all.replace(b'"102032"', b'"100005"'), "handed-unsigned"),
        (lambda all: all.replace("花子".encode(), "太郎".encode()), "handed-unsigned"),
        (lambda all: all.replace(b'"fiscal_year":2026', b'"fiscal_year":2025'), "handed-unsigned"),
        (lambda all: all.replace(b'"signature":"', b'"signature":"A'), "handed-unsigned"),
        (lambda all: all[:-20], "handed-unreadable"),
        (lambda all: all.replace(b":", b": ", 1), "handed-unreadable"),
        (lambda all: all.replace(b"{", b'{"more":1,', 1), "handed-unreadable"),
        (lambda all: all + b" " * 30_000, "handed-unreadable"),
        (lambda all: b"\xff" + all, "handed-unreadable"),
        (lambda all: b"[" * 10_000, "handed-unreadable"),
        (lambda all: b"", "handed-unreadable"),
        (lambda all: b"PK\x03\x04", "handed-unreadable"),
    ]
    for change, code in changes:
        assert change(good) != good
        with pytest.raises(Refusal) as refused:
            await service_handing.take_over(SYSTEM, change(good))
        assert refused.value.code == code
    assert await house_db.fetchval("select count(*) from kpi_certification") == 0


async def test_what_cannot_be_kept_is_refused_even_when_it_is_signed(there: FacilityView) -> None:
    await make_trusted_key()
    cannot: list[dict[str, Any]] = [
        {"body": "102032\x00"},
        {"office": "見本\x00課"},
        {"row_count": 2**64},
        {"row_count": -1},
        {"certified_at": datetime(2027, 4, 1, 3)},
    ]
    for given in cannot:
        with pytest.raises(Refusal) as refused:
            await service_handing.look_at(SYSTEM, make_handed(there.code, **given))
        assert refused.value.code == "handed-unreadable"


async def test_what_cannot_be_added_up_is_refused(there: FacilityView) -> None:
    await make_trusted_key()
    october = datetime(2026, 10, 1).date()
    definition = (await service.get_annual_users(2026)).definition
    asked: list[tuple[dict[str, Any], str]] = [
        ({"fiscal_year": 2027}, "handed-other-year"),
        ({"fiscal_year": 2019}, "handed-other-year"),
        ({"cells": [HandedCell("moon", october, 40, 41)]}, "handed-other-place"),
        ({"cells": [HandedCell(there.code, october + timedelta(days=1), 40, 41)]}, "handed-other-place"),
        ({"cells": [HandedCell(there.code, october.replace(year=2025), 40, 41)]}, "handed-other-place"),
        ({"cells": [HandedCell(there.code, october, 20, 21)] * 2}, "handed-other-place"),
        ({"cells": []}, "handed-adds-otherwise"),
        ({"value": 41}, "handed-adds-otherwise"),
        ({"definition": msgspec.structs.replace(definition, counts_groups=False)}, "handed-other-reading"),
        ({"definition": msgspec.structs.replace(definition, unit="people")}, "handed-other-reading"),
    ]
    for given, code in asked:
        content = make_handed(there.code, **given)
        with pytest.raises(Refusal) as refused:
            await service_handing.take_over(SYSTEM, content)
        assert refused.value.code == code, given


async def test_a_body_that_counts_here_is_counted_here(there: FacilityView) -> None:
    await make_trusted_key()
    content = make_handed(there.code)
    one = await visit(there, new_id(), entered_at=OCTOBER)
    with pytest.raises(Refusal) as refused:
        await service_handing.take_over(SYSTEM, content)
    assert refused.value.code == "handed-counts-here"
    await house_db.execute("update visit set voided_at = now() where id = $1", one)
    await certify(month="2026-10")
    with pytest.raises(Refusal) as refused:
        await service_handing.take_over(SYSTEM, content)
    assert refused.value.code == "handed-too-late"


async def test_what_is_handed_over_here_is_taken_over_there(
    there: FacilityView, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One database plays both installations: after the file is written it forgets the body and its own key."""
    await visit(there, new_id(), entered_at=OCTOBER)
    await house_db.execute(
        """insert into kpi_import (id, facility, month_on, person_days, method, document, author, imported_at)
           values ($1, $2, '2026-04-01', 40, 'by hand', 'a list', 'a test', now())""",
        *(new_id(), there.id),
    )
    with pytest.raises(Refusal):
        await service_handing.hand_over(SYSTEM, 2026, "102032")
    for given in ({"month": "2026-04"}, {"month": "2026-10"}, {"fiscal_year": "2026"}):
        await certify(body="102032", **given)
    file = tmp_path / "total.json"
    await commands._hand_over(SimpleNamespace(fiscal_year=2026, body="102032", out=file))  # type: ignore[arg-type]
    key = await service_key.get_public_key()
    assert rules_signing.fingerprint(key) in capsys.readouterr().out
    assert await service_handing.hand_over(SYSTEM, 2026, "102032") == file.read_bytes()
    for table in ("kpi_certified_rows", "kpi_certification", "kpi_import", "kpi_key"):
        await house_db.execute(f"delete from {table}")
    await house_db.execute("update visit set voided_at = now() where facility = $1", there.id)
    await house_db.execute("insert into visit_change (facility_id, visited_on) values ($1, '2026-10-10')", there.id)
    await service_fold.fold_everything()
    assert (await service.get_annual_users(2026)).value == 3
    await make_trusted_key(key=key)
    await service_handing.take_over(SYSTEM, file.read_bytes())
    assert (await service.get_annual_users(2026)).value == 44


async def test_a_reading_of_people_cannot_be_handed_over(there: FacilityView) -> None:
    await visit(there, new_id(), entered_at=OCTOBER)
    await service_definitions.define(SYSTEM, definition_form(unit="people"))
    for given in ({"month": "2026-10"}, {"fiscal_year": "2026"}):
        await certify(body="102032", **given)
    with pytest.raises(Refusal) as refused:
        await service_handing.hand_over(SYSTEM, 2026, "102032")
    assert refused.value.code == "handed-adds-otherwise"


async def test_only_the_lead_body_trusts_and_takes_over(there: FacilityView) -> None:
    content = make_handed(there.code)
    for role, scope in ((Role.BODY_ADMINISTRATOR, "102032"), (Role.AUDITOR, "100005"), (Role.OPERATOR, "100005")):
        by = Actor(kind="token", name="だれか", grants=(Grant(role=role, scope=scope),))
        form = TrustForm(body="102032", public_key=KEY, name="n", document="d")
        for asked in (
            service_handing.trust_key(by, form),
            service_handing.look_at(by, content),
            service_handing.take_over(by, content),
            service_handing.revoke_key(by, new_id()),
        ):
            with pytest.raises(Refusal) as refused:
                await asked
            assert refused.value.status == 403
    auditor = Actor(kind="token", name="監査", grants=(Grant(role=Role.AUDITOR, scope="100005"),))
    assert await service_handing.list_keys(auditor) == []


async def test_at_the_page(client: httpx.AsyncClient, there: FacilityView) -> None:
    await sign_in(client, await make_staff("body-administrator", "100005"))
    own = await service_key.get_public_key()
    page = (await client.get(HOME)).text
    assert own in page
    assert rules_signing.fingerprint(own) in page
    form = {"body": "102032", "public_key": "x", "name": "桐生市のサービス", "document": "見本 第1号"}
    wrong = await client.post(f"{HOME}/keys", data=form)
    assert (wrong.status_code, "43文字" in wrong.text) == (422, True)
    assert (await client.post(f"{HOME}/keys", data={**form, "public_key": KEY})).status_code == 303
    content = make_handed(there.code)
    shown = await client.post(f"{HOME}/check", files={"file": ("total.json", content, "application/json")})
    assert (shown.status_code, "桐生市見本課 見本花子" in shown.text) == (200, True)
    assert await house_db.fetchval("select count(*) from kpi_certification") == 0
    nothing = await client.post(f"{HOME}/check", files={"file": ("total.json", b"{}", "application/json")})
    assert (nothing.status_code, "読み取れません" in nothing.text) == (422, True)
    assert (await client.post(HOME, data={"content": content.decode().strip()})).status_code == 303
    assert (await client.post(HOME, data={"content": content.decode().strip()})).status_code == 409
    done = (await client.get(f"{HOME}?done=taken")).text
    assert "2026年度" in done
    key = await house_db.fetchval("select id from kpi_trusted_key")
    assert (await client.post(f"{HOME}/keys/{key}/revoke", data={})).status_code == 303
    closing = (await client.get("/staff/kpi/closing/2026?body=")).text
    assert "43" in closing
    assert HOME in (await client.get("/staff/kpi/closing?body=100005")).text
    await certify(month="2026-10", body="100005")
    await certify(fiscal_year="2026", body="100005")
    address = "/staff/kpi/closing/hand-over.json?fiscal_year=2026&body=100005"
    assert address.replace("&", "&amp;") in (await client.get("/staff/kpi/closing/2026?body=100005")).text
    saved = await client.get(address)
    assert rules_handing.read_handed(saved.content).value == 3
    actions = {row["action"] for row in await house_db.fetch("select action from audit_entry")}
    assert actions >= {"kpi.key-trusted", "kpi.taken-over", "kpi.key-revoked", "kpi.handed-over"}
    await sign_in(client, await make_staff("body-administrator", "102032"))
    assert (await client.get(HOME)).status_code == 403
    assert (await client.get(address)).status_code == 403
