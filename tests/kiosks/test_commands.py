"""The shell's verb that pairs a device."""

from argparse import Namespace

import pytest

from booking.facilities.errors import UnknownFacility
from booking.kiosks import service
from booking.kiosks.commands import pair
from tests.make.facilities import make_facility

pytestmark = pytest.mark.anyio


async def test_a_code_is_printed_that_pairs(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    facility = await make_facility()
    await pair(Namespace(facility=[facility.code], name=""))
    code = capsys.readouterr().out.splitlines()[0]
    assert (await service.pair(code)).facilities == (facility.code,)
    with pytest.raises(UnknownFacility):
        await pair(Namespace(facility=["nowhere"], name=""))
