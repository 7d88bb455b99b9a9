"""Sign-ins, tokens, limits and the two logs, as other rooms use them."""

import asyncio
from uuid import uuid4

import pytest

from booking.access import service
from booking.access.errors import AccountEnded, TooManyAttempts
from booking.access.schemas import NOBODY, SYSTEM, Role
from booking.kit import db as house_db
from tests.conftest import Clock
from tests.make.access import actor_for, make_account, make_staff

pytestmark = pytest.mark.anyio


async def test_a_sign_in_is_known_by_its_cookie_until_it_ends(db: None, clock: Clock) -> None:
    account = await make_account()
    value = await service.open_sign_in(account.id, "device")
    actor = await service.actor_of_cookie(value)
    assert actor.id == account.id and actor.is_signed_in
    stored = await house_db.fetchval("select token_digest from sign_in")
    assert value not in stored
    await service.end_sign_in(actor)
    assert await service.actor_of_cookie(value) is NOBODY


async def test_every_sign_in_has_a_new_cookie(db: None, clock: Clock) -> None:
    account = await make_account()
    assert await service.open_sign_in(account.id, "d") != await service.open_sign_in(account.id, "d")


async def test_a_sign_in_grows_old_and_is_noted_as_seen(db: None, clock: Clock) -> None:
    account = await make_account()
    value = await service.open_sign_in(account.id, "device")
    clock.advance(days=1)
    assert (await service.actor_of_cookie(value)).id == account.id
    assert await house_db.fetchval("select seen_at from sign_in") == clock.instant
    clock.advance(days=90)
    assert await service.actor_of_cookie(value) is NOBODY


async def test_staff_before_the_second_factor_hold_nothing(db: None, clock: Clock) -> None:
    account = await make_staff(Role.AUDITOR, "100005")
    half = await service.actor_of_cookie(await service.open_sign_in(account.id, "d"))
    assert (half.kind, half.grants, half.is_signed_in) == ("account", (), False)
    whole = await service.actor_of_cookie(await service.open_sign_in(account.id, "d", second_factor=True))
    assert whole.is_staff and whole.may_in(("100005",), Role.AUDITOR)


async def test_ended_accounts_do_not_sign_in(db: None, clock: Clock) -> None:
    account = await make_account()
    value = await service.open_sign_in(account.id, "d")
    await house_db.execute("update account set disabled_at = created_at")
    assert await service.actor_of_cookie(value) is NOBODY
    with pytest.raises(AccountEnded):
        await service.open_sign_in(account.id, "d")


async def test_signing_out_everywhere_but_here(db: None, clock: Clock) -> None:
    account = await make_account()
    here, there = [await service.open_sign_in(account.id, name) for name in "ht"]
    actor = await service.actor_of_cookie(here)
    await service.end_all_sign_ins(account.id, but=actor.sign_in_id)
    assert (await service.actor_of_cookie(here)).id == account.id
    assert await service.actor_of_cookie(there) is NOBODY


async def test_tries_are_counted_over_all_connections(db: None, clock: Clock) -> None:
    async def attempt() -> bool:
        try:
            await service.limit_attempts("pin:x", limit=5, window_seconds=600)
        except TooManyAttempts as refusal:
            assert refusal.headers["retry-after"] == "601"
            return False
        return True

    assert sum(await asyncio.gather(*(attempt() for _ in range(20)))) == 5
    clock.advance(seconds=600)
    assert await attempt()


async def test_tries_are_never_counted_inside_a_transaction(db: None, clock: Clock) -> None:
    async with house_db.transaction():
        with pytest.raises(RuntimeError):
            await service.limit_attempts("pin:x", limit=5, window_seconds=600)


async def test_audit_is_written_with_its_change_and_names_no_resident(db: None, clock: Clock) -> None:
    resident = await actor_for(await make_account(name="新井 花"))
    await service.record_audit(resident, "member-added", "member", uuid4(), detail={"n": 1})
    clock.advance(seconds=1)
    await service.record_audit(SYSTEM, "seeded", "facility", None, scope="100005", overridden=["grade"])
    with pytest.raises(ZeroDivisionError):
        async with house_db.transaction():
            await service.record_audit(SYSTEM, "undone", "facility", None)
            raise ZeroDivisionError
    rows = await house_db.fetch("select actor_name, action, overridden from audit_entry order by occurred_at")
    assert [tuple(row) for row in rows] == [("", "member-added", []), ("system", "seeded", ["grade"])]


async def test_views_are_written_once_a_member(db: None, clock: Clock) -> None:
    staff = await actor_for(await make_staff())
    one, other = uuid4(), uuid4()
    await service.record_view(staff, [one, other, one], "roll-call", scope="t", by_list=True)
    await service.record_view(staff, [], "roll-call")
    rows = await house_db.fetch("select member_id, actor_id, by_list from personal_data_view")
    assert {row["member_id"] for row in rows} == {one, other} and len(rows) == 2
    assert all(row["actor_id"] == staff.id and row["by_list"] for row in rows)
