"""The laws that only the database itself can answer: what is indexed, checked and known."""

import importlib
from enum import StrEnum

import pytest

from booking import wiring
from booking.kit import db as house
from tests.house.code import PACKAGE, modules, room_of_table

pytestmark = pytest.mark.anyio
OURS = "select c.relname from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')"
NOT_INDEXED = """
select c.conrelid::regclass || '(' || a.attname || ')' as column
from pg_constraint c
join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
where c.contype = 'f' and c.connamespace = 'public'::regnamespace
  and not exists (
    select from pg_index i
    where i.indrelid = c.conrelid and i.indkey[0] = c.conkey[1] and (i.indpred is null or not a.attnotnull)
  )
order by 1
"""
EQUAL_INDEXES = """
select string_agg(indexrelid::regclass::text, ' = ' order by indexrelid::regclass::text) from pg_index
join pg_class on pg_class.oid = indrelid where relnamespace = 'public'::regnamespace
group by indrelid, indisunique, indkey::text, indclass::text, indoption::text,
  pg_get_expr(indexprs, indrelid), pg_get_expr(indpred, indrelid)
having count(*) > 1 order by 1
"""
BADLY_NAMED = """
select table_name || '.' || column_name from information_schema.columns
where table_schema = 'public' and table_name <> 'migration' and (
  data_type = 'timestamp without time zone'
  or data_type = 'timestamp with time zone' and column_name !~ '(^|_)(at|until)$'
  or data_type = 'date' and column_name !~ '(^|_)(on|until)$')
order by 1
"""


async def test_every_foreign_key_is_indexed(db: None) -> None:
    assert [row[0] for row in await house.fetch(NOT_INDEXED)] == []


async def test_no_index_is_there_twice(db: None) -> None:
    assert [row[0] for row in await house.fetch(EQUAL_INDEXES)] == []


async def test_every_table_is_one_of_ours(db: None) -> None:
    assert {row[0] for row in await house.fetch(OURS)} - {"migration"} == set(room_of_table())


async def test_instants_and_days_are_named_as_what_they_are(db: None) -> None:
    assert [row[0] for row in await house.fetch(BADLY_NAMED)] == []


async def test_every_enum_of_a_column_is_checked(db: None) -> None:
    """A check in the database names exactly the values of an enum of ours, or it is not an enum's."""
    rows = await house.fetch("select conname, pg_get_constraintdef(oid) as text from pg_constraint where contype = 'c'")
    checks = [row["text"] for row in rows]
    unchecked = [
        f"{kind.__module__}.{kind.__name__}"
        for kind in _stored_enums()
        if not any(all(f"'{value.value}'" in check for value in kind) for check in checks)
    ]
    assert unchecked == []


def _stored_enums() -> list[type[StrEnum]]:
    """The enums that a room's `tables.py` names in `one_of`."""
    found: list[type[StrEnum]] = []
    for module in modules():
        if module.path.stem == "tables" and module.room != "kit":
            loaded = importlib.import_module(f"booking.{module.room}.tables")
            found += [
                v for v in vars(loaded).values() if isinstance(v, type) and issubclass(v, StrEnum) and v is not StrEnum
            ]
    return found


async def test_every_refused_constraint_exists(db: None) -> None:
    rows = await house.fetch(
        "select conname as name from pg_constraint union select relname from pg_class where relkind = 'i'"
    )
    known = {row["name"] for row in rows}
    assert set(wiring.gather_named("errors", "BY_CONSTRAINT")) - known == set()


def test_every_room_has_its_sign_at_the_door() -> None:
    rooms = [path for path in PACKAGE.iterdir() if path.is_dir() and path.name not in ("locale", "__pycache__")]
    silent = [room.name for room in rooms if (room / "tables.py").exists() and not (room / "__init__.py").exists()]
    assert silent == []
