"""Who is inside since a day: the board looks for who is left over from an earlier one without reading those of today."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-28T15:29:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "who is inside since a day"

UP = """
drop index visit_inside;
create index visit_inside on visit (facility, visited_on) where left_at is null and voided_at is null;
"""
DOWN = """
drop index visit_inside;
create index visit_inside on visit (facility) where left_at is null and voided_at is null;
"""


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="booking", description=DESCRIPTION)

    async def up():
        await engine_finder().current_transaction.get().connection.execute(UP)

    async def down():
        await engine_finder().current_transaction.get().connection.execute(DOWN)

    manager.add_raw(up)
    manager.add_raw_backwards(down)
    return manager
