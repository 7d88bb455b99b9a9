"""One live household per account, an override with its year, quick search by reading and day of birth."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-23T18:30:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "live households and search of members"

UP = """
alter table member drop constraint if exists member_grade_check;
alter table member add constraint member_grade_check check ((grade_override is null) = (grade_override_year is null)
  and (grade_override is null or grade_override between 1 and 12));
create unique index if not exists household_account_live_unique on household_account (account) where ended_at is null;
create index if not exists member_family_kana on member (family_kana text_pattern_ops) where left_at is null;
create index if not exists member_birth on member (birth_on) where left_at is null;
create index if not exists member_resemblance_open on member_resemblance (noticed_at) where settled_at is null;
create index if not exists member_disclosure_open on member_disclosure (asked_at) where agreed_at is null;
"""

DOWN = """
drop index if exists household_account_live_unique, member_family_kana, member_birth, member_resemblance_open,
  member_disclosure_open;
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
