"""The negative control itself: it takes away a lock and nothing else, and says when there is none."""

import importlib
import inspect
import pkgutil

import pytest

import booking
from tests.races.unlocked import LOCK_CLAUSE, pausing, unlocked, without_clause

LOCK_SQL = "SELECT id FROM seat WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE"


@pytest.mark.parametrize(
    ("sql", "left"),
    [
        ("SELECT 1 FROM a FOR NO KEY UPDATE", "SELECT 1 FROM a"),
        ("SELECT 1 FROM a\nfor no key update\n", "SELECT 1 FROM a\n"),
        ("SELECT 1 FROM a JOIN b FOR NO KEY UPDATE OF a", "SELECT 1 FROM a JOIN b"),
        ("SELECT 1 FROM a FOR UPDATE SKIP LOCKED", "SELECT 1 FROM a"),
        ("WITH x AS (SELECT 1 FROM a FOR NO KEY UPDATE OF a SKIP LOCKED) SELECT", "WITH x AS (SELECT 1 FROM a) SELECT"),
        (" FOR NO KEY UPDATE", ""),
        ("A sentence for sharing, not a clause.", "A sentence for sharing, not a clause."),
    ],
)
def test_only_the_clause_goes(sql: str, left: str) -> None:
    assert without_clause(sql) == left


async def lock_by_constant() -> str:
    return LOCK_SQL


async def lock_in_line(order: str = "id") -> str:
    return f"SELECT id FROM seat ORDER BY {order} FOR NO KEY UPDATE"


async def lock_nothing() -> str:
    return "SELECT id FROM seat"


@pytest.mark.anyio
async def test_the_same_function_reads_without_locking() -> None:
    assert await unlocked(lock_by_constant)() == "SELECT id FROM seat WHERE id = ANY($1) ORDER BY id"
    assert await unlocked(lock_in_line)(order="number") == "SELECT id FROM seat ORDER BY number"
    assert await pausing(lock_by_constant)() == LOCK_SQL
    assert await lock_by_constant() == LOCK_SQL


def test_a_function_that_locks_nothing_is_no_control() -> None:
    with pytest.raises(ValueError, match="no lock clause"):
        unlocked(lock_nothing)


def test_every_lock_of_the_product_can_be_taken_away() -> None:
    rooms = [room.name for room in pkgutil.iter_modules(booking.__path__) if room.ispkg]
    taken = 0
    for room in rooms:
        if importlib.util.find_spec(f"booking.{room}.queries") is None:
            continue
        queries = importlib.import_module(f"booking.{room}.queries")
        for name, lock in inspect.getmembers(queries, inspect.isfunction):
            if name.startswith("lock_"):
                assert unlocked(lock) is not lock
                taken += 1
    assert taken >= 4
    assert LOCK_CLAUSE.search(LOCK_SQL)
