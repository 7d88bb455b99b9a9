from piccolo.apps.migrations.auto.migration_manager import MigrationManager

ID = "2026-11-28T11:33:03:656121"
VERSION = "1.38.0"
DESCRIPTION = "names in English are names like the others"


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="booking", description=DESCRIPTION)

    manager.drop_column(
        table_class_name="Body",
        tablename="body",
        column_name="name_en",
        db_column_name="name_en",
        schema=None,
    )

    manager.drop_column(
        table_class_name="Facility",
        tablename="facility",
        column_name="name_en",
        db_column_name="name_en",
        schema=None,
    )

    manager.drop_column(
        table_class_name="Qualification",
        tablename="qualification",
        column_name="name_en",
        db_column_name="name_en",
        schema=None,
    )

    manager.drop_column(
        table_class_name="Program",
        tablename="program",
        column_name="name_en",
        db_column_name="name_en",
        schema=None,
    )

    manager.drop_column(
        table_class_name="ProgramOption",
        tablename="program_option",
        column_name="name_en",
        db_column_name="name_en",
        schema=None,
    )

    return manager
