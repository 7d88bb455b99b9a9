"""The pass code against the cases that the kiosk is held to as well."""

import base64
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from booking.kit.errors import Refusal
from booking.passes import rules
from booking.passes.errors import ForgedPass, MalformedPass, UnknownKey
from booking.passes.schemas import PassClaims, VerifyingKey

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "pass.json").read_text(encoding="utf-8"))


def raw(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


KEYS = {key["kid"]: VerifyingKey(raw(key["public_key"]), key["state"]) for key in VECTORS["keys"]}


def read(case: dict[str, Any]) -> PassClaims:
    claims = rules.verify(rules.decode(case["text"]), KEYS)
    rules.check_validity(claims, datetime.fromisoformat(case["at"]), is_revoked=case["is_revoked"])
    return claims


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["name"])
def test_pass(case: dict[str, Any]) -> None:
    if case["refusal"] is None:
        assert read(case) == msgspec.convert(case["claims"], PassClaims)
        return
    with pytest.raises(Refusal) as refused:
        read(case)
    assert refused.value.code == case["refusal"]


def test_encoding_gives_the_same_text() -> None:
    signed = VECTORS["signed"]
    key = Ed25519PrivateKey.from_private_bytes(raw(signed["private_key"]))
    assert rules.encode(msgspec.convert(signed["claims"], PassClaims), key) == signed["text"]
    assert len(signed["text"]) == rules.LENGTH
    assert signed["text"].isalnum()


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    with pytest.raises(MalformedPass):
        rules.decode(text)


@settings(deadline=None)
@given(st.integers(0, rules.LENGTH - 1), st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789ıſＡ０ 　=+/"))
def test_a_changed_character_never_passes(position: int, character: str) -> None:
    good = VECTORS["signed"]["text"]
    changed = good[:position] + character + good[position + 1 :]
    if rules.normalise(changed) == good:
        return
    with pytest.raises((MalformedPass, ForgedPass, UnknownKey, Refusal)):
        rules.verify(rules.decode(changed), KEYS)
