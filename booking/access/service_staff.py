"""Who works here: staff, and their roles for scopes.

Which bodies and facilities there are is told by `use_scopes`; this room knows no place.
"""

from collections.abc import Awaitable, Callable
from uuid import UUID

from booking.access import queries, queries_staff
from booking.access.errors import (
    LabelNeeded,
    LastAdministrator,
    NotAllowed,
    StaffExists,
    WrongRole,
    WrongScope,
)
from booking.access.rules import (
    STAFF_ROLES,
    AccountKind,
    LinkPurpose,
    Role,
    fold_address,
    may_grant,
    require_staff,
    scopes_of,
)
from booking.access.schemas import Actor, Scope, StaffView
from booking.access.service import (
    create_account,
    end_all_sign_ins,
    new_sign_in_link,
    record_audit,
)
from booking.kit import clock, db
from booking.kit.errors import InvalidForm, NotFound, Refusal
from booking.kit.tokens import new_id

ListScopes = Callable[[], Awaitable[list[Scope]]]
_list_scopes: list[ListScopes] = []


def use_scopes(list_them: ListScopes) -> None:
    """From now on `list_them` says which bodies and facilities a role can be for."""
    _list_scopes[:] = [list_them]


async def list_scopes() -> list[Scope]:
    """Every body and facility a role can be for."""
    return await _list_scopes[0]() if _list_scopes else []


async def list_grantable(by: Actor) -> list[Scope]:
    """The bodies and facilities about whose staff `by` decides."""
    return [scope for scope in await list_scopes() if may_grant(by, scope.code, scope.within)]


async def readable_scopes(by: Actor, *roles: Role) -> list[str] | None:
    """The codes whose logs `by` may read in one of `roles`: own scopes and the facilities within; None is all."""
    held = scopes_of(by, *roles)
    if held is None:
        return None
    within = {scope.code for scope in await list_scopes() if scope.within in held}
    return sorted(held | within)


async def check_grant(by: Actor, role: str, scope: str | None) -> Role:
    """The role, when `by` may give it for the scope.

    Raises: NotAllowed, InvalidForm with WrongRole and WrongScope at their fields."""
    require_staff(by, Role.BODY_ADMINISTRATOR)
    wrong: dict[str, Refusal] = {}
    if role not in STAFF_ROLES:
        wrong["role"] = WrongRole()
    known = {each.code: each for each in await list_scopes()}
    is_known = scope is None or scope in known
    if not is_known or not may_grant(by, scope, known[scope].within if scope else None):
        wrong["scope"] = WrongScope()
    if wrong:
        raise InvalidForm(fields=wrong)
    return Role(role)


async def add_staff(email: str, name: str, role: str, scope: str | None, by: Actor) -> str:
    """Let somebody work here: the path of a link (24 h, once) that enrols the second factor.

    Raises: NotAllowed; InvalidForm with WrongAddress, LabelNeeded, WrongRole, WrongScope, StaffExists at their fields.
    """
    wrong: dict[str, Refusal] = {}
    address = ""
    try:
        address = fold_address(email)
        if await queries.find_account_by_email(address) is not None:
            wrong["email"] = StaffExists()
    except Refusal as refusal:
        wrong["email"] = refusal
    if not 0 < len(name.strip()) <= 100:
        wrong["name"] = LabelNeeded()
    try:
        await check_grant(by, role, scope)
    except InvalidForm as refusal:
        wrong.update(refusal.fields)
    if wrong:
        raise InvalidForm(fields=wrong)
    async with db.transaction():
        account_id = await create_account(AccountKind.STAFF, email=address, name=name.strip(), language="ja", by=by)
        await _grant(account_id, Role(role), scope, by)
        return await new_sign_in_link(account_id, LinkPurpose.ENROL_STAFF, by)


async def grant_role(account_id: UUID, role: str, scope: str | None, by: Actor) -> None:
    """Give a member of staff one more role. Raises: NotAllowed, InvalidForm, NotFound. Safe: repeated."""
    wanted = await check_grant(by, role, scope)
    await get_staff(account_id)
    async with db.transaction():
        await _grant(account_id, wanted, scope, by)


async def _grant(account_id: UUID, role: Role, scope: str | None, by: Actor) -> None:
    new = await db.fetchval(
        "insert into role_grant (id, account, role, scope, granted_at, granted_by) values ($1, $2, $3, $4, $5, $6)"
        " on conflict (account, role, (coalesce(scope, ''))) where ended_at is null do nothing returning id",
        *(new_id(), account_id, role.value, scope, clock.now(), by.id),
    )
    if new is not None:
        await record_audit(by, "role-granted", "account", account_id, scope=scope, detail={"role": role.value})


async def get_staff(account_id: UUID) -> StaffView:
    """A member of staff. Raises: NotFound."""
    found = await queries_staff.list_staff(account_id)
    if not found:
        raise NotFound
    return found[0]


async def list_staff(by: Actor) -> list[StaffView]:
    """The staff `by` decides about: those with a role in its scopes, or who last had one there. Raises: NotAllowed."""
    require_staff(by, Role.BODY_ADMINISTRATOR)
    return [each for each in await queries_staff.list_staff() if await _may_see(by, each)]


async def body_of(code: str | None) -> str | None:
    """The body that a facility's code is within; None for a body or for everything."""
    return next((scope.within for scope in await list_scopes() if scope.code == code), None)


async def _may_see(by: Actor, staff: StaffView) -> bool:
    return any([may_grant(by, scope, await body_of(scope)) for scope in await _scopes_of(staff)])


async def _may_decide(by: Actor, staff: StaffView) -> bool:
    return all([may_grant(by, scope, await body_of(scope)) for scope in await _scopes_of(staff)])


async def _scopes_of(staff: StaffView) -> list[str | None]:
    """The scopes of somebody's roles; of those they last had when none is left; everything when there never was one."""
    live: list[str | None] = [grant.scope for grant in staff.grants]
    return live or await queries_staff.list_ended_scopes(staff.id) or [None]


async def end_grant(grant_id: UUID, by: Actor) -> None:
    """Take a role away, at once. Raises: NotFound, NotAllowed, LastAdministrator. Safe: repeated."""
    require_staff(by, Role.BODY_ADMINISTRATOR)
    async with db.transaction():
        row = await db.fetchrow(
            "update role_grant set ended_at = coalesce(ended_at, $2) where id = $1 returning account, role, scope",
            *(grant_id, clock.now()),
        )
        if row is None:
            raise NotFound
        if not may_grant(by, row["scope"], await body_of(row["scope"])):
            raise NotAllowed
        if row["account"] == by.id and row["role"] == Role.BODY_ADMINISTRATOR:
            raise LastAdministrator
        await _forget_links_without_role(row["account"])
        await record_audit(
            by, "role-ended", "account", row["account"], scope=row["scope"], detail={"role": row["role"]}
        )


async def _forget_links_without_role(account_id: UUID) -> None:
    """With the last role go the links nobody has used: another body's grant must not bring them back to life."""
    await db.execute(
        """delete from sign_in_link where account = $1 and used_at is null
           and not exists (select from role_grant where account = $1 and ended_at is null)""",
        account_id,
    )


async def end_staff(account_id: UUID, by: Actor) -> None:
    """End somebody's account and sign them out everywhere. Raises: NotFound, NotAllowed, LastAdministrator."""
    require_staff(by, Role.BODY_ADMINISTRATOR)
    staff = await get_staff(account_id)
    if account_id == by.id:
        raise LastAdministrator
    if not await _may_decide(by, staff):
        raise NotAllowed
    now = clock.now()
    async with db.transaction():
        await db.execute("update account set disabled_at = $2 where id = $1", account_id, now)
        await db.execute("update role_grant set ended_at = $2 where account = $1 and ended_at is null", account_id, now)
        await end_all_sign_ins(account_id)
        await record_audit(by, "staff-ended", "account", account_id)


async def renew_enrolment(account_id: UUID, by: Actor) -> str:
    """A new link for somebody who lost the authenticator: the path. Raises: NotFound, NotAllowed."""
    require_staff(by, Role.BODY_ADMINISTRATOR)
    if not await _may_decide(by, await get_staff(account_id)):
        raise NotAllowed
    return await new_sign_in_link(account_id, LinkPurpose.ENROL_STAFF, by)
