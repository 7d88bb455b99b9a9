"""Rows of members, registrations and contacts: written for a guardian and for the desk alike, inside their verbs."""

import secrets
from uuid import UUID

import msgspec

from booking.access import service as access
from booking.access.schemas import Actor
from booking.facilities import queries as facilities
from booking.kit import clock, db
from booking.kit.errors import InvalidForm, Refusal
from booking.kit.i18n import LANGUAGES
from booking.kit.tokens import new_id
from booking.people import queries, queries_texts, rules, rules_form, rules_text
from booking.people.errors import BodyUnknown, ChoiceUnknown, ConsentNeeded, ConsentTextChanged, RelationUnknown
from booking.people.schemas import (
    ConsentForm,
    ConsentTextView,
    ContactForm,
    DeskForm,
    Facts,
    HouseholdForm,
    MemberForm,
    MemberView,
)

_INSERT_MEMBER = """
insert into member (id, number, household, family_name, given_name, family_kana, given_kana, latin_name, shown_name,
                    birth_on, grade_override, grade_override_year, municipality, school_name, assistance,
                    is_protected, seen_at_desk_at, created_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, (select id from municipality where code = $13), $14, $15,
        false, $16, $17)
on conflict (number) do nothing returning id"""

_UPDATE_MEMBER = """
update member set family_name = $2, given_name = $3, family_kana = $4, given_kana = $5, latin_name = $6,
       shown_name = $7, birth_on = $8::date, municipality = (select id from municipality where code = $9),
       school_name = $10, assistance = $11,
       grade_override = case when birth_on is null or $8::date is null then $12::smallint else grade_override end,
       grade_override_year = case when birth_on is null or $8::date is null then $13::smallint
                                  else grade_override_year end
 where id = $1"""

_NOTE_RESEMBLANCES = """
insert into member_resemblance (id, member, resembles, noticed_at)
select gen_random_uuid(), $1, other.id, $2
  from member mine
  join member other on other.id <> mine.id and other.left_at is null
    and (other.birth_on = mine.birth_on or mine.birth_on is null or other.birth_on is null)
 where mine.id = $1
   and ((mine.given_kana <> '' and mine.given_kana = other.given_kana)
        or (mine.given_name <> '' and mine.given_name = other.given_name)
        or lower(mine.latin_name) = lower(other.latin_name))
   and ((other.is_protected and other.birth_on = mine.birth_on)
        or (mine.family_kana <> '' and mine.family_kana = other.family_kana)
        or (mine.family_name <> '' and mine.family_name = other.family_name)
        or lower(mine.latin_name) = lower(other.latin_name))
on conflict on constraint member_resemblance_pair_unique do nothing"""


async def check_form(form: MemberForm, *, as_self: bool = False, at_desk: bool = False) -> Facts:
    """The facts of a form, with every field's refusal at once. Raises: InvalidForm."""
    codes = {municipality.code for municipality in await facilities.list_municipalities()}
    refused: dict[str, Refusal] = {}
    facts: Facts | None = None
    try:
        facts = rules_form.check_facts(form, clock.today(), codes, at_desk=at_desk)
    except InvalidForm as wrong:
        refused.update(wrong.fields)
    try:
        rules_form.check_contacts(form.contacts)
    except InvalidForm as wrong:
        refused.update(wrong.fields)
    if not as_self and not at_desk and form.relation not in rules.RELATIONS:
        refused["relation"] = RelationUnknown()
    if facts is None or refused:
        raise InvalidForm(fields=refused)
    return facts


async def insert_household(phone: str, preferred: str, language: str) -> UUID:
    """A household's row."""
    household = new_id()
    await db.execute(
        "insert into household (id, phone, preferred, language, created_at) values ($1, $2, $3, $4, $5)",
        *(household, phone, preferred, language, clock.now()),
    )
    return household


async def write_home(by: Actor, household_id: UUID, checked: HouseholdForm) -> None:
    """How a household is reached, from a form that was checked."""
    await db.execute(
        "update household set phone = $2, preferred = $3, language = $4 where id = $1",
        *(household_id, checked.phone, checked.preferred, checked.language),
    )
    await access.record_audit(by, "household-changed", "household", household_id)


async def insert_member(facts: Facts, household: UUID, *, seen_at_desk: bool = False) -> UUID:
    """A member's row under a number nobody has. Safe: a number taken at the same moment is drawn again."""
    now = clock.now()
    member_id = new_id()
    made = None
    while made is None:
        made = await db.fetchval(
            _INSERT_MEMBER,
            *(member_id, await _draw_number(), household),
            *(facts.family_name, facts.given_name, facts.family_kana, facts.given_kana, facts.latin_name),
            *(facts.shown_name, facts.birth_on, facts.grade, _override_year(facts), facts.municipality_code),
            *(facts.school_name, facts.assistance, now if seen_at_desk else None, now),
        )
    return member_id


async def _draw_number() -> str:
    """A number; not one that leads to a member whose two records became one."""
    while True:
        number = rules.number_from(secrets.randbelow(10**7))
        if not await db.fetchval("select exists (select 1 from member_merged where number = $1)", number):
            return number


async def insert_registration(
    member_id: UUID, text: ConsentTextView, by: Actor, *, on_paper: bool, is_agreed: bool
) -> None:
    """A member's registration with the body of a text; a resident's agreement is noted under the account."""
    now = clock.now()
    await db.execute(
        "insert into registration (id, member, body, consent_text, consented_by, on_paper, registered_at, consented_at)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8)",
        *(new_id(), member_id, text.body_id, text.id, by.id if by.kind == "account" else None, on_paper, now),
        now if is_agreed else None,
    )


async def replace_contacts(member_id: UUID, contacts: list[ContactForm]) -> None:
    """The emergency contacts of a member, in the order given. The caller has locked or just made the member."""
    await db.execute("delete from emergency_contact where member = $1", member_id)
    await db.execute_many(
        "insert into emergency_contact (id, member, name, relation, phone, rank) values ($1, $2, $3, $4, $5, $6)",
        [
            (new_id(), member_id, contact.name, contact.relation, contact.phone, rank)
            for rank, contact in enumerate(contacts, start=1)
        ],
    )


async def store_edit(by: Actor, member: MemberView, form: MemberForm, *, at_desk: bool = False) -> None:
    """Write an edited form over a locked member, note which fields changed, and look for resemblances again."""
    form = msgspec.structs.replace(form, relation=form.relation or rules.RELATIONS[-1])
    facts = await check_form(form, as_self=True, at_desk=at_desk)
    await db.execute(
        _UPDATE_MEMBER,
        *(member.id, facts.family_name, facts.given_name, facts.family_kana, facts.given_kana, facts.latin_name),
        *(facts.shown_name, facts.birth_on, facts.municipality_code, facts.school_name, facts.assistance),
        *(facts.grade, _override_year(facts)),
    )
    await replace_contacts(member.id, rules_form.check_contacts(form.contacts))
    await note_resemblances(member.id)
    changed = [name for name in _KEPT if getattr(facts, name) != getattr(member, name)]
    await access.record_audit(by, "member-changed", "member", member.id, detail={"fields": changed})


async def note_resemblances(member_id: UUID) -> None:
    """Note silently, for staff, who this member may be.

    A protected member is recognised by given name and day of birth; where a day of birth is not known yet, whole names
    are compared.
    """
    await db.execute(_NOTE_RESEMBLANCES, member_id, clock.now())


_KEPT = (
    "family_name",
    "given_name",
    "family_kana",
    "given_kana",
    "latin_name",
    "shown_name",
    "birth_on",
    "municipality_code",
    "school_name",
    "assistance",
)


async def get_agreed_text(consent: ConsentForm) -> ConsentTextView:
    """The text that was read and agreed to. Raises: BodyUnknown; ConsentTextChanged; ConsentNeeded."""
    text = await queries_texts.get_consent_text(consent.body_code)
    if consent.text_id != text.id:
        raise ConsentTextChanged
    if not consent.is_agreed:
        raise ConsentNeeded
    return text


def _override_year(facts: Facts) -> int | None:
    return None if facts.grade is None else clock.fiscal_year(clock.today())


async def store_first(by: Actor, form: DeskForm, text: ConsentTextView | None, *, at_desk: bool) -> MemberView:
    """Store a first visitor, inside the caller's transaction; `text` is None where the body cannot be registered with.

    Raises: InvalidForm with every field's refusal.
    """
    sieve = rules_text.Sieve()
    phone = sieve.take("phone", rules_text.check_phone, form.phone) or ""
    if form.language not in LANGUAGES:
        sieve.refuse("language", ChoiceUnknown())
    if text is None:
        sieve.refuse("body_code", BodyUnknown())
    try:
        facts = await check_form(form.member, at_desk=True)
    except InvalidForm as wrong:
        raise InvalidForm(fields={**wrong.fields, **sieve.refused}) from None
    sieve.settle()
    if text is None:
        raise BodyUnknown
    household = await insert_household(phone, rules.Preferred.PHONE, form.language)
    member_id = await insert_member(facts, household, seen_at_desk=at_desk)
    await insert_registration(member_id, text, by, on_paper=at_desk, is_agreed=form.is_signed)
    await replace_contacts(member_id, rules_form.check_contacts(form.member.contacts))
    await note_resemblances(member_id)
    await access.record_audit(by, "member-registered", "member", member_id, scope=text.body_code)
    return await queries.get_member(member_id)
