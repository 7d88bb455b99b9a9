"""Every table of the database is decided, and nothing refers to a member or an account from where it would stay."""

import pytest

from booking.kit import db as house_db
from tests.personal_data import decided

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db")]
KINDS = (
    *(decided.DELETED, frozenset(decided.EMPTIED), decided.ONLY_IDS, decided.FORGOTTEN_SOON, decided.OF_STAFF),
    *(decided.OF_GROUPS, decided.OF_THE_HOUSE),
)
REFERS = """
select k.conrelid::regclass::text as name, a.attname as at, k.confrelid::regclass::text as to
from pg_constraint k join pg_attribute a on a.attrelid = k.conrelid and a.attnum = any(k.conkey)
where k.contype = 'f' and k.confrelid in ('member'::regclass, 'account'::regclass, 'household'::regclass)"""


async def test_every_table_is_decided_once() -> None:
    rows = await house_db.fetch("select tablename from pg_tables where schemaname = 'public'")
    there = sorted(row["tablename"] for row in rows if row["tablename"] != "migration")
    assert sorted(name for kind in KINDS for name in kind) == there


async def test_whatever_refers_to_a_person_goes_or_is_emptied() -> None:
    """Accounts of staff are never erased: their roles stay."""
    for row in await house_db.fetch(REFERS):
        name, at = row["name"].strip('"'), row["at"]
        goes = name in decided.DELETED or at in decided.EMPTIED.get(name, ())
        assert goes or (name, at) == ("role_grant", "account"), f"{name}.{at} refers to {row['to']}"


async def test_emptied_columns_are_there() -> None:
    rows = await house_db.fetch("select table_name, column_name from information_schema.columns")
    there = {(row["table_name"], row["column_name"]) for row in rows}
    assert {(name, at) for name, columns in decided.EMPTIED.items() for at in columns} <= there


async def test_whatever_refers_to_a_member_moves_or_goes_when_two_become_one() -> None:
    rows = await house_db.fetch(REFERS)
    there = {row["name"].strip('"') for row in rows if row["to"] == "member"}
    assert there == decided.MOVED_BY_MERGING | decided.DROPPED_BY_MERGING
    assert not decided.MOVED_BY_MERGING & decided.DROPPED_BY_MERGING
