"""What was lost, and whom it could show. Only reads; names are the caller's business."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from booking.access.rules import Role
from booking.access.schemas import Grant
from booking.kit import clock, db
from booking.personal_data.schemas_exposure import Days, IssuedPass, Sight, Span, Thing, Trace

_LISTED = """
select km.member,
       exists (select 1 from visit v where v.member = km.member and v.facility = any($2)
                  and v.visited_on > $3 and v.entered_at < $6)
    or exists (select 1 from reservation r join session s on s.id = r.session
                where r.member = km.member and s.facility = any($2) and s.held_on between $4 and $5
                  and r.booked_at < $6 and (r.state in ('confirmed', 'arrived') or r.cancelled_at >= $7
                                            or r.released_at >= $7)) as is_certain
  from (select member from kiosk_member where kiosk = $1
         union select member from kiosk_member_former where kiosk = $1) km"""
# Whoever was seen in a second record has been seen.
_VIEWED = """
select coalesce(merged.member, seen.member_id) as member_id, bool_and(seen.by_list) as by_list, count(*) as times,
       max(seen.occurred_at) as last_at
  from personal_data_view seen left join member_merged merged on merged.former = seen.member_id
 where seen.actor_id = $1 and seen.actor_kind = $2 and seen.occurred_at >= $3 and seen.occurred_at < $4
   and exists (select 1 from member where member.id = coalesce(merged.member, seen.member_id))
 group by 1 order by last_at desc"""
_REGISTERED = """
select distinct r.member from registration r join body b on b.id = r.body
 where r.member is not null and ($1::text[] is null or b.code = any($1))
   and r.registered_at < $3 and (r.ended_at is null or r.ended_at >= $2)"""


async def list_listed(thing: Thing, days: Days, span: Span) -> list[Trace]:
    """Who was on a kiosk's list: surely in the span, or at some time."""
    rows = await db.fetch(
        _LISTED,
        *(thing.id, list(thing.facility_ids), days.seen_since, days.first, days.last, span.until, span.since),
    )
    return [Trace(member_id=row["member"], sight=Sight.LISTED if row["is_certain"] else Sight.POSSIBLE) for row in rows]


async def list_viewed(thing: Thing, span: Span) -> list[Trace]:
    """Whose data an account of staff or a token was shown in the span, the last first."""
    rows = await db.fetch(_VIEWED, thing.id, str(thing.lost), span.since, span.until)
    return [
        Trace(
            member_id=row["member_id"],
            sight=Sight.READ if row["by_list"] else Sight.OPENED,
            times=row["times"],
            last_at=row["last_at"],
        )
        for row in rows
    ]


async def list_registered(bodies: Iterable[str] | None, span: Span) -> list[Trace]:
    """Everybody registered with these bodies (None: any) at some time of the span."""
    codes = None if bodies is None else list(bodies)
    rows = await db.fetch(_REGISTERED, codes, span.since, span.until)
    return [Trace(member_id=row["member"], sight=Sight.POSSIBLE) for row in rows]


async def list_held(account_id: UUID, span: Span) -> list[Trace]:
    """For whom an account acted at some time of the span."""
    rows = await db.fetch(
        "select distinct member from guardianship where account = $1 and created_at < $3"
        " and (ended_at is null or ended_at >= $2)",
        *(account_id, span.since, span.until),
    )
    return [Trace(member_id=row["member"], sight=Sight.HELD) for row in rows]


async def list_grants(account_id: UUID, span: Span) -> list[Grant]:
    """The roles that an account of staff held at some time of the span."""
    rows = await db.fetch(
        "select role, scope from role_grant where account = $1 and granted_at < $3"
        " and (ended_at is null or ended_at >= $2)",
        *(account_id, span.since, span.until),
    )
    return [Grant(Role(row["role"]), row["scope"]) for row in rows]


async def list_scopes_ever(account_id: UUID) -> set[str | None]:
    """Every scope for which somebody ever held a role."""
    rows = await db.fetch("select distinct scope from role_grant where account = $1", account_id)
    return {row["scope"] for row in rows}


async def list_staff_ever() -> list[tuple[UUID, str, datetime | None]]:
    """Everybody who works or worked here: id, name, and when the account was ended."""
    rows = await db.fetch("select id, name, disabled_at from account where kind = 'staff' order by name, id")
    return [(row["id"], row["name"], row["disabled_at"]) for row in rows]


async def list_tokens_ever() -> list[tuple[UUID, str, Grant, datetime | None, datetime | None]]:
    """Every token, also those that were stopped: id, label, role and scope, last use, and when it was stopped."""
    rows = await db.fetch(
        "select id, label, role, scope, seen_at, revoked_at from api_token order by created_at desc, id desc"
    )
    return [
        (row["id"], row["label"], Grant(Role(row["role"]), row["scope"]), row["seen_at"], row["revoked_at"])
        for row in rows
    ]


async def find_holder(account_id: UUID) -> tuple[str, datetime | None] | None:
    """The name of a resident's account or of a child's card, and when it was ended."""
    row = await db.fetchrow(
        "select name, disabled_at from account where id = $1 and kind in ('resident', 'card')", account_id
    )
    return None if row is None else (row["name"], row["disabled_at"])


async def find_facility_ids(kiosk_id: UUID) -> tuple[UUID, ...]:
    """The facilities a kiosk serves."""
    rows = await db.fetch("select facility from kiosk_facility where kiosk = $1", kiosk_id)
    return tuple(row["facility"] for row in rows)


# A stored answer says what the kiosk has shown: a name, or the family to choose from by the ids of members.
_ANSWERED = """
with shown as (
  select member, happened_at, answer from scan
   where pass_id = $1 and kiosk is not null and happened_at >= $2 and happened_at < $3),
told as (
  select member, happened_at, coalesce(answer ->> 'name', '') <> '' as is_certain from shown
  union all
  select split_part(one ->> 'id', ':', 2)::uuid, happened_at, true
    from shown, jsonb_array_elements(case when jsonb_typeof(answer -> 'choices') = 'array' then answer -> 'choices' end)
      as one where one ->> 'id' like 'member:%')
select told.member, bool_or(is_certain) as is_certain, count(*) filter (where is_certain) as times,
       max(happened_at) filter (where is_certain) as last_at
  from told join member on member.id = told.member group by told.member order by last_at desc nulls last, told.member"""
_OFFERED = """
select distinct other.member
  from guardianship own join guardianship other on other.account = own.account and other.member <> own.member
   and other.may_book and other.created_at < $3 and (other.ended_at is null or other.ended_at >= $2)
  join member child on child.id = other.member
   and (not child.is_protected or exists (select 1 from protected_viewer viewer where viewer.member = child.id
         and viewer.account = own.account and (viewer.ended_at is null or viewer.ended_at >= $2)))
 where own.member = $1 and own.relation = 'self' and own.created_at < $3
   and (own.ended_at is null or own.ended_at >= $2)"""
_PASSES = """
select pass.id, pass.member as member_id, pass.issued_at,
       case when pass.revoked_at is not null or pass.valid_until <= $2
            then least(coalesce(pass.revoked_at, pass.valid_until), pass.valid_until) end as ended_at,
       (select max(happened_at) from scan where scan.pass_id = pass.id and scan.kiosk is not null) as shown_at
  from pass where pass.member is not null"""


async def list_answered(pass_id: UUID, span: Span) -> list[Trace]:
    """Who was in the answers of kiosks to a pass in the span; who was let in without a name in it may have been."""
    rows = await db.fetch(_ANSWERED, pass_id, span.since, span.until)
    return [
        Trace(
            member_id=row["member"],
            sight=Sight.ANSWERED if row["is_certain"] else Sight.POSSIBLE,
            times=row["times"],
            last_at=row["last_at"],
        )
        for row in rows
    ]


async def list_offered(member_id: UUID, span: Span) -> list[Trace]:
    """The family among whom a kiosk could let the bearer of a member's pass choose at some time of the span."""
    rows = await db.fetch(_OFFERED, member_id, span.since, span.until)
    return [Trace(member_id=row["member"], sight=Sight.POSSIBLE) for row in rows]


async def list_doors(pass_id: UUID, span: Span) -> list[UUID]:
    """The kiosks to which a pass was shown in the span."""
    rows = await db.fetch(
        "select distinct kiosk from scan where pass_id = $1 and kiosk is not null and happened_at >= $2"
        " and happened_at < $3",
        *(pass_id, span.since, span.until),
    )
    return [row["kiosk"] for row in rows]


async def find_pass(pass_id: UUID) -> IssuedPass | None:
    """One pass of somebody who is still known."""
    row = await db.fetchrow(f"{_PASSES} and pass.id = $1", pass_id, clock.now())
    return None if row is None else IssuedPass(**row)


async def list_passes(member_id: UUID, limit: int) -> list[IssuedPass]:
    """The passes of a member, the newest first."""
    rows = await db.fetch(
        f"{_PASSES} and pass.member = $1 order by pass.issued_at desc, pass.id desc limit $3",
        *(member_id, clock.now(), limit),
    )
    return [IssuedPass(**row) for row in rows]
