"""No published table gives a count below ten away: by hand, and against every table that would have read the same."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from booking.opendata import rules_suppression as rules
from booking.opendata.rules_suppression import LEAST, STEP, Mark, Published, Shown, publish, rounded

SECRET = b"a secret of the trials"


@pytest.mark.parametrize(
    ("count", "fits"),
    [
        (0, {0}),
        (1, {"<10"}),
        (9, {"<10"}),
        (10, {10}),
        (12, {10, 15}),
        (14, {10, 15}),
        (15, {15}),
        (9402, {9400, 9405}),
    ],
)
def test_a_count_by_itself(count: int, fits: set[Shown]) -> None:
    assert {rounded(count, die) for die in range(STEP)} == fits


def test_the_same_table_reads_the_same_and_the_secret_decides() -> None:
    counts = {str(n): 11 + n * 7 for n in range(40)}
    assert publish("t", counts, SECRET, is_certified=False) == publish("t", counts, SECRET, is_certified=False)
    assert publish("t", counts, SECRET, is_certified=False) != publish("t", counts, b"another", is_certified=False)


def could_read(counts: tuple[int, ...], seen: Published, total: int | None) -> bool:
    """Whether these counts may have been published so, whatever the dice; `total` where it is exact."""
    if total is not None and sum(counts) != total:
        return False
    parts = [*zip(counts, seen.cells.values(), strict=True), *([(sum(counts), seen.total)] if total is None else [])]
    return all(shown in {rounded(count, die) for die in range(STEP)} for count, shown in parts)


@pytest.mark.parametrize("is_exact", [True, False], ids=["exact total", "rounded total"])
@given(counts=st.lists(st.integers(0, 22), min_size=2, max_size=3))
@settings(max_examples=60, deadline=None)
def test_whoever_knows_the_rules_cannot_tell_a_small_count(counts: list[int], is_exact: bool) -> None:
    before = rules.EXACT_FROM
    rules.EXACT_FROM = LEAST
    try:
        seen = publish("t", {str(n): count for n, count in enumerate(counts)}, SECRET, is_certified=is_exact)
    finally:
        rules.EXACT_FROM = before
    if Mark.WITHHELD in seen.cells.values():
        return
    total = sum(counts) if is_exact and sum(counts) >= LEAST else None
    found = [each for each in product(range(sum(counts) + 9), repeat=len(counts)) if could_read(each, seen, total)]
    assert tuple(counts) in found
    for at, count in enumerate(counts):
        if 0 < count < LEAST:
            assert len({each[at] for each in found}) > 1, (counts, seen)


def test_without_throwing_again_an_exact_total_would_give_a_cell_away() -> None:
    """The negative control: 1,000 beside a few of an exact 997 can be nothing but 996 and 1."""
    cells: dict[str, Shown] = {"a": 1_000, "b": Mark.FEW, "c": 0}
    assert not rules.gives_away(cells, rules.Bounds(1_000, 1_000))
    assert rules.gives_away({"a": 1_000, "b": Mark.FEW}, rules.Bounds(997, 997))
    shown = [publish(f"t{n}", {"a": 996, "b": 5}, SECRET, is_certified=True) for n in range(50)]
    assert {each.total for each in shown} == {1_001}
    assert not any(rules.gives_away(each.cells, rules.Bounds(1_001, 1_001)) for each in shown)
