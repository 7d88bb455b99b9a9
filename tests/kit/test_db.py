"""Our transaction: nothing leaks, nested ones roll back alone, a known constraint becomes its refusal."""

import asyncio

import asyncpg
import pytest

from booking.kit import db as house_db
from booking.kit.errors import Busy, Refusal
from booking.kit.settings import Settings

pytestmark = pytest.mark.anyio


class Taken(Refusal):
    """A refusal of this test."""

    code = "test-taken"


@pytest.fixture
async def things(db: None) -> None:
    await house_db.execute(
        """create table thing (id int primary key, n int not null default 0,
           twin int constraint thing_twin_fkey references thing deferrable initially deferred)"""
    )


async def test_failing_commit_leaks_no_connection(things: None, settings: Settings) -> None:
    for _ in range(settings.pool_size * 2):
        with pytest.raises(asyncpg.ForeignKeyViolationError):
            async with house_db.transaction():
                await house_db.execute("insert into thing (id, twin) values (1, 99)")
    assert await house_db.fetchval("select count(*) from thing") == 0
    assert house_db.DB.current_transaction.get() is None


async def test_inner_transaction_rolls_back_alone(things: None) -> None:
    async with house_db.transaction():
        await house_db.execute("insert into thing (id) values (1)")
        with pytest.raises(asyncpg.UniqueViolationError):
            async with house_db.transaction():
                await house_db.execute("insert into thing (id) values (1)")
        await house_db.execute("insert into thing (id) values (2)")
    assert await house_db.fetchval("select count(*) from thing") == 2


async def test_known_constraint_becomes_its_refusal(things: None) -> None:
    house_db.learn_constraints({"thing_pkey": Taken})
    with pytest.raises(Taken):
        async with house_db.transaction():
            await house_db.execute("insert into thing (id) values (1), (1)")


async def test_increments_that_meet_are_tried_again(things: None) -> None:
    await house_db.execute("insert into thing (id) values (1)")

    async def add() -> None:
        n = await house_db.fetchval("select n from thing where id = 1")
        await asyncio.sleep(0)
        await house_db.execute("update thing set n = $1 where id = 1", n + 1)

    await asyncio.gather(*(house_db.in_transaction(add, attempts=50) for _ in range(12)))
    assert await house_db.fetchval("select n from thing where id = 1") == 12


async def test_a_foreign_task_may_not_use_the_transaction(things: None) -> None:
    async with house_db.transaction():
        with pytest.raises(RuntimeError, match="task"):
            await asyncio.create_task(house_db.execute("insert into thing (id) values (1)"))


async def test_cancelling_leaks_nothing(things: None, settings: Settings) -> None:
    async def hang() -> None:
        async with house_db.transaction():
            await house_db.execute("select pg_sleep(30)")

    for _ in range(settings.pool_size + 1):
        task = asyncio.create_task(hang())
        await asyncio.sleep(0.02)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert await house_db.fetchval("select 1") == 1


async def test_lost_connection_is_busy_and_the_next_works(things: None) -> None:
    with pytest.raises(Busy):
        async with house_db.transaction():
            await house_db.execute("select pg_terminate_backend(pg_backend_pid())")
    assert await house_db.fetchval("select 1") == 1
