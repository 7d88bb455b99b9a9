"""What Piccolo cannot say: partial unique indexes (one live row of a kind), and the indexes that hot paths read."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-23T20:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "live rows and hot indexes"

UP = """
create unique index if not exists role_grant_live_unique on role_grant (account, role, coalesce(scope, ''))
  where ended_at is null;
create unique index if not exists registration_live_unique on registration (member, body) where ended_at is null;
create unique index if not exists household_account_live_unique on household_account (account) where ended_at is null;
create unique index if not exists guardianship_self_unique on guardianship (account)
  where relation = 'self' and ended_at is null;
create unique index if not exists closure_live_unique on closure (facility, closed_on) where revoked_at is null;
create unique index if not exists signing_key_kid_unique on signing_key (kid);
create unique index if not exists pass_live_unique on pass (member) where revoked_at is null;
create unique index if not exists reservation_live_unique on reservation (session, member)
  where state in ('applied', 'waiting', 'offered', 'confirmed', 'arrived');
create unique index if not exists visit_open_unique on visit (member)
  where left_at is null and voided_at is null and member is not null;
create unique index if not exists scan_staff_nonce_unique on scan (nonce) where kiosk is null;
create index if not exists visit_inside on visit (facility) where left_at is null and voided_at is null;
create index if not exists visit_facility_day on visit (facility, visited_on);
create index if not exists visit_person on visit (person_key, visited_on);
create index if not exists visit_member_day on visit (member, visited_on);
create index if not exists visit_session_walk_in on visit (session) where reservation is null and voided_at is null;
create index if not exists visit_exit_scan on visit (exit_scan) where exit_scan is not null;
create index if not exists visit_change_day on visit_change (facility_id, visited_on);
create index if not exists scan_member_time on scan (member, happened_at);
create index if not exists session_facility_start on session (facility, starts_at);
create index if not exists message_due on message (priority, next_attempt_at) where state = 'queued';
create index if not exists door_flag_open on door_flag (facility, raised_at) where resolved_at is null;
create index if not exists member_family_kana on member (family_kana text_pattern_ops) where left_at is null;
create index if not exists member_given_kana on member (given_kana text_pattern_ops) where left_at is null;
create index if not exists member_latin on member (lower(latin_name) text_pattern_ops) where left_at is null;
create index if not exists member_birth on member (birth_on) where left_at is null;
create index if not exists member_resemblance_open on member_resemblance (noticed_at) where settled_at is null;
create index if not exists member_disclosure_open on member_disclosure (asked_at) where agreed_at is null;
"""

DOWN = """
drop index if exists role_grant_live_unique, registration_live_unique, household_account_live_unique,
  guardianship_self_unique, closure_live_unique, signing_key_kid_unique, pass_live_unique, reservation_live_unique,
  visit_open_unique, scan_staff_nonce_unique, visit_inside, visit_facility_day, visit_person, visit_member_day,
  visit_session_walk_in, visit_exit_scan, visit_change_day, scan_member_time, session_facility_start, message_due,
  door_flag_open, member_family_kana, member_given_kana, member_latin, member_birth, member_resemblance_open,
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
