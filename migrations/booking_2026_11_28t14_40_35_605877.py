from piccolo.apps.migrations.auto.migration_manager import MigrationManager

ID = "2026-11-28T14:40:35:605877"
VERSION = "1.38.0"
DESCRIPTION = "names of readings in English are names like the others"


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="booking", description=DESCRIPTION)

    manager.drop_column(
        table_class_name="KpiDefinition",
        tablename="kpi_definition",
        column_name="name_en",
        db_column_name="name_en",
        schema=None,
    )

    return manager
