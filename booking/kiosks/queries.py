"""Reads of the device register."""

from uuid import UUID

import msgspec

from booking.kiosks.errors import KioskUnknown
from booking.kiosks.schemas import KioskIdentity, KioskView
from booking.kit.db import fetch, fetchrow
from booking.kit.tokens import digest

_VIEW = """
select k.id, k.name, k.direction, k.language, k.verdict_seconds, k.paired_at, k.revoked_at, k.seen_at, k.app_version,
       k.queue_length, k.clock_offset_ms, k.storage_persisted, k.report,
       array_agg(f.code order by f.code) as facility_codes, array_agg(f.name order by f.code) as facility_names,
       array_agg(distinct b.code) as body_codes
from kiosk k join kiosk_facility kf on kf.kiosk = k.id
     join facility f on f.id = kf.facility join body b on b.id = f.body
"""


async def find_kiosk_by_token(token: str) -> KioskIdentity | None:
    """The kiosk that has this token and is not revoked."""
    row = await fetchrow(
        """
        select k.id, k.name, k.direction, k.language, k.verdict_seconds,
               array_agg(f.id order by f.code) as facility_ids, array_agg(f.code order by f.code) as facility_codes
        from kiosk k join kiosk_facility kf on kf.kiosk = k.id join facility f on f.id = kf.facility
        where k.token_digest = $1 and k.revoked_at is null group by k.id
        """,
        digest(token),
    )
    return None if row is None else msgspec.convert(dict(row), KioskIdentity)


async def list_kiosks() -> list[KioskView]:
    """Every kiosk, by name of its facilities; the reader's rights are the caller's business."""
    rows = await fetch(f"{_VIEW} group by k.id order by min(f.code), k.name, k.id")
    return [_view(dict(row)) for row in rows]


async def get_kiosk(kiosk_id: UUID) -> KioskView:
    """One kiosk. Raises: KioskUnknown."""
    row = await fetchrow(f"{_VIEW} where k.id = $1 group by k.id", kiosk_id)
    if row is None:
        raise KioskUnknown
    return _view(dict(row))


def _view(row: dict[str, object]) -> KioskView:
    return msgspec.convert({**row, "report": msgspec.json.decode(str(row["report"]))}, KioskView)
