"""Today at a desk: due, missing, refused by a kiosk, waiting for a turn. Rows of protected members name nobody."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from booking.kit import clock, db
from booking.kit.settings import get_settings
from booking.kit.words import with_words, words_sql
from booking.people.rules import grade, school_stage
from booking.visits.schemas import Verdict
from booking.visits.schemas_desk import CorrectionRow, DueRow, RefusalRow, RefusedHour, TurnRow
from booking.visits.sentences import say

SHOWN_REFUSALS = 50
_NAME = (
    "coalesce(m.latin_name, nullif(concat_ws(' ', nullif(m.family_name, ''), nullif(m.given_name, '')), ''), '')"
    " as name, concat_ws(' ', nullif(m.family_kana, ''), nullif(m.given_kana, '')) as kana"
)
_DUE = f"""
select r.id as reservation_id, r.state, r.assistance, m.id as member_id, m.number, {_NAME}, m.is_protected, m.birth_on,
  m.grade_override, m.grade_override_year, s.id as session_id, s.starts_at, s.ends_at, p.name as program_name,
  {words_sql("p.name", "p.names")} as program_names, f.late_minutes,
  exists (select 1 from visit v where v.member = m.id and v.left_at is null and v.voided_at is null) as is_inside
from session s join reservation r on r.session = s.id join member m on m.id = r.member
  join program p on p.id = s.program join facility f on f.id = s.facility
where s.facility = $1 and s.held_on = $2 and s.state = 'published' and s.ends_at > $3
  and r.state in ('confirmed', 'released') and m.left_at is null
order by s.starts_at, p.name, m.family_kana, m.given_kana, m.id
"""
_REFUSED = """
select s.id, s.code, s.answer, s.happened_at, k.name as kiosk_name, m.id as member_id, m.number,
  case when m.is_protected or not exists (
    select 1 from registration r join facility f on f.body = r.body
     where r.member = m.id and r.ended_at is null and f.id = $1) then '' else coalesce(m.shown_name, '') end as name,
  coalesce(m.is_protected, false) as is_protected,
  (select min(v.entered_at) from visit v where v.member = s.member and v.entered_at >= s.happened_at
     and v.voided_at is null) as came_at
from scan s left join kiosk k on k.id = s.kiosk left join member m on m.id = s.member
where s.happened_at >= $2 and s.happened_at < $3 and s.verdict = 'refused' and not s.is_repeat and s.kiosk is not null
  and (s.facility = $1 or (s.facility is null and exists (
    select 1 from kiosk_facility kf where kf.kiosk = s.kiosk and kf.facility = $1)))
order by m.id is null, s.happened_at desc limit $4
"""
_REFUSED_HOURS = """
select extract(hour from s.happened_at at time zone $4)::int as hour, s.code, count(*) as scans
from scan s where s.kiosk = $1 and s.happened_at >= $2 and s.happened_at < $3 and s.verdict = 'refused'
  and not s.is_repeat
group by 1, 2 order by 1 desc, 3 desc, 2
"""
_TURNS = f"""
select t.id, t.number, t.state, t.taken_at, t.called_at, t.session as session_id, t.member as member_id,
  m.number as member_number, {_NAME}, coalesce(m.is_protected, false) as is_protected
from turn t left join member m on m.id = t.member and exists (
    select 1 from registration r join facility f on f.body = r.body
     where r.member = t.member and r.ended_at is null and f.id = t.facility)
where t.facility = $1 and t.held_on = $2 and t.state in ('waiting', 'called') order by t.number
"""


async def list_due(facility_id: UUID, day: date) -> list[DueRow]:
    """Who holds a seat in a session of the day that is not over and has not come, and whose seat was given away."""
    rows = await db.fetch(_DUE, facility_id, day, clock.now())
    found = []
    for row in rows:
        fields = with_words(row, "program_names")
        told = [fields.pop(name) for name in ("birth_on", "grade_override", "grade_override_year")]
        born, override, year = told
        fields["grade"] = grade(born, day, override, year)
        fields["school_stage"] = str(school_stage(born, day, override, year))
        found.append(DueRow(**fields))
    return found


async def list_refusals(facility_id: UUID, day: date, language: str) -> list[RefusalRow]:
    """What the kiosks of a facility refused on a day, in words: whom the desk may help first, then newest first."""
    since, until = clock.day_span(day)
    rows = await db.fetch(_REFUSED, facility_id, since, until, SHOWN_REFUSALS)
    return [_refusal(row, language) for row in rows]


def _refusal(row: Any, language: str) -> RefusalRow:
    fields = dict(row)
    hidden, answer = fields.pop("is_protected"), fields.pop("answer")
    said = msgspec.convert(msgspec.json.decode(answer) if isinstance(answer, str) else answer, Verdict, strict=False)
    if hidden or not fields["name"]:
        fields |= {"member_id": None, "number": None}
    return RefusalRow(**fields, sentence=say(said, language))


async def count_refusals(kiosk_id: UUID, day: date) -> list[RefusedHour]:
    """How often a kiosk refused a scan on a day, by hour and code: the newest hour first, in it the most frequent."""
    rows = await db.fetch(_REFUSED_HOURS, kiosk_id, *clock.day_span(day), get_settings().timezone)
    return [RefusedHour(**row) for row in rows]


async def list_turns(facility_id: UUID, day: date) -> list[TurnRow]:
    """The numbered turns of a day that are not over, in the order they are called."""
    rows = await db.fetch(_TURNS, facility_id, day)
    return [TurnRow(**{name: row[name] for name in TurnRow.__struct_fields__}) for row in rows]


async def list_corrections(visit_id: UUID) -> list[CorrectionRow]:
    """What was corrected about a visit, in that order."""
    rows = await db.fetch(
        "select c.kind, c.at, c.reason, c.made_at, a.name as by_name from visit_correction c"
        "  left join account a on a.id = c.by_account where c.visit = $1 order by c.made_at, c.id",
        visit_id,
    )
    return [CorrectionRow(**row) for row in rows]


async def list_seen(actor_id: UUID | None, what: str, scope: str, since: datetime) -> set[UUID]:
    """Members whose rows somebody was shown here since a moment: a page that refreshes itself logs them once."""
    rows = await db.fetch(
        "select distinct member_id from personal_data_view"
        " where actor_id = $1 and what = $2 and scope = $3 and occurred_at >= $4",
        *(actor_id, what, scope, since),
    )
    return {row["member_id"] for row in rows}


async def list_overlapping(
    member_id: UUID, since: datetime, until: datetime | None, but: Iterable[UUID] = ()
) -> list[UUID]:
    """Visits of a member that share time with a span, voided ones aside."""
    rows = await db.fetch(
        "select id from visit where member = $1 and voided_at is null and id <> all($4)"
        "  and tstzrange(entered_at, left_at) && tstzrange($2, $3)",
        *(member_id, since, until, list(but)),
    )
    return [row["id"] for row in rows]


async def find_last(member_id: UUID, facility_id: UUID, day: date) -> UUID | None:
    """A member's last visit at a facility on a day."""
    found: UUID | None = await db.fetchval(
        "select id from visit where member = $1 and facility = $2 and visited_on = $3 order by entered_at desc limit 1",
        *(member_id, facility_id, day),
    )
    return found
