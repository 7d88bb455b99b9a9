"""Populations are handed in as files too."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-28T14:52:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "populations are handed in as files"

UP = """
alter table kpi_upload drop constraint if exists kpi_upload_kind_check;
alter table kpi_upload add constraint kpi_upload_kind_check check (kind in ('totals', 'visits', 'populations'));
"""
DOWN = """
delete from kpi_upload where kind = 'populations';
alter table kpi_upload drop constraint if exists kpi_upload_kind_check;
alter table kpi_upload add constraint kpi_upload_kind_check check (kind in ('totals', 'visits'));
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
