"""The first visit: who stands at the desk, or starts from a poster on an own phone. A minute now, the rest later."""

from uuid import UUID

from booking.access import service as access
from booking.access.schemas import Actor
from booking.kit import clock, db
from booking.people import queries, queries_texts, rules, rules_form
from booking.people import service_records as records
from booking.people.schemas import DeskForm, MemberView
from booking.people.service_desk import get_member_for_staff


async def register_by_poster(form: DeskForm) -> MemberView:
    """Register somebody who typed name, school year and telephone on an own phone, without an account.

    A grown-up may agree on the screen; for everybody else the signed paper is due by the next visit. The answer is
    the same whether or not somebody like this is registered already: staff get a silent note. Raises: InvalidForm.
    """
    form.is_signed = form.is_signed and form.member.grade.strip() == rules_form.ADULT
    texts = {text.body_code: text for text in await queries_texts.list_consent_texts()}
    async with db.transaction():
        return await records.store_first(Actor(), form, texts.get(form.body_code), at_desk=False)


async def confirm_first(by: Actor, member_id: UUID) -> None:
    """The desk has seen a member that started on an own phone. Raises: MemberNotFound. Safe: beside `forget_first`."""
    async with db.transaction():
        await queries.lock_members([member_id])
        await get_member_for_staff(by, member_id)
        await db.execute(
            "update member set seen_at_desk_at = $2 where id = $1 and seen_at_desk_at is null", member_id, clock.now()
        )
        await access.record_audit(by, "member-seen", "member", member_id)


async def forget_first(by: Actor, member_id: UUID) -> bool:
    """Nobody of this name ever stood at the desk: the registration from an own phone is over.

    False when the desk has seen them: who was seen stays. Raises: MemberNotFound. Safe: beside `confirm_first`.
    """
    now = clock.now()
    async with db.transaction():
        member = (await queries.lock_members([member_id])).get(member_id)
        await get_member_for_staff(by, member_id)
        if member is None or member.seen_at_desk_at is not None:
            return False
        await db.execute("update member set left_at = $2 where id = $1 and left_at is null", member_id, now)
        await db.execute("update registration set ended_at = $2 where member = $1 and ended_at is null", member_id, now)
        await access.record_audit(by, "member-forgotten", "member", member_id)
        return True


async def list_due(member: MemberView) -> tuple[str, ...]:
    """What a member still owes before the next visit, as codes."""
    registrations = await queries.list_registrations(member.id)
    contacts = (await queries.list_contacts([member.id])).get(member.id, [])
    return rules.missing(
        member,
        has_consent=any(each.consented_at is not None for each in registrations),
        has_kana=bool(member.kana or member.latin_name),
        has_municipality=member.municipality_code is not None,
        contacts=len(contacts),
        on=clock.today(),
    )
