"""Kiosks for tests, paired or waiting."""

from booking.access.schemas import SYSTEM
from booking.facilities.schemas import FacilityView
from booking.kiosks import service
from booking.kiosks.schemas import KioskIdentity, NewKiosk, Paired
from tests.make.facilities import make_facility


async def make_waiting_kiosk(*facilities: FacilityView, direction: str = "auto") -> NewKiosk:
    """A kiosk on the register with a code nobody has used yet."""
    chosen = facilities or (await make_facility(),)
    return await service.add_kiosk(SYSTEM, "入口", [one.code for one in chosen], direction)


async def make_kiosk(*facilities: FacilityView, direction: str = "auto") -> tuple[KioskIdentity, Paired]:
    """A paired kiosk and what its device was told, token included."""
    made = await make_waiting_kiosk(*facilities, direction=direction)
    paired = await service.pair(made.code)
    return await service.get_kiosk_by_token(paired.token), paired
