"""Hold a row until somebody waits for it, and let something happen in between."""

import asyncio
import contextvars
from typing import Any

from booking.kit import db as house_db


async def when(go: asyncio.Event, act: Any) -> Any:
    await go.wait()
    return await act()


async def meanwhile(make: Any, *given: Any, **named: Any) -> None:
    """In a transaction of its own."""
    await asyncio.create_task(make(*given, **named), context=contextvars.Context())


async def somebody_waits() -> None:
    sql = (
        "select exists (select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database())"
    )
    for _ in range(200):
        if await house_db.fetchval(sql):
            return
        await asyncio.sleep(0.05)
    raise AssertionError("nobody waits for the lock")
