"""API tokens, and the pages where the two logs are read."""

from datetime import timedelta
from uuid import uuid4

import pytest
from httpx import AsyncClient

from booking.access import service, service_tokens
from booking.access.errors import NotAllowed
from booking.access.schemas import NOBODY, SYSTEM, Role
from booking.kit import db as house_db
from booking.kit.errors import InvalidForm, NotFound
from tests.conftest import Clock
from tests.make.access import actor_for, make_staff, sign_in

pytestmark = pytest.mark.anyio


async def test_a_token_acts_in_its_role_until_it_is_revoked(db: None, clock: Clock) -> None:
    token = await service_tokens.new_token("掲示板", "auditor", None, SYSTEM)
    assert token.startswith("bt_")
    assert token not in str(await house_db.fetchval("select token_digest from api_token"))
    actor = await service.actor_of_token(token)
    assert actor.is_staff and actor.has_role(Role.AUDITOR) and actor.name == "掲示板"
    assert await house_db.fetchval("select seen_at from api_token") == clock.instant
    assert actor.id
    await service_tokens.revoke_token(actor.id, SYSTEM)
    assert await service.actor_of_token(token) is NOBODY


async def test_a_token_may_end_by_itself(db: None, clock: Clock) -> None:
    token = await service_tokens.new_token("1日", "auditor", None, SYSTEM, lasts=timedelta(days=1))
    clock.advance(days=1)
    assert await service.actor_of_token(token) is NOBODY


@pytest.mark.parametrize("value", ["", "bt_", "bt_invented", "kt_of-a-kiosk"])
async def test_invented_tokens_are_nobody(db: None, clock: Clock, value: str) -> None:
    assert await service.actor_of_token(value) is NOBODY


async def test_what_is_wrong_with_a_token_is_said_at_once(db: None, clock: Clock) -> None:
    for role in ("resident", "kiosk", "king"):
        with pytest.raises(InvalidForm) as refused:
            await service_tokens.new_token("", role, "nowhere", SYSTEM)
        assert set(refused.value.fields) == {"label", "role", "scope"}
    desk = await actor_for(await make_staff("front-desk"))
    with pytest.raises(NotAllowed):
        await service_tokens.new_token("x", "auditor", None, desk)
    with pytest.raises(NotFound):
        await service_tokens.revoke_token(uuid4(), SYSTEM)


async def test_the_token_page_shows_a_token_once(client: AsyncClient, clock: Clock) -> None:
    await sign_in(client, await make_staff("body-administrator"))
    answer = await client.post("/staff/tokens", data={"label": "掲示板", "role": "auditor", "scope": ""})
    assert answer.status_code == 200 and "bt_" in answer.text
    page = await client.get("/staff/tokens")
    assert "掲示板" in page.text and "bt_" not in page.text
    token_id = await house_db.fetchval("select id from api_token")
    assert (await client.get(f"/staff/tokens/{token_id}/revoke")).status_code == 200
    assert (await client.post(f"/staff/tokens/{token_id}/revoke")).status_code == 303
    assert "掲示板" not in (await client.get("/staff/tokens")).text
    wrong = await client.post("/staff/tokens", data={"label": "", "role": "auditor", "scope": ""})
    assert wrong.status_code == 422 and 'id="f-label-error"' in wrong.text


async def test_the_audit_page_keeps_to_day_action_and_scope(client: AsyncClient, clock: Clock) -> None:
    await service.record_audit(SYSTEM, "closed", "facility", None, scope="102032", reason="台風")
    await service.record_audit(SYSTEM, "opened", "facility", None, scope="102032")
    await service.record_audit(SYSTEM, "not-for-kiryu", "facility", None, scope="100005")
    assert (await client.get("/staff/audit")).headers["location"].startswith("/staff/sign-in")
    await sign_in(client, await make_staff("front-desk", "102032"))
    assert (await client.get("/staff/audit")).status_code == 403
    await sign_in(client, await make_staff("auditor", "102032"))
    page = await client.get("/staff/audit")
    assert "台風" in page.text and "opened" in page.text and "not-for-kiryu" not in page.text
    page = await client.get("/staff/audit?action=opened")
    assert "台風" not in page.text
    assert "台風" not in (await client.get("/staff/audit?day=2026-11-20")).text
    assert "台風" in (await client.get("/staff/audit?day=nonsense&before=nonsense")).text


async def test_a_long_day_has_more_pages(client: AsyncClient, clock: Clock) -> None:
    for _ in range(101):
        await service.record_audit(SYSTEM, "seeded", "facility", None)
    await sign_in(client, await make_staff("auditor"))
    page = await client.get("/staff/audit")
    assert page.text.count('<th scope="row">') == 100 and "before=" in page.text


async def test_the_view_log_keeps_to_scope(client: AsyncClient, clock: Clock) -> None:
    desk = await actor_for(await make_staff("front-desk"))
    mine, other = uuid4(), uuid4()
    await service.record_view(desk, [mine], "名簿", scope="102032", by_list=True)
    await service.record_view(desk, [other], "名簿", scope="100005")
    await sign_in(client, await make_staff("auditor", "102032"))
    page = await client.get("/staff/views")
    assert str(mine) in page.text and desk.name in page.text and str(other) not in page.text
    assert str(mine) not in (await client.get("/staff/views?day=2026-11-20")).text
