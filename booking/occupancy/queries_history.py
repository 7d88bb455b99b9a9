"""Reads of the history: a fixed number of statements over the days and sessions of one period."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from booking.kit import clock, db
from booking.kit.settings import get_settings
from booking.kit.words import read_words, words_sql
from booking.occupancy.queries_days import COUNTED, SUMS
from booking.occupancy.rules_history import Period

Sums = dict[str, dict[str, tuple[int, int]]]

SEATS = f"""
with ended as (
  select id, web_seats + walk_in_seats as seats from session
  where facility = any($1::uuid[]) and held_on >= $2 and held_on < $3 and state = 'published' and ends_at <= $4
),
booked as (
  select count(*) filter (where r.state in ('confirmed', 'arrived', 'released')) as booked,
    count(*) filter (where r.state = 'arrived') as arrived,
    count(*) filter (where r.state = 'cancelled' and (r.waiting_at is null or r.offered_at is not null)
      and not exists (select from reservation later where later.moved_from = r.id)) as cancelled
  from ended e join reservation r on r.session = e.id
),
walked as (
  select coalesce(sum(v.heads), 0) as heads from ended e join visit v on v.session = e.id
  where v.reservation is null and {COUNTED}
)
select (select count(*) from ended)::int as sessions, (select coalesce(sum(seats), 0) from ended)::bigint as seats,
  (booked.arrived + walked.heads)::bigint as used, booked.booked::bigint as booked,
  (booked.booked - booked.arrived)::bigint as no_shows, booked.cancelled::bigint as cancelled
from booked, walked
"""


async def list_sums(ids: Sequence[UUID], days: Period, now: datetime) -> Sums:
    """Dimension → value → users and, of all, by facility, month and weekday, days with users. `hour` is by weekday and
    hour, `arrival` by half hour, as minutes of the day."""
    today, zone = clock.local_date(now), get_settings().timezone
    found: Sums = {}
    for row in await db.fetch(SUMS, list(ids), days.first, days.until, zone, now, today):
        found.setdefault(row["dimension"], {})[row["value"]] = (row["users"], row["days"])
    return found


async def count_seats(ids: Sequence[UUID], days: Period, now: datetime) -> dict[str, int]:
    """Seats of ended sessions and what became of them."""
    (row,) = await db.fetch(SEATS, list(ids), days.first, days.until, now)
    return dict(row)


async def list_names() -> dict[str, dict[str, dict[str, str]]]:
    """Names of programs and municipalities: dimension → code → language → name."""
    rows = await db.fetch(
        f"""select 'program' as kind, code, {words_sql("name", "names")} as names from program
           union all select 'municipality', code, jsonb_build_object('ja', name) from municipality"""
    )
    found: dict[str, dict[str, dict[str, str]]] = {"program": {}, "municipality": {}}
    for row in rows:
        found[row["kind"]][row["code"]] = read_words(row["names"])
    return found
