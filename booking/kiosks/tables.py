"""The device register: kiosks, the facilities they serve, and the codes that pair them."""

from piccolo.constraints import Unique
from piccolo.table import Table

from booking.facilities.tables import Facility
from booking.kiosks.rules import Direction
from booking.kit.tables import big, document, flag, identifier, instant, key, one_of, ref, small, text, whole


class Kiosk(Table, tablename="kiosk"):
    """A paired device. Its bearer token (prefix `kt_`) is kept as a digest; what it last said of itself is here."""

    id = key()
    name = text()
    token_digest = text(null=True, unique=True)
    direction = text()
    verdict_seconds = small(default=4)
    language = text()
    created_at = instant()
    paired_at = instant(null=True)
    revoked_at = instant(null=True)
    seen_at = instant(null=True)
    app_version = text(null=True)
    queue_length = whole(null=True)
    clock_offset_ms = big(null=True)
    storage_persisted = flag()
    report = document()
    staff_pin_sealed = text(null=True)
    staff_pin_salt = text(null=True)
    last_seq = big(default=0)
    kiosk_direction_check = one_of("direction", Direction)


class KioskFacility(Table, tablename="kiosk_facility"):
    """A facility a kiosk serves; all of one kiosk's share a place."""

    id = key()
    kiosk = ref(Kiosk)
    facility = ref(Facility)
    kiosk_facility_pair_unique = Unique([kiosk, facility])


class PairingCode(Table, tablename="pairing_code"):
    """A short code that pairs one device once."""

    id = key()
    kiosk = ref(Kiosk)
    code_digest = text(unique=True)
    created_at = instant()
    created_by = identifier(null=True)
    expires_at = instant()
    used_at = instant(null=True)


class KioskFault(Table, tablename="kiosk_fault"):
    """Something was wrong with a device from one moment to another; at most one of a kind is going on."""

    id = key()
    kiosk = ref(Kiosk)
    code = text()
    began_at = instant()
    ended_at = instant(null=True)
    detail = document()
