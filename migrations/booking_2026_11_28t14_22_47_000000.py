"""One total that counts per facility and month, and the visits of one file from before the service."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-28T14:22:47:000000"
VERSION = "1.38.0"
DESCRIPTION = "one total per month, visits of an import"

UP = """
create unique index if not exists kpi_import_current_unique on kpi_import (facility, month_on)
  where replaced_at is null;
create index if not exists visit_import on visit (import_id) where import_id is not null;
"""
DOWN = "drop index if exists kpi_import_current_unique, visit_import;"


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="booking", description=DESCRIPTION)

    async def up():
        await engine_finder().current_transaction.get().connection.execute(UP)

    async def down():
        await engine_finder().current_transaction.get().connection.execute(DOWN)

    manager.add_raw(up)
    manager.add_raw_backwards(down)
    return manager
