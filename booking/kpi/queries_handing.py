"""Trusted keys, and what stands against counting a total from elsewhere."""

from datetime import date
from uuid import UUID

import msgspec

from booking.kit import db
from booking.kpi import queries_counting as counting
from booking.kpi.schemas_handing import TrustedKey


async def list_keys() -> list[TrustedKey]:
    """Every key that is or was trusted, those that are first."""
    rows = await db.fetch("select * from kpi_trusted_key order by revoked_at is not null, trusted_at desc, id")
    return [msgspec.convert(dict(row), TrustedKey) for row in rows]


async def lock_keys() -> None:
    """Let nobody else trust a key or take a total over until the transaction ends."""
    await db.execute("lock table kpi_trusted_key in share row exclusive mode")


async def find_key(body: str, public_key: str) -> TrustedKey | None:
    """The key while it is trusted for a body."""
    row = await db.fetchrow(
        "select * from kpi_trusted_key where body = $1 and public_key = $2 and revoked_at is null", body, public_key
    )
    return None if row is None else msgspec.convert(dict(row), TrustedKey)


async def counts_here(body: str, from_on: date, until_on: date) -> bool:
    """Whether visits or totals of a body's span are counted here."""
    found: bool = await db.fetchval(
        f"""select exists (select 1 from visit v join facility f on f.id = v.facility join body b on b.id = f.body
              where b.code = $1 and v.visited_on >= $2 and v.visited_on < $3 and v.voided_at is null
                and v.kind in ({counting.KINDS}))
            or exists (select 1 from kpi_import i join facility f on f.id = i.facility join body b on b.id = f.body
              where b.code = $1 and i.month_on >= $2 and i.month_on < $3 and i.replaced_at is null)""",
        *(body, from_on, until_on),
    )
    return found


async def is_plan_certified(from_on: date, until_on: date) -> bool:
    """Whether the plan's year or a month of it is certified."""
    found: bool = await db.fetchval(
        "select exists (select 1 from kpi_certification where body = '' and starts_on >= $1 and starts_on < $2)",
        *(from_on, until_on),
    )
    return found


async def get_months(certification: UUID) -> dict[str, dict[str, int]]:
    """What each month and facility of a certified year gave from its visits: `2026-10 tumo-gunma` → unit → number."""
    found = await db.fetchval("select figures -> 'by_month' from kpi_certification where id = $1", certification)
    return msgspec.json.decode(found, type=dict[str, dict[str, int]])
