"""Which staff may move a guardian's account, and what follows when the old address denies it."""

from uuid import UUID

from booking.access import service_move as accounts
from booking.access.schemas import Actor
from booking.kit import db
from booking.people import queries_staff
from booking.people.errors import MemberNotFound
from booking.people.rules import CallReason
from booking.people.schemas import GuardianView
from booking.people.service_desk import MANAGERS, get_member_for_staff
from booking.people.service_reach import ask_to_phone

_SEES_PROTECTED = """
select exists (select 1 from guardianship join member on member.id = guardianship.member and member.is_protected
                where guardianship.account = $1 and guardianship.ended_at is null)"""


async def get_movable(by: Actor, member_id: UUID, guardianship_id: UUID) -> GuardianView:
    """The guardian whose account the desk may move. Who acts for a protected member is moved by managers alone.

    Raises: MemberNotFound, NotAllowed.
    """
    member = await get_member_for_staff(by, member_id)
    found = await queries_staff.find_guardian(guardianship_id)
    if found is None or found.member_id != member.id:
        raise MemberNotFound
    if await db.fetchval(_SEES_PROTECTED, found.account_id):
        await get_member_for_staff(by, member_id, *MANAGERS)
    return found


async def move(by: Actor, member_id: UUID, guardianship_id: UUID, *, email: str, paper: str) -> str:
    """Move a guardian's account: the path of a one-time way in, to be shown to its owner at the desk.

    Raises: MemberNotFound, NotAllowed, and what `access.service_move.move_account` raises.
    """
    guardian = await get_movable(by, member_id, guardianship_id)
    member = await get_member_for_staff(by, member_id)
    scope = next(iter(member.body_codes), None)
    return await accounts.move_account(guardian.account_id, email=email, paper=paper, scope=scope, by=by)


async def deny(token: str) -> None:
    """The old address says that nobody asked for the move: the account stops, and the desk phones its owner.

    Raises: LinkExpired, LinkUsed.
    """
    async with db.transaction():
        await ask_to_phone(await accounts.stop(token), CallReason.MOVE_DENIED)
