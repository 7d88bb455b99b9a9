"""What is done with passes: issue, show, revoke and issue anew; and the keys that sign them."""

from datetime import datetime, time
from functools import lru_cache
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from booking.access.rules import require_account, require_staff
from booking.access.schemas import Actor
from booking.access.service import record_audit, record_view
from booking.facilities.queries import list_facilities
from booking.kit import clock, db
from booking.kit.errors import NotFound
from booking.kit.tokens import new_id, seal, to_text, unseal
from booking.passes import queries
from booking.passes.rules import encode
from booking.passes.rules_validity import valid_until_on
from booking.passes.schemas import PassClaims, PassRow, PassView
from booking.people.errors import MemberNotFound
from booking.people.queries import get_member, get_member_of, lock_members, may_book
from booking.people.schemas import MemberView
from booking.people.service_desk import DESK

_CURRENT = "select kid from signing_key where retired_at is null and revoked_at is null order by kid desc limit 1"


async def ensure_signing_key() -> int:
    """The number of the key that signs now; the first one is made when there is none.

    Safe: of processes starting together one makes it.
    """
    kid = await db.fetchval(_CURRENT)
    if kid is None:
        async with db.transaction():
            await _make_key()
            kid = await db.fetchval(_CURRENT)
    return int(kid)


async def rotate_signing_key(by: Actor) -> int:
    """Sign with a new key from now on; passes signed before still hold."""
    now = clock.now()
    async with db.transaction():
        await db.execute("update signing_key set retired_at = $1 where retired_at is null and revoked_at is null", now)
        await _make_key()
        kid = int(await db.fetchval(_CURRENT))
        await record_audit(by, "signing-key.rotate", "signing-key", None, detail={"kid": kid})
    return kid


async def _make_key() -> None:
    private = Ed25519PrivateKey.generate()
    await db.execute(
        "insert into signing_key (id, kid, public_key, sealed_private_key, created_at)"
        " select $1, coalesce(max(kid), 0) + 1, $2, $3, $4 from signing_key on conflict (kid) do nothing",
        new_id(),
        to_text(private.public_key().public_bytes_raw()),
        seal(private.private_bytes_raw()),
        clock.now(),
    )


async def reach_member(by: Actor, member_id: UUID) -> MemberView:
    """The member whose pass somebody asks for: one they may book for, or, for the desk, one of its body.

    A pass opens doors: whoever only reads the records is not shown any.

    Raises: SignInNeeded, NotAllowed, MemberNotFound (also for whoever must not know that there is such a member).
    """
    if by.kind not in ("staff", "token"):
        account = require_account(by).id
        if account is None or member_id not in await may_book(account, [member_id]):
            raise MemberNotFound
        return await get_member_of(account, member_id)
    require_staff(by, *DESK)
    member = await get_member(member_id)
    places = [one.code for one in await list_facilities() if one.body_code in member.body_codes]
    if by.kind != "system" and not by.may_in((*member.body_codes, *places), *DESK):
        raise MemberNotFound
    await record_view(by, [member_id], "pass")
    return member


async def issue_pass(member_id: UUID, by: Actor, *, only_today: bool = False) -> PassView:
    """The live pass of a member, made when there is none that holds; `only_today`: made until this day ends.

    Raises: MemberNotFound. Safe: asked at once by many, one pass is made.
    """
    found = await queries.current_pass(member_id)
    if found is None:
        kid = await ensure_signing_key()
        async with db.transaction():
            await lock_members([member_id])
            found = await queries.current_pass(member_id) or await _issue(member_id, kid, by, only_today)
    return await view_of(found)


async def reissue_pass(member_id: UUID, by: Actor, reason: str) -> PassView:
    """Revoke the live pass and issue a new one: the old code stops at every door.

    Raises: MemberNotFound.
    """
    kid = await ensure_signing_key()
    async with db.transaction():
        await lock_members([member_id])
        await _revoke(member_id, by, reason)
        made = await _issue(member_id, kid, by)
    return await view_of(made)


async def revoke_pass(member_id: UUID, by: Actor, reason: str) -> None:
    """End the live pass of a member without a new one. Safe: repeated, nothing changes."""
    async with db.transaction():
        await lock_members([member_id])
        await _revoke(member_id, by, reason)


async def _revoke(member_id: UUID, by: Actor, reason: str) -> None:
    revoked = await db.fetchval(
        "update pass set revoked_at = $2, revoked_by = $3, revoked_reason = $4"
        " where member = $1 and revoked_at is null returning id",
        *(member_id, clock.now(), by.id, reason),
    )
    if revoked is not None:
        await record_audit(by, "pass.revoke", "pass", revoked, reason=reason)


async def lengthen_pass(member_id: UUID, by: Actor) -> PassView:
    """The live pass of a member with its whole life, as a printed card needs it: what was made for a day goes on.

    It stays the same pass, so the code on a phone holds for its day as well. Raises: MemberNotFound. Safe: repeated.
    """
    await issue_pass(member_id, by)
    until = await _whole_life(member_id)
    async with db.transaction():
        await lock_members([member_id])
        row = await db.fetchval(
            "update pass set valid_until = $2 where member = $1 and revoked_at is null and valid_until < $2"
            " returning id",
            *(member_id, until),
        )
        if row is not None:
            await record_audit(by, "pass.lengthen", "pass", row)
    return await issue_pass(member_id, by)


async def _whole_life(member_id: UUID) -> datetime:
    return clock.at_local(valid_until_on(await get_member(member_id), clock.today()), time())


async def _issue(member_id: UUID, kid: int, by: Actor, only_today: bool = False) -> PassRow:
    """A pass from the beginning of this day on, so that no slow clock calls it too new; an expired one makes room."""
    now = clock.now()
    until = clock.day_span(clock.today())[1] if only_today else await _whole_life(member_id)
    made = PassRow(
        id=new_id(), member_id=member_id, kid=kid, valid_from=clock.day_span(clock.today())[0], valid_until=until
    )
    await db.execute(
        "update pass set revoked_at = $2, revoked_reason = 'expired' where member = $1 and revoked_at is null",
        *(member_id, now),
    )
    await db.execute(
        "insert into pass (id, member, kid, valid_from_at, valid_until, issued_at, issued_by)"
        " values ($1, $2, $3, $4, $5, $6, $7)",
        *(made.id, member_id, kid, made.valid_from, made.valid_until, now, by.id),
    )
    await record_audit(by, "pass.issue", "pass", made.id)
    return made


async def view_of(row: PassRow) -> PassView:
    """A pass with the text of its code."""
    member = await get_member(row.member_id)
    return PassView(
        id=row.id,
        member_id=row.member_id,
        number=member.number,
        token=await sign(row),
        valid_from=row.valid_from,
        valid_until=row.valid_until,
    )


async def token_of(pass_id: UUID) -> str:
    """The code of a pass, signed again from what is stored: Ed25519 gives the same text every time.

    Raises: NotFound.
    """
    found = await queries.find_pass(pass_id)
    if found is None:
        raise NotFound
    return await sign(found)


async def sign(row: PassRow) -> str:
    """The code of a pass from its row."""
    sealed = await db.fetchval("select sealed_private_key from signing_key where kid = $1", row.kid)
    claims = PassClaims(row.kid, row.id, row.valid_from, row.valid_until)
    return encode(claims, _private_key(str(sealed)))


@lru_cache(maxsize=16)
def _private_key(sealed: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(unseal(sealed))
