"""Reads of qualifications: which there are, and who holds which."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from booking.kit import db
from booking.kit.words import with_words, words_sql
from booking.people.schemas import QualificationView

_QUALIFICATION = f"""
select qualification.id, body.code as body_code, qualification.code, qualification.name,
       {words_sql("qualification.name", "qualification.names")} as names
  from qualification join body on body.id = qualification.body
"""


def _view(row: Any) -> QualificationView:
    return QualificationView(**with_words(row, "names"))


async def list_qualifications(body_codes: Collection[str] | None, today: date) -> list[QualificationView]:
    """The qualifications in use of these bodies (None: of all), by body and name."""
    rows = await db.fetch(
        _QUALIFICATION + "where ($1::text[] is null or body.code = any($1))"
        " and (qualification.ended_on is null or qualification.ended_on > $2) order by body.code, qualification.name",
        *(None if body_codes is None else list(body_codes), today),
    )
    return [_view(row) for row in rows]


async def list_held(member_id: UUID, body_codes: Collection[str] | None) -> list[tuple[QualificationView, date]]:
    """What a member holds of these bodies (None: of all), and since which day."""
    rows = await db.fetch(
        "select qualification.id, body.code as body_code, qualification.code, qualification.name,"
        f"       {words_sql('qualification.name', 'qualification.names')} as names, member_qualification.valid_from_on"
        "  from member_qualification"
        "  join qualification on qualification.id = member_qualification.qualification"
        "  join body on body.id = qualification.body"
        " where member_qualification.member = $1 and member_qualification.revoked_at is null"
        "   and ($2::text[] is null or body.code = any($2)) order by qualification.name",
        *(member_id, None if body_codes is None else list(body_codes)),
    )
    return [
        (_view({key: row[key] for key in QualificationView.__struct_fields__}), row["valid_from_on"]) for row in rows
    ]
