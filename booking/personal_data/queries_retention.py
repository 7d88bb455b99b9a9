"""Terms of bodies, and what is older than they say."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from booking.kit import clock, db
from booking.kit.settings import get_settings
from booking.personal_data.rules_retention import Kept
from booking.personal_data.schemas_retention import DuePerson, Term

COUNTED = 10_000
"""More than this is not counted, only said to be more."""
# Whom nobody has registered any more is kept by the body that had them last.
_SEEN = """
with mine as (
  select member.* from member where (exists (
    select 1 from registration join body on body.id = registration.body
     where registration.member = member.id and registration.ended_at is null and body.code = $1)
   or (not exists (select 1 from registration where registration.member = member.id and registration.ended_at is null)
       and $1 = (select body.code from registration join body on body.id = registration.body
                  where registration.member = member.id
                  order by registration.ended_at desc, registration.id limit 1)))
  and not exists (select 1 from enrolment where enrolment.member = member.id and enrolment.state in
                  ('enrolled', 'waiting'))
  and not exists (select 1 from visit where visit.member = member.id and visit.left_at is null
                  and visit.voided_at is null)),
seen as (
  select mine.id, mine.number, mine.is_protected, coalesce(mine.latin_name, mine.family_name || ' ' || mine.given_name)
      as name, greatest(
    (select max(registered_at) from registration where registration.member = mine.id),
    (select max(coalesce(left_at, entered_at)) from visit where visit.member = mine.id),
    (select max(session.starts_at) from reservation join session on session.id = reservation.session
      where reservation.member = mine.id)) as seen_at,
    make_date(extract(year from mine.birth_on - 1 + interval '19 years')::int
      + (extract(month from mine.birth_on - 1 + interval '19 years') >= 4)::int, 4, 1) as grown_on
    from mine)"""
_DUE = {
    Kept.MEMBERS: "seen_at < $2 and $3::date is not null and $4::text is not null",
    Kept.GROWN: "grown_on <= $3 and seen_at < grown_on::timestamp at time zone $4 and $2::timestamptz is not null",
}
_ACCOUNTS = """
select account.id from account where account.kind = 'resident' and account.created_at < $1
   and ($3::uuid is null or account.id = $3)
   and not exists (select 1 from guardianship where guardianship.account = account.id and ended_at is null)
   and not exists (select 1 from household_account here join member on member.household = here.household
                    where here.account = account.id and here.ended_at is null)
   and not exists (select 1 from sign_in where sign_in.account = account.id and sign_in.seen_at >= $1)
   and not exists (select 1 from role_grant where role_grant.account = account.id)
   and not exists (select 1 from group_request asked where asked.account = account.id
                    and coalesce(asked.visit_on, asked.created_at::date) >= $1::date)
 order by account.id limit $2"""
_OLD = {
    Kept.DOOR: "select 1 from scan join facility on facility.id = scan.facility join body on body.id = facility.body"
    " where scan.member is not null and scan.happened_at < $1 and body.code = $2",
    Kept.VIEWS: "select 1 from personal_data_view where occurred_at < $1 and scope = any($2)",
    Kept.AUDIT: "select 1 from audit_entry where occurred_at < $1 and scope = any($2)",
}


async def list_terms(bodies: frozenset[str] | None = None) -> list[Term]:
    """The terms of these bodies (None: all), by body and class."""
    rows = await db.fetch(
        "select body.code as body_code, kind, months, is_automatic, provisional from retention_term"
        " join body on body.id = retention_term.body where $1::text[] is null or body.code = any($1)"
        " order by body.code",
        None if bodies is None else sorted(bodies),
    )
    order = list(Kept)
    terms = [Term(**{**dict(row), "kind": Kept(row["kind"])}) for row in rows]
    return sorted(terms, key=lambda one: (one.body_code, order.index(one.kind)))


async def list_due_people(
    body_code: str, kind: Kept, seen_before: datetime, grown_until: date, *, limit: int
) -> list[DuePerson]:
    """Whose record with a body is due, longest unseen first; protected people are in no list."""
    rows = await db.fetch(
        f"{_SEEN} select id, number, name, seen_at from seen where not is_protected and {_DUE[kind]}"
        " order by seen_at, id limit $5",
        *(body_code, seen_before, grown_until, get_settings().timezone, limit),
    )
    return [
        DuePerson(id=row["id"], number=row["number"], name=row["name"], seen_on=clock.local_date(row["seen_at"]))
        for row in rows
    ]


async def is_due(member_id: UUID, body_code: str, kind: Kept, seen_before: datetime, grown_until: date) -> bool:
    """Whether a member's record with a body is due, and they may be named."""
    asked = f"{_SEEN} select exists (select 1 from seen where id = $5 and not is_protected and {_DUE[kind]})"
    given = (body_code, seen_before, grown_until, get_settings().timezone, member_id)
    return bool(await db.fetchval(asked, *given))


async def count_due_people(body_code: str, kind: Kept, seen_before: datetime, grown_until: date) -> tuple[int, int]:
    """How many are due who may be named, and how many who may not."""
    row = await db.fetchrow(
        f"{_SEEN} select count(*) filter (where not is_protected) as named,"
        f" count(*) filter (where is_protected) as hidden from seen where {_DUE[kind]}",
        *(body_code, seen_before, grown_until, get_settings().timezone),
    )
    return (row["named"], row["hidden"]) if row is not None else (0, 0)


async def list_due_accounts(before: datetime, limit: int) -> list[UUID]:
    """Accounts that act for nobody and were not used since an instant."""
    return [row["id"] for row in await db.fetch(_ACCOUNTS, before, limit, None)]


async def is_account_due(account_id: UUID, before: datetime) -> bool:
    """Whether one account still acts for nobody and was not used since an instant."""
    return bool(await db.fetch(_ACCOUNTS, before, 1, account_id))


async def count_old(kind: Kept, before: datetime, place: str | list[str]) -> int:
    """How many rows of a class are older than an instant, at most one more than are counted."""
    said: Any = await db.fetchval(f"select count(*) from ({_OLD[kind]} limit {COUNTED + 1}) old", before, place)
    return int(said)


async def count_old_messages(body_code: str, before: datetime, nobodys_before: datetime) -> int:
    """The same of messages in the name of a body, and of those in no body's name."""
    said: Any = await db.fetchval(
        "select count(*) from (select 1 from message where state <> 'queued'"
        " and (body_code = $1 and created_at < $2 or body_code is null and created_at < $3)"
        f" limit {COUNTED + 1}) old",
        *(body_code, before, nobodys_before),
    )
    return int(said)
