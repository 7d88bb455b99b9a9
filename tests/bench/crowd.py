"""Years of visits at any number, written by PostgreSQL itself: what the benches of the figure are measured over."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from booking.demo.service_loose import loosened
from booking.facilities.schemas import FacilityView
from booking.kit import clock, db, installation, migrations
from booking.kit.postgres_server import PostgresServer
from booking.kpi import service
from tests.bench.report import own_directory, say
from tests.make.facilities import make_body, make_facility
from tests.make.programs import make_program

YEARS = 10
CHUNK = 500_000
_VISITS = """
insert into visit (id, person_key, kind, heads, facility, program, visited_on, entered_at, left_at, entered_by,
  closed_by, grade, school_stage, age_band, municipality_code, created_at)
select gen_random_uuid(),
  case when n % 50 = 0 then null
    else md5(floor(power(random(), 2) * $3)::int || '-' || extract(year from on_day - interval '3 months'))::uuid end,
  case when n % 50 = 0 then 'group' else 'member' end,
  case when n % 50 = 0 then 10 + n % 20 else 1 end,
  facility, program, on_day, at, at + (10 + n % 170) * interval '1 minute',
  case when n % 25 = 1 then 'staff' else 'scan' end, case when n % 14 = 1 then 'auto' else 'scan' end,
  1 + n % 12, (array['primary', 'junior-high', 'senior-high'])[1 + n % 3], 'school',
  (array['102024', '102016', '102032', '102041', '102059', '102083'])[1 + n % 6], at
from (
  select n, f.facility, f.program, day as on_day, day + interval '1 hour' + n % 480 * interval '1 minute' as at
  from generate_series($1::bigint, $2::bigint - 1) as n
  cross join lateral (select $4::date + (n * $5 / $8)::int as day) d
  join unnest($6::uuid[], $7::uuid[]) with ordinality as f(facility, program, place)
    on f.place = 1 + (n / 13 + n % 7) % array_length($6::uuid[], 1)
) each
"""


@asynccontextmanager
async def opened(directory: Path) -> AsyncIterator[None]:
    """The database of a directory, migrated, with a pool of this process."""
    server = PostgresServer(directory, options={"max_wal_size": "8GB"})
    server.start()
    try:
        await migrations.migrate(server.dsn)
        with installation.running(installation.chosen_settings({"BOOKING_DATA_DIR": str(directory)}), progress=say):
            async with db.pool(server.dsn, 6):
                yield
    finally:
        server.stop()


@asynccontextmanager
async def crowded(visits: int, *, people: int = 10_000) -> AsyncIterator[Path]:
    """A database of its own with so many visits of ten years, all of them to be folded; its directory."""
    with own_directory() as directory:
        async with opened(directory):
            await service.seed()
            await add_visits(await make_places(), 0, visits, people)
            yield directory


async def make_places() -> list[FacilityView]:
    """Two TUMO places and four tsukurun places of two bodies, each with a program."""
    bodies = await make_body(), await make_body()
    places = [
        await make_facility(body=bodies[n % 2], brand="tumo" if n < 2 else "tsukurun", code=f"bench-{n}")
        for n in range(6)
    ]
    for place in places:
        await make_program(facility=place, code=f"{place.code}-program")
    return places


async def add_visits(places: list[FacilityView], start: int, end: int, people: int) -> None:
    """The visits numbered from `start` until before `end`, with their changes noted."""
    began = time.perf_counter()
    programs = {row["code"]: row["id"] for row in await db.fetch("select code, id from program")}
    where = [place.id for place in places], [programs[f"{place.code}-program"] for place in places]
    first = clock.today() - timedelta(days=365 * YEARS)
    async with loosened(("visit",)) as connection:
        for chunk in range(start, end, CHUNK):
            until = min(chunk + CHUNK, end)
            await connection.execute(_VISITS, chunk, until, people, first, 365 * YEARS, *where, end, timeout=600)
            say(f"{until} visits after {time.perf_counter() - began:.0f} s")
    say(f"indexes after {time.perf_counter() - began:.0f} s")
    async with db.transaction() as connection:
        await connection.execute(
            "insert into visit_change (facility_id, visited_on) select distinct facility, visited_on from visit",
            timeout=600,
        )
