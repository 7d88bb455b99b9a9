"""Who was counted on a facility-day becomes one row. What was folded is forgotten and folded again from the visits."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns.column_types import Array
from piccolo.columns.column_types import UUID
from piccolo.columns.indexes import IndexMethod
from piccolo.constraints import Unique
from piccolo.engine import engine_finder

ID = "2026-11-28T12:21:06:256725"
VERSION = "1.38.0"
DESCRIPTION = "who was counted on a day, in one row"

FORGET = (
    "delete from kpi_presence",
    "delete from kpi_person",
    "delete from kpi_figure",
    "delete from kpi_month",
    "insert into visit_change (facility_id, visited_on) select distinct facility, visited_on from visit",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="booking", description=DESCRIPTION)

    manager.drop_column(
        table_class_name="KpiPresence",
        tablename="kpi_presence",
        column_name="person_key",
        db_column_name="person_key",
        schema=None,
    )

    manager.add_column(
        table_class_name="KpiPresence",
        tablename="kpi_presence",
        column_name="person_keys",
        db_column_name="person_keys",
        column_class_name="Array",
        column_class=Array,
        params={
            "default": list,
            "base_column": UUID(
                default=None,
                null=False,
                primary_key=False,
                unique=False,
                index=False,
                index_method=IndexMethod.btree,
                choices=None,
                db_column_name=None,
                secret=False,
            ),
            "null": False,
            "primary_key": False,
            "unique": False,
            "index": False,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema=None,
    )

    manager.drop_constraint(
        table_class_name="KpiPresence",
        tablename="kpi_presence",
        constraint_name="kpi_presence_cell_unique",
        schema=None,
    )

    manager.add_constraint(
        table_class_name="KpiPresence",
        tablename="kpi_presence",
        constraint_name="kpi_presence_day_unique",
        constraint_class=Unique,
        params={
            "columns": ["facility", "counted_on", "scope"],
            "nulls_distinct": True,
        },
        schema=None,
    )

    async def fold_again():
        connection = engine_finder().current_transaction.get().connection
        for statement in FORGET:
            await connection.execute(statement)

    manager.add_raw(fold_again)
    manager.add_raw_backwards(fold_again)
    return manager
