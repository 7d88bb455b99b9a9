"""The first visit: registered and let in at the desk in one act, or started from a poster on an own phone."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID, uuid4

from booking.access.errors import TooManyAttempts
from booking.access.schemas import Actor
from booking.access.service import limit_attempts, record_audit
from booking.facilities.queries import get_facility
from booking.kit import clock, db
from booking.kit.errors import NotFound
from booking.kit.idempotency import do_once
from booking.kit.tokens import new_id, seal, unseal
from booking.passes import service as passes
from booking.passes.queries import find_pass
from booking.passes.schemas import PassView
from booking.passes.service_cards import lend
from booking.people.queries import get_member
from booking.people.schemas import DeskForm, MemberView
from booking.people.service_desk import register_at_desk
from booking.people.service_first import confirm_first, forget_first, register_by_poster
from booking.visits.errors import CameAlready, PosterBusy
from booking.visits.schemas import Verdict
from booking.visits.service_desk import check_in, settle_flag
from booking.visits.service_writing import CHANNEL

FLAG = "first-visit"
STARTS, STARTS_OF_ALL, STARTS_SECONDS = 60, 400, 600
"""So many people may start from one poster behind one address, and in all, in so many seconds: a coach party on the
house's own network may; one stranger's program is stopped without stopping the family beside it."""


class Started(NamedTuple):
    """Who started from a poster: the member, the pass of this day, and whose house it is."""

    member: MemberView
    shown: PassView
    until: datetime


async def admit_first(
    by: Actor, facility_code: str, form: DeskForm, card: str = "", nonce: UUID | None = None
) -> tuple[MemberView, Verdict]:
    """Register somebody who stands at the desk, lend a temporary card if one is named, and record that they came.

    What the door says is answered: the registration stays whatever it is. Raises: InvalidForm; CardUnknown, CardLent,
    CardRevoked, and then nothing was stored. Safe: with the same `nonce` again, nobody is registered twice.
    """
    place = await get_facility(facility_code)
    form.body_code = place.body_code

    async def register() -> str:
        made = await register_at_desk(by, form)
        if card:
            await lend(by, place.code, card, made.id)
        return str(made.id)

    member = await get_member(UUID(await do_once(f"first:{by.id}", str(nonce or uuid4()), register)))
    return member, await check_in(by, place.code, member.id)


async def start(facility_code: str, form: DeskForm, nonce: UUID | None = None, network: str = "") -> str:
    """Somebody without an account starts at a facility's poster: registered, with a pass for this day.

    The answer is a secret: who has it sees the pass until the day ends. The desk sees a new name to confirm.
    `network`: digest of the address it comes from. Raises: InvalidForm, UnknownFacility, PosterBusy.
    Safe: with the same `nonce` again, the same pass is shown.
    """
    place = await get_facility(facility_code)
    if place.ended_on is not None:
        raise NotFound
    await _limit(place.code, network)
    form.body_code = place.body_code
    await passes.ensure_signing_key()
    nobody, now = Actor(), clock.now()

    async def register() -> str:
        member = await register_by_poster(form)
        shown = await passes.issue_pass(member.id, nobody, only_today=True)
        await db.execute(
            "insert into door_flag (id, code, facility, member, raised_at, detail) values ($1, $2, $3, $4, $5, '{}')",
            *(new_id(), FLAG, place.id, member.id, now),
        )
        await record_audit(nobody, "member-started", "member", member.id, scope=place.code)
        await db.execute("select pg_notify($1, $2)", CHANNEL, place.code)
        return str(shown.id)

    pass_id = UUID(await do_once(f"start:{place.code}", str(nonce or uuid4()), register))
    return seal(pass_id.bytes + int(clock.day_span(clock.today())[1].timestamp()).to_bytes(8))


async def _limit(code: str, network: str) -> None:
    """Raises: PosterBusy."""
    try:
        await limit_attempts(f"start:{code}:{network}", limit=STARTS, window_seconds=STARTS_SECONDS)
        await limit_attempts(f"start:{code}", limit=STARTS_OF_ALL, window_seconds=STARTS_SECONDS)
    except TooManyAttempts:
        raise PosterBusy from None


async def get_started(secret: str) -> Started:
    """What the secret of `start` opens, until the day ends or the pass is revoked. Raises: NotFound.

    An address may be in anybody's hands: about a protected member it says what it says about one who has left.
    """
    try:
        opened = unseal(secret)
        pass_id, until = UUID(bytes=opened[:16]), int.from_bytes(opened[16:])
    except ValueError:
        raise NotFound from None
    row = await find_pass(pass_id)
    if row is None or row.revoked_at is not None or clock.now().timestamp() >= until:
        raise NotFound
    member = await get_member(row.member_id)
    if member.is_protected or member.left_at is not None:
        raise NotFound
    return Started(member, await passes.view_of(row), min(row.valid_until, clock.day_span(clock.today())[1]))


async def confirm_start(by: Actor, flag_id: UUID, member_id: UUID) -> None:
    """The desk has seen who started from the poster: their pass goes on after this day. Safe: repeated, all or nothing.

    Raises: MemberNotFound, NotFound, NotAllowed.
    """
    await passes.ensure_signing_key()
    async with db.transaction():
        await confirm_first(by, member_id)
        await passes.lengthen_pass(member_id, by)
        await settle_flag(by, flag_id, about=member_id)


async def dismiss_start(by: Actor, flag_id: UUID, member_id: UUID) -> None:
    """Nobody of this name is there: the pass opens no door any more, the registration is over. Safe: repeated.

    Raises: MemberNotFound, NotFound, NotAllowed; CameAlready for somebody whom the desk has seen or a door has let in.
    """
    async with db.transaction():
        is_over = await forget_first(by, member_id)
        if not is_over or await db.fetchval("select exists (select 1 from visit where member = $1)", member_id):
            raise CameAlready
        await passes.revoke_pass(member_id, by, "other")
        await settle_flag(by, flag_id, about=member_id)
