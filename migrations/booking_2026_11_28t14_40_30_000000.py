"""The English names of readings move to the other languages; a program is プログラム in the readings that come along."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-28T14:40:30:000000"
VERSION = "1.38.0"
DESCRIPTION = "names of readings in English are names like the others"
BEFORE, NOW = "TUMOの講座だけ", "TUMOのプログラムだけ"
UP = (
    "update kpi_definition set names = jsonb_build_object('en', name_en) || names where name_en <> ''",
    f"update kpi_scope set name = '{NOW}' where code = 'tumo' and name = '{BEFORE}'",
    f"update kpi_definition set name = replace(name, '{BEFORE}', '{NOW}') where code = 'tumo-person-days'",
)
DOWN = (
    "update kpi_definition set name_en = coalesce(names ->> 'en', name), names = names - 'en'",
    f"update kpi_scope set name = '{BEFORE}' where code = 'tumo' and name = '{NOW}'",
    f"update kpi_definition set name = replace(name, '{NOW}', '{BEFORE}') where code = 'tumo-person-days'",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="booking", description=DESCRIPTION)

    async def run(statements):
        connection = engine_finder().current_transaction.get().connection
        for statement in statements:
            await connection.execute(statement)

    async def up():
        await run(UP)

    async def down():
        await run(DOWN)

    manager.add_raw(up)
    manager.add_raw_backwards(down)
    return manager
