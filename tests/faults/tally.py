"""What a drill came to: every scan that was made and every word that was said, held against the database."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import asyncpg

from tests.faults.kiosk import Entry, Kiosk
from tests.faults.stage import Stage, member


@dataclass
class Tally:
    """The figures of one drill; the three in the middle must be nothing."""

    name: str
    scans: int = 0
    lost: int = 0
    doubled: int = 0
    wrongly_told: int = 0
    seconds: float = 0.0
    notes: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    skipped: str = ""

    @property
    def is_good(self) -> bool:
        """Whether nothing was lost, doubled, wrongly told or otherwise wrong."""
        return not (self.lost or self.doubled or self.wrongly_told or self.faults)

    def expect(self, holds: bool, sentence: str) -> None:
        """Something else that must hold."""
        if not holds:
            self.faults.append(sentence)


def table(tallies: Sequence[Tally]) -> str:
    """The figures, one line a drill."""
    head = f"{'drill':18}{'scans':>7}{'lost':>6}{'doubled':>9}{'wrongly told':>14}{'seconds':>9}  notes"
    lines = [head, "-" * len(head)]
    for one in tallies:
        if one.skipped:
            lines.append(f"{one.name:18}{'skipped: ' + one.skipped}")
            continue
        figures = f"{one.scans:>7}{one.lost:>6}{one.doubled:>9}{one.wrongly_told:>14}{one.seconds:>9.1f}"
        lines.append(f"{one.name:18}{figures}  {'; '.join(one.notes)}")
        lines += [f"{'':18}WRONG: {fault}" for fault in one.faults]
    return "\n".join(lines)


async def count_kiosks(tally: Tally, stage: Stage, kiosks: Iterable[Kiosk]) -> None:
    """Hold what simulated kiosks queued and said against what the service stored."""
    async with stage.database() as connection:
        for kiosk in kiosks:
            await _count_kiosk(tally, connection, kiosk)
        await count_people(tally, connection, sorted({one.person for kiosk in kiosks for one in kiosk.entries}))
        await count_messages(tally, connection)


async def _count_kiosk(tally: Tally, connection: asyncpg.Connection, kiosk: Kiosk) -> None:
    nonces = [UUID(one.scan["nonce"]) for one in kiosk.entries]
    rows = await connection.fetch("select * from scan where nonce = any($1) order by seq", nonces)
    found: dict[str, list[asyncpg.Record]] = {}
    for row in rows:
        found.setdefault(str(row["nonce"]), []).append(row)
    tally.scans += len(nonces)
    tally.doubled += len(rows) - len(found)
    for entry in kiosk.entries:
        mine = found.get(entry.scan["nonce"])
        if mine is None:
            tally.lost += 1
        elif await _is_wrongly_told(connection, entry, mine[0]):
            tally.wrongly_told += 1
            tally.faults.append(f"shown {entry.shown}, stored {mine[0]['verdict']} {mine[0]['code']}")
    arrived = [row["received_at"] for row in rows]
    tally.expect(arrived == sorted(arrived), "scans of one kiosk were stored out of order")


async def _is_wrongly_told(connection: asyncpg.Connection, entry: Entry, row: Any) -> bool:
    """Told welcome and no visit, or told refused and a visit, or anything else than what is stored; unless flagged."""
    if row["flags"]:
        return False
    if entry.shown != row["verdict"]:
        return True
    if entry.shown == "welcome":
        sql = (
            "select count(*) from visit where member = $1 and voided_at is null"
            " and (entered_at <= $2 or entry_scan = $3)"
        )
        return not await connection.fetchval(sql, row["member"], row["happened_at"], row["id"])
    began = await connection.fetchval("select count(*) from visit where entry_scan = $1", row["id"])
    return bool(began)


async def count_people(tally: Tally, connection: asyncpg.Connection, people: Sequence[int], most: int = 1) -> None:
    """Nobody was counted more often than they came."""
    sql = "select member from visit where member = any($1) and voided_at is null"
    came = Counter(row["member"] for row in await connection.fetch(sql, [member(one) for one in people]))
    tally.doubled += sum(times - most for times in came.values() if times > most)


async def count_messages(tally: Tally, connection: asyncpg.Connection) -> None:
    """Every message about a coming or going is about one that happened."""
    sql = (
        "select count(*) from message where kind in ('visit-arrived', 'visit-left') and not exists ("
        " select 1 from scan join visit on visit.entry_scan = scan.id or visit.exit_scan = scan.id"
        " where scan.id::text = split_part(message.dedup, ':', 2) and visit.voided_at is null)"
    )
    wrong = await connection.fetchval(sql)
    tally.wrongly_told += wrong
    tally.expect(not wrong, f"{wrong} messages about something that did not happen")
