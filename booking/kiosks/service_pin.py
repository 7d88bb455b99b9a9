"""The number that opens a kiosk's staff menu: made with the kiosk, set and shown by those who keep it.

It is kept sealed under the installation's secret, because staff must be able to read it again at the door.
"""

from uuid import UUID

from booking.access.schemas import Actor
from booking.access.service import record_audit
from booking.kiosks import queries
from booking.kiosks.errors import KioskUnknown, StaffPinUnset
from booking.kiosks.rules import check_staff_pin, new_staff_pin
from booking.kiosks.schemas import StaffLock
from booking.kit.db import fetchrow, transaction
from booking.kit.sealing import new_salt
from booking.kit.tokens import seal, unseal


async def set_staff_pin(by: Actor, kiosk_id: UUID, pin: str | None = None) -> str:
    """Give a kiosk this staff number, or a new one that nobody guesses; what the number is.

    The device gets it with its next day list, whose staff sheet opens with the new number alone.

    Raises: KioskUnknown, StaffPinRefused.
    """
    chosen = check_staff_pin(pin) if pin is not None else new_staff_pin()
    async with transaction():
        kiosk = await queries.get_kiosk(kiosk_id)
        await keep_staff_pin(kiosk_id, chosen)
        await record_audit(by, "kiosk.set-staff-pin", "kiosk", kiosk_id, scope=kiosk.facility_codes[0])
    return chosen


async def keep_staff_pin(kiosk_id: UUID, pin: str) -> None:
    """Write a staff number, within the transaction of whoever asks."""
    row = await fetchrow(
        "update kiosk set staff_pin_sealed = $2, staff_pin_salt = $3 where id = $1 returning id",
        *(kiosk_id, seal(pin.encode()), new_salt()),
    )
    if row is None:
        raise KioskUnknown


async def reveal_staff_pin(by: Actor, kiosk_id: UUID) -> str:
    """The staff number, with a row in the audit trail that says who looked.

    Raises: KioskUnknown, StaffPinUnset.
    """
    async with transaction():
        kiosk = await queries.get_kiosk(kiosk_id)
        lock = await find_staff_lock(kiosk_id)
        if lock is None:
            raise StaffPinUnset
        await record_audit(by, "kiosk.show-staff-pin", "kiosk", kiosk_id, scope=kiosk.facility_codes[0])
    return lock.pin


async def find_staff_lock(kiosk_id: UUID) -> StaffLock | None:
    """What the staff sheet of a kiosk is sealed with; None until it has one that this installation can read."""
    row = await fetchrow("select staff_pin_sealed, staff_pin_salt from kiosk where id = $1", kiosk_id)
    if row is None or row["staff_pin_sealed"] is None:
        return None
    try:
        return StaffLock(pin=unseal(row["staff_pin_sealed"]).decode(), salt=row["staff_pin_salt"])
    except ValueError:
        return None
