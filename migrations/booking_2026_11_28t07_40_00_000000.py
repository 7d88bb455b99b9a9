"""What Piccolo cannot say of groups, rooms and draws: rooms never used twice, one live row of a kind, a wider check."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-28T07:40:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "rooms, live rows and kinds of groups, draws and group visits"

UP = """
create extension if not exists btree_gist;
alter table space_taken drop constraint if exists space_taken_once;
alter table space_taken add constraint space_taken_once
  exclude using gist (space with =, tstzrange(starts_at, ends_at) with &&);
create unique index if not exists enrolment_live_unique on enrolment ("group", member)
  where state in ('enrolled', 'waiting');
create unique index if not exists group_move_asked_unique on group_move ("group") where state = 'asked';
create unique index if not exists group_request_code_unique on group_request (facility, visit_on, door_code)
  where state = 'approved';
create unique index if not exists member_qualification_live_unique on member_qualification (member, qualification)
  where revoked_at is null;
create index if not exists reservation_waiting on reservation (session, waiting_at) where state = 'waiting';
create index if not exists reservation_offered on reservation (offered_until) where state = 'offered';
alter table program drop constraint if exists program_category_check;
alter table program add constraint program_category_check
  check (category in ('drop-in', 'group', 'workshop', 'lab', 'trial', 'seminar', 'event'));
"""
DOWN = """
alter table program drop constraint if exists program_category_check;
alter table program add constraint program_category_check
  check (category in ('drop-in', 'group', 'workshop', 'lab', 'trial', 'seminar'));
drop index if exists enrolment_live_unique, group_move_asked_unique, group_request_code_unique,
  member_qualification_live_unique, reservation_waiting, reservation_offered;
alter table space_taken drop constraint if exists space_taken_once;
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
