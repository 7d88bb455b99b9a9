"""Somebody who knows every rule but the secret, has all that is published, and wants a count below ten exactly.

They set up what is published as whole numbers between bounds, with every sum they know of, and shrink the bounds until
nothing moves: over the tables of a year, its total, downloads before and after one more visit, and the public level
of crowding. What is left with one value only, and is hidden, they have recovered.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

import httpx

from booking.kit.suppression import EDGES, LEAST, STEP

Range = tuple[int, int]
FILES = ("kpi_annual_users.csv", "visits_monthly.csv", "users_by_municipality.csv")
MOST = 10**9


async def download(client: httpx.AsyncClient) -> dict[str, list[dict[str, str]]]:
    """Every table with counts."""
    found = {}
    for file in FILES:
        answer = await client.get(f"/opendata/{file}")
        found[file] = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    return found


def range_of(cell: str, standing: str) -> Range:
    """What a published cell can be."""
    if cell == "<10":
        return (1, LEAST - 1) if standing == "確定" else (0, EDGES[-1] - 1)
    if cell == "*":
        return (0, MOST) if standing == "確定" else (EDGES[0], EDGES[-1] + LEAST - 1)
    number = int(cell)
    return (0, 0) if number == 0 else (max(LEAST, number - STEP + 1), number + STEP - 1)


class Year:
    """A fiscal year as the attacker knows it: variables with ranges, and sums of them that are equal."""

    def __init__(self, tables: Mapping[str, Sequence[Mapping[str, str]]], fiscal_year: int) -> None:
        self.known: dict[str, Range] = {}
        self.parts: list[list[str]] = []
        self.hidden: set[str] = set()
        (row,) = [each for each in tables[FILES[0]] if each["年度"] == str(fiscal_year)]
        is_exact = row["区分"] == "確定" and row["利用者数"].isdigit() and int(row["利用者数"]) >= 1_000
        said = row["利用者数"]
        self.known["total"] = (int(said), int(said)) if is_exact else range_of(said, row["区分"])
        of_year = [each for each in tables[FILES[1]] if _fiscal_year(each["年月"]) == fiscal_year]
        self._learn(f"{each['年月']} {each['施設ID']}" for each in of_year)
        self._see(of_year)
        towns = [each for each in tables[FILES[2]] if each["年度"] == str(fiscal_year)]
        if towns:
            self._learn(each["全国地方公共団体コード"] for each in towns)
            self._see(towns)

    def _learn(self, names: Iterable[str]) -> None:
        self.parts.append(list(names))

    def _see(self, rows: Sequence[Mapping[str, str]]) -> None:
        for name, row in zip(self.parts[-1], rows, strict=True):
            self.known[name] = range_of(row["利用者数"], row["区分"])
            if not row["利用者数"].isdigit():
                self.hidden.add(name)

    def solve(self) -> dict[str, Range]:
        """Shrink the ranges until nothing moves."""
        before: dict[str, Range] = {}
        while before != self.known:
            before = dict(self.known)
            for part in self.parts:
                self._shrink("total", [*part])
        return self.known

    def _shrink(self, total: str, part: list[str]) -> None:
        low, high = (sum(self.known[each][side] for each in part) for side in (0, 1))
        self.known[total] = max(self.known[total][0], low), min(self.known[total][1], high)
        least, most = self.known[total]
        for each in part:
            own_low, own_high = self.known[each]
            self.known[each] = (
                max(own_low, least - (high - own_high)),
                min(own_high, most - (low - own_low)),
            )

    def recovered(self) -> dict[str, int]:
        """Hidden counts of one to nine that can be nothing else."""
        found = self.solve()
        return {each: found[each][0] for each in self.hidden if found[each][0] == found[each][1] < LEAST}


def _fiscal_year(month: str) -> int:
    year, number = (int(each) for each in month.split("-"))
    return year if number >= 4 else year - 1


def after_one_visit(before: str, after: str, standing: str) -> set[int]:
    """What a cell can have been, when it is known that one visit was added between two downloads.

    Tried for every count, edge and die: the attacker knows the rules, not the dice.
    """
    fits: set[int] = set()
    for edge in EDGES:
        for die in range(STEP):
            for count in range(60):
                if _reads(count, edge, die, standing) == before and _reads(count + 1, edge, die, standing) == after:
                    fits.add(count)
    return fits


def _reads(count: int, edge: int, die: int, standing: str) -> str:
    if standing == "確定":
        small = "0" if count == 0 else "<10" if count < LEAST else ""
    else:
        small = "<10" if count < edge else "*" if count < edge + LEAST else ""
    return small or str((count // STEP + (die < count % STEP)) * STEP)


def from_crowding(level: str, about: int | None, capacity: int) -> set[int]:
    """How many can be inside, from the public level and number."""
    return {
        inside
        for inside in range(capacity * 2)
        if ((about is None and inside < STEP) or (about is not None and abs(inside - about) <= STEP // 2))
        and (level == ("quiet" if inside * 10 < capacity * 6 else "busy" if inside < capacity else "full"))
    }


def from_others(totals: Mapping[str, str], standing: str, exact: Mapping[str, int]) -> dict[str, Range]:
    """What each of two bodies can have had in a year, from the totals that the reports of both and of the plan print,
    and from those that everybody may read; the plan is ``."""
    known = {body: (int(said), int(said)) if said.isdigit() and int(said) >= 1_000 and standing == "確定"
             and int(said) % STEP else range_of(said, standing) for body, said in totals.items()}  # fmt: skip
    known |= {body: (value, value) for body, value in exact.items()}
    first, second = (body for body in totals if body)
    for one, other in ((first, second), (second, first)):
        low, high = known[""][0] - known[other][1], known[""][1] - known[other][0]
        known[one] = max(known[one][0], low), min(known[one][1], high)
    return {body: known[body] for body in (first, second)}
