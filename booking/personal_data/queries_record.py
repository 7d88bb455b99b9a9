"""What the bodies have written into their registers, and how many persons are in their files."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from booking.kit import db
from booking.kit.words import with_words, words_sql

_REGISTERED = """
select count(*) from (
  select registration.member from registration join body on body.id = registration.body
   where body.code = $1 and registration.member is not null limit $2) registered"""


class WrittenText(msgspec.Struct, frozen=True, kw_only=True):
    """A part that a body has written."""

    body_code: str
    part: str
    texts: dict[str, str]
    author: str
    made_at: datetime


async def list_written() -> list[WrittenText]:
    """Every part that any body has written."""
    rows = await db.fetch(
        f"select body.code as body_code, written.part, {words_sql('written.content', 'written.contents')} as texts,"
        "       written.author, written.made_at"
        "  from record_text written join body on body.id = written.body"
    )
    return [WrittenText(**with_words(row, "texts")) for row in rows]


async def list_reaching(body_codes: Iterable[str], threshold: int) -> set[str]:
    """Those of these bodies that have so many persons registered; counted no further than that."""
    found = set()
    for code in body_codes:
        if await db.fetchval(_REGISTERED, code, threshold) >= threshold:
            found.add(code)
    return found
