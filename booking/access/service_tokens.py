"""API tokens: made with a role for a scope, shown once, ended at once."""

from datetime import datetime, timedelta
from uuid import UUID

from booking.access import queries_staff
from booking.access.errors import LabelNeeded, NotAllowed
from booking.access.rules import Role, may_grant, require_staff
from booking.access.schemas import Actor, TokenView
from booking.access.service import record_audit
from booking.access.service_staff import body_of, check_grant
from booking.kit import clock, db
from booking.kit.errors import InvalidForm, NotFound, Refusal
from booking.kit.tokens import digest, new_id, new_secret


async def new_token(label: str, role: str, scope: str | None, by: Actor, *, lasts: timedelta | None = None) -> str:
    """An API token (prefix `bt_`), to be shown once.

    Raises: NotAllowed; InvalidForm with LabelNeeded, WrongRole, WrongScope at their fields.
    """
    wrong: dict[str, Refusal] = {}
    if not 0 < len(label.strip()) <= 100:
        wrong["label"] = LabelNeeded()
    try:
        await check_grant(by, role, scope)
    except InvalidForm as refusal:
        wrong.update(refusal.fields)
    if wrong:
        raise InvalidForm(fields=wrong)
    token, token_id, now = new_secret("bt_"), new_id(), clock.now()
    until: datetime | None = now + lasts if lasts else None
    async with db.transaction():
        await db.execute(
            "insert into api_token (id, label, token_digest, role, scope, created_at, expires_at)"
            " values ($1, $2, $3, $4, $5, $6, $7)",
            *(token_id, label.strip(), digest(token), role, scope, now, until),
        )
        await record_audit(by, "token-made", "token", token_id, scope=scope, detail={"role": role})
    return token


async def list_tokens(by: Actor) -> list[TokenView]:
    """The tokens `by` decides about, the newest first. Raises: NotAllowed."""
    require_staff(by, Role.BODY_ADMINISTRATOR)
    tokens = await queries_staff.list_tokens(clock.now())
    return [token for token in tokens if may_grant(by, token.scope, await body_of(token.scope))]


async def revoke_token(token_id: UUID, by: Actor) -> None:
    """End an API token, at once. Raises: NotFound, NotAllowed. Safe: repeated."""
    require_staff(by, Role.BODY_ADMINISTRATOR)
    async with db.transaction():
        scope = await db.fetchrow(
            "update api_token set revoked_at = coalesce(revoked_at, $2) where id = $1 returning scope",
            *(token_id, clock.now()),
        )
        if scope is None:
            raise NotFound
        if not may_grant(by, scope["scope"], await body_of(scope["scope"])):
            raise NotAllowed
        await record_audit(by, "token-revoked", "token", token_id, scope=scope["scope"])
