"""What Piccolo cannot say: partial unique indexes (one live row of a kind) and the indexes hot paths read."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-23T18:05:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "live rows and hot indexes"

UP = """
create unique index if not exists role_grant_live_unique on role_grant (account, role, coalesce(scope, '')) where ended_at is null;
create unique index if not exists registration_live_unique on registration (member, body) where ended_at is null;
create unique index if not exists closure_live_unique on closure (facility, closed_on) where revoked_at is null;
create unique index if not exists signing_key_kid_unique on signing_key (kid);
create unique index if not exists pass_live_unique on pass (member) where revoked_at is null;
create unique index if not exists reservation_live_unique on reservation (session, member)
  where state in ('applied', 'waiting', 'offered', 'confirmed', 'arrived');
create unique index if not exists visit_open_unique on visit (member) where left_at is null and voided_at is null;
create index if not exists visit_inside on visit (facility) where left_at is null and voided_at is null;
create index if not exists visit_facility_day on visit (facility, visited_on);
create index if not exists visit_person on visit (person_key, visited_on);
create index if not exists visit_member_day on visit (member, visited_on);
create index if not exists session_facility_start on session (facility, starts_at);
create index if not exists scan_member_time on scan (member, scanned_at);
create index if not exists message_due on message (priority, next_attempt_at) where state = 'queued';
create index if not exists door_flag_open on door_flag (facility, raised_at) where resolved_at is null;
create index if not exists visit_change_day on visit_change (facility_id, visited_on);
"""

DOWN = """
drop index if exists role_grant_live_unique, registration_live_unique, closure_live_unique, signing_key_kid_unique,
  pass_live_unique, reservation_live_unique, visit_open_unique, visit_inside, visit_facility_day, visit_person,
  visit_member_day, session_facility_start, scan_member_time, message_due, door_flag_open, visit_change_day;
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
