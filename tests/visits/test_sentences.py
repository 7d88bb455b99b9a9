"""Every answer of the door has a sentence in every language."""

import json
import re
from pathlib import Path

import msgspec
import pytest

from booking.kit.i18n import LANGUAGES
from booking.visits import rules, sentences
from booking.visits.schemas import Verdict
from booking.visits.schemas_state import Reading, State
from tests.visits.test_vectors import VECTORS, merged

NONCE = "00000000-0000-4000-8000-000000000001"


def verdict(code: str, **said: object) -> Verdict:
    return msgspec.convert({"nonce": NONCE, "verdict": "refused", "code": code, **said}, Verdict)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_every_key_with_its_values(language: str) -> None:
    japanese, said = sentences.words("ja"), sentences.words(language)
    assert said.keys() == japanese.keys()
    for key, sentence in said.items():
        assert sentence, key
        assert set(re.findall(r"\{\w+\}", sentence)) == set(re.findall(r"\{\w+\}", japanese[key])), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_vector_can_be_said(language: str) -> None:
    for case in VECTORS["cases"]:
        state = msgspec.convert(merged(VECTORS["state"], case.get("patch", {})), State)
        for outcome in rules.fold(msgspec.convert(case["readings"], list[Reading]), state)[0]:
            said = sentences.say(outcome.verdict, language)
            assert said
            assert "{" not in said


def test_what_is_said() -> None:
    early = verdict("too-early", label="アニメーション", minutes=23, at="2026-11-22T15:00:00+09:00")
    assert sentences.say(early, "ja") == "あと 23分で はいれます。アニメーション は 15:00から はいれます"
    assert sentences.say(early, "en") == "You can enter in 23 min. アニメーション opens its door at 15:00"
    later = verdict("too-early", label="A", minutes=300, at="2026-11-22T15:00:00+09:00")
    assert sentences.say(later, "en") == "You can enter from 15:00. A opens its door at 15:00"
    assert sentences.say(verdict("closed"), "en").endswith("for the next open day")
    assert sentences.say(verdict("closed", at="2026-11-22T10:00:00+09:00"), "en").endswith("Opens at 10:00")
    stay = verdict("goodbye", minutes=125)
    assert sentences.say(stay, "en") == "See you. You were here for 2 h 5 min today"
    assert "Next: Sun 22 Nov" in sentences.say(verdict("goodbye", minutes=0, at="2026-11-22T10:00:00Z"), "en")
    assert sentences.say(verdict("goodbye", minutes=60), "en").endswith("for 1 h today")
    assert sentences.say(verdict("ask-who"), "en") == "Who is coming in?"
    assert sentences.say(verdict("welcome"), "en") == "Welcome"
    assert sentences.say(verdict("see-desk"), "xx").startswith("かかりの人が")


def test_the_kiosk_carries_the_same_codes() -> None:
    codes = {one["code"] for case in VECTORS["cases"] for one in case["expect"]}
    assert codes <= sentences.words("ja").keys()
    assert json.loads((Path(__file__).parents[1] / "vectors" / "pass.json").read_text(encoding="utf-8"))["cases"]
