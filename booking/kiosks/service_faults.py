"""Faults of kiosks as rows: begun when first heard or seen, ended when it is well again."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from booking.facilities.queries import list_facilities, load_calendar
from booking.facilities.rules import hours_of, is_open_at
from booking.kiosks import queries
from booking.kiosks.errors import KioskUnknown
from booking.kiosks.rules import SILENT_AFTER
from booking.kiosks.rules_faults import SAID, SEEN, faults_said, is_older
from booking.kiosks.schemas import KioskReport, KioskView
from booking.kit import clock, db
from booking.kit.build import VERSION
from booking.kit.tokens import new_id

_HEARD = """
update kiosk set seen_at = $2, app_version = $3, queue_length = $4, clock_offset_ms = $5, storage_persisted = $6,
  report = $7::jsonb || jsonb_build_object('queue_since', case when $4 = 0 then null
    when queue_length > 0 then coalesce(report->>'queue_since', $8::text) else $8::text end)
where id = $1 returning id
"""
STUCK_AFTER = timedelta(minutes=10)
KEPT_FOR = timedelta(days=400)
_END = """
update kiosk_fault set ended_at = $4
where kiosk = $1 and ended_at is null and code = any($2) and code <> all($3)
"""
_BEGIN = """
insert into kiosk_fault (id, kiosk, code, began_at, detail)
select one.id, $1, one.code, $4, '{}' from unnest($2::uuid[], $3::text[]) as one (id, code)
on conflict (kiosk, code) where ended_at is null do nothing
"""


async def note_faults(kiosk_id: UUID, among: Sequence[str], found: Sequence[str], at: datetime) -> None:
    """Of the codes `among`, those `found` are going on and the others have ended. Safe: repeated, concurrent."""
    async with db.transaction():
        await db.execute(_END, kiosk_id, list(among), list(found), at)
        if found:
            await db.execute(_BEGIN, kiosk_id, [new_id() for _ in found], list(found), at)


async def note_contact(kiosk_id: UUID, report: KioskReport) -> None:
    """Keep what a kiosk says of itself, and since when its queue is not empty. Raises: KioskUnknown."""
    now = clock.now()
    detail = {
        "heard_at": now.isoformat(),
        "camera": report.camera,
        "parked": report.parked,
        "last_seq": report.last_seq,
        "storage_used_mb": report.storage_used_mb,
        "storage_quota_mb": report.storage_quota_mb,
        "faults": sorted(set(report.faults)),
    }
    row = await db.fetchrow(
        _HEARD,
        kiosk_id,
        now,
        report.version,
        min(report.queue_length, 2**31 - 1),
        report.clock_offset_ms,
        report.is_storage_persistent,
        msgspec.json.encode(detail).decode(),
        now.isoformat(),
    )
    if row is None:
        raise KioskUnknown
    await note_said(kiosk_id, report, now)


async def note_said(kiosk_id: UUID, report: KioskReport, at: datetime) -> None:
    """Keep what a device said is wrong with it; it is heard, so it is not silent."""
    found = faults_said(
        report.faults,
        clock_offset_ms=report.clock_offset_ms,
        is_storage_persistent=report.is_storage_persistent,
        parked=report.parked,
        camera=report.camera,
    )
    await note_faults(kiosk_id, (*SAID, "silent"), found, at)


async def judge_kiosks() -> int:
    """Look at every paired kiosk as the service sees it; how many have a fault of that kind.

    A kiosk is expected to be silent while its facilities are closed. Faults of revoked devices end.
    Safe: repeated.
    """
    now = clock.now()
    open_codes = await _open_now(now)
    with_faults = 0
    for kiosk in await queries.list_kiosks():
        if kiosk.revoked_at is not None:
            await note_faults(kiosk.id, (*SAID, *SEEN), (), now)
        elif kiosk.paired_at is not None:
            found = _seen(kiosk, now, is_open=bool(open_codes.intersection(kiosk.facility_codes)))
            await note_faults(kiosk.id, SEEN, found, now)
            with_faults += bool(found)
    await db.execute("delete from kiosk_fault where ended_at < $1", now - KEPT_FOR)
    return with_faults


def _seen(kiosk: KioskView, now: datetime, *, is_open: bool) -> list[str]:
    heard_at = kiosk.seen_at or kiosk.paired_at or now
    found = ["silent"] if is_open and now - heard_at >= SILENT_AFTER else []
    since = _instant(kiosk.report, "queue_since")
    if kiosk.queue_length and since is not None and now - since >= STUCK_AFTER:
        found.append("queue-stuck")
    if is_older(kiosk.app_version, VERSION):
        found.append("version-old")
    return found


def _instant(report: Mapping[str, object], name: str) -> datetime | None:
    said = report.get(name)
    return datetime.fromisoformat(said) if isinstance(said, str) else None


async def _open_now(now: datetime) -> set[str]:
    places, local = await list_facilities(), clock.local(now)
    calendar = await load_calendar([one.id for one in places], local.date(), local.date())
    return {
        one.code
        for one in places
        if is_open_at(hours_of(calendar, one.id, local.date()), local.time(), is_closed_now=False)
    }
