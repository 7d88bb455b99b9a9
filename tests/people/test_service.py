"""What guardians do: households, members, consent; two at once; the silent note."""

import asyncio
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from booking.access.errors import NotAllowed, SignInNeeded
from booking.access.schemas import NOBODY
from booking.kit import clock, db
from booking.kit.errors import InvalidForm, Refusal
from booking.people import errors, queries, queries_texts, rules, service
from booking.people.schemas import ConsentForm, ContactForm, HouseholdForm, MemberForm
from booking.people.service_consent import seed_consent_texts
from tests.make.access import actor_for, make_account
from tests.make.people import (
    MUNICIPALITY,
    make_body,
    make_consent_text,
    make_guardianship,
    make_household,
    make_member,
    make_municipality,
    make_protected,
)

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db", "clock")]
HOME = HouseholdForm(name="群馬 花子", phone="090-1234-5678", preferred="mail", language="ja", role="guardian")


def child_form(**changed: Any) -> MemberForm:
    return MemberForm(
        **{
            "family_name": "群馬",
            "given_name": "結衣",
            "family_kana": "グンマ",
            "given_kana": "ゆい",
            "birth_on": "2013-04-02",
            "municipality": MUNICIPALITY,
            "relation": "mother",
            "contacts": [ContactForm(name="祖母", relation="grandparent", phone="0272231111")],
            **changed,
        }
    )


async def agreed(body: str = "100005") -> ConsentForm:
    await make_municipality()
    return ConsentForm(body_code=body, text_id=await make_consent_text(body), is_agreed=True)


async def guardian() -> Any:
    account = await make_account()
    actor = await actor_for(account.id)
    await service.register_household(actor, HOME)
    return actor


async def count(table: str) -> int:
    return int(await db.fetchval(f"select count(*) from {table}"))


async def test_a_household_is_registered_once() -> None:
    account = await make_account()
    actor = await actor_for(account.id)
    made = await service.register_household(actor, HOME)
    assert (made.phone, made.role, made.name) == ("+819012345678", "guardian", "群馬 花子")
    with pytest.raises(errors.HouseholdExists):
        await service.register_household(actor, HOME)


async def test_of_two_households_at_once_one_is_made() -> None:
    actor = await actor_for((await make_account()).id)
    done = await asyncio.gather(*(service.register_household(actor, HOME) for _ in range(5)), return_exceptions=True)
    assert sum(isinstance(each, errors.HouseholdExists) for each in done) == 4
    assert await count("household") == 1


async def test_every_field_of_a_household_is_answered() -> None:
    actor = await actor_for((await make_account()).id)
    with pytest.raises(InvalidForm) as refused:
        await service.register_household(actor, HouseholdForm(preferred="pigeon", language="la", role="king"))
    assert set(refused.value.fields) == {"name", "phone", "preferred", "language", "role"}
    with pytest.raises(SignInNeeded):
        await service.register_household(NOBODY, HOME)


async def test_a_household_is_changed() -> None:
    actor = await guardian()
    changed = await service.edit_household(actor, HouseholdForm(phone="027-223-1111", language="vi"))
    assert (changed.phone, changed.language, changed.name) == ("+81272231111", "vi", "群馬 花子")
    stranger = await actor_for((await make_account()).id)
    with pytest.raises(errors.HouseholdNeeded):
        await service.edit_household(stranger, HOME)


async def test_a_guardian_adds_a_child() -> None:
    actor = await guardian()
    child = await service.add_member(actor, child_form(), await agreed())
    assert rules.is_number(child.number)
    assert (child.name, child.kana, child.shown_name) == ("群馬 結衣", "ぐんま ゆい", "ゆい")
    assert (child.birth_on, child.grade, child.body_codes) == (date(2013, 4, 2), 7, ("100005",))
    assert child.rights is not None
    assert not child.rights.is_confirmed
    contacts = (await queries.list_contacts([child.id]))[child.id]
    assert [(contact.name, contact.phone) for contact in contacts] == [("祖母", "+81272231111")]
    registration = (await queries.list_registrations(child.id))[0]
    assert (registration.consented_by, registration.version) == (actor.id, 1)
    assert await db.fetchval("select count(*) from audit_entry where action = 'member-added'") == 1


async def test_a_child_with_a_latin_name() -> None:
    actor = await guardian()
    form = child_form(
        family_name="", given_name="", family_kana="", given_kana="", latin_name="NGUYEN THI THU HA TRANG"
    )
    child = await service.add_member(actor, form, await agreed())
    assert (child.name, child.shown_name) == ("NGUYEN THI THU HA TRANG", "NGUYEN THI THU HA")


@pytest.mark.parametrize(
    ("changed", "fields"),
    [
        ({"family_name": "", "given_name": ""}, {"family_name"}),
        ({"given_name": ""}, {"given_name"}),
        ({"family_name": ""}, {"family_name"}),
        ({"family_kana": "新", "given_kana": ""}, {"family_kana", "given_kana"}),
        ({"birth_on": "2013-02-30"}, {"birth_on"}),
        ({"birth_on": "", "grade": "7"}, {"birth_on"}),
        ({"municipality": "999999"}, {"municipality"}),
        ({"relation": "king"}, {"relation"}),
        ({"shown_name": "あ" * 21, "assistance": "あ" * 501}, {"shown_name", "assistance"}),
        ({"contacts": [ContactForm(name="祖母", phone="1")]}, {"contacts.0.phone", "contacts.0.relation"}),
        ({"contacts": [ContactForm(name="祖", relation="other", phone="0272231111")] * 4}, {"contacts"}),
    ],
)
async def test_every_field_of_a_child_is_answered(changed: dict[str, Any], fields: set[str]) -> None:
    actor = await guardian()
    with pytest.raises(InvalidForm) as refused:
        await service.add_member(actor, child_form(**changed), await agreed())
    assert set(refused.value.fields) == fields
    assert await count("member") == 0


async def test_a_name_in_kana_is_its_own_reading() -> None:
    actor = await guardian()
    form = child_form(family_kana="", family_name="ぐんま", given_kana="", given_name="サクラ")
    assert (await service.add_member(actor, form, await agreed())).kana == "ぐんま さくら"


async def test_nobody_is_registered_without_agreement() -> None:
    actor = await guardian()
    read = await agreed()
    for consent, refusal in (
        (ConsentForm(body_code="100005", text_id=read.text_id), errors.ConsentNeeded),
        (ConsentForm(body_code="100005", is_agreed=True), errors.ConsentTextChanged),
        (ConsentForm(body_code="131008", text_id=read.text_id, is_agreed=True), errors.BodyUnknown),
    ):
        with pytest.raises(refusal):
            await service.add_member(actor, child_form(), consent)
    await make_consent_text(version=2, text="新しい文")
    with pytest.raises(errors.ConsentTextChanged):
        await service.add_member(actor, child_form(), read)
    assert await count("member") == 0


async def test_who_may_add_a_member() -> None:
    nobody_yet = await actor_for((await make_account()).id)
    with pytest.raises(errors.HouseholdNeeded):
        await service.add_member(nobody_yet, child_form(), await agreed())
    card = await actor_for((await make_account(kind="card")).id)
    with pytest.raises(NotAllowed):
        await service.add_member(card, child_form(), await agreed())


async def test_somebody_old_enough_registers_alone_and_once() -> None:
    actor = await guardian()
    with pytest.raises(errors.GuardianNeeded) as refused:
        await service.add_member(actor, child_form(birth_on="2010-11-22"), await agreed(), as_self=True)
    assert refused.value.params == {"years": 16}
    made = await service.add_member(actor, child_form(birth_on="2010-11-21"), await agreed(), as_self=True)
    assert made.rights is not None
    assert (made.rights.relation, made.rights.is_confirmed) == ("self", True)
    with pytest.raises(errors.SelfRegisteredAlready):
        await service.add_member(actor, child_form(birth_on="1990-01-01"), await agreed(), as_self=True)


async def test_a_family_has_an_end_also_at_once() -> None:
    actor = await guardian()
    consent = await agreed()
    for _ in range(rules.MEMBERS_PER_ACCOUNT - 1):
        await service.add_member(actor, child_form(), consent)
    tries = (service.add_member(actor, child_form(), consent) for _ in range(4))
    done = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(each, errors.TooManyMembers) for each in done) == 3
    assert await count("member") == rules.MEMBERS_PER_ACCOUNT


async def test_a_number_taken_is_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter([7, 7, 8])
    monkeypatch.setattr("booking.people.service_records.secrets.randbelow", lambda _: next(drawn))
    actor = await guardian()
    first = await service.add_member(actor, child_form(), await agreed())
    second = await service.add_member(actor, child_form(), await agreed())
    assert (first.number, second.number) == (rules.number_from(7), rules.number_from(8))


async def test_a_guardian_corrects_a_member() -> None:
    actor = await guardian()
    child = await service.add_member(actor, child_form(), await agreed())
    changed = await service.edit_member(actor, child.id, child_form(given_name="結", assistance="車いす", contacts=[]))
    assert (changed.given_name, changed.assistance, changed.number) == ("結", "車いす", child.number)
    assert await queries.list_contacts([child.id]) == {}
    detail = await db.fetchval("select detail::text from audit_entry where action = 'member-changed'")
    assert "given_name" in detail
    assert "車いす" not in detail


async def test_who_may_correct_a_member() -> None:
    actor, friend = await guardian(), await make_account()
    child = await service.add_member(actor, child_form(), await agreed())
    with pytest.raises(errors.MemberNotFound):
        await service.edit_member(await actor_for(friend.id), child.id, child_form())
    await make_guardianship(child, friend, consent=False)
    with pytest.raises(errors.RightMissing):
        await service.edit_member(await actor_for(friend.id), child.id, child_form())
    await make_protected(child)
    with pytest.raises(errors.MemberNotFound):
        await service.edit_member(actor, child.id, child_form())


async def test_the_other_body_asks_again() -> None:
    actor = await guardian()
    child = await service.add_member(actor, child_form(), await agreed())
    with pytest.raises(errors.RegisteredAlready):
        await service.register_with_body(actor, child.id, await agreed())
    await service.register_with_body(actor, child.id, await agreed("102032"))
    assert (await queries.get_member(child.id)).body_codes == ("100005", "102032")


async def test_the_other_body_is_asked_once_also_at_once() -> None:
    actor = await guardian()
    child = await service.add_member(actor, child_form(), await agreed())
    consent = await agreed("102032")
    tries = (service.register_with_body(actor, child.id, consent) for _ in range(4))
    done = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(each, errors.RegisteredAlready) for each in done) == 3


async def test_a_known_child_gets_the_ordinary_answer_and_a_silent_note() -> None:
    mother, father = await guardian(), await guardian()
    consent = await agreed()
    first = await service.add_member(mother, child_form(), consent)
    again = await service.add_member(father, child_form(relation="father"), consent)
    assert again.id != first.id
    assert await db.fetchval("select resembles from member_resemblance where member = $1", again.id) == first.id


async def test_a_protected_child_is_recognised_under_another_family_name() -> None:
    named, abuser = await make_account(), await guardian()
    child = await make_member(
        account=named, given_name="結衣", given_kana="ゆい", birth_on=date(2013, 4, 2), family_name="桐生"
    )
    await make_protected(child, named)
    answer = await service.add_member(abuser, child_form(), await agreed())
    assert answer.name == "群馬 結衣"
    assert [seen.id for seen in await queries.list_members_of(abuser.id)] == [answer.id]
    assert await count("member_resemblance") == 1


async def test_a_person_key_is_made_once_also_at_once() -> None:
    members = [(await make_member()).id for _ in range(3)]
    done = await asyncio.gather(*(service.person_keys(members, 2026) for _ in range(6)))
    assert all(each == done[0] for each in done)
    assert set(done[0]) == set(members)
    next_year = await service.person_keys(members[:1], 2027)
    assert next_year[members[0]] != done[0][members[0]]
    assert await service.person_keys([], 2026) == {}


async def test_whom_to_tell() -> None:
    account = await make_account()
    await make_household(account)
    child, claimed = await make_member(account=account), await make_member(account=account, confirmed=False)
    told = await service.guardians_to_tell([child.id, claimed.id])
    assert list(told) == [child.id]
    assert (told[child.id][0].email, told[child.id][0].preferred) == (account.email, "mail")


async def test_every_body_has_a_provisional_text() -> None:
    await make_body("100005")
    await make_body("102032")
    assert await seed_consent_texts() == 2
    assert await seed_consent_texts() == 0
    text = await queries_texts.get_consent_text("102032")
    assert text.provisional
    assert text.guardian_below_years == 16
    assert "102032" in text.text("en")
    assert text.text("vi") != text.text_ja
    assert "102032" in text.text("vi")
    assert isinstance(text.id, UUID)
    assert clock.today() >= date(2026, 4, 1)
    with pytest.raises(Refusal):
        await queries_texts.get_consent_text("131008")
