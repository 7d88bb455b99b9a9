"""Ten rules of the door, each changed in one place: the vectors must notice every one of them.

The changed text is loaded beside the real modules, under another name, so that nothing else sees it. A text that no
longer occurs exactly once fails as well: a mutation that changes nothing proves nothing.
"""

import re
import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import booking.visits as room
from tests.visits import test_vectors as vectors

ROOM = Path(room.__file__).parent
MODULES = ("answers", "targets", "turns", "refusing", "entering", "heads", "told", "")
"""The rules in the order in which they import each other."""
MUTATIONS = {
    "a scan shown again after three minutes": ("", "REPEAT = timedelta(minutes=3)", "REPEAT = timedelta(minutes=2)"),
    "a pass at the moment it expires": ("", "case.at >= reading.valid_until", "case.at > reading.valid_until"),
    "a clock that is wrong": ("", "CLOCK_TOLERANCE = timedelta(seconds=120)", "CLOCK_TOLERANCE = timedelta(hours=3)"),
    "the last place in the building": ("entering", "return heads <= room_for", "return heads - 1 <= room_for"),
    "the moment somebody is late": ("entering", "case.at >= late_at", "case.at > late_at"),
    "who closed at once": ("entering", "    if is_closed_at(place, case.at):", "    if not place.name:"),
    "the moment a door opens": (
        "targets",
        "door_opens_at <= at < session.ends_at",
        "door_opens_at < at < session.ends_at",
    ),
    "free web seats that roll over": ("turns", "return session.walk_in + rolled - ", "return session.walk_in - "),
    "who stands before whom": ("turns", "        room.keep_for(turn)\n    return room", "    return room"),
    "what a kiosk told": ("told", 'if told.verdict == "welcome":', 'if told.verdict == "ask":'),
}


@contextmanager
def mutated(where: str, old: str, new: str) -> Iterator[types.ModuleType]:
    """The rules with one text replaced, as modules of their own."""
    names = {_name(one): f"booking.visits.mutated_rules{one and '_' + one}" for one in MODULES}
    try:
        for one in MODULES:
            text = (ROOM / f"{_name(one)}.py").read_text(encoding="utf-8")
            if one == where:
                assert text.count(old) == 1, f"{old!r} occurs {text.count(old)} times"
                text = text.replace(old, new)
            for name, other in names.items():
                text = re.sub(rf"from booking\.visits\.{name} import", f"from {other} import", text)
            module = sys.modules[names[_name(one)]] = types.ModuleType(names[_name(one)])
            exec(compile(text, names[_name(one)], "exec"), module.__dict__)
        yield sys.modules[names["rules"]]
    finally:
        for other in names.values():
            sys.modules.pop(other, None)


def _name(module: str) -> str:
    return f"rules_{module}" if module else "rules"


def broken(rules: Any) -> list[str]:
    """The vectors that these rules do not hold."""
    names = []
    for case in vectors.VECTORS["cases"]:
        try:
            vectors.assert_case(case, rules.fold)
        except AssertionError:
            names.append(case["name"])
    return names


def test_unchanged_rules_hold_every_vector() -> None:
    with mutated("", "REPEAT = timedelta(minutes=3)", "REPEAT = timedelta(minutes=3)") as rules:
        assert broken(rules) == []


@pytest.mark.parametrize("mutation", MUTATIONS.values(), ids=MUTATIONS.keys())
def test_a_changed_rule_breaks_a_vector(mutation: tuple[str, str, str]) -> None:
    with mutated(*mutation) as rules:
        assert broken(rules)


def test_ten_rules_are_changed() -> None:
    assert len(set(MUTATIONS.values())) >= 10
