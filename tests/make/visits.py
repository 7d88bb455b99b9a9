"""Scans for tests, as a kiosk would send them."""

from collections.abc import Iterable
from datetime import datetime
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from booking.facilities.schemas import FacilityView
from booking.kit import clock, db
from booking.visits import service
from booking.visits.schemas import Scan, Told, Verdict
from tests.make.kiosks import make_kiosk

_seq = count(1)


def make_scan(token: str | None = None, *, at: datetime | None = None, **given: Any) -> Scan:
    """A pass shown now, unless said otherwise."""
    told = given.pop("told", None)
    return Scan(
        nonce=given.pop("nonce", None) or uuid4(),
        seq=given.pop("seq", None) or next(_seq),
        scanned_at=at or clock.now(),
        kind=given.pop("kind", "pass"),
        token=token,
        told=Told(*told) if told else None,
        **given,
    )


class KioskHere:
    """A paired kiosk that sends what it is shown."""

    def __init__(self, kiosk_id: UUID, token: str) -> None:
        self.id = kiosk_id
        self.token = token

    async def shows(self, token: str | None = None, **given: Any) -> Verdict:
        """One scan and its answer."""
        return (await self.sends([make_scan(token, **given)]))[0]

    async def sends(self, scans: Iterable[Scan], language: str = "ja") -> list[Verdict]:
        """A batch and its answers."""
        return await service.record_scans(self.token, list(scans), language)


async def kiosk_at(*facilities: FacilityView, direction: str = "auto") -> KioskHere:
    """A kiosk of these facilities."""
    kiosk, paired = await make_kiosk(*facilities, direction=direction)
    return KioskHere(kiosk.id, paired.token)


async def visits() -> list[dict[str, Any]]:
    """Every visit, in the order they began."""
    return [dict(row) for row in await db.fetch("select * from visit order by entered_at, created_at, id")]


async def flags() -> list[str]:
    """Codes of the flags raised."""
    return [row["code"] for row in await db.fetch("select code from door_flag order by raised_at, id")]
