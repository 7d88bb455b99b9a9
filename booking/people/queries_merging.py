"""What is known of two records that may be one person."""

from uuid import UUID

from booking.kit import db
from booking.people.schemas_merging import HeldRights

_RIGHTS = """
select guardianship.id, account.id as account_id, account.name, account.email, guardianship.relation,
       guardianship.may_consent, guardianship.may_book, guardianship.is_told,
       guardianship.state = 'confirmed' as is_confirmed, guardianship.ended_at is not null as is_ended,
       account.kind = 'card' as is_card
  from guardianship join account on account.id = guardianship.account
 where guardianship.member = $1 order by guardianship.created_at, guardianship.id"""


async def list_rights(member_id: UUID) -> list[HeldRights]:
    """Everybody who acts or ever acted for a member."""
    return [HeldRights(**row) for row in await db.fetch(_RIGHTS, member_id)]


async def list_common_years(kept_id: UUID, gone_id: UUID) -> list[int]:
    """The fiscal years in which both were counted, as two people."""
    rows = await db.fetch(
        "select mine.fiscal_year from person_key mine join person_key theirs on theirs.fiscal_year = mine.fiscal_year"
        " where mine.member = $1 and theirs.member = $2 order by 1",
        *(kept_id, gone_id),
    )
    return [row["fiscal_year"] for row in rows]
