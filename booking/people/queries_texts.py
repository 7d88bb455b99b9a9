"""Reads of the consent texts of the bodies."""

from collections.abc import Collection
from typing import Any

from booking.kit import clock, db
from booking.kit.words import with_words, words_sql
from booking.people.errors import BodyUnknown
from booking.people.rules import ADULT_AT
from booking.people.schemas import ConsentTextView

_IN_FORCE = f"""
select distinct on (body.code) consent_text.id, body.id as body_id, body.code as body_code, body.name as body_name,
       {words_sql("body.name", "body.names")} as body_names,
       consent_text.version, consent_text.text_ja, consent_text.translations, consent_text.guardian_below_years,
       consent_text.provisional
  from consent_text join body on body.id = consent_text.body
 where consent_text.valid_from_on <= $1
 order by body.code, consent_text.valid_from_on desc, consent_text.version desc"""


def _view(row: Any) -> ConsentTextView:
    return ConsentTextView(**with_words(row, "body_names", "translations"))


async def list_consent_texts() -> list[ConsentTextView]:
    """The text of every body that is in force today, by the body's code."""
    return [_view(row) for row in await db.fetch(_IN_FORCE, clock.today())]


async def get_consent_text(body_code: str) -> ConsentTextView:
    """The text of a body that is in force today. Raises: BodyUnknown."""
    for text in await list_consent_texts():
        if text.body_code == body_code:
            return text
    raise BodyUnknown


async def guardian_below(body_codes: Collection[str]) -> int:
    """Under which age somebody else decides for whom these bodies have registered: the highest of their texts, and
    never beyond coming of age.
    """
    years = [text.guardian_below_years for text in await list_consent_texts() if text.body_code in body_codes]
    return min(max(years, default=0), ADULT_AT)
