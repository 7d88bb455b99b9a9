"""A body's own words in the register of personal files (個人情報ファイル簿), and how long it keeps what."""

from piccolo.constraints import Unique
from piccolo.table import Table

from booking.facilities.tables import Body
from booking.kit.tables import document, flag, holds, identifier, instant, key, one_of, ref, small, text
from booking.personal_data.rules_retention import Kept
from booking.personal_data.schemas_record import Part


class RecordText(Table, tablename="record_text"):
    """One part of a body's register as an administrator wrote it, in Japanese and perhaps in other languages.

    Earlier words are in the audit trail.
    """

    id = key()
    body = ref(Body, index=False)
    part = text()
    content = text()
    contents = document()
    author = text()
    made_by = identifier(null=True)
    made_at = instant()
    record_text_part_check = one_of("part", Part)
    record_text_part_unique = Unique([body, part])


class RetentionTerm(Table, tablename="retention_term"):
    """For how many months a body keeps a class of data after it was last needed.

    `is_automatic`: what is due goes every night; else an administrator is shown it first. `provisional`: nobody has
    confirmed it.
    """

    id = key()
    body = ref(Body, index=False)
    kind = text()
    months = small()
    is_automatic = flag()
    provisional = flag()
    changed_by = identifier(null=True)
    changed_at = instant()
    retention_term_kind_check = one_of("kind", Kept)
    retention_term_months_check = holds("months between 1 and 360")
    retention_term_body_kind_unique = Unique([body, kind])
