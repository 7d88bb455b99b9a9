"""Figures say what groups and visits without a name are of them; days that have such are folded again."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-28T15:02:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "what of a figure is nobody's"

_CHECK = """
alter table {0} drop constraint if exists {0}_dimension_check;
alter table {0} add constraint {0}_dimension_check check (dimension in ({1}));
"""
_BEFORE = "'all', 'program', 'municipality', 'school-stage', 'entered-by', 'closed-by'"
_TABLES = ("kpi_figure", "kpi_month")
UP = (
    "".join(_CHECK.format(table, _BEFORE + ", 'nameless'") for table in _TABLES)
    + """
insert into visit_change (facility_id, visited_on)
select distinct facility, visited_on from visit where person_key is null and voided_at is null;
"""
)
DOWN = "".join(
    f"delete from {table} where dimension = 'nameless';" + _CHECK.format(table, _BEFORE) for table in _TABLES
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="booking", description=DESCRIPTION)

    async def up():
        await engine_finder().current_transaction.get().connection.execute(UP)

    async def down():
        await engine_finder().current_transaction.get().connection.execute(DOWN)

    manager.add_raw(up)
    manager.add_raw_backwards(down)
    return manager
