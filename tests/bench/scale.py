"""What a check-in, a booking, the live board and the page of the figure cost over ever more past visits."""

import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path

import uvloop

from booking.access.rules import Role, cookie_name
from booking.access.service import open_sign_in
from booking.demo.service_loose import loosened
from booking.kit import clock, db
from booking.kit.postgres_server import PostgresServer
from booking.kpi import service_fold
from booking.occupancy import service_days
from tests.bench import rush
from tests.bench.cost import cpu_of
from tests.bench.crowd import opened
from tests.bench.door import FACILITY, MEMBER, PERSON, PROGRAM, Crowd, populate, request_of, scan_document
from tests.bench.load import Load, send_all
from tests.bench.pgbench import uuid_of
from tests.bench.report import finish, own_directory, percentile, say
from tests.make.access import make_staff
from tests.served import Served, serving

NAME = "scale"
SIZES = (10_000, 100_000, 1_000_000, 10_000_000)
TARGET = {"times_dearer": 1.5}
FACILITIES, ROUNDS, YEARS, CHUNK = 5, 3, 10, 500_000
EACH = {"check-in": 100, "booking": 24, "live board": 40, "page of the figure": 20}
"""Requests of a round, one after the other, so that what is measured is the cost of one."""
WARMING = {"check-in": 10, "booking": 4, "live board": 4, "page of the figure": 4}
MEMBERS = (EACH["check-in"] * ROUNDS + WARMING["check-in"]) * len(SIZES)
OFTEN, PEOPLE, BOOKED_OF = 100, 100_000, 10
"""So often has every member of the crowd come; the other visits are of so many people whose names are gone; one visit
of so many had a booking."""
_VISITS = f"""
insert into visit (id, member, person_key, kind, facility, program, visited_on, entered_at, left_at, entered_by,
  closed_by, grade, school_stage, age_band, municipality_code, created_at)
select gen_random_uuid(), case when n < $3 * {OFTEN} then {uuid_of(MEMBER, "n % $3")} end,
  case when n < $3 * {OFTEN} then {uuid_of(PERSON, "n % $3")}
    else md5(n % {PEOPLE} || '-' || extract(year from day - interval '3 months'))::uuid end,
  'member', {uuid_of(FACILITY, f"n / 7 % {FACILITIES}")}, {uuid_of(PROGRAM, "0")}, day, at,
  at + (10 + n % 170) * interval '1 minute', case when n % 25 = 1 then 'staff' else 'scan' end, 'scan', 1 + n % 12,
  (array['elementary', 'junior-high', 'high'])[1 + n % 3], '12-14',
  (array['102024', '102016', '102032', '102041', '102059', '102083'])[1 + n % 6], at
from (
  select n, $4::date + (n * {365 * YEARS} / $5)::int as day,
    ($4::date + (n * {365 * YEARS} / $5)::int) + interval '1 hour' + n % 480 * interval '1 minute' as at
  from generate_series($1::bigint, $2::bigint - 1) as n
) each
"""
_SESSIONS = f"""
insert into session (id, program, facility, held_on, starts_at, ends_at, web_seats, walk_in_seats, state,
  booking_opens_at, booking_closes_at, cancel_until, roll_over_at, created_at)
select ('000000ff-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, {uuid_of(PROGRAM, "0")},
  {uuid_of(FACILITY, f"n % {FACILITIES}")}, day, day + interval '4 hours', day + interval '6 hours', 1000, 1000,
  'published', day, day, day, day, day
from (select n, $1::date + n / {FACILITIES} as day from generate_series(0, {365 * YEARS * FACILITIES} - 1) as n) each
"""
_BOOKINGS = f"""
insert into reservation (id, session, member, state, order_id, booked_at, booked_by_kind, arrived_at)
select gen_random_uuid(), s.id, case when n < $3 then {uuid_of(MEMBER, "n % $3")} end, 'arrived', gen_random_uuid(),
  s.booking_opens_at, 'account', s.starts_at
from generate_series($1::bigint, $2::bigint - 1) as n
join session s on s.id = ('000000ff-0000-7000-8000-' || lpad(to_hex(n % {365 * YEARS * FACILITIES}), 12, '0'))::uuid
"""


@dataclass
class Ground:
    """A data set that grows, and who asks."""

    directory: Path
    codes: Sequence[str]
    crowd: Crowd
    cookie: str
    visits: int = 0
    scanned: int = 0
    booked: int = 0
    costs: dict[int, dict[str, dict[str, float]]] = field(default_factory=dict)


def run(sizes: Sequence[int] = SIZES) -> None:
    """Measure, and print the result."""
    with own_directory() as directory:
        ground = uvloop.run(begin(directory))
        for size in sorted(sizes)[: len(SIZES)]:
            uvloop.run(grow(ground, size))
            with serving(directory) as served:
                _measure(ground, served)
    first, last = min(ground.costs), max(ground.costs)
    dearer = {what: _times(ground, what, first, last) for what in EACH}
    for size, costs in ground.costs.items():
        say(f"{size:>11} visits: " + ", ".join(f"{what} {each['p50_ms']:.1f} ms" for what, each in costs.items()))
    finish(
        NAME,
        unit="times dearer",
        rounds=list(dearer.values()),
        target=TARGET,
        dearer={what: round(times, 2) for what, times in dearer.items()},
        curve={str(size): costs for size, costs in ground.costs.items()},
        checked={"most": round(max(dearer.values()), 2), "is_met": max(dearer.values()) <= TARGET["times_dearer"]},
    )


def _times(ground: Ground, what: str, first: int, last: int) -> float:
    return ground.costs[last][what]["p50_ms"] / ground.costs[first][what]["p50_ms"]


async def begin(directory: Path) -> Ground:
    """Members with passes and bookings at the door, guardians who want a seat, staff who look."""
    with serving(directory):
        pass
    crowd = Crowd(MEMBERS, FACILITIES, datetime.now(UTC))
    async with opened(directory):
        async with db.connection() as connection:
            codes = await populate(connection, crowd)
            await rush.populate(connection)
            await connection.execute(_SESSIONS, _first_day(), timeout=600)
        staff = await make_staff(Role.AUDITOR)
        cookie = await open_sign_in(staff.id, "bench", second_factor=True)
    return Ground(directory, codes, crowd, f"{cookie_name(secure=False)}={cookie}")


def _first_day() -> date:
    today = clock.local_date(datetime.now(UTC))
    return date.fromordinal(today.toordinal() - 365 * YEARS)


async def grow(ground: Ground, size: int) -> None:
    """Let there be so many past visits and their bookings, all of them folded."""
    clocked = [time.perf_counter()]
    async with opened(ground.directory):
        async with loosened(("visit", "reservation")) as connection:
            for chunk in range(ground.visits, size, CHUNK):
                span = chunk, min(chunk + CHUNK, size)
                await connection.execute(_VISITS, *span, MEMBERS, _first_day(), size, timeout=600)
                booked = (each // BOOKED_OF for each in span)
                await connection.execute(_BOOKINGS, *booked, MEMBERS, timeout=600)
        clocked.append(time.perf_counter())
        async with db.transaction() as connection:
            await connection.execute(
                """insert into visit_change (facility_id, visited_on)
                   select f.id, d::date from facility f cross join generate_series($1::date, $2::date, '1 day') as d
                   where f.code like 'bench-%'""",
                *(_first_day(), clock.today()),
            )
        await service_fold.fold_everything()
        clocked.append(time.perf_counter())
        await service_days.fold_everything()
        clocked.append(time.perf_counter())
        async with db.connection() as connection:
            await connection.execute("vacuum analyze", timeout=600)
            await connection.execute("checkpoint", timeout=600)
    ground.visits = size
    made, figure, history = (after - before for before, after in pairwise(clocked))
    say(f"{size} visits: made in {made:.0f} s, the figure folded in {figure:.0f} s, the history in {history:.0f} s")


def _measure(ground: Ground, served: Served) -> None:
    """Every kind of request in turn, so many rounds; the first asks of each are not counted."""
    postgres = PostgresServer(ground.directory).pid
    found: dict[str, list[dict[str, float]]] = {what: [] for what in EACH}
    for turn in range(ROUNDS + 1):
        for what, requests in requests_of(ground, served, EACH if turn else WARMING).items():
            with cpu_of(served.process.pid, postgres) as cpu:
                load = send_all(served.port, requests, connections=1, expected=b"", good_statuses=(200, 201))
            assert load.good == len(requests), (what, load.bad_answers)
            if turn:
                found[what].append(_cost(load, cpu))
    ground.costs[ground.visits] = {
        what: {name: round(statistics.median(one[name] for one in rounds), 2) for name in rounds[0]}
        for what, rounds in found.items()
    }
    say(f"{ground.visits} visits: {ground.costs[ground.visits]}")


def _cost(load: Load, cpu: dict[str, float]) -> dict[str, float]:
    return {
        "p50_ms": percentile(load.latencies_ms, 0.5),
        "p95_ms": percentile(load.latencies_ms, 0.95),
        "cpu_ms": sum(cpu.values()) * 1000 / load.requests,
    }


def requests_of(ground: Ground, served: Served, counts: Mapping[str, int]) -> dict[str, list[bytes]]:
    """So many of each kind; nobody checks in or books twice."""
    members = range(ground.scanned, ground.scanned + counts["check-in"])
    guardians = range(ground.booked, ground.booked + counts["booking"])
    ground.scanned, ground.booked = members.stop, guardians.stop
    year = clock.fiscal_year(clock.today())
    return {
        "check-in": [
            request_of(served.port, ground.crowd.token(ground.crowd.place_of(n)), [scan_document(ground.codes[n], n)])
            for n in members
        ],
        "booking": [rush.request_for(served, n) for n in guardians],
        "live board": [_page(ground, served, "/api/v1/staff/occupancy")] * counts["live board"],
        "page of the figure": [_page(ground, served, f"/staff/kpi/{year}")] * counts["page of the figure"],
    }


def _page(ground: Ground, served: Served, address: str) -> bytes:
    head = f"GET {address} HTTP/1.1\r\nHost: localhost:{served.port}\r\nCookie: {ground.cookie}\r\n"
    return f"{head}Accept-Language: ja\r\n\r\n".encode()
