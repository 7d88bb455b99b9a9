"""A visit may change because two records of one person became one."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-28T14:46:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "corrections of visits by merging"

UP = """
alter table visit_correction drop constraint if exists visit_correction_kind_check;
alter table visit_correction add constraint visit_correction_kind_check
  check (kind in ('void', 'set-exit', 'add', 'merge'));
"""
DOWN = """
delete from visit_correction where kind = 'merge';
alter table visit_correction drop constraint if exists visit_correction_kind_check;
alter table visit_correction add constraint visit_correction_kind_check
  check (kind in ('void', 'set-exit', 'add'));
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
