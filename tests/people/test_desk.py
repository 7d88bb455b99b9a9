"""What the desk does: a minute's registration, who is in reach, guardians, cards, a second person."""

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest

from booking.access.errors import NotAllowed, SecondFactorNeeded, SignInNeeded
from booking.access.rules import Role
from booking.access.schemas import NOBODY, SYSTEM, Actor
from booking.kit import clock, db
from booking.kit.errors import InvalidForm
from booking.kit.tokens import new_id
from booking.people import errors, queries, queries_staff, service, service_desk, service_guardians, service_protected
from booking.people.errors_invites import OwnAccountTooEarly, OwnRecordTwice
from booking.people.schemas import ContactForm, DeskForm, MemberForm, RightsForm
from tests.make.access import actor_for, make_account, make_staff
from tests.make.facilities import make_facility
from tests.make.people import make_consent_text, make_guardianship, make_household, make_member

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db", "clock")]
ALL_RIGHTS = RightsForm(relation="father", may_consent=True, may_book=True, is_told=True)


async def desk(scope: str | None = None, role: str = "front-desk") -> Actor:
    return await actor_for((await make_staff(role, scope)).id)


def visitor(**changed: Any) -> DeskForm:
    named = {"family_name": "高崎", "given_name": "陽", "grade": "5", **changed.pop("member", {})}
    return DeskForm(**{"member": MemberForm(**named), "phone": "027-223-1111", "body_code": "100005", **changed})


async def test_a_first_visitor_is_registered_in_a_minute() -> None:
    await make_consent_text()
    child = await service_desk.register_at_desk(await desk(), visitor())
    assert (child.grade, child.birth_on, child.municipality_code) == (5, None, None)
    assert child.seen_at_desk_at is not None
    assert (await queries.list_registrations(child.id))[0].consented_at is None
    assert (await queries_staff.list_homes([child.id]))[child.id].phone == "+81272231111"


async def test_a_grown_up_at_the_desk() -> None:
    await make_consent_text()
    grown = await service_desk.register_at_desk(await desk(), visitor(member={"grade": "adult"}, is_signed=True))
    assert (grown.grade, grown.school_stage) == (None, "adult")
    assert (await queries.list_registrations(grown.id))[0].consented_at is not None


@pytest.mark.parametrize(
    ("changed", "fields"),
    [
        ({"phone": ""}, {"phone"}),
        ({"member": {"grade": ""}}, {"birth_on"}),
        ({"member": {"grade": "13"}}, {"grade"}),
        ({"member": {"family_name": "", "given_name": ""}, "language": "la"}, {"family_name", "language"}),
    ],
)
async def test_every_field_at_the_desk_is_answered(changed: dict[str, Any], fields: set[str]) -> None:
    await make_consent_text()
    with pytest.raises(InvalidForm) as refused:
        await service_desk.register_at_desk(await desk(), visitor(**changed))
    assert set(refused.value.fields) == fields


async def test_the_desk_registers_for_its_own_body() -> None:
    await make_consent_text("102032")
    with pytest.raises(InvalidForm) as refused:
        await service_desk.register_at_desk(await desk("100005"), visitor(body_code="102032"))
    assert set(refused.value.fields) == {"body_code"}
    with pytest.raises(InvalidForm):
        await service_desk.register_at_desk(await desk(), visitor(body_code="131008"))


async def test_staff_reach_the_members_of_their_body_only() -> None:
    facility = await make_facility()
    child, other = await make_member(body=facility.body_code), await make_member(body="102032")
    for scope in (None, facility.body_code, facility.code):
        assert (await service_desk.get_member_for_staff(await desk(scope), child.id)).id == child.id
    with pytest.raises(errors.MemberNotFound):
        await service_desk.get_member_for_staff(await desk(facility.code), other.id)
    with pytest.raises(NotAllowed):
        await service_desk.get_member_for_staff(await desk(role="auditor"), child.id)
    with pytest.raises(NotAllowed):
        await service_desk.get_member_for_staff(await actor_for((await make_account()).id), child.id)
    with pytest.raises(SignInNeeded):
        await service_desk.get_member_for_staff(NOBODY, child.id)
    half = Actor(kind="account", id=new_id(), account_kind=(await actor_for((await make_staff()).id)).account_kind)
    with pytest.raises(SecondFactorNeeded):
        await service_desk.get_member_for_staff(half, child.id)
    assert await service_desk.bodies_of(SYSTEM) is None


async def test_who_administers_one_place_administers_no_body() -> None:
    facility = await make_facility()
    one = await desk(facility.code, role="body-administrator")
    assert await service_desk.bodies_of(one) == {facility.body_code}
    assert await service_desk.bodies_of(one, Role.BODY_ADMINISTRATOR) == frozenset()
    whole = await desk(facility.body_code, role="body-administrator")
    assert await service_desk.bodies_of(whole, Role.BODY_ADMINISTRATOR) == {facility.body_code}


async def test_what_was_due_is_filled_in_and_the_day_of_birth_then_tells_the_year() -> None:
    await make_consent_text()
    staff = await desk()
    child = await service_desk.register_at_desk(staff, visitor())
    form = MemberForm(family_name="高崎", given_name="陽", birth_on="2013-04-02")
    full = await service_desk.edit_at_desk(staff, child.id, form)
    assert (full.grade, full.grade_override, full.birth_on) == (7, None, date(2013, 4, 2))


async def test_the_school_year_is_set_and_taken_back() -> None:
    staff = await desk()
    child = await make_member(grade=8)
    assert (await service_desk.set_grade(staff, child.id, "7", "原級留置")).grade == 7
    assert (await service_desk.set_grade(staff, child.id, "", "")).grade == 8
    with pytest.raises(errors.GradeUnreadable):
        await service_desk.set_grade(staff, child.id, "0", "")
    unborn = await make_member(birth_on=None, grade_override=5, grade_override_year=2026)
    with pytest.raises(errors.GradeUnreadable):
        await service_desk.set_grade(staff, unborn.id, "", "")


async def test_the_desk_confirms_a_claim() -> None:
    account = await make_account()
    child = await make_member(account=account, confirmed=False)
    guardian = (await queries_staff.list_guardians(child.id))[0]
    assert not guardian.is_confirmed
    staff = await desk()
    assert (await service_guardians.confirm_guardianship(staff, guardian.guardianship_id)).is_confirmed
    assert (await service_guardians.confirm_guardianship(staff, guardian.guardianship_id)).is_confirmed
    assert list(await service.guardians_to_tell([child.id])) == [child.id]
    assert (await queries.get_member(child.id)).seen_at_desk_at is not None
    with pytest.raises(errors.MemberNotFound):
        await service_guardians.confirm_guardianship(staff, new_id())
    with pytest.raises(errors.MemberNotFound):
        await service_guardians.confirm_guardianship(await desk("102032"), guardian.guardianship_id)


async def test_a_second_guardian_comes_goes_and_comes_back() -> None:
    child, father, staff = await make_member(), await make_account(email="father@example.jp"), await desk()
    added = await service_guardians.add_guardian(staff, child.id, " Father@Example.JP ", ALL_RIGHTS)
    assert (added.account_id, added.is_confirmed) == (father.id, True)
    rights = RightsForm(relation="father", may_book=True)
    assert not (await service_guardians.set_rights(staff, added.guardianship_id, rights)).is_told
    assert await service.guardians_to_tell([child.id]) == {}
    await service_guardians.end_guardianship(staff, added.guardianship_id)
    assert await queries.list_members_of(father.id) == []
    again = await service_guardians.add_guardian(staff, child.id, "father@example.jp", ALL_RIGHTS)
    assert again.guardianship_id == added.guardianship_id
    assert await queries.may_book(father.id, [child.id]) == {child.id}


async def test_who_cannot_be_a_guardian() -> None:
    child, staff = await make_member(), await desk()
    clerk = await make_staff()
    with pytest.raises(errors.GuardianIsStaff):
        await service_guardians.add_guardian(staff, child.id, clerk.email or "", ALL_RIGHTS)
    with pytest.raises(errors.GuardianNotFound):
        await service_guardians.add_guardian(staff, child.id, "nobody@example.jp", ALL_RIGHTS)
    with pytest.raises(errors.RelationUnknown):
        await service_guardians.add_guardian(staff, child.id, "nobody@example.jp", RightsForm(relation="aunt"))


async def test_an_own_account_is_added_at_the_desk_from_the_age_at_which_somebody_agrees_alone() -> None:
    staff, account = await desk(), await make_account(email="young@example.jp")
    await make_consent_text(years=20)
    today = clock.today()
    for years, extra, is_old_enough in ((18, 1, False), (18, 0, True), (40, 0, True)):
        born = date(today.year - years, today.month, today.day) + timedelta(days=extra)
        member = await make_member(None, birth_on=born)
        if not is_old_enough:
            with pytest.raises(OwnAccountTooEarly):
                await service_guardians.add_guardian(staff, member.id, account.email or "", RightsForm(relation="self"))
            continue
        mine = await make_account(email=f"own-{years}@example.jp")
        added = await service_guardians.add_guardian(staff, member.id, mine.email or "", RightsForm(relation="self"))
        assert (added.relation, added.may_consent, added.may_book, added.is_told) == ("self", True, True, True)
        assert added.is_confirmed
        other = await make_member(None)
        with pytest.raises(OwnRecordTwice):
            await service_guardians.add_guardian(staff, other.id, mine.email or "", RightsForm(relation="self"))
    pupil = await make_member(8, birth_on=None, grade_override=8, grade_override_year=clock.fiscal_year(today))
    grown = await make_member(None, birth_on=None)
    with pytest.raises(OwnAccountTooEarly):
        await service_guardians.add_guardian(staff, pupil.id, account.email or "", RightsForm(relation="self"))
    added = await service_guardians.add_guardian(staff, grown.id, account.email or "", RightsForm(relation="self"))
    assert added.account_id == account.id


async def test_a_card_sees_and_books_its_own_and_nothing_else() -> None:
    child, staff = await make_member(), await desk()
    card = await service_guardians.set_card(staff, child.id, "482159")
    assert await service_guardians.set_card(staff, child.id, "739164") == card
    assert await queries.may_book(card, [child.id]) == {child.id}
    seen = await queries.list_members_of(card)
    assert seen[0].rights is not None
    assert not seen[0].rights.may_consent
    with pytest.raises(errors.RightMissing):
        await service.edit_member(await actor_for(card), child.id, MemberForm())
    assert await service.guardians_to_tell([child.id]) == {}


async def test_one_card_is_made_also_at_once() -> None:
    child, staff = await make_member(), await desk()
    made = await asyncio.gather(*(service_guardians.set_card(staff, child.id, f"48215{n}") for n in range(3)))
    assert len(set(made)) == 1
    assert await db.fetchval("select count(*) from account where kind = 'card'") == 1


async def test_the_signed_paper_is_taken_in() -> None:
    await make_consent_text()
    await make_consent_text("102032")
    staff = await desk()
    child = await service_desk.register_at_desk(staff, visitor())
    await service_desk.register_on_paper(staff, child.id, "100005")
    assert (await queries.list_registrations(child.id))[0].consented_at is not None
    with pytest.raises(errors.RegisteredAlready):
        await service_desk.register_on_paper(staff, child.id, "100005")
    await service_desk.register_on_paper(staff, child.id, "102032")
    assert (await queries.get_member(child.id)).body_codes == ("100005", "102032")
    with pytest.raises(errors.BodyUnknown):
        await service_desk.register_on_paper(await desk("100005"), child.id, "102032")


async def test_search_by_every_spelling_and_only_in_reach() -> None:
    staff_bodies = frozenset({"100005"})
    child = await make_member(family_name="前橋", given_name="結衣", family_kana="まえばし", given_kana="ゆい")
    latin = await make_member(
        family_name="", given_name="", family_kana="", given_kana="", latin_name="NGUYEN Van A", shown_name="Van"
    )
    await make_member(family_name="前橋", given_name="遠", body="102032")
    for text, found in {
        "前橋": [child.id],
        "マエバシ ユイ": [child.id],
        "ﾏｴ": [child.id],
        "結衣 前橋": [child.id],
        "nguyen": [latin.id],
        "%": [],
        "_": [],
        "": [],
        "前橋 次郎": [],
    }.items():
        assert [member.id for member in await queries_staff.search_members(staff_bodies, text)] == found, text
    assert len(await queries_staff.search_members(None, "前橋")) == 2
    exact = await queries_staff.find_exactly(staff_bodies, f"{child.number[:4]} {child.number[4:]}", None)
    assert exact is not None
    assert exact.id == child.id
    assert await queries_staff.find_exactly(frozenset({"102032"}), child.number, None) is None
    by_birth = await queries_staff.find_exactly(staff_bodies, "マエバシ　ユイ", child.birth_on)
    assert by_birth is not None
    assert by_birth.id == child.id


async def protected_family() -> tuple[Any, Any, Any, Actor]:
    """A child, the account that lives on with it, the account it must be hidden from, and the desk."""
    abuser, mother, staff = await make_account(), await make_account(), await desk()
    await make_household(mother, phone="+819099999999")
    child = await make_member(account=abuser)
    await make_guardianship(child, mother)
    return child, mother, abuser, staff


async def test_protection_hides_the_child_from_all_but_the_named() -> None:
    child, mother, abuser, staff = await protected_family()
    card = await service_guardians.set_card(staff, child.id, "482159")
    await service_protected.protect(staff, child.id, [mother.id])
    for account in (abuser.id, card):
        assert await queries.list_members_of(account) == []
        assert await queries.may_book(account, [child.id]) == set()
        with pytest.raises(errors.MemberNotFound):
            await service.edit_member(await actor_for(account), child.id, MemberForm())
    assert [each.id for each in await queries.list_members_of(mother.id)] == [child.id]
    assert [each.account_id for each in (await service.guardians_to_tell([child.id]))[child.id]] == [mother.id]
    assert (await queries_staff.list_homes([child.id]))[child.id].phone == "+819099999999"
    assert await queries_staff.search_members(None, "群馬") == []
    assert await queries_staff.list_claims(None) == []
    assert await db.fetchval("select count(*) from audit_entry where action = 'protection-set' and reason is null") == 1
    await service_guardians.set_card(staff, child.id, "739164")
    assert await queries.may_book(card, [child.id]) == {child.id}


async def test_the_old_contacts_are_not_called() -> None:
    child, mother, _, staff = await protected_family()
    form = MemberForm(
        family_name="群馬",
        given_name="太郎",
        birth_on="2012-06-01",
        contacts=[
            ContactForm(name="祖母", relation="grandparent", phone="0272231111"),
            ContactForm(name="祖父", relation="grandparent", phone="0272231112"),
        ],
    )
    await service_desk.edit_at_desk(staff, child.id, form)
    kept = (await queries.list_contacts([child.id]))[child.id][1]
    await service_protected.protect(staff, child.id, [mother.id], kept_contacts=[kept.id])
    assert [each.name for each in (await queries.list_contacts([child.id]))[child.id]] == ["祖父"]


async def test_protection_with_nobody_named_and_its_end() -> None:
    child, mother, abuser, staff = await protected_family()
    with pytest.raises(errors.GuardianNotFound):
        await service_protected.protect(staff, child.id, [new_id()])
    await service_protected.protect(staff, child.id, [])
    assert await queries.list_members_of(mother.id) == []
    assert (await queries_staff.list_homes([child.id]))[child.id].phone == ""
    with pytest.raises(NotAllowed):
        await service_protected.unprotect(staff, child.id)
    await service_protected.unprotect(await desk(role="facility-manager"), child.id)
    assert len(await queries.list_members_of(abuser.id)) == 1


async def test_protection_is_out_of_reach_of_the_other_body() -> None:
    child, *_ = await protected_family()
    with pytest.raises(errors.MemberNotFound):
        await service_protected.protect(await desk("102032"), child.id, [])


async def test_what_is_kept_needs_a_second_person(clock: Any) -> None:
    child, mother, _, staff = await protected_family()
    child = await service_protected.protect(staff, child.id, [mother.id])
    with pytest.raises(errors.SecondPersonNeeded):
        await service_desk.require_kept(staff, child)
    with pytest.raises(errors.SecondPersonNeeded):
        await service_desk.edit_at_desk(staff, child.id, MemberForm())
    await service_protected.ask_disclosure(staff, child.id)
    await service_protected.ask_disclosure(staff, child.id)
    asked = await service_protected.list_disclosures(staff)
    assert len(asked) == 1
    with pytest.raises(errors.SamePerson):
        await service_protected.agree_disclosure(staff, asked[0].id)
    with pytest.raises(errors.MemberNotFound):
        await service_protected.agree_disclosure(await desk("102032"), asked[0].id)
    second = await desk()
    await service_protected.agree_disclosure(second, asked[0].id)
    await service_desk.require_kept(staff, child)
    assert not await service_desk.may_see_kept(second, child)
    with pytest.raises(errors.MemberNotFound):
        await service_protected.agree_disclosure(second, asked[0].id)
    clock.advance(minutes=16)
    assert not await service_desk.may_see_kept(staff, child)
    await service_protected.ask_disclosure(staff, child.id)
    clock.advance(hours=13)
    assert await service_protected.list_disclosures(second) == []


async def test_a_note_of_resemblance_is_settled() -> None:
    staff = await desk()
    await make_member()
    twin = await make_member()
    await service_desk.edit_at_desk(
        staff, twin.id, MemberForm(family_name="群馬", given_name="太郎", birth_on=str(twin.birth_on))
    )
    noted = await queries_staff.list_resemblances(frozenset({"100005"}))
    assert [each.member_id for each in noted] == [twin.id]
    assert await queries_staff.list_resemblances(frozenset({"102032"})) == []
    with pytest.raises(errors.MemberNotFound):
        await service_desk.settle_resemblance(await desk("102032"), noted[0].id)
    await service_desk.settle_resemblance(staff, noted[0].id)
    assert await queries_staff.list_resemblances(None) == []
