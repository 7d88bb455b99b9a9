from piccolo.apps.migrations.auto.migration_manager import MigrationManager

ID = "2026-11-23T18:29:57:630762"
VERSION = "1.38.0"
DESCRIPTION = "people account holds the name"


async def forwards():
    manager = MigrationManager(
        migration_id=ID, app_name="booking", description=DESCRIPTION
    )

    manager.drop_column(
        table_class_name="HouseholdAccount",
        tablename="household_account",
        column_name="name",
        db_column_name="name",
        schema=None,
    )

    return manager
