"""No published table gives a count below ten away: by hand, and against every table that would have read the same."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from booking.kit import suppression as rules
from booking.kit.suppression import EDGES, LEAST, STEP, Bounds, Count, Mark, Shown, provisional, rounded
from tests.opendata.attacker import after_one_visit

SECRET = b"a secret of the trials"


def publish(
    name: str, counts: dict[str, int], secret: bytes = SECRET, *, is_certified: bool = True
) -> tuple[dict[str, Shown], Shown]:
    """One certified table, its total certified or not."""
    cells = {cell: Count(number) for cell, number in counts.items()}
    seen = rules.publish(name, {"t": cells}, Count(sum(counts.values()), is_certified), secret)
    return seen.tables["t"], seen.total


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


def test_a_provisional_count_says_less() -> None:
    assert {provisional(0, 0, edge) for edge in EDGES} == {"<10"}
    assert {provisional(5, 0, edge) for edge in EDGES} == {"<10", "*"}
    assert {provisional(10, 0, edge) for edge in EDGES} == {"*"}
    assert {provisional(20, 0, edge) for edge in EDGES} == {20}


def test_the_same_table_reads_the_same_and_the_secret_decides() -> None:
    counts = {str(n): 11 + n * 7 for n in range(40)}
    assert publish("t", counts) == publish("t", counts)
    assert publish("t", counts) != publish("t", counts, b"another")


def test_a_cell_reads_the_same_whatever_stands_beside_it() -> None:
    """Otherwise the same count would be thrown again with every new month, and many throws tell it."""
    counts = {str(n): 11 + n * 7 for n in range(20)}
    alone, _ = publish("t", counts)
    beside, _ = publish("t", {"new": 33, **counts})
    assert alone.items() <= beside.items()


def could_read(cells: dict[str, Shown], said: Shown, below: int, *, is_exact: bool) -> list[tuple[int, ...]]:
    """Every table of counts below a number that may have been published so, whatever the dice."""
    each = [
        [count for count in range(below) if shown in {rounded(count, die) for die in range(STEP)}]
        for shown in cells.values()
    ]

    def is_it(total: int) -> bool:
        return said == total if is_exact else said in {provisional(total, die, e) for die in range(STEP) for e in EDGES}

    totals = {total for total in range(below * len(each)) if is_it(total)}
    return [counts for counts in product(*each) if sum(counts) in totals]


@pytest.mark.parametrize("is_exact", [True, False], ids=["exact total", "rounded total"])
@given(counts=st.lists(st.integers(0, 22), min_size=2, max_size=3))
@settings(max_examples=2_000, deadline=None)
def test_whoever_knows_the_rules_cannot_tell_a_small_count(counts: list[int], is_exact: bool) -> None:
    before = rules.EXACT_FROM
    rules.EXACT_FROM = LEAST
    try:
        cells, said = publish("t", {str(n): count for n, count in enumerate(counts)}, is_certified=is_exact)
    finally:
        rules.EXACT_FROM = before
    if Mark.WITHHELD in cells.values() or (is_exact and sum(counts) < LEAST):
        return
    found = could_read(cells, said, sum(counts) + 9, is_exact=is_exact)
    assert tuple(counts) in found
    for at, count in enumerate(counts):
        if 0 < count < LEAST:
            assert len({each[at] for each in found}) > 1, (counts, cells, said)


def test_without_throwing_again_an_exact_total_would_give_a_cell_away() -> None:
    """The negative control: 1,000 beside a few of an exact 997 can be nothing but 996 and 1."""
    cells = [Bounds(996, 1_004), Bounds(1, 9), Bounds(0, 0)]
    assert not rules.gives_away([cells], Bounds(1_000, 1_000))
    assert rules.gives_away([cells], Bounds(997, 997))
    shown = [publish(f"t{n}", {"a": 996, "b": 5}) for n in range(50)]
    assert {total for _, total in shown} == {1_001}


def test_two_tables_of_one_year_are_held_against_each_other() -> None:
    """Each alone hides the few; together they would not, were they not looked at together."""
    months = [Bounds(1, 9), Bounds(100, 100)]
    towns = [Bounds(107, 107)]
    assert not rules.gives_away([months], Bounds(0, 1_000))
    assert rules.gives_away([months, towns], Bounds(0, 1_000))


def test_one_more_visit_tells_nothing() -> None:
    """Every way a provisional cell can read before and after one visit, and what can have been there before."""
    readings = ["<10", "*", *(str(number) for number in range(10, 40, 5))]
    told = {(one, two): after_one_visit(one, two, "暫定") for one in readings for two in readings}
    assert not [pair for pair, fits in told.items() if len(fits) == 1 and min(fits) < LEAST]
    assert after_one_visit("<10", "10", "確定") == {9}, "the negative control: with one edge at ten it does"
