"""Faults of kiosks, for the pages."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from booking.kiosks.schemas import FaultView
from booking.kit import db

_FAULTS = """
select kf.kiosk as kiosk_id, k.name as kiosk_name, kf.code, kf.began_at, kf.ended_at
from kiosk_fault kf join kiosk k on k.id = kf.kiosk
where kf.kiosk = any($1) and kf.began_at < $3 and (kf.ended_at is null or kf.ended_at >= $2)
order by kf.ended_at is not null, kf.began_at desc, kf.code limit 500
"""


async def list_faults(kiosk_ids: Iterable[UUID], since: datetime, until: datetime) -> list[FaultView]:
    """Faults of these kiosks that went on at some time between two moments: those going on first, then the newest."""
    return [FaultView(**row) for row in await db.fetch(_FAULTS, list(kiosk_ids), since, until)]
