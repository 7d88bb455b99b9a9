"""What the register of personal files (個人情報ファイル簿) says in a body's own words."""

from piccolo.constraints import Unique
from piccolo.table import Table

from booking.facilities.tables import Body
from booking.kit.tables import document, identifier, instant, key, one_of, ref, text
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
