"""English names move to the other languages: into `names`, and back into a column of their own."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-28T11:33:02:000000"
VERSION = "1.38.0"
DESCRIPTION = "names in English are names like the others"

TABLES = ("body", "facility", "program", "program_option", "qualification")
UP = "update {table} set names = jsonb_build_object('en', name_en) || names where name_en <> ''"
DOWN = "update {table} set name_en = coalesce(names ->> 'en', name), names = names - 'en'"


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="booking", description=DESCRIPTION)

    async def run(statement):
        connection = engine_finder().current_transaction.get().connection
        for table in TABLES:
            await connection.execute(statement.format(table=table))

    async def up():
        await run(UP)

    async def down():
        await run(DOWN)

    manager.add_raw(up)
    manager.add_raw_backwards(down)
    return manager
