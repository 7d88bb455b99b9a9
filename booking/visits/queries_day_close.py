"""A facility's days in figures, straight from scans and visits: a handful of statements, however many the days."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from booking.kit import clock, db
from booking.kit.settings import get_settings
from booking.visits.rules_kinds import COUNTED_KINDS
from booking.visits.schemas_day_close import CountView, DayFigures, KioskOfDay, LaterChange, Signature, SignedDay

_KINDS = ", ".join(f"'{kind}'" for kind in COUNTED_KINDS)
_VISITS = f"""
select visited_on as day,
  count(*) filter (where live and kind = 'member') as members,
  count(*) filter (where live and entered_by = 'staff') as staff_entries,
  count(*) filter (where live and entered_by = 'paper') as paper_entries,
  count(*) filter (where live and kind = 'group') as groups,
  coalesce(sum(heads) filter (where live and kind = 'group'), 0) as group_heads,
  coalesce(sum(heads) filter (where live and kind = 'anonymous'), 0) as walk_in_heads,
  coalesce(sum(heads) filter (where live and kind = 'guardian'), 0) as guardian_heads,
  coalesce(sum(heads) filter (where live and kind = 'visitor'), 0) as visitor_heads,
  count(distinct person_key) filter (where live and kind in ({_KINDS}))
    + coalesce(sum(heads) filter (where live and kind in ({_KINDS}) and person_key is null), 0) as users,
  count(distinct (person_key, coalesce(session, facility)))
      filter (where live and kind in ({_KINDS}) and person_key is not null)
    + coalesce(sum(heads) filter (where live and kind in ({_KINDS}) and person_key is null), 0) as person_sessions,
  coalesce(sum(heads) filter (where live and left_at is null), 0) as still_inside,
  count(*) filter (where live and closed_by = 'auto') as auto_exits,
  count(*) filter (where not live) as voided
from (select *, voided_at is null as live from visit where facility = $1 and visited_on between $2 and $3) v
group by visited_on
"""
_HERE = """
coalesce(s.facility, (select kf.facility from kiosk_facility kf join facility f on f.id = kf.facility
                       where kf.kiosk = s.kiosk order by f.code limit 1)) = $1"""
"""A scan belongs to one facility; without one of its own, to the first of its kiosk."""
_SCANS = f"""
select (s.happened_at at time zone $4)::date as day, s.verdict, case when s.verdict = 'refused' then s.code end as code,
  count(*) as scans
from scan s where s.kiosk is not null and s.happened_at >= $2 and s.happened_at < $3 and {_HERE} group by 1, 2, 3
"""
_FLAGS = """
select (coalesce(s.happened_at, d.raised_at) at time zone $4)::date as day,
  count(*) filter (where d.resolved_at is null) as flags_open,
  count(*) filter (where d.resolved_at is not null) as flags_settled
from door_flag d left join scan s on s.id = d.scan
where d.facility = $1 and coalesce(s.happened_at, d.raised_at) >= $2 and coalesce(s.happened_at, d.raised_at) < $3
group by 1
"""
_TURNS = """
select held_on as day, count(*) as turns_given, count(*) filter (where state = 'missed') as turns_missed
from turn where facility = $1 and held_on between $2 and $3 group by held_on
"""


async def figures_of_days(facility_id: UUID, first: date, last: date) -> dict[date, DayFigures]:
    """The figures of every day from `first` to `last` on which anything happened, by day."""
    start, end, zone = clock.day_span(first)[0], clock.day_span(last)[1], get_settings().timezone
    found: dict[date, dict[str, Any]] = {}
    for row in await db.fetch(_VISITS, facility_id, first, last):
        found.setdefault(row["day"], {}).update(dict(row))
    for row in await db.fetch(_SCANS, facility_id, start, end, zone):
        _add_scans(found.setdefault(row["day"], {}), row["verdict"], row["code"], row["scans"])
    for row in await db.fetch(_FLAGS, facility_id, start, end, zone):
        found.setdefault(row["day"], {}).update(dict(row))
    for row in await db.fetch(_TURNS, facility_id, first, last):
        found.setdefault(row["day"], {}).update(dict(row))
    return {day: msgspec.convert({**of, "day": None}, DayFigures) for day, of in found.items()}


def _add_scans(day: dict[str, Any], verdict: str, code: str | None, scans: int) -> None:
    name = f"scans_{verdict}"
    day["scans"] = day.get("scans", 0) + scans
    day[name] = day.get(name, 0) + scans
    if code is not None:
        day.setdefault("refused_codes", {})[code] = scans


async def inside_at(facility_id: UUID, moments: Sequence[datetime]) -> list[int]:
    """Everybody inside a facility at moments, by what is known now; in the order asked."""
    rows = await db.fetch(
        "select coalesce(sum(v.heads), 0) as heads from unnest($2::timestamptz[], $3::date[]) with ordinality"
        " as m (at, on_day, n) left join visit v on v.facility = $1 and v.visited_on = m.on_day"
        " and v.entered_at <= m.at and (v.left_at is null or v.left_at > m.at) and v.voided_at is null"
        " group by m.n order by m.n",
        *(facility_id, list(moments), [clock.local_date(at) for at in moments]),
    )
    return [int(row["heads"]) for row in rows]


async def counts_of_days(facility_id: UUID, first: date, last: date) -> dict[date, tuple[CountView, ...]]:
    """The head counts of days, in the order of their moments, beside what is known of those moments now."""
    rows = await db.fetch(
        "select id, counted_on, counted_at, heads, inside from head_count"
        " where facility = $1 and counted_on between $2 and $3 order by counted_at, id",
        *(facility_id, first, last),
    )
    known = await inside_at(facility_id, [row["counted_at"] for row in rows]) if rows else []
    found: dict[date, tuple[CountView, ...]] = {}
    for row, inside in zip(rows, known, strict=True):
        fields = {name: row[name] for name in ("id", "counted_at", "heads", "inside")}
        found[row["counted_on"]] = (*found.get(row["counted_on"], ()), CountView(**fields, known=inside))
    return found


async def find_count(count_id: UUID) -> tuple[str, date, int, datetime] | None:
    """The facility's code, the day, the heads and the moment of a head count."""
    row = await db.fetchrow(
        "select f.code, h.counted_on, h.heads, h.counted_at from head_count h join facility f on f.id = h.facility"
        " where h.id = $1",
        count_id,
    )
    return None if row is None else (row["code"], row["counted_on"], row["heads"], row["counted_at"])


async def signatures_of_days(facility_id: UUID, first: date, last: date) -> dict[date, Signature]:
    """The signatures of days, with each day as it was signed."""
    rows = await db.fetch(
        "select closed_on, signed_by_name, signed_at, reason, note, coverage_permille, figures from day_close"
        " where facility = $1 and closed_on between $2 and $3",
        *(facility_id, first, last),
    )
    return {row["closed_on"]: _signature(dict(row)) for row in rows}


def _signature(row: dict[str, Any]) -> Signature:
    day = msgspec.json.decode(str(row.pop("figures")), type=SignedDay)
    del row["closed_on"]
    return Signature(**row, day=day)


async def last_ends(facility_id: UUID, first: date, last: date) -> dict[date, datetime]:
    """When the last session of each day ends, of those published."""
    rows = await db.fetch(
        "select held_on, max(ends_at) as ends_at from session"
        " where facility = $1 and held_on between $2 and $3 and state = 'published' group by held_on",
        *(facility_id, first, last),
    )
    return {row["held_on"]: row["ends_at"] for row in rows}


async def first_visit_on(facility_id: UUID) -> date | None:
    """The first day on which the service counted a visit of a facility itself."""
    found: date | None = await db.fetchval(
        "select min(visited_on) from visit where facility = $1 and entered_by <> 'import'", facility_id
    )
    return found


async def days_with_visits(facility_id: UUID, first: date, last: date) -> set[date]:
    """Days on which somebody came and the service counted."""
    rows = await db.fetch(
        "select distinct visited_on from visit"
        " where facility = $1 and visited_on between $2 and $3 and entered_by <> 'import'",
        *(facility_id, first, last),
    )
    return {row["visited_on"] for row in rows}


_KIOSKS = """
select k.name, k.seen_at, k.queue_length,
  coalesce((select sum(extract(epoch from least(coalesce(x.ended_at, $4), $3) - greatest(x.began_at, $2))) / 60
     from kiosk_fault x where x.kiosk = k.id and x.code = 'silent' and x.began_at < $3
      and coalesce(x.ended_at, $4) > $2), 0)::int as silent_minutes,
  coalesce(k.queue_length, 0) > 0 or k.seen_at is null or k.seen_at < least($3, $4 - interval '2 minutes') as is_waiting
from kiosk k join kiosk_facility kf on kf.kiosk = k.id
where kf.facility = $1 and k.revoked_at is null and k.paired_at is not null and k.paired_at < $3
order by k.name, k.id
"""


async def kiosks_of_day(facility_id: UUID, day: date) -> tuple[KioskOfDay, ...]:
    """The kiosks that served a facility that day, how long each was silent, and whether it may still hold records."""
    rows = await db.fetch(_KIOSKS, facility_id, *clock.day_span(day), clock.now())
    return tuple(KioskOfDay(**dict(row)) for row in rows)


_LATER = f"""
select what, who, count(*) as count, min(at) as first_at, max(at) as last_at from (
  select case when s.from_paper then 'paper' when s.kiosk is null then 'staff' else 'scans' end as what,
    coalesce(k.name, '') as who, s.received_at as at
  from scan s left join kiosk k on k.id = s.kiosk
  where s.happened_at >= $2 and s.happened_at < $3 and s.received_at > $4 and not s.is_repeat
    and {_HERE}
  union all
  select case when c.kind = 'void' then 'void' else 'correction' end, '', c.made_at
  from visit_correction c join visit v on v.id = c.visit
  where v.facility = $1 and v.visited_on = $5 and c.made_at > $4
) later group by what, who order by min(at), what
"""


async def list_later_changes(facility_id: UUID, day: date, signed_at: datetime) -> tuple[LaterChange, ...]:
    """What reached a day after it was signed: counted by kind and kiosk, without names of people."""
    rows: Iterable[Any] = await db.fetch(_LATER, facility_id, *clock.day_span(day), signed_at, day)
    return tuple(LaterChange(**dict(row)) for row in rows)
