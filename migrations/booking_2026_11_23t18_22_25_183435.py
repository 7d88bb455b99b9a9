from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns.column_types import Text

ID = "2026-11-23T18:22:25:183435"
VERSION = "1.38.0"
DESCRIPTION = "index codes by device"


async def forwards():
    manager = MigrationManager(
        migration_id=ID, app_name="booking", description=DESCRIPTION
    )

    manager.alter_column(
        table_class_name="SignInCode",
        tablename="sign_in_code",
        column_name="device_digest",
        db_column_name="device_digest",
        params={"index": True},
        old_params={"index": False},
        column_class=Text,
        old_column_class=Text,
        schema=None,
    )

    return manager
