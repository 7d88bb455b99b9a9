"""Messages about somebody whose two records become one."""

from uuid import UUID

from booking.kit import db

_ABOUT = """
update message set about = array(select distinct case one when $2 then $1 else one end from unnest(about) as one)
where about && array[$2::text]"""


async def merge_messages(kept_id: UUID, gone_id: UUID) -> None:
    """Every message about the second is about the first, so that who may not see them does not see it either."""
    await db.execute(_ABOUT, str(kept_id), str(gone_id))
