"""Reads of the device register."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import msgspec

from booking.kiosks.errors import KioskUnknown
from booking.kiosks.schemas import KioskIdentity, KioskView
from booking.kit.db import fetch, fetchrow
from booking.kit.tokens import digest

_VIEW = """
select k.id, k.name, k.direction, k.language, k.verdict_seconds, k.paired_at, k.revoked_at, k.seen_at, k.app_version,
       k.queue_length, k.clock_offset_ms, k.storage_persisted, k.report,
       k.staff_pin_sealed is not null as has_staff_pin,
       array_agg(f.code order by f.code) as facility_codes, array_agg(f.name order by f.code) as facility_names,
       array_agg(distinct b.code) as body_codes
from kiosk k join kiosk_facility kf on kf.kiosk = k.id
     join facility f on f.id = kf.facility join body b on b.id = f.body
"""


async def find_kiosks_by_tokens(tokens: Iterable[str]) -> dict[str, KioskIdentity]:
    """The kiosks that have these tokens and are not revoked, in one statement."""
    by_digest = {digest(token): token for token in set(tokens)}
    rows = await fetch(
        """
        select k.token_digest, k.id, k.name, k.direction, k.language, k.verdict_seconds,
               array_agg(f.id order by f.code) as facility_ids, array_agg(f.code order by f.code) as facility_codes
        from kiosk k join kiosk_facility kf on kf.kiosk = k.id join facility f on f.id = kf.facility
        where k.token_digest = any($1) and k.revoked_at is null group by k.id
        """,
        list(by_digest),
    )
    return {by_digest[row["token_digest"]]: _identity(row) for row in rows}


async def find_kiosk_by_token(token: str) -> KioskIdentity | None:
    """The kiosk that has this token and is not revoked."""
    return (await find_kiosks_by_tokens([token])).get(token)


def _identity(row: Any) -> KioskIdentity:
    return KioskIdentity(
        id=row["id"],
        name=row["name"],
        direction=row["direction"],
        language=row["language"],
        verdict_seconds=row["verdict_seconds"],
        facility_ids=tuple(row["facility_ids"]),
        facility_codes=tuple(row["facility_codes"]),
    )


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
