"""What Piccolo cannot say of the door and the desk: one live row of a kind, and the day of a scan."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-28T04:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "live rows of the door and the desk"

UP = """
create unique index if not exists card_loan_live_unique on card_loan (card) where returned_at is null;
create unique index if not exists kiosk_fault_open_unique on kiosk_fault (kiosk, code) where ended_at is null;
create unique index if not exists turn_live_unique on turn (facility, held_on, member)
  where state in ('waiting', 'called') and member is not null;
create unique index if not exists roll_call_open_unique on roll_call (place) where ended_at is null;
create unique index if not exists closing_now_open_unique on closing_now (facility) where reopened_at is null;
create index if not exists head_count_day on head_count (facility, counted_on);
create index if not exists scan_happened on scan using brin (happened_at);
"""
DOWN = """
drop index if exists card_loan_live_unique, kiosk_fault_open_unique, turn_live_unique, roll_call_open_unique,
  closing_now_open_unique, head_count_day, scan_happened;
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
