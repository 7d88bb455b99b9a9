"""A second guardian by whatever way they sign in: a link or QR code from the desk, or from the first guardian's screen.

The desk has seen whom it invites, so they are confirmed. Whom a guardian invites holds a claim until the desk has seen
both: booking yes, notices and history no. A link is good for a day and once; it names nobody.
"""

from datetime import timedelta
from uuid import UUID

import msgspec

from booking.access import queries as accounts
from booking.access import service as access
from booking.access.rules import AccountKind, require_account
from booking.access.schemas import Actor
from booking.kit import clock, db
from booking.kit.tokens import digest, new_id, new_secret
from booking.people import queries, rules
from booking.people.errors import MemberNotFound, RelationUnknown
from booking.people.errors_invites import InviteAtDesk, InviteOver
from booking.people.schemas import MemberView, RightsForm
from booking.people.service_desk import get_member_for_staff
from booking.people.service_guardians import check_added, write_guardianship

LASTS = timedelta(hours=24)
_INSERT = """
insert into guardian_invite (id, member, token_digest, relation, may_consent, may_book, is_told, by_desk, made_by,
                             made_at, expires_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"""
_CLAIM = """
insert into guardianship (id, member, account, relation, may_consent, may_book, is_told, state, created_at)
values ($1, $2, $3, $4, false, $5, $6, 'claimed', $7) on conflict (member, account) do nothing"""


class Invite(msgspec.Struct, frozen=True, kw_only=True):
    """One that can still be used."""

    id: UUID
    member_id: UUID
    relation: str
    may_consent: bool
    may_book: bool
    is_told: bool
    by_desk: bool
    made_by: UUID


async def invite_at_desk(by: Actor, member_id: UUID, rights: RightsForm) -> str:
    """The path of a link for somebody who stands at the desk. Raises: MemberNotFound, NotAllowed, RelationUnknown,
    OwnAccountTooEarly, InviteAtDesk for a protected member: whoever staff name for them is added by address."""
    member = await get_member_for_staff(by, member_id)
    return await _invite(by, member, rights, by_desk=True)


async def invite(by: Actor, member_id: UUID, relation: str) -> str:
    """The path of a link that a guardian hands on. Raises: MemberNotFound unless they consent for the member and the
    desk has seen both; RelationUnknown, InviteAtDesk."""
    require_account(by)
    member = None if by.id is None else await queries.find_member_of(by.id, member_id)
    rights = None if member is None else member.rights
    if member is None or rights is None or not (rights.may_consent and rights.is_confirmed):
        raise MemberNotFound
    return await _invite(by, member, RightsForm(relation=relation, may_book=True, is_told=True), by_desk=False)


async def _invite(by: Actor, member: MemberView, rights: RightsForm, *, by_desk: bool) -> str:
    if by_desk:
        rights = await check_added(member, rights)
    elif rights.relation not in rules.RELATIONS:
        raise RelationUnknown
    if member.is_protected:
        raise InviteAtDesk
    token, now = new_secret(), clock.now()
    async with db.transaction():
        await db.execute(
            _INSERT,
            *(new_id(), member.id, digest(token), rights.relation, rights.may_consent, rights.may_book),
            *(rights.is_told, by_desk, by.id or new_id(), now, now + LASTS),
        )
        await access.record_audit(by, "guardian-invited", "member", member.id)
    return f"/invited/{token}"


async def open_invite(by: Actor, token: str) -> tuple[Invite, MemberView]:
    """What a link offers somebody who is signed in; looking changes nothing.

    Raises: SignInNeeded, InviteOver, also when the member is protected by now, has left, or whoever invited no longer
    sees them.
    """
    require_account(by)
    if by.account_kind is not AccountKind.RESIDENT:
        raise InviteOver
    row = await db.fetchrow(
        "select id, member as member_id, relation, may_consent, may_book, is_told, by_desk, made_by"
        " from guardian_invite where token_digest = $1 and used_at is null and expires_at > $2",
        *(digest(token), clock.now()),
    )
    if row is None:
        raise InviteOver
    found = Invite(**row)
    member = await queries.find_member(found.member_id)
    if member is None or member.left_at is not None or member.is_protected:
        raise InviteOver
    if not found.by_desk and await queries.find_member_of(found.made_by, member.id) is None:
        raise InviteOver
    return found, member


async def accept(by: Actor, token: str) -> MemberView:
    """Become a guardian, or act for oneself. Raises: SignInNeeded, InviteOver, OwnRecordTwice.

    Safe: of two at once one is refused.
    """
    async with db.transaction():
        found, _ = await open_invite(by, token)
        await queries.lock_members([found.member_id])
        found, member = await open_invite(by, token)
        used = "update guardian_invite set used_at = $2, used_by = $3 where id = $1 and used_at is null returning id"
        if by.id is None or await db.fetchval(used, found.id, clock.now(), by.id) is None:
            raise InviteOver
        await _write(by, by.id, found)
        await access.record_audit(by, "guardian-joined", "member", member.id, detail={"by_desk": str(found.by_desk)})
        return member


async def _write(by: Actor, account_id: UUID, found: Invite) -> None:
    """The guardianship: the desk's word confirms it; a guardian's makes a claim, and brings nobody back whom the desk
    has taken off."""
    if not found.by_desk:
        rights = (found.relation, found.may_book, found.is_told)
        await db.execute(_CLAIM, new_id(), found.member_id, account_id, *rights, clock.now())
        return
    desk = await accounts.find_account(found.made_by)
    who = Actor(kind="staff", id=found.made_by, name=desk.name if desk else "")
    rights_form = RightsForm(
        relation=found.relation, may_consent=found.may_consent, may_book=found.may_book, is_told=found.is_told
    )
    await write_guardianship(who, found.member_id, account_id, rights_form)
