"""Who works here, which tokens there are, and the two logs as they are read."""

from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec

from booking.access.rules import Role
from booking.access.schemas import AuditView, Link, PersonalDataViewed, StaffGrant, StaffView, TokenView
from booking.kit import db

_STAFF = """
select a.id, a.name, a.email,
       exists (select from credential c where c.account = a.id and c.kind = 'totp') as is_enrolled,
       g.id as grant_id, g.role, g.scope
from account a left join role_grant g on g.account = a.id and g.ended_at is null
where a.kind = 'staff' and a.disabled_at is null and ($1::uuid is null or a.id = $1)
order by a.created_at, a.id, g.granted_at, g.id"""


async def list_staff(only: UUID | None = None) -> list[StaffView]:
    """Everybody who works here now, with the roles they hold."""
    found: dict[UUID, tuple[asyncpg.Record, list[StaffGrant]]] = {}
    for row in await db.fetch(_STAFF, only):
        _, grants = found.setdefault(row["id"], (row, []))
        if row["grant_id"] is not None:
            grants.append(StaffGrant(id=row["grant_id"], role=Role(row["role"]), scope=row["scope"]))
    return [
        StaffView(id=key, name=row["name"], email=row["email"], is_enrolled=row["is_enrolled"], grants=tuple(grants))
        for key, (row, grants) in found.items()
    ]


async def list_ended_scopes(account_id: UUID) -> list[str | None]:
    """The scopes of the roles that were taken away from somebody."""
    rows = await db.fetch(
        "select distinct scope from role_grant where account = $1 and ended_at is not null", account_id
    )
    return [row["scope"] for row in rows]


async def find_link(token_digest: str, now: datetime) -> tuple[Link, bool, bool] | None:
    """A one-time link, whether it has been used, and whether it is too old."""
    row = await db.fetchrow(
        "select l.id, l.account, l.purpose, l.used_at, l.expires_at, a.name, a.email from sign_in_link l"
        " join account a on a.id = l.account where l.token_digest = $1 and a.disabled_at is null",
        token_digest,
    )
    if row is None:
        return None
    link = Link(id=row["id"], account_id=row["account"], purpose=row["purpose"], name=row["name"], email=row["email"])
    return link, row["used_at"] is not None, row["expires_at"] <= now


async def list_tokens(now: datetime) -> list[TokenView]:
    """Tokens that work now, the newest first."""
    rows = await db.fetch(
        "select id, label, role, scope, created_at, expires_at, seen_at from api_token"
        " where revoked_at is null and (expires_at is null or expires_at > $1) order by created_at desc, id desc",
        now,
    )
    return [TokenView(**{**dict(row), "role": Role(row["role"])}) for row in rows]


_AUDIT = """
select id, occurred_at, actor_kind, actor_id, actor_name, action, subject_kind, subject_id, scope, reason, overridden,
       detail
from audit_entry
where occurred_at >= $1 and occurred_at < $2 and ($3::text is null or action = $3)
  and ($4::text[] is null or scope = any($4)) and ($5::uuid is null or id < $5)
order by id desc limit $6"""


async def list_audit(
    *,
    since: datetime,
    until: datetime,
    action: str | None = None,
    scopes: list[str] | None = None,
    before: UUID | None = None,
    limit: int = 100,
) -> list[AuditView]:
    """The audit trail of a span, the newest first; `scopes` None is everything, `before` the last row already seen."""
    rows = await db.fetch(_AUDIT, since, until, action, scopes, before, limit)
    return [AuditView(**{**dict(row), "detail": msgspec.json.decode(row["detail"])}) for row in rows]


async def list_actions(since: datetime, until: datetime, scopes: list[str] | None = None) -> list[str]:
    """What happened in a span, each kind once."""
    rows = await db.fetch(
        "select distinct action from audit_entry where occurred_at >= $1 and occurred_at < $2"
        " and ($3::text[] is null or scope = any($3)) order by action",
        *(since, until, scopes),
    )
    return [row["action"] for row in rows]


_VIEWS = """
select v.id, v.occurred_at, v.actor_kind, v.actor_id, coalesce(a.name, t.label, '') as actor_name, v.member_id, v.what,
       v.scope, v.by_list
from personal_data_view v
left join account a on a.id = v.actor_id and a.kind = 'staff'
left join api_token t on t.id = v.actor_id
where v.occurred_at >= $1 and v.occurred_at < $2 and ($3::text[] is null or v.scope = any($3))
  and ($4::uuid is null or v.member_id = $4) and ($5::uuid is null or v.id < $5)
order by v.id desc limit $6"""


async def list_views(
    *,
    since: datetime,
    until: datetime,
    scopes: list[str] | None = None,
    member_id: UUID | None = None,
    before: UUID | None = None,
    limit: int = 100,
) -> list[PersonalDataViewed]:
    """Who saw whose personal data in a span, the newest first."""
    rows = await db.fetch(_VIEWS, since, until, scopes, member_id, before, limit)
    return [PersonalDataViewed(**dict(row)) for row in rows]
