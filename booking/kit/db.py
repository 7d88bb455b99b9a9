"""The database: one engine, one pool per process, and the only transaction there is.

Why not Piccolo's own `DB.transaction()`: it leaks a connection whenever COMMIT fails, and nested it does not roll back.
See `docs/decisions/0001-who-referees.md`.
"""

import asyncio
import os
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Literal, TypeVar, cast

import asyncpg
from piccolo.engine.postgres import PostgresEngine

from booking.kit.errors import Busy, Refusal

T = TypeVar("T")
Isolation = Literal["serializable", "repeatable_read"]
LOST = (
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    OSError,
)
UNSTORABLE = (asyncpg.DataError,)
"""A value no column takes, such as a NUL or a number with forty digits: whoever sent it is at fault."""
AGAIN = (asyncpg.SerializationError, asyncpg.DeadlockDetectedError)
IDLE_SECONDS = 20
"""A connection that only a rush needed is closed then: each keeps a dozen mebibytes of plans at PostgreSQL."""


class _Engine(PostgresEngine):
    """Piccolo's engine, without its connection at import time to ask for the version."""

    async def check_version(self) -> None:
        """Do nothing: `migrate` checks the server's version once."""


os.environ.setdefault("PICCOLO_CONF", "booking.piccolo_conf")
DB = _Engine(config={"dsn": "postgresql://unset.invalid/unset"})


@dataclass(frozen=True)
class _Open:
    """A transaction in progress; Piccolo reads `connection`."""

    connection: asyncpg.Connection
    task: asyncio.Task[Any] | None


_refusals: dict[str, type[Refusal]] = {}


def learn_constraints(by_constraint: dict[str, type[Refusal]]) -> None:
    """From now on a violation of one of these constraints is the refusal beside it."""
    _refusals.update(by_constraint)


def use_address(dsn: str) -> None:
    """Set the address before the pool starts."""
    DB.config = {"dsn": dsn}


async def _keep_state(_: asyncpg.Connection) -> None:
    """No RESET on release (a round trip each): pooled connections never carry session state, by law."""


async def start_pool(size: int) -> None:
    """Open this process's pool of at most `size` connections."""
    await DB.start_connection_pool(
        min_size=min(2, size),
        max_size=size,
        reset=_keep_state,
        max_inactive_connection_lifetime=IDLE_SECONDS,
        command_timeout=30,
        server_settings={"timezone": "UTC", "application_name": "booking"},
    )


async def stop_pool() -> None:
    """Close the pool; idle connections at once, busy ones when done or after five seconds."""
    if DB.pool is None:
        return
    pool, DB.pool = DB.pool, None
    try:
        await asyncio.wait_for(pool.close(), 5)
    except TimeoutError:
        pool.terminate()


@asynccontextmanager
async def pool(dsn: str, size: int) -> AsyncIterator[None]:
    """This process's pool on an address while the block lasts."""
    use_address(dsn)
    await start_pool(size)
    try:
        yield
    finally:
        await stop_pool()


@asynccontextmanager
async def connection() -> AsyncIterator[asyncpg.Connection]:
    """The connection of the transaction around, or one from the pool for the moment."""
    outer = DB.current_transaction.get()
    if outer is not None:
        _same_task(outer)
        yield outer.connection
        return
    if DB.pool is None:
        raise RuntimeError("the connection pool is not started")
    async with DB.pool.acquire(timeout=10) as conn:
        yield conn


@asynccontextmanager
async def transaction(
    isolation: Isolation | None = None, *, readonly: bool = False
) -> AsyncIterator[asyncpg.Connection]:
    """One transaction; nested, a savepoint.

    Raises: the refusal that a room has named for a violated constraint; Busy when the database is out of reach.
    Safe: a failing COMMIT or a cancellation leaks nothing.
    """
    outer = DB.current_transaction.get()
    if outer is not None:
        _same_task(outer)
        async with outer.connection.transaction():
            yield outer.connection
        return
    if DB.pool is None:
        raise RuntimeError("the connection pool is not started")
    try:
        async with DB.pool.acquire(timeout=10) as conn, conn.transaction(isolation=isolation, readonly=readonly):
            token = DB.current_transaction.set(cast(Any, _Open(conn, asyncio.current_task())))
            try:
                yield conn
            finally:
                DB.current_transaction.reset(token)
    except asyncpg.IntegrityConstraintViolationError as error:
        refusal = _refusals.get(error.constraint_name or "")
        if refusal is None:
            raise
        raise refusal from error
    except LOST as error:
        raise Busy from error


async def in_transaction(
    work: Callable[[], Awaitable[T]], *, isolation: Isolation = "serializable", attempts: int = 5
) -> T:
    """Run `work` in a transaction, again when PostgreSQL says that it could not be serialised."""
    for attempt in range(attempts):
        try:
            async with transaction(isolation):
                return await work()
        except AGAIN:
            if attempt == attempts - 1:
                raise
            await asyncio.sleep(random.uniform(0, 0.01 * 2**attempt))  # noqa: S311 - spreads retries, guards nothing
    raise AssertionError("unreachable")


def _same_task(outer: Any) -> None:
    if outer.task is not asyncio.current_task():
        raise RuntimeError("a task started inside a transaction must not use that transaction")


async def fetch(sql: str, *args: Any) -> list[asyncpg.Record]:
    """Rows of a statement with $1 parameters."""
    async with connection() as conn:
        return list(await conn.fetch(sql, *args))


async def fetchrow(sql: str, *args: Any) -> asyncpg.Record | None:
    """The first row, or None."""
    async with connection() as conn:
        row: asyncpg.Record | None = await conn.fetchrow(sql, *args)
        return row


async def fetchval(sql: str, *args: Any) -> Any:
    """The first column of the first row, or None."""
    async with connection() as conn:
        return await conn.fetchval(sql, *args)


async def execute(sql: str, *args: Any) -> str:
    """Run a statement; PostgreSQL's word for what it did, such as `UPDATE 3`."""
    async with connection() as conn:
        return str(await conn.execute(sql, *args))


async def execute_many(sql: str, rows: Iterable[Sequence[Any]]) -> None:
    """Run a statement once for each row of parameters."""
    async with connection() as conn:
        await conn.executemany(sql, list(rows))
