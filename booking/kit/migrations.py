"""Migrations, run alone: one process at a time, and never waiting long for a lock."""

import contextlib
import io
from pathlib import Path

import asyncpg
from piccolo.apps.migrations.auto.migration_manager import MigrationManager  # noqa: F401 - migrations need it loaded
from piccolo.apps.migrations.commands.forwards import run_forwards
from piccolo.apps.migrations.tables import Migration

from booking.kit.db import DB
from booking.kit.paths import MIGRATIONS

ADVISORY_KEY = 0x626F6F6B
OLDEST_SERVER = 150_000


class MigrationRefused(Exception):
    """The schema could not be brought up to date; the text says why."""


async def migrate(dsn: str) -> None:
    """Bring the schema of a database up to date. Safe: other processes wait, then find nothing to do."""
    held, DB.config = (
        DB.config,
        {"dsn": dsn, "server_settings": {"lock_timeout": "10s", "statement_timeout": "15min", "timezone": "UTC"}},
    )
    lock = await asyncpg.connect(dsn)
    try:
        if lock.get_server_version().major * 10_000 < OLDEST_SERVER:
            raise MigrationRefused("PostgreSQL 15 or later is needed.")
        await lock.execute("select pg_advisory_lock($1)", ADVISORY_KEY)
        said = io.StringIO()
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            result = await run_forwards("booking")
        if not result.success:
            raise MigrationRefused(f"The migration failed: {result.message or said.getvalue().strip()}")
    except asyncpg.PostgresError as error:
        raise MigrationRefused(f"A migration failed and nothing of it was kept: {error}.") from error
    finally:
        DB.config = held
        await lock.close()


def known_migrations() -> set[str]:
    """Ids of the migrations this version ships."""
    ids = set()
    for file in Path(MIGRATIONS).glob("*.py"):
        for line in file.read_text().splitlines():
            if line.startswith("ID = "):
                ids.add(line.removeprefix("ID = ").strip("\"'"))
    return ids


async def missing_migrations() -> set[str]:
    """Ids this version ships that the database has not seen."""
    rows = await Migration.select(Migration.name)
    return known_migrations() - {str(row["name"]) for row in rows}
