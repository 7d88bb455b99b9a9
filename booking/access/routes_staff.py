"""JSON doors for administrators and auditors: staff, tokens, the two logs."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from litestar import delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from booking.access import queries_staff, service_staff, service_tokens
from booking.access.rules import Role, require_staff
from booking.access.schemas import (
    Actor,
    AuditPage,
    EnrolLink,
    MadeToken,
    NewGrant,
    NewStaff,
    NewToken,
    PersonalDataViewedPage,
    StaffPage,
    TokenPage,
)
from booking.kit import clock
from booking.kit.settings import get_settings

READERS = (Role.AUDITOR, Role.BODY_ADMINISTRATOR)
STAFF, LOGS = ["staff"], ["audit"]
Limit = Annotated[int, QueryParameter(ge=1, le=500)]


def _link(path: str) -> EnrolLink:
    return EnrolLink(link=get_settings().public_url.rstrip("/") + path)


@get("/api/v1/staff/accounts", operation_id="listStaff", tags=STAFF)
async def list_staff(actor: NamedDependency[Actor]) -> StaffPage:
    """Who works here, as far as the reader decides about them."""
    return StaffPage(items=await service_staff.list_staff(actor))


@post("/api/v1/staff/accounts", status_code=201, operation_id="addStaff", tags=STAFF)
async def add_staff(actor: NamedDependency[Actor], data: JSONBody[NewStaff]) -> EnrolLink:
    """Let somebody work here; the link registers the authenticator, once, within 24 hours."""
    return _link(await service_staff.add_staff(data.email, data.name, data.role, data.scope, actor))


@post("/api/v1/staff/accounts/{account_id:uuid}/end", status_code=204, operation_id="endStaff", tags=STAFF)
async def end_staff(actor: NamedDependency[Actor], account_id: FromPath[UUID]) -> None:
    """End an account and every sign-in of it."""
    await service_staff.end_staff(account_id, actor)


@post("/api/v1/staff/accounts/{account_id:uuid}/link", status_code=201, operation_id="renewEnrolment", tags=STAFF)
async def renew_enrolment(actor: NamedDependency[Actor], account_id: FromPath[UUID]) -> EnrolLink:
    """A new link for somebody who lost the authenticator; older links end."""
    return _link(await service_staff.renew_enrolment(account_id, actor))


@post("/api/v1/staff/accounts/{account_id:uuid}/roles", status_code=204, operation_id="grantRole", tags=STAFF)
async def grant_role(actor: NamedDependency[Actor], account_id: FromPath[UUID], data: JSONBody[NewGrant]) -> None:
    """Give one more role for a body, a facility or (null) everything."""
    await service_staff.grant_role(account_id, data.role, data.scope, actor)


@delete("/api/v1/staff/roles/{grant_id:uuid}", status_code=204, operation_id="endRole", tags=STAFF)
async def end_role(actor: NamedDependency[Actor], grant_id: FromPath[UUID]) -> None:
    """Take a role away, at once."""
    await service_staff.end_grant(grant_id, actor)


@get("/api/v1/staff/tokens", operation_id="listTokens", tags=STAFF)
async def list_tokens(actor: NamedDependency[Actor]) -> TokenPage:
    """API tokens that work now; never the tokens themselves."""
    return TokenPage(items=await service_tokens.list_tokens(actor))


@post("/api/v1/staff/tokens", status_code=201, operation_id="newToken", tags=STAFF)
async def new_token(actor: NamedDependency[Actor], data: JSONBody[NewToken]) -> MadeToken:
    """Make an API token; it is in this answer and never again."""
    return MadeToken(token=await service_tokens.new_token(data.label, data.role, data.scope, actor))


@post("/api/v1/staff/tokens/{token_id:uuid}/revoke", status_code=204, operation_id="revokeToken", tags=STAFF)
async def revoke_token(actor: NamedDependency[Actor], token_id: FromPath[UUID]) -> None:
    """End an API token, at once."""
    await service_tokens.revoke_token(token_id, actor)


async def _span(actor: Actor, first: date | None, last: date | None) -> dict[str, Any]:
    require_staff(actor, *READERS)
    until = last or clock.today()
    since = first or until
    return {
        "since": clock.day_span(since)[0],
        "until": clock.day_span(until)[1],
        "scopes": await service_staff.readable_scopes(actor, *READERS),
    }


@get("/api/v1/audit", operation_id="listAudit", tags=LOGS)
async def list_audit(
    actor: NamedDependency[Actor],
    first_day: FromQuery[date | None],
    last_day: FromQuery[date | None],
    action: FromQuery[str | None],
    cursor: FromQuery[UUID | None],
    limit: Limit = 100,
) -> AuditPage:
    """Who changed what from the first day to the last (today by default), the newest first, in the reader's scopes."""
    span = await _span(actor, first_day, last_day)
    rows = await queries_staff.list_audit(**span, action=action, before=cursor, limit=limit)
    return AuditPage(items=rows, next_cursor=str(rows[-1].id) if len(rows) == limit else None)


@get("/api/v1/privacy/views", operation_id="listPersonalDataViews", tags=LOGS)
async def list_views(
    actor: NamedDependency[Actor],
    first_day: FromQuery[date | None],
    last_day: FromQuery[date | None],
    member_id: FromQuery[UUID | None],
    cursor: FromQuery[UUID | None],
    limit: Limit = 100,
) -> PersonalDataViewedPage:
    """Who saw whose personal data from the first day to the last (today by default), the newest first."""
    span = await _span(actor, first_day, last_day)
    rows = await queries_staff.list_views(**span, member_id=member_id, before=cursor, limit=limit)
    return PersonalDataViewedPage(items=rows, next_cursor=str(rows[-1].id) if len(rows) == limit else None)


ROUTES: tuple[Any, ...] = (
    *(list_staff, add_staff, end_staff, renew_enrolment, grant_role, end_role),
    *(list_tokens, new_token, revoke_token),
    *(list_audit, list_views),
)
