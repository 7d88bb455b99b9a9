"""The day of a facility as its desk sees it."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from booking.kit import clock, db
from booking.kit.words import with_words, words_sql
from booking.visits.errors import VisitUnknown
from booking.visits.schemas_staff import FlagRow, OpenRow, VisitRow

_VISIT = f"""
select v.id, v.member as member_id, v.kind, v.heads, v.visited_on, v.entered_at, v.left_at, v.entered_by, v.closed_by,
  v.voided_at, v.party, v.grade, v.school_stage, f.code as facility_code, f.name as facility_name,
  b.code as body_code, m.number,
  coalesce(m.latin_name, nullif(concat_ws(' ', nullif(m.family_name, ''), nullif(m.given_name, '')), ''), '') as name,
  concat_ws(' ', nullif(m.family_kana, ''), nullif(m.given_kana, '')) as kana,
  coalesce(m.is_protected, false) as is_protected, p.name as program_name,
  {words_sql("p.name", "p.names")} as program_names,
  (select c.reason from visit_correction c where c.visit = v.id and c.kind = 'void' order by c.made_at desc limit 1)
    as void_reason,
  m.id is not null and not exists (select 1 from registration r where r.member = m.id and r.body = f.body
                                    and r.ended_at is null) as is_elsewhere
from visit v join facility f on f.id = v.facility join body b on b.id = f.body
  left join member m on m.id = v.member left join program p on p.id = v.program
"""


def _row(row: Any) -> VisitRow:
    """A visit as staff of its facility see it: of a member of another body alone, that somebody came."""
    visit = msgspec.convert(with_words(row, "program_names"), VisitRow)
    if not visit.is_elsewhere:
        return visit
    return msgspec.structs.replace(visit, name="", kana="", number=None, grade=None, school_stage=None)


async def list_visits(facility_id: UUID, day: date) -> list[VisitRow]:
    """Every visit of a facility on a day, voided ones too: who is inside first, then by the moment they came."""
    rows = await db.fetch(
        _VISIT + "where v.facility = $1 and v.visited_on = $2"
        " order by v.voided_at is not null, v.left_at is not null, v.entered_at desc, v.id",
        *(facility_id, day),
    )
    return [_row(row) for row in rows]


async def list_inside(facility_ids: Iterable[UUID]) -> list[VisitRow]:
    """Who is inside these facilities now, by the moment they came."""
    rows = await db.fetch(
        _VISIT + "where v.facility = any($1) and v.visited_on = $2 and v.left_at is null and v.voided_at is null"
        " order by v.entered_at, v.id",
        *(list(facility_ids), clock.today()),
    )
    return [msgspec.convert(with_words(row, "program_names"), VisitRow) for row in rows]


async def get_visit(visit_id: UUID) -> VisitRow:
    """One visit. Raises: VisitUnknown."""
    row = await db.fetchrow(_VISIT + "where v.id = $1", visit_id)
    if row is None:
        raise VisitUnknown
    return _row(row)


async def lock_visit(visit_id: UUID) -> VisitRow:
    """Lock a visit until the transaction ends and read it as it is then. Raises: VisitUnknown."""
    row = await db.fetchrow(_VISIT + "where v.id = $1 for no key update of v", visit_id)
    if row is None:
        raise VisitUnknown
    return _row(row)


async def list_flags(facility_id: UUID) -> list[FlagRow]:
    """What staff of a facility should look at and nobody has yet, newest first."""
    rows = await db.fetch(
        "select d.id, d.code, d.raised_at, k.name as kiosk_name, m.id as member_id, m.number, m.shown_name,"
        "       coalesce(m.latin_name, concat_ws(' ', m.family_name, m.given_name), '') as name, m.grade_override,"
        "       m.is_protected, s.told_code, s.code as answer_code"
        "  from door_flag d left join kiosk k on k.id = d.kiosk left join member m on m.id = d.member"
        "   and exists (select 1 from registration r join facility f on f.body = r.body"
        "                where r.member = d.member and r.ended_at is null and f.id = d.facility)"
        "  left join scan s on s.id = d.scan"
        " where d.facility = $1 and d.resolved_at is null order by d.raised_at desc limit 200",
        facility_id,
    )
    return [msgspec.convert(dict(row), FlagRow) for row in rows]


class RaisedFlag(msgspec.Struct, frozen=True):
    """Where a flag was raised, and about whom."""

    facility_code: str
    member_id: UUID | None


async def find_flag(flag_id: UUID) -> RaisedFlag | None:
    """A flag that was raised at a facility, looked at or not."""
    row = await db.fetchrow(
        "select f.code, d.member from door_flag d join facility f on f.id = d.facility where d.id = $1", flag_id
    )
    return None if row is None else RaisedFlag(row["code"], row["member"])


async def list_open() -> list[OpenRow]:
    """Every open visit, of whatever day."""
    rows = await db.fetch(
        "select id, facility, session, visited_on, entered_at from visit where left_at is null and voided_at is null"
        " order by id"
    )
    return [OpenRow(**row) for row in rows]


async def list_session_ends(session_ids: Iterable[UUID]) -> dict[UUID, datetime]:
    """When sessions end."""
    rows: list[Any] = await db.fetch("select id, ends_at from session where id = any($1)", list(session_ids))
    return {row["id"]: row["ends_at"] for row in rows}
