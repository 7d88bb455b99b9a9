"""A group's request may also be displaced by a closing, or expire unanswered."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-28T11:13:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "states of a group's request"

UP = """
alter table group_request drop constraint if exists group_request_state_check;
alter table group_request add constraint group_request_state_check
  check (state in ('asked', 'countered', 'approved', 'displaced', 'declined', 'expired', 'withdrawn'));
create index if not exists group_request_displaced on group_request (facility, displaced_at)
  where displaced_at is not null;
"""
DOWN = """
drop index if exists group_request_displaced;
alter table group_request drop constraint if exists group_request_state_check;
alter table group_request add constraint group_request_state_check
  check (state in ('asked', 'countered', 'approved', 'declined', 'withdrawn'));
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
