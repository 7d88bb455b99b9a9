"""The rules of the door against the cases that the kiosk is held to as well."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from booking.visits import rules
from booking.visits.schemas import Verdict
from booking.visits.schemas_state import Effect, Outcome, Reading, State

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "verdict.json").read_text(encoding="utf-8"))
CODES = {
    *("welcome", "welcome-late", "welcome-turn", "welcome-walk-in", "welcome-back", "welcome-unlisted"),
    *("welcome-heads", "already-inside", "goodbye", "goodbye-heads", "not-inside", "ask-where", "ask-who", "ask-heads"),
    *("pass-malformed", "pass-forged", "pass-unknown-key", "pass-unknown", "pass-revoked", "pass-expired"),
    *("pass-not-yet-valid", "number-unknown", "card-not-lent", "see-desk", "closed", "closing-now"),
    *("building-full", "session-full", "turn-given", "turn-waiting", "heads-unknown", "not-eligible"),
    *("group-unknown", "group-not-today"),
    *("wrong-facility", "wrong-program", "too-early", "session-over", "nothing-now"),
}
FLAGS = {"clock-wrong", "unlisted", "already-inside", "not-inside", "pass-shared", "disagreement", "staff-override"}


def merged(target: Any, patch: Any) -> Any:
    """RFC 7386."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value)
    return result


def plain(value: Any) -> Any:
    """Instants as datetimes, so that spellings of one moment are equal."""
    if isinstance(value, str) and len(value) > 18 and value[10:11] == "T":
        return datetime.fromisoformat(value)
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return {key: plain(item) for key, item in value.items()} if isinstance(value, dict) else value


def full(struct: Any) -> dict[str, Any]:
    """Every field, also those at their default."""
    return {name: plain(msgspec.to_builtins(getattr(struct, name))) for name in struct.__struct_fields__}


def assert_holds(expected: Any, found: Any, where: str) -> None:
    """Everything expected is found; more may be found. A null is also an absent field."""
    if isinstance(expected, dict):
        for key, value in expected.items():
            assert_holds(value, (found or {}).get(key), f"{where}.{key}")
    else:
        assert expected == found, where


def assert_outcome(expected: dict[str, Any], outcome: Outcome) -> None:
    said, expected = full(outcome.verdict), plain(expected)
    effects = expected.pop("effects")
    if "choice_inside" in expected:
        assert [choice.is_inside for choice in outcome.verdict.choices] == expected.pop("choice_inside")
    if "choice_labels" in expected:
        assert [choice.label for choice in outcome.verdict.choices] == expected.pop("choice_labels")
    if "choices" in expected:
        assert [choice.id for choice in outcome.verdict.choices] == expected.pop("choices")
    assert_holds(expected, said, "verdict")
    assert [(effect["do"], effect["how"]) for effect in effects] == [(e.do, e.how) for e in outcome.effects]
    for one, effect in zip(effects, outcome.effects, strict=True):
        assert_holds(one, full(effect), "effect")


def assert_case(case: dict[str, Any], fold: Callable[..., Any]) -> None:
    """Fold the readings of a case and compare."""
    document = merged(VECTORS["state"], case.get("patch", {}))
    state = msgspec.convert(document, State)
    readings = msgspec.convert(case["readings"], list[Reading])
    outcomes, after = fold(readings, state)
    assert msgspec.convert(document, State) == state, "the state before must not change"
    for expected, outcome in zip(case["expect"], outcomes, strict=True):
        assert_outcome(expected, outcome)
    assert_holds(plain(case.get("then", {})), plain(msgspec.to_builtins(after)), "state")


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["name"])
def test_verdict(case: dict[str, Any]) -> None:
    assert_case(case, rules.fold)


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["name"])
def test_one_at_a_time_is_the_same_as_a_batch(case: dict[str, Any]) -> None:
    state = msgspec.convert(merged(VECTORS["state"], case.get("patch", {})), State)
    readings = msgspec.convert(case["readings"], list[Reading])
    outcomes, after = rules.fold(readings, state)
    singly = []
    for reading in readings:
        outcome, state = rules.verdict(reading, state)
        singly.append(outcome)
    assert singly == outcomes
    assert state == after


def test_every_code_and_flag_has_a_vector() -> None:
    assert len(VECTORS["cases"]) >= 150
    expected = [one for case in VECTORS["cases"] for one in case["expect"]]
    assert {one["code"] for one in expected} == CODES
    assert {flag for one in expected for flag in one["flags"]} == FLAGS


def test_a_refusal_carries_no_name() -> None:
    for case in VECTORS["cases"]:
        state = msgspec.convert(merged(VECTORS["state"], case.get("patch", {})), State)
        outcomes, _ = rules.fold(msgspec.convert(case["readings"], list[Reading]), state)
        assert all(not one.verdict.name for one in outcomes if one.verdict.verdict == "refused")


def test_effects_and_verdicts_travel_as_json() -> None:
    effect = Effect(do="leave", person="p", facility="f", at=datetime.fromisoformat("2026-11-22T15:10:00Z"), how="scan")
    assert msgspec.json.decode(msgspec.json.encode(effect), type=Effect) == effect
    said = msgspec.convert(
        {"nonce": "00000000-0000-4000-8000-000000000001", "verdict": "ask", "code": "ask-who"}, Verdict
    )
    assert msgspec.json.decode(msgspec.json.encode(said), type=Verdict) == said
