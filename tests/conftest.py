"""A real PostgreSQL for every test: one embedded server, one migrated template, one clone per test."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from litestar import Litestar
from litestar.datastructures import State
from xdist.scheduler import LoadScopeScheduling

from booking import wiring
from booking.kit import clock as house_clock
from booking.kit import db as house_db
from booking.kit import migrations
from booking.kit.postgres_server import PostgresServer
from booking.kit.settings import Settings, use_settings
from booking.kit.tokens import new_id

TEMPLATE = "template_booking"
MEMORY = Path("/dev/shm")
ROOM_BYTES = 2 * 2**30
"""A clone is some 300 files: in memory it takes a twentieth of the time, where there is room for it."""
NOON = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
"""Saturday 21 November 2026, 12:00 in Tokyo: everything is open, no holiday near."""


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """asyncio only: asyncpg knows no other."""
    return "asyncio"


class Shared(LoadScopeScheduling):  # type: ignore[misc]
    """Two processes share the run, file by file; everything with a browser stays in one, so that cameras keep pace."""

    def _split_scope(self, nodeid: str) -> str:
        return "browser" if nodeid.startswith("tests/browser/") else nodeid.split("::", 1)[0]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Shared:
    """How the tests are shared out."""
    return Shared(config, log)


def _roomy() -> Path | None:
    """The memory's own folder when it has room, else wherever temporary files go."""
    is_roomy = MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= ROOM_BYTES
    return MEMORY if is_roomy else None


@pytest.fixture(scope="session")
def server() -> Iterator[PostgresServer]:
    """One server for the whole run; it forgets what it wrote, so that tests are quick."""
    with tempfile.TemporaryDirectory(prefix="booking-tests-", dir=_roomy()) as folder:
        Path(folder).chmod(0o755)
        fast = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        postgres = PostgresServer(Path(folder) / "data", options=fast)
        postgres.start()
        try:
            yield postgres
        finally:
            postgres.stop()


@pytest.fixture(scope="session")
def template(server: PostgresServer) -> str:
    """The name of a database with the newest schema."""
    asyncio.run(_make_template(server))
    return TEMPLATE


async def _make_template(server: PostgresServer) -> None:
    admin = await asyncpg.connect(server.dsn)
    await admin.execute(f"create database {TEMPLATE}")
    await admin.close()
    await migrations.migrate(server.dsn_of(TEMPLATE))


@pytest.fixture
async def database_url(server: PostgresServer, template: str) -> AsyncIterator[str]:
    """The address of a fresh clone, dropped after the test."""
    name = f"t_{new_id().hex}"
    admin = await asyncpg.connect(server.dsn)
    await admin.execute(f"create database {name} template {template} strategy file_copy")
    yield server.dsn_of(name)
    await admin.execute(f"drop database {name} with (force)")
    await admin.close()


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings of the test: a real installation at localhost."""
    made = Settings(
        database_url=database_url, database_direct_url=database_url, data_dir=tmp_path, secret_key="t" * 40, pool_size=8
    )
    use_settings(made)
    return made


@pytest.fixture
async def db(settings: Settings) -> AsyncIterator[None]:
    """A started pool on a fresh database, with every room's refusals known."""
    house_db.learn_constraints(wiring.gather_named("errors", "BY_CONSTRAINT"))
    house_db.use_address(settings.database_url)
    await house_db.start_pool(settings.pool_size)
    yield
    await house_db.stop_pool()


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self, instant: datetime) -> None:
        self.instant = instant

    def __call__(self) -> datetime:
        return self.instant

    def set(self, instant: datetime) -> None:
        """Stand at another instant."""
        self.instant = instant

    def advance(self, **span: Any) -> None:
        """Go on by a span as `timedelta` takes it."""
        self.instant += timedelta(**span)


@pytest.fixture
def clock() -> Iterator[Clock]:
    """The house's clock, standing at NOON."""
    frozen = Clock(NOON)
    house_clock.use_source(frozen)
    yield frozen
    house_clock.use_source(None)


@pytest.fixture(scope="session")
def building() -> Litestar:
    """The whole application, built once: its five hundred doors take longer than most tests."""
    return wiring.create_app()


@pytest.fixture
async def app(building: Litestar, db: None) -> AsyncIterator[Litestar]:
    """The whole application within its lifespan, on this test's database, as a process finds it that has just begun."""
    wiring.introduce()
    state = building.state.dict()
    try:
        async with building.lifespan():
            yield building
    finally:
        building.state = State(state)


@pytest.fixture
async def client(app: Litestar) -> AsyncIterator[httpx.AsyncClient]:
    """A browser without scripts, in the same loop as the test."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000") as browser:
        yield browser


os.environ.pop("BOOKING_DATABASE_URL", None)
