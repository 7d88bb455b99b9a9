"""What a closing at once did, and whom no mail reached: they are rung up."""

from collections.abc import Sequence
from uuid import UUID

from booking.access.schemas import Actor
from booking.access.service import record_view
from booking.facilities.schemas import ClosingNowView, FacilityView
from booking.kit import db
from booking.people.queries import list_guardians_to_tell, list_members
from booking.people.queries_phones import list_phones_to_call
from booking.people.rules import SchoolStage
from booking.people.schemas import MemberView
from booking.reservations.mail_closing import BOOKED, letter_key
from booking.reservations.queries_closing import list_cancelled_at
from booking.reservations.schemas_closing import Booking
from booking.reservations.service_closing_reading import reached_by
from booking.visits.queries_roll import list_inside_at
from booking.visits.schemas_roll import ClosingOutcome, Unreached
from booking.visits.service_closing import key_of
from booking.visits.service_closing_letters import INSIDE
from booking.visits.service_roll import said_phones

VIEW = "closing-unreached"


async def read_outcome(by: Actor, facility: FacilityView, closing: ClosingNowView) -> ClosingOutcome:
    """What was called off and who must be rung; the look at their telephones is logged."""
    bookings = await list_cancelled_at(facility.id, closing.closed_at)
    inside = {member for member, _ in await list_inside_at([facility.id], closing.closed_at)}
    members = await list_members({*inside, *(one.member_id for one in bookings)})
    missed = await _missed(key_of(facility, closing.closed_at), bookings, inside, members)
    shown = [one for one in missed if not one.is_protected]
    phones = await list_phones_to_call([one.id for one in shown])
    await record_view(by, [one.id for one in shown], VIEW, scope=facility.code, by_list=True)
    return ClosingOutcome(
        sessions=await _count_sessions(facility.id, closing),
        bookings=len(bookings),
        inside=len(inside),
        hidden=len(missed) - len(shown),
        unreached=tuple(
            Unreached(
                member_id=one.id,
                name=one.name,
                kana=one.kana,
                was_inside=one.id in inside,
                phones=said_phones(phones.get(one.id, ())),
            )
            for one in sorted(shown, key=lambda each: (each.id not in inside, each.kana or each.name))
        ),
    )


async def _count_sessions(facility_id: UUID, closing: ClosingNowView) -> int:
    return int(
        await db.fetchval(
            "select count(*) from session where facility = $1 and cancelled_at = $2", facility_id, closing.closed_at
        )
    )


async def _missed(
    key: str, bookings: Sequence[Booking], inside: set[UUID], members: dict[UUID, MemberView]
) -> list[MemberView]:
    """Members of whom no letter is on its way or has arrived; grown-ups who are inside know it themselves."""
    booked = {one.member_id for one in bookings}
    readers = {(one.member_id, one.account_id) for one in await list_guardians_to_tell(members)}
    readers |= {(one.member_id, one.booked_by) for one in bookings if one.booked_by is not None}
    names = {
        (member_id, letter_key(key, kind, account_id))
        for member_id, account_id in readers
        for kind, told in ((INSIDE, inside), (BOOKED, booked))
        if member_id in told
    }
    reached = await reached_by(names)
    knows = {each for each in inside - booked if members[each].school_stage == SchoolStage.ADULT}
    return [one for one in members.values() if one.id not in reached | knows]
