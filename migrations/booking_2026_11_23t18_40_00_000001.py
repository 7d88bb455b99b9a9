"""An account is its own member only once; who a member resembles is looked up by reading."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-23T18:40:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "own member once"

UP = """
create unique index if not exists guardianship_self_unique on guardianship (account)
  where relation = 'self' and ended_at is null;
create index if not exists member_given_kana on member (given_kana text_pattern_ops) where left_at is null;
create index if not exists member_latin on member (lower(latin_name) text_pattern_ops) where left_at is null;
"""

DOWN = """
drop index if exists guardianship_self_unique, member_given_kana, member_latin;
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
