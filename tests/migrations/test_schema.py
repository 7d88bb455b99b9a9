"""Tables = migrations = the picture reviewers read; migrations go back; several processes migrate at once."""

import asyncio
import sys

import asyncpg
import pytest
from piccolo.apps.migrations.auto import AlterStatements, DiffableTable, SchemaDiffer, SchemaSnapshot
from piccolo.apps.migrations.commands.backwards import run_backwards
from piccolo.apps.migrations.commands.base import BaseMigrationManager

from booking.kit import db as house_db
from booking.kit import migrations
from booking.kit.paths import MIGRATIONS
from booking.kit.postgres_server import PostgresServer
from booking.kit.tokens import new_id
from booking.piccolo_app import APP_CONFIG
from tests.migrations.picture import PICTURE, draw

pytestmark = pytest.mark.anyio


async def test_picture_is_what_the_migrations_make(database_url: str) -> None:
    assert await draw(database_url) == PICTURE.read_text(encoding="utf-8"), "run python -m tests.migrations.picture"


async def test_tables_have_no_change_without_a_migration() -> None:
    managers = await BaseMigrationManager().get_migration_managers(app_config=APP_CONFIG)
    differ = SchemaDiffer(
        schema=[_diffable(table) for table in APP_CONFIG.table_classes],
        schema_snapshot=SchemaSnapshot(managers=managers).get_snapshot(),
        auto_input="n",
    )
    statements: list[str] = []
    for alter in differ.get_alter_statements():
        assert isinstance(alter, AlterStatements)
        statements += alter.statements
    assert statements == []


def _diffable(table: type) -> DiffableTable:
    meta = table._meta  # type: ignore[attr-defined]
    return DiffableTable(
        class_name=table.__name__,
        tablename=meta.tablename,
        columns=meta.non_default_columns,
        constraints=meta.constraints,
        schema=meta.schema,
    )


async def test_migrations_import_nothing_of_the_house() -> None:
    for file in MIGRATIONS.glob("*.py"):
        text = file.read_text(encoding="utf-8")
        assert "booking.kit" not in text, file.name
        assert "from booking" not in text, file.name


async def _empty(server: PostgresServer) -> str:
    name = f"m_{new_id().hex}"
    admin = await asyncpg.connect(server.dsn)
    await admin.execute(f"create database {name}")
    await admin.close()
    return server.dsn_of(name)


async def test_several_at_once_migrate_once(server: PostgresServer) -> None:
    dsn = await _empty(server)
    for _ in range(2):
        process = [
            await asyncio.create_subprocess_exec(
                sys.executable, "-c", f"import asyncio; from booking.kit.migrations import migrate; asyncio.run(migrate({dsn!r}))"
            )
            for _ in range(3)
        ]
        assert [await one.wait() for one in process] == [0, 0, 0]
    assert await draw(dsn) == PICTURE.read_text(encoding="utf-8")


async def test_way_back_leaves_nothing(server: PostgresServer) -> None:
    dsn = await _empty(server)
    await migrations.migrate(dsn)
    held, house_db.DB.config = house_db.DB.config, {"dsn": dsn}
    try:
        await run_backwards("booking", "all", auto_agree=True)
    finally:
        house_db.DB.config = held
    assert "create table" not in await draw(dsn)


async def test_a_migration_that_fails_says_so_in_a_sentence(server: PostgresServer) -> None:
    dsn = await _empty(server)
    other = await asyncpg.connect(dsn)
    await other.execute("create table account (id int)")
    await other.close()
    with pytest.raises(migrations.MigrationRefused, match="nothing of it was kept"):
        await migrations.migrate(dsn)
