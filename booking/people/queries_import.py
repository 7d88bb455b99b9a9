"""Reads for an import of registrants: whom a row may already be, and the list that was handed in."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from booking.kit import db
from booking.kit.words import with_words, words_sql
from booking.people.rules_import import born_of
from booking.people.schemas_import import ImportReport, ImportView, Known, names_of

_KNOWN = """
select member.family_name, member.given_name, member.family_kana, member.given_kana, member.latin_name,
       member.birth_on, member.grade_override_year - member.grade_override as cohort, household.phone
  from member join household on household.id = member.household
 where member.left_at is null and not member.is_protected
   and (member.birth_on is null or member.birth_on = any($2))
   and exists (select 1 from registration join body on body.id = registration.body
               where registration.member = member.id and registration.ended_at is null and body.code = $1)"""

_IMPORT = f"""
select member_import.id, body.code as body_code, {words_sql("body.name", "body.names")} as body_names,
       member_import.uploaded_at, member_import.committed_at, member_import.content is not null as is_kept,
       member_import.report
  from member_import join body on body.id = member_import.body"""


async def list_known(body_code: str, births: Iterable[date]) -> list[Known]:
    """Members registered with a body that rows with these days of birth may be; protected ones are told of nowhere."""
    rows = await db.fetch(_KNOWN, body_code, list(births))
    return [
        Known(born=born_of(row["birth_on"], row["cohort"], row["phone"]), names=names_of(_Named(**_names(row))))
        for row in rows
    ]


class _Named(msgspec.Struct):
    family_name: str
    given_name: str
    family_kana: str
    given_kana: str
    latin_name: str | None


def _names(row: Any) -> dict[str, Any]:
    return {name: row[name] for name in _Named.__struct_fields__}


async def find_import(import_id: UUID) -> ImportView | None:
    """A list that was handed in, and what it would do or has done."""
    row = await db.fetchrow(f"{_IMPORT} where member_import.id = $1", import_id)
    if row is None:
        return None
    return ImportView(
        **{**with_words(row, "body_names"), "report": msgspec.json.decode(row["report"], type=ImportReport)}
    )


async def lock_import(import_id: UUID, since: datetime) -> str | None:
    """The sealed rows of a list that was not registered yet, locked until the transaction ends."""
    found: str | None = await db.fetchval(
        "select content from member_import where id = $1 and committed_at is null and uploaded_at > $2"
        " for no key update",
        *(import_id, since),
    )
    return found
