"""The seal that both sides know: what the service seals today, `kiosk/tests/staff.test.ts` opens."""

import json
from pathlib import Path

import msgspec
import pytest

from booking.kit.sealing import Sealed, open_with, seal_with

VECTOR = json.loads((Path(__file__).parents[1] / "vectors" / "sealed-sheet.json").read_text("utf-8"))


def test_the_service_seals_as_the_vector_says() -> None:
    sealed = msgspec.convert(VECTOR["sealed"], Sealed)
    assert seal_with(VECTOR["pin"], sealed.salt, VECTOR["plain"].encode()) == sealed
    assert open_with(VECTOR["pin"], sealed).decode() == VECTOR["plain"]
    with pytest.raises(ValueError, match="not the number"):
        open_with("0000", sealed)
