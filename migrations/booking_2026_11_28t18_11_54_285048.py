from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns.column_types import Date
from piccolo.columns.column_types import ForeignKey
from piccolo.constraints import Check

ID = "2026-11-28T18:11:54:285048"
VERSION = "1.38.0"
DESCRIPTION = ""


async def forwards():
    manager = MigrationManager(
        migration_id=ID, app_name="booking", description=DESCRIPTION
    )

    manager.alter_column(
        table_class_name="KpiDifference",
        tablename="kpi_difference",
        column_name="facility",
        db_column_name="facility",
        params={"null": True},
        old_params={"null": False},
        column_class=ForeignKey,
        old_column_class=ForeignKey,
        schema=None,
    )

    manager.alter_column(
        table_class_name="KpiDifference",
        tablename="kpi_difference",
        column_name="counted_on",
        db_column_name="counted_on",
        params={"null": True},
        old_params={"null": False},
        column_class=Date,
        old_column_class=Date,
        schema=None,
    )

    manager.add_constraint(
        table_class_name="KpiDifference",
        tablename="kpi_difference",
        constraint_name="kpi_difference_where_check",
        constraint_class=Check,
        params={"condition": "(facility is null) = (counted_on is null)"},
        schema=None,
    )

    return manager
