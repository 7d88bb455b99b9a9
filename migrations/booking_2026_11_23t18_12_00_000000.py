"""A person's scans in the order they happened; a nonce of staff, who have no kiosk, once; seats walked in to."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-23T18:12:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "the order of scans and nonces of staff"

UP = """
drop index if exists scan_member_time;
create index if not exists scan_member_time on scan (member, happened_at);
create unique index if not exists scan_staff_nonce_unique on scan (nonce) where kiosk is null;
create index if not exists visit_session_walk_in on visit (session) where reservation is null and voided_at is null;
"""

DOWN = """
drop index if exists scan_member_time, scan_staff_nonce_unique, visit_session_walk_in;
create index if not exists scan_member_time on scan (member, scanned_at);
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
