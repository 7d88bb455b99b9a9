"""What Piccolo does not alter: the checks that grew, for channels, states and links."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-28T07:55:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "checks of channels, message states and links"

UP = """
alter table message drop constraint if exists message_channel_check;
alter table message add constraint message_channel_check check ("channel" in ('mail', 'line'));
alter table message drop constraint if exists message_state_check;
alter table message add constraint message_state_check
  check ("state" in ('queued', 'sent', 'failed', 'dropped', 'unwanted', 'unreachable'));
alter table sign_in_link drop constraint if exists sign_in_link_purpose_check;
alter table sign_in_link add constraint sign_in_link_purpose_check
  check ("purpose" in ('enrol-staff', 'demo', 'moved'));
"""
DOWN = """
update message set state = 'failed' where state in ('unwanted', 'unreachable');
update message set channel = 'mail' where channel is distinct from 'mail';
delete from sign_in_link where purpose = 'moved';
alter table message drop constraint if exists message_channel_check;
alter table message add constraint message_channel_check check ("channel" in ('mail'));
alter table message drop constraint if exists message_state_check;
alter table message add constraint message_state_check check ("state" in ('queued', 'sent', 'failed', 'dropped'));
alter table sign_in_link drop constraint if exists sign_in_link_purpose_check;
alter table sign_in_link add constraint sign_in_link_purpose_check check ("purpose" in ('enrol-staff', 'demo'));
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
