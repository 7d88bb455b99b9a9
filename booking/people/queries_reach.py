"""How accounts are reached: their addresses, what they want to be told, and whom they may hear of."""

from collections.abc import Iterable, Sequence
from uuid import UUID

import msgspec

from booking.kit import db
from booking.notifications.rules import Topic
from booking.people.schemas import CallView


class Home(msgspec.Struct, frozen=True, kw_only=True):
    """An account's addresses, and the channel its household asked for."""

    account_id: UUID
    email: str | None
    preferred: str
    lines: tuple[tuple[str, str, str, str], ...]
    """Users of LINE: body of the channel, user, address of the API, name of the variable with its key."""


_HOMES = """
select account.id as account_id, account.email, coalesce(household.preferred, 'mail') as preferred,
  coalesce((select array_agg(provider.body_code || ' ' || identity.subject || ' ' || provider.message_api || ' ' ||
                             provider.message_secret_name order by identity.linked_at)
              from identity join sign_in_provider provider on provider.id = identity.provider
             where identity.account = account.id and provider.kind = 'line' and provider.ended_at is null
               and provider.message_api is not null and provider.message_secret_name is not null), '{}') as lines
from account
left join household_account on household_account.account = account.id and household_account.ended_at is null
left join household on household.id = household_account.household
where account.id = any($1) and account.disabled_at is null"""


async def list_homes(account_ids: Iterable[UUID]) -> dict[UUID, Home]:
    """The ways to accounts; those that have ended are missing."""
    found = {}
    for row in await db.fetch(_HOMES, list(account_ids)):
        lines = tuple(_line(said) for said in row["lines"])
        found[row["account_id"]] = Home(
            account_id=row["account_id"], email=row["email"], preferred=row["preferred"], lines=lines
        )
    return found


def _line(said: str) -> tuple[str, str, str, str]:
    body, user, api, name = said.split(" ")
    return body, user, api, name


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """What an account wants of one topic about one member."""

    account_id: UUID
    member_id: UUID
    topic: Topic
    is_on: bool
    channel: str | None
    remind_at: str | None


async def list_choices(account_ids: Iterable[UUID]) -> list[Choice]:
    """Everything these accounts have chosen about members."""
    rows = await db.fetch(
        "select account as account_id, member as member_id, topic, is_on, channel, remind_at from notice_choice"
        " where account = any($1)",
        list(account_ids),
    )
    return [Choice(**{**dict(row), "topic": Topic(row["topic"])}) for row in rows]


async def list_hidden(pairs: Sequence[tuple[UUID, UUID]]) -> set[tuple[UUID, UUID]]:
    """Those of the pairs (account, member) where the member is protected and staff have not named the account."""
    rows = await db.fetch(
        "select pair.account, pair.member from unnest($1::uuid[], $2::uuid[]) as pair (account, member)"
        " join member on member.id = pair.member and member.is_protected"
        " where not exists (select 1 from protected_viewer viewer where viewer.member = pair.member"
        "   and viewer.account = pair.account and viewer.ended_at is null)",
        *([account for account, _ in pairs], [member for _, member in pairs]),
    )
    return {(row["account"], row["member"]) for row in rows}


async def list_unseen(account_id: UUID, member_ids: Sequence[UUID]) -> set[UUID]:
    """Those of the members that an account may not read about any more: they have left, or it was not named."""
    hidden = await list_hidden([(account_id, member) for member in member_ids])
    rows = await db.fetch("select id from member where id = any($1) and left_at is not null", list(member_ids))
    return {member for _, member in hidden} | {row["id"] for row in rows}


_CALLS = """
select call.id, call.account as account_id, account.name, coalesce(household.phone, '') as phone,
       coalesce(household.language, account.language) as language, call.reason, call.topic, call.asked_at,
       call.done_at, message.subject, message.created_at as told_at,
       array(select member.id from guardianship join member on member.id = guardianship.member
              where guardianship.account = account.id and guardianship.ended_at is null and member.left_at is null
              order by member.id) as member_ids,
       exists (select 1 from guardianship join member on member.id = guardianship.member and member.is_protected
                where guardianship.account = account.id and guardianship.ended_at is null) as is_protected
from phone_call call join account on account.id = call.account
left join message on message.id = call.message
left join household_account home on home.account = account.id and home.ended_at is null
left join household on household.id = home.household
where (call.done_at is null or call.done_at > $2) and ($1::text[] is null or call.body_code = any($1) or exists (
  select 1 from guardianship
    join registration on registration.member = guardianship.member and registration.ended_at is null
    join body on body.id = registration.body
   where guardianship.account = account.id and guardianship.ended_at is null and body.code = any($1)))
order by call.done_at nulls first, call.asked_at, call.id limit 500"""


async def list_calls(bodies: Iterable[str] | None, done_since: object) -> list[CallView]:
    """Whom the desk is to phone, the longest waiting first; what was done since an instant comes last."""
    rows = await db.fetch(_CALLS, None if bodies is None else list(bodies), done_since)
    return [CallView(**{**dict(row), "member_ids": tuple(row["member_ids"])}) for row in rows]
