"""What counts, said once in SQL: the fold, a reader, a preview and the plain answer are made of the same pieces.

A statement is put together from `with` parts. The first two say which reading and which facility-days; the rest count.
"""

from booking.kpi.rules import Places
from booking.visits.rules_kinds import COUNTED_KINDS

KINDS = ", ".join(f"'{kind}'" for kind in COUNTED_KINDS)

IN_FORCE = "reading as (select * from kpi_definition where is_reported)"
"""The rules of counting that are in force."""

GIVEN_READING = """reading as (
  select $1::text as places, $2::bool as counts_trials, $3::bool as counts_groups, $4::bool as counts_staff_entries,
         $5::bool as counts_imports, $6::int as min_stay_minutes
)"""
"""Rules of counting somebody thinks of."""


COUNTED = f"""counted as (
  select v.id, v.facility, v.visited_on, v.entered_at, v.person_key, v.session, v.heads, v.entered_by,
         coalesce(v.municipality_code, '') as municipality, coalesce(v.school_stage, '') as school_stage,
         coalesce(v.closed_by, 'open') as closed_by, coalesce(p.code, '') as program, f.code as facility_code, f.body,
         coalesce(p.brand, f.brand) as brand,
         case when v.person_key is null then 0
              else count(*) over (partition by v.facility, v.visited_on, v.person_key) end as rows_of_day
  from reading r cross join changed c cross join lateral (
    select * from visit v where v.facility = c.facility and v.visited_on = c.counted_on
      and v.voided_at is null and v.kind in ({KINDS}) offset 0
  ) v
  join facility f on f.id = v.facility
  left join program p on p.id = v.program
  where (r.counts_trials or p.category is distinct from 'trial')
    and (r.counts_groups or v.kind <> 'group')
    and (r.counts_staff_entries or v.entered_by not in ('staff', 'paper'))
    and (r.counts_imports or v.entered_by <> 'import')
    and (r.min_stay_minutes = 0 or v.left_at is null
         or v.left_at >= v.entered_at + r.min_stay_minutes * interval '1 minute')
)"""
"""Visits that count, of the facility-days in `changed(facility, counted_on)`. A visit outside any program belongs to
the brand of its facility; who is inside still has stayed long enough. `rows_of_day`: how often a person came.
`offset 0`: every facility-day is looked up by its index, never by reading all visits there are."""

_SCOPES = """join kpi_scope s on (s.brand is null or s.brand = c.brand)
    and (s.facilities = '{}' or c.facility_code = any(s.facilities))
    and (s.programs = '{}' or c.program = any(s.programs))"""

TOTALS = """kpi_import i join facility f on f.id = i.facility join body b on b.id = f.body
  join kpi_scope s on (s.brand is null or s.brand = f.brand) and s.programs = '{}'
    and (s.facilities = '{}' or f.code = any(s.facilities))"""
"""Imported totals in every scope they belong to: a total is of no program."""

_DIMENSIONS = "program, municipality, school_stage, entered_by, closed_by"


def scoped(places: Places) -> str:
    """The counted visits in every scope they belong to. `is_its_day`: the person-day belongs to this facility. Of the
    places of another body, whose visits are not its to see, a body's figure knows nothing."""
    day = "partition by s.code, c.visited_on, c.body, c.person_key order by c.entered_at, c.id"
    first = f"first_value(c.facility) over ({day})"
    is_its_day = "true" if places is Places.EACH else f"(c.person_key is null or c.facility = {first})"
    return f"scoped as (select c.*, s.code as scope, {is_its_day} as is_its_day from counted c {_SCOPES})"


_GROUPED = f"""facility, visited_on, scope,
    case grouping({_DIMENSIONS}) when 31 then 'all' when 15 then 'program' when 23 then 'municipality'
      when 27 then 'school-stage' when 29 then 'entered-by' else 'closed-by' end as dimension,
    coalesce(program, municipality, school_stage, entered_by, closed_by, '') as value"""
_BY_EACH = """group by facility, visited_on, scope,
    grouping sets ((), (program), (municipality), (school_stage), (entered_by), (closed_by))"""

_PLAIN = f"""plain as (
  select {_GROUPED},
    sum(case when person_key is null then heads else is_its_day::int end) as person_days,
    sum(case when person_key is null then heads else 1 end) as person_sessions
  from scoped where rows_of_day < 2 {_BY_EACH}
),
nameless as (
  select facility, visited_on, scope, 'nameless' as dimension, '' as value, sum(heads) as person_days,
    sum(heads) as person_sessions
  from scoped where person_key is null group by facility, visited_on, scope
)"""

_COMBINED = f"""combined as (
  select facility, visited_on, brand, {_DIMENSIONS},
    sum(case when person_key is null then heads else 1 end) as users,
    sum(heads) filter (where person_key is null) as heads
  from counted where rows_of_day < 2 group by facility, visited_on, brand, {_DIMENSIONS}
),
in_scope as (
  select c.*, s.code as scope
  from (select k.*, f.code as facility_code from combined k join facility f on f.id = k.facility) c {_SCOPES}
),
plain as (
  select {_GROUPED}, sum(users) as person_days, sum(users) as person_sessions from in_scope {_BY_EACH}
),
nameless as (
  select facility, visited_on, scope, 'nameless' as dimension, '' as value, sum(heads) as person_days,
    sum(heads) as person_sessions
  from in_scope where heads > 0 group by facility, visited_on, scope
)"""
"""The same where a person's day counts at each place: who is alike in everything is added up first, scopes come
after, which is half the work."""

_REPEATED = """repeated as (
  select facility, visited_on, scope, d.dimension, d.value,
    count(distinct person_key) filter (where is_its_day) as person_days,
    count(distinct (person_key, coalesce(session, facility))) as person_sessions
  from scoped cross join lateral (values ('all', ''), ('program', program), ('municipality', municipality),
    ('school-stage', school_stage), ('entered-by', entered_by), ('closed-by', closed_by)) as d(dimension, value)
  where rows_of_day > 1
  group by facility, visited_on, scope, d.dimension, d.value
),
cells as (
  select facility, visited_on, scope, dimension, value,
    sum(person_days)::bigint as person_days, sum(person_sessions)::bigint as person_sessions
  from (select * from plain union all select * from nameless union all select * from repeated) each
  group by facility, visited_on, scope, dimension, value
)"""

CELLS = f"{_PLAIN},\n{_REPEATED}"
"""Person-days: distinct people a facility-day, and heads of groups. Person-sessions: distinct (person, session), a
visit outside any session once a day. Who came once a day, nearly everybody, is simply added up; the others apart.
`nameless` is what groups and visits without a name are of all."""


def cells_of(places: Places) -> str:
    """The cells, put together in the cheapest way."""
    return f"{_COMBINED},\n{_REPEATED}" if places is Places.EACH else CELLS


def pending(places: Places) -> str:
    """Facility-days that changed since they were folded; where a person's day is counted once, the whole day did."""
    changes = "select facility_id as facility, visited_on as counted_on from visit_change"
    if places is Places.EACH:
        return f"pending as (select distinct facility, counted_on from ({changes}) c)"
    return f"""pending as (
  select facility, counted_on from ({changes}) c
  union select v.facility, v.visited_on from visit v where v.visited_on in (select visited_on from visit_change)
)"""


def figures(places: Places) -> str:
    """Sums of a span of months ($1 to before $2), of one body ($3) or all, by value, by facility and by month."""
    return f"""
with {IN_FORCE}, {pending(places)},
changed as (select * from pending where counted_on >= $1 and counted_on < $2),
{COUNTED}, {scoped(places)}, {cells_of(places)},
span as (
  select facility, month_on, scope, dimension, value, person_days, person_sessions
  from kpi_month where month_on >= $1 and month_on < $2
  union all
  select k.facility, date_trunc('month', k.counted_on)::date, k.scope, k.dimension, k.value,
    -k.person_days, -k.person_sessions
  from kpi_figure k join changed c on c.facility = k.facility and c.counted_on = k.counted_on
  union all
  select facility, date_trunc('month', visited_on)::date, scope, dimension, value, person_days, person_sessions
  from cells
  union all
  select i.facility, i.month_on, s.code, d.dimension, d.value, i.person_days, coalesce(i.person_sessions, i.person_days)
  from {TOTALS}
  cross join (values ('all', ''), ('entered-by', 'import')) as d(dimension, value)
  where i.replaced_at is null and i.month_on >= $1 and i.month_on < $2 and (select counts_imports from reading)
)
select f.code as facility_code, to_char(e.month_on, 'YYYY-MM') as month, e.scope, e.dimension, e.value,
  sum(e.person_days)::bigint as person_days, sum(e.person_sessions)::bigint as person_sessions
from span e join facility f on f.id = e.facility join body b on b.id = f.body
where $3::text is null or b.code = $3
group by grouping sets ((e.scope, e.dimension, e.value), (e.scope, e.dimension, f.code),
  (e.scope, e.dimension, to_char(e.month_on, 'YYYY-MM')))
having sum(e.person_days) <> 0 or sum(e.person_sessions) <> 0
"""


def people(places: Places) -> str:
    """Distinct people of a fiscal year ($1; $2 to before $3) by scope, of one body ($4, empty for all)."""
    return f"""
with {IN_FORCE}, {pending(places)},
changed as (
  select p.facility, p.counted_on from pending p join facility f on f.id = p.facility join body b on b.id = f.body
  where p.counted_on >= $2 and p.counted_on < $3 and ($4::text = '' or b.code = $4)
),
{COUNTED}, {scoped(places)},
live as (select distinct scope, person_key from scoped where person_key is not null),
gone as (
  select k.scope, each.person_key, count(*) as days from kpi_presence k
  join changed c on c.facility = k.facility and c.counted_on = k.counted_on
  cross join unnest(k.person_keys) as each(person_key) group by 1, 2
),
touched as (select scope, person_key from live union select scope, person_key from gone),
moved as (
  select t.scope,
    (coalesce(p.facility_days, 0) > 0)::int as before,
    (l.person_key is not null or coalesce(p.facility_days, 0) - coalesce(g.days, 0) > 0)::int as after
  from touched t
  left join kpi_person p
    on p.fiscal_year = $1 and p.scope = t.scope and p.body = $4 and p.person_key = t.person_key
  left join gone g on g.scope = t.scope and g.person_key = t.person_key
  left join live l on l.scope = t.scope and l.person_key = t.person_key
)
select s.code as scope,
  (select count(*) from kpi_person p where p.fiscal_year = $1 and p.scope = s.code and p.body = $4)
    + coalesce((select sum(after - before) from moved m where m.scope = s.code), 0) as people
from kpi_scope s order by s.position, s.code
"""


VISITED = """changed as (
  select distinct v.facility, v.visited_on as counted_on
  from visit v join facility f on f.id = v.facility join body b on b.id = f.body
  where v.visited_on >= $7 and v.visited_on < $8 and ($9::text = '' or b.code = $9)
)"""
"""The facility-days of a span ($7 to before $8), of one body ($9) or (empty) all."""


def answer(places: Places) -> str:
    """The whole answer under given rules ($1 to $6), straight from the visits of a span ($7 to before $8), of one
    body ($9) or (empty) all."""
    return f"""
with {GIVEN_READING},
{VISITED},
{COUNTED}, {scoped(places)}, {CELLS},
totals as (
  select scope, sum(person_days)::bigint as person_days, sum(person_sessions)::bigint as person_sessions
  from cells where dimension = 'all' group by scope
),
imported as (
  select s.code as scope, sum(i.person_days) as person_days,
    sum(coalesce(i.person_sessions, i.person_days)) as person_sessions
  from {TOTALS}
  where i.replaced_at is null and i.month_on >= $7 and i.month_on < $8 and (select counts_imports from reading)
    and ($9::text = '' or b.code = $9)
  group by s.code
)
select s.code as scope,
  coalesce(t.person_days, 0) + coalesce(i.person_days, 0)::bigint as person_days,
  coalesce(t.person_sessions, 0) + coalesce(i.person_sessions, 0)::bigint as person_sessions,
  (select count(distinct person_key) from scoped where scoped.scope = s.code) as people
from kpi_scope s left join totals t on t.scope = s.code left join imported i on i.scope = s.code
order by s.position, s.code
"""


PEOPLE_GIVEN = f"""
with {GIVEN_READING}, {VISITED}, {COUNTED}
select count(distinct person_key) from counted c
where ($10::text is null or c.brand = $10) and ($11::text[] = '{{}}' or c.facility_code = any($11))
  and ($12::text[] = '{{}}' or c.program = any($12))"""
"""Distinct people under given rules ($1 to $6) and a given scope ($10 to $12)."""

GIVEN_DAYS = "changed as (select * from unnest($1::uuid[], $2::date[]) as c(facility, counted_on))"
EVERY_DAY = """changed as (
  select f.id as facility, d.day::date as counted_on
  from facility f cross join generate_series($1::date, $2::date - 1, interval '1 day') as d(day)
)"""
"""Facility-days to be folded: those of two lists ($1, $2), or all of a span ($1 to before $2)."""


def fold_days(places: Places, changed: str = GIVEN_DAYS) -> str:
    """Store what these facility-days give and who was counted on them, in one look at their visits."""
    return f"""
with {IN_FORCE}, {changed},
{COUNTED}, {scoped(places)}, {cells_of(places)},
present as (
  insert into kpi_presence (id, facility, counted_on, scope, person_keys)
  select gen_random_uuid(), c.facility, c.visited_on, s.code, array_agg(distinct c.person_key)
  from counted c {_SCOPES} where c.person_key is not null group by c.facility, c.visited_on, s.code
)
insert into kpi_figure (id, facility, counted_on, scope, dimension, value, person_days, person_sessions)
select gen_random_uuid(), facility, visited_on, scope, dimension, value, person_days, person_sessions from cells
"""


def _forget(table: str) -> str:
    return f"""
delete from {table} k using unnest($1::uuid[], $2::date[]) as c(facility, counted_on)
where k.facility = c.facility and k.counted_on = c.counted_on
"""


FORGET_PRESENCE, FORGET_FIGURES = _forget("kpi_presence"), _forget("kpi_figure")

_MONTHS = """(select distinct facility, date_trunc('month', counted_on)::date as month_on
      from unnest($1::uuid[], $2::date[]) as c(facility, counted_on)) t"""

FORGET_MONTHS = f"""
delete from kpi_month m using {_MONTHS} where m.facility = t.facility and m.month_on = t.month_on
"""

FOLD_MONTHS = f"""
insert into kpi_month (id, facility, month_on, scope, dimension, value, person_days, person_sessions)
select gen_random_uuid(), k.facility, t.month_on, k.scope, k.dimension, k.value,
  sum(k.person_days)::bigint, sum(k.person_sessions)::bigint
from {_MONTHS}
join kpi_figure k on k.facility = t.facility and k.counted_on >= t.month_on
  and k.counted_on < t.month_on + interval '1 month'
group by k.facility, t.month_on, k.scope, k.dimension, k.value
"""

_PRESENT = """
  select each.person_key, k.scope, coalesce(b.code, '') as body, count(*)::int as days
  from kpi_presence k join unnest($2::uuid[], $3::date[]) as c(facility, counted_on)
    on c.facility = k.facility and c.counted_on = k.counted_on
  join facility f on f.id = k.facility join body b on b.id = f.body
  cross join unnest(k.person_keys) as each(person_key)
  group by each.person_key, k.scope, grouping sets ((), (b.code))"""

TAKE_PEOPLE_OFF = f"""
update kpi_person p set facility_days = p.facility_days - t.days from ({_PRESENT}
) t where p.fiscal_year = $1 and p.scope = t.scope and p.body = t.body and p.person_key = t.person_key
"""
"""Before the facility-days ($2, $3) of a fiscal year ($1) are counted again."""

PUT_PEOPLE_ON = f"""
insert into kpi_person (id, fiscal_year, person_key, scope, body, facility_days)
select gen_random_uuid(), $1, t.person_key, t.scope, t.body, t.days from ({_PRESENT}
) t on conflict (fiscal_year, scope, body, person_key)
  do update set facility_days = kpi_person.facility_days + excluded.facility_days
"""
"""After it."""

FORGET_PEOPLE = "delete from kpi_person where fiscal_year = $1 and facility_days = 0"

FORGET_SPAN = (
    "delete from kpi_presence where counted_on >= $1 and counted_on < $2",
    "delete from kpi_figure where counted_on >= $1 and counted_on < $2",
    "delete from kpi_month where month_on >= $1 and month_on < $2",
)
FORGET_YEAR = "delete from kpi_person where fiscal_year = $1"
"""Before a fiscal year is folded as a whole."""

FOLD_SPAN = """
insert into kpi_month (id, facility, month_on, scope, dimension, value, person_days, person_sessions)
select gen_random_uuid(), facility, $1::date, scope, dimension, value, sum(person_days)::bigint,
  sum(person_sessions)::bigint
from kpi_figure where counted_on >= $1 and counted_on < $2 group by facility, scope, dimension, value
"""
"""The sums of a month ($1 to before $2)."""

COUNT_PEOPLE = """
with by_body as (
  select each.person_key, k.scope, coalesce(b.code, '') as body, count(*)::int as days
  from kpi_presence k join facility f on f.id = k.facility join body b on b.id = f.body
  cross join unnest(k.person_keys) as each(person_key)
  where k.counted_on >= $2 and k.counted_on < $3 group by each.person_key, k.scope, b.code
)
insert into kpi_person (id, fiscal_year, person_key, scope, body, facility_days)
select gen_random_uuid(), $1::smallint, person_key, scope, body, days from by_body
union all
select gen_random_uuid(), $1::smallint, person_key, scope, '', sum(days)::int from by_body group by person_key, scope
"""
"""Everybody of a fiscal year ($1; $2 to before $3), once its days are folded."""

HOLD_FOLDED = (
    "select 1 from visit_change where visited_on >= $1 and visited_on < $2 for key share",
    "select 1 from kpi_month where month_on >= $1 and month_on < $2 for key share",
)
"""Fails where a fold has taken any of these rows since the transaction's snapshot."""
