"""What Piccolo does not write: one reading in force, one import in use for a month; every figure is folded again."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-28T11:07:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "one reading in force, one import in use"

UP = """
create unique index kpi_definition_reported_one on kpi_definition (is_reported) where is_reported;
create unique index kpi_import_month_one on kpi_import (facility, month_on) where replaced_at is null;
insert into visit_change (facility_id, visited_on) select distinct facility, visited_on from visit;
"""
DOWN = """
drop index kpi_import_month_one;
drop index kpi_definition_reported_one;
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
