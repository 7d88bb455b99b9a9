"""What is done with the device register: put a kiosk on it, pair a device, hear from it, take it off."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from msgspec.structs import replace

from booking.access.rules import Role
from booking.access.schemas import Actor
from booking.access.service import record_audit
from booking.facilities.queries import list_facilities
from booking.kiosks import queries
from booking.kiosks.errors import KioskRevoked, PairingCodeExpired, PairingCodeUnknown, PairingCodeUsed
from booking.kiosks.rules import (
    CODE_LIFETIME,
    Direction,
    check_kiosk,
    new_code,
    new_staff_pin,
    normalise_code,
    spell_code,
)
from booking.kiosks.schemas import KioskIdentity, KioskView, NewKiosk, Paired
from booking.kiosks.service_pin import keep_staff_pin
from booking.kiosks.tables import Kiosk, KioskFacility, PairingCode
from booking.kit import clock
from booking.kit.db import execute, fetchrow, transaction
from booking.kit.tokens import digest, new_id, new_secret

TOKEN_PREFIX = "kt_"  # noqa: S105 - what a token begins with, no secret
KEEPERS = (Role.FACILITY_MANAGER, Role.OPERATOR, Role.BODY_ADMINISTRATOR)
"""Who may add, pair, rename and revoke kiosks of their places."""


async def add_kiosk(by: Actor, name: str, facility_codes: Sequence[str], direction: str = "auto") -> NewKiosk:
    """Put a kiosk on the register; make the code that pairs its device and the number that opens its staff menu.

    Raises: KioskFormRefused.
    """
    wanted = set(facility_codes)
    chosen = [one for one in await list_facilities() if one.code in wanted]
    check_kiosk(name, frozenset(one.place_code for one in chosen))
    kiosk_id, now = new_id(), clock.now()
    async with transaction():
        await Kiosk(
            id=kiosk_id,
            name=name.strip(),
            direction=Direction(direction),
            language="ja",
            created_at=now,
            storage_persisted=False,
        ).save()
        await KioskFacility.insert(*(KioskFacility(id=new_id(), kiosk=kiosk_id, facility=one.id) for one in chosen))
        await record_audit(by, "kiosk.add", "kiosk", kiosk_id, scope=chosen[0].code, detail={"name": name.strip()})
        pin = new_staff_pin()
        await keep_staff_pin(kiosk_id, pin)
        return replace(await _new_code(by, kiosk_id), staff_pin=pin)


async def new_pairing_code(by: Actor, kiosk_id: UUID) -> NewKiosk:
    """Make a code for a device that is new or was lost; codes made before for this kiosk die.

    Raises: KioskUnknown.
    """
    async with transaction():
        kiosk = await queries.get_kiosk(kiosk_id)
        await record_audit(by, "kiosk.new-code", "kiosk", kiosk_id, scope=kiosk.facility_codes[0])
        return await _new_code(by, kiosk_id)


async def _new_code(by: Actor, kiosk_id: UUID) -> NewKiosk:
    now, code = clock.now(), new_code()
    await PairingCode.update({PairingCode.expires_at: now}).where(
        (PairingCode.kiosk == kiosk_id) & (PairingCode.used_at.is_null()) & (PairingCode.expires_at > now)
    )
    until = now + CODE_LIFETIME
    await PairingCode(
        id=new_id(), kiosk=kiosk_id, code_digest=digest(code), created_at=now, created_by=by.id, expires_at=until
    ).save()
    return NewKiosk(kiosk_id=kiosk_id, code=spell_code(code), expires_at=until)


async def pair(code: str) -> Paired:
    """Make the device that shows a good code the kiosk; a device paired before loses its token.

    Raises: PairingCodeUnknown, PairingCodeUsed, PairingCodeExpired.
    Safe: of devices racing with one code exactly one is paired.
    """
    now, token = clock.now(), new_secret(TOKEN_PREFIX)
    async with transaction():
        row = await fetchrow(
            "update pairing_code set used_at = $2 where code_digest = $1 and used_at is null and expires_at > $2"
            " returning kiosk",
            digest(normalise_code(code)),
            now,
        )
        if row is None:
            raise await _why_not(digest(normalise_code(code)))
        kiosk_id: UUID = row["kiosk"]
        await execute(
            "update kiosk set token_digest = $2, paired_at = $3, revoked_at = null, seen_at = null, last_seq = 0"
            " where id = $1",
            kiosk_id,
            digest(token),
            now,
        )
        view = await queries.get_kiosk(kiosk_id)
        by = Actor(kind="kiosk", id=kiosk_id, name=view.name)
        await record_audit(by, "kiosk.pair", "kiosk", kiosk_id, scope=view.facility_codes[0])
    return Paired(kiosk_id=kiosk_id, token=token, facilities=view.facility_codes)


async def _why_not(code_digest: str) -> PairingCodeUnknown | PairingCodeUsed | PairingCodeExpired:
    row = await fetchrow("select used_at from pairing_code where code_digest = $1", code_digest)
    if row is None:
        return PairingCodeUnknown()
    return PairingCodeUsed() if row["used_at"] is not None else PairingCodeExpired()


async def get_kiosk_by_token(token: str) -> KioskIdentity:
    """Who shows this bearer token. Raises: KioskRevoked."""
    found = await queries.find_kiosk_by_token(token) if token.startswith(TOKEN_PREFIX) else None
    if found is None:
        raise KioskRevoked
    return found


async def change_kiosk(by: Actor, kiosk_id: UUID, *, name: str, direction: str) -> KioskView:
    """Rename a kiosk or change what it decides; the device hears it with its next heartbeat.

    Raises: KioskUnknown, KioskFormRefused.
    """
    async with transaction():
        kiosk = await queries.get_kiosk(kiosk_id)
        check_kiosk(name, frozenset({"the one it has"}))
        await Kiosk.update({Kiosk.name: name.strip(), Kiosk.direction: Direction(direction)}).where(
            Kiosk.id == kiosk_id
        )
        detail = {"from": [kiosk.name, kiosk.direction], "to": [name.strip(), direction]}
        await record_audit(by, "kiosk.change", "kiosk", kiosk_id, scope=kiosk.facility_codes[0], detail=detail)
        return await queries.get_kiosk(kiosk_id)


async def revoke_kiosk(by: Actor, kiosk_id: UUID) -> None:
    """Take a device off the register at once: its token and its codes work no more.

    Raises: KioskUnknown. Safe: repeated, nothing changes.
    """
    now = clock.now()
    async with transaction():
        kiosk = await queries.get_kiosk(kiosk_id)
        await Kiosk.update({Kiosk.revoked_at: now, Kiosk.token_digest: None}).where(
            (Kiosk.id == kiosk_id) & (Kiosk.revoked_at.is_null())
        )
        await PairingCode.update({PairingCode.expires_at: now}).where(
            (PairingCode.kiosk == kiosk_id) & (PairingCode.used_at.is_null()) & (PairingCode.expires_at > now)
        )
        await record_audit(by, "kiosk.revoke", "kiosk", kiosk_id, scope=kiosk.facility_codes[0])


async def note_scans(last_seqs: Mapping[UUID, int]) -> None:
    """Keep the highest counter that has arrived from each kiosk; being heard from counts as contact."""
    kiosks = sorted(last_seqs)
    await execute(
        "update kiosk set last_seq = greatest(kiosk.last_seq, came.seq), seen_at = $3"
        " from unnest($1::uuid[], $2::bigint[]) as came (id, seq) where kiosk.id = came.id",
        *(kiosks, [last_seqs[one] for one in kiosks], clock.now()),
    )
