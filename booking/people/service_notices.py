"""What an account wants to be told about each of its members: which news, reminders when, by which channel."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from booking.access import service as access
from booking.access.rules import require_account
from booking.access.schemas import Actor
from booking.kit import db
from booking.kit.tokens import new_id
from booking.notifications.rules import Channel, Topic
from booking.people import queries
from booking.people.errors import ChoiceUnknown, MemberNotFound
from booking.people.rules import RemindAt


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """One choice: whether to be told of a topic, and for reminders when and by which channel (empty: as usual)."""

    topic: str
    is_on: bool
    channel: str = ""
    remind_at: str = ""


_KEEP = """
insert into notice_choice (id, account, member, topic, is_on, channel, remind_at) values ($1, $2, $3, $4, $5, $6, $7)
on conflict (account, member, topic) do update set is_on = excluded.is_on, channel = excluded.channel,
  remind_at = excluded.remind_at"""


async def choose_notices(by: Actor, member_id: UUID, wishes: Sequence[Wish]) -> None:
    """Keep what an account wants to be told about a member. Raises: SignInNeeded, MemberNotFound, ChoiceUnknown.

    Safe: repeated.
    """
    require_account(by)
    if by.id is None:
        raise MemberNotFound
    for wish in wishes:
        is_known = wish.topic in tuple(Topic) and wish.channel in ("", *Channel)
        if not is_known or wish.remind_at not in ("", *RemindAt):
            raise ChoiceUnknown
    async with db.transaction():
        await queries.get_member_of(by.id, member_id)
        for wish in wishes:
            await db.execute(
                _KEEP,
                *(new_id(), by.id, member_id, wish.topic, wish.is_on, wish.channel or None, wish.remind_at or None),
            )
        await access.record_audit(by, "notices-chosen", "member", member_id)
