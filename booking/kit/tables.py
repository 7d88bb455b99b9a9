"""Columns and constraints as this house writes them, over Piccolo.

Piccolo silently gives a column without a default `''`, `0` or `now()`, does not enforce `choices` and does not index
foreign keys; these short forms say otherwise once. Every primary key is a UUIDv7 made by the application.
"""

from enum import StrEnum
from typing import Any

from piccolo.columns import (
    JSONB,
    UUID,
    Array,
    BigInt,
    Boolean,
    Bytea,
    Date,
    ForeignKey,
    Integer,
    SmallInt,
    Text,
    Time,
    Timestamptz,
)
from piccolo.columns.base import OnDelete, OnUpdate
from piccolo.constraints import Check, Unique
from piccolo.table import Table


def key() -> UUID:
    """The primary key."""
    return UUID(primary_key=True, default=None, null=False)


def small_key() -> SmallInt:
    """The primary key of a table with one row."""
    return SmallInt(primary_key=True, default=None, null=False)


def ref(
    table: Any, *, null: bool = False, index: bool = True, on_delete: OnDelete = OnDelete.restrict
) -> ForeignKey[Any]:
    """A foreign key, indexed, that restricts deletion unless said otherwise.

    `index` is false only where another index of the table begins with this column.
    """
    return ForeignKey(
        references=table, default=None, null=null, index=index, on_delete=on_delete, on_update=OnUpdate.cascade
    )


def identifier(*, null: bool = False, index: bool = False) -> UUID:
    """The id of something in a room that must not be referenced."""
    return UUID(default=None, null=null, index=index)


def text(*, null: bool = False, unique: bool = False, index: bool = False, default: str | None = None) -> Text:
    """Text; empty only when somebody wrote nothing."""
    return Text(default=default, null=null, unique=unique, index=index)


def whole(*, null: bool = False, default: int | None = None) -> Integer:
    """A whole number."""
    return Integer(default=default, null=null)


def small(*, null: bool = False, default: int | None = None) -> SmallInt:
    """A small whole number."""
    return SmallInt(default=default, null=null)


def big(*, null: bool = False, default: int | None = None) -> BigInt:
    """A large whole number."""
    return BigInt(default=default, null=null)


def flag(*, default: bool = False) -> Boolean:
    """Yes or no."""
    return Boolean(default=default, null=False)


def answer() -> Boolean:
    """Yes, no, or null while nobody has answered."""
    return Boolean(default=None, null=True)


def instant(*, null: bool = False, index: bool = False) -> Timestamptz:
    """An instant in UTC; the name ends in `_at` or `_until`."""
    return Timestamptz(default=None, null=null, index=index)


def day(*, null: bool = False, index: bool = False) -> Date:
    """A local day; the name ends in `_on`."""
    return Date(default=None, null=null, index=index)


def wall_time(*, null: bool = False) -> Time:
    """A local time of day."""
    return Time(default=None, null=null)


def texts() -> Array:
    """A list of texts, empty by default."""
    return Array(base_column=Text(), default=list, null=False)


def identifiers() -> Array:
    """A list of identifiers made elsewhere."""
    return Array(base_column=UUID(default=None), default=list, null=False)


def document(*, null: bool = False) -> JSONB:
    """A JSON document."""
    return JSONB(default=None if null else "{}", null=null)


def raw() -> Bytea:
    """Bytes as they are."""
    return Bytea(default=None, null=False)


def one_of(column: str, values: type[StrEnum]) -> Check:
    """A check that a column holds one of an enum's values."""
    allowed = ", ".join(f"'{value.value}'" for value in values)
    return Check(f'"{column}" in ({allowed})')


def holds(condition: str) -> Check:
    """A check written in SQL."""
    return Check(condition)


class Installation(Table, tablename="installation"):
    """The one row that says what this database is: `real` or `demo`."""

    id = small_key()
    kind = text()
    born_at = instant()
    installation_single_check = holds("id = 1")
    installation_kind_check = holds("kind in ('real', 'demo')")


class IdempotencyKey(Table, tablename="idempotency_key"):
    """What a write answered, so that the same key asks it only once."""

    id = key()
    actor = text()
    idempotency_key = text()
    request_digest = text()
    status = small()
    content = text()
    created_at = instant(index=True)
    idempotency_key_actor_unique = Unique([actor, idempotency_key])
