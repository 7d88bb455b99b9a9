"""What Piccolo does not write: where days kept for the history are found; every day that is over is folded into it."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-28T14:51:31:000000"
VERSION = "1.38.0"
DESCRIPTION = "where days kept for the history are found"

UP = """
create index visit_change_kept_day on visit_change_kept (facility_id, visited_on);
create index use_person_first on use_person (facility, first_on);
create index use_person_last on use_person (facility, last_on);
insert into visit_change_kept (facility_id, visited_on) select distinct facility, visited_on from visit;
"""
DOWN = """
drop index use_person_last;
drop index use_person_first;
drop index visit_change_kept_day;
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
