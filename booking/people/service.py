"""What guardians, and adults for themselves, do: register a household, add and edit members, agree for another body."""

from collections.abc import Iterable
from uuid import UUID, uuid4

from booking.access import service as access
from booking.access.errors import NotAllowed
from booking.access.rules import require_account, require_adult
from booking.access.schemas import Actor
from booking.kit import clock, db
from booking.kit.i18n import LANGUAGES
from booking.kit.tokens import new_id
from booking.people import queries, rules, rules_form
from booking.people import service_records as records
from booking.people.errors import (
    GuardianNeeded,
    HouseholdExists,
    HouseholdNeeded,
    RegisteredAlready,
    RightMissing,
    TooManyMembers,
)
from booking.people.schemas import ConsentForm, GuardianToTell, HouseholdForm, HouseholdView, MemberForm, MemberView


async def register_household(by: Actor, form: HouseholdForm) -> HouseholdView:
    """An account says who it is: name, telephone, language, preferred channel, and whether it comes itself.

    Raises: InvalidForm; HouseholdExists. Safe: of two at once, one is refused by the unique index.
    """
    require_account(by)
    checked = rules_form.check_household(form, LANGUAGES)
    async with db.transaction():
        if await queries.find_household_of(_account_id(by)) is not None:
            raise HouseholdExists
        household = await records.insert_household(checked.phone, checked.preferred, checked.language)
        await db.execute(
            "insert into household_account (id, household, account, role, since_at) values ($1, $2, $3, $4, $5)",
            *(new_id(), household, by.id, checked.role, clock.now()),
        )
        await access.rename_account(_account_id(by), checked.name, by, language=checked.language)
        await access.record_audit(by, "household-registered", "household", household)
        return await _household_of(by)


async def edit_household(by: Actor, form: HouseholdForm) -> HouseholdView:
    """Change telephone, language, channel or name. Raises: InvalidForm; HouseholdNeeded; NotAllowed for a card."""
    require_adult(by)
    async with db.transaction():
        household = await _household_of(by)
        await queries.lock_household(household.id)
        household = await _household_of(by)
        checked = rules_form.check_household(
            HouseholdForm(
                name=form.name or household.name,
                phone=form.phone or household.phone,
                preferred=form.preferred or household.preferred,
                language=form.language or household.language,
                role=household.role,
            ),
            LANGUAGES,
        )
        await records.write_home(by, household.id, checked)
        await access.rename_account(_account_id(by), checked.name, by, language=checked.language)
        return await _household_of(by)


async def add_member(by: Actor, form: MemberForm, consent: ConsentForm, *, as_self: bool = False) -> MemberView:
    """A guardian adds a child, or somebody old enough registers for themselves, and agrees to the body's text.

    The answer to registering somebody who is known already is the ordinary one; only staff get a silent note.
    Raises: InvalidForm; HouseholdNeeded; ConsentNeeded; ConsentTextChanged; BodyUnknown; GuardianNeeded;
    TooManyMembers; SelfRegisteredAlready. Safe: the household is locked while its people are counted.
    """
    require_adult(by)
    today = clock.today()
    async with db.transaction():
        household = await _household_of(by)
        facts = await records.check_form(form, as_self=as_self)
        contacts = rules_form.check_contacts(form.contacts)
        text = await records.get_agreed_text(consent)
        if as_self and facts.birth_on is not None and rules.age(facts.birth_on, today) < text.guardian_below_years:
            raise GuardianNeeded(years=text.guardian_below_years)
        await _count_members(by, household.id)
        member_id = await records.insert_member(facts, household.id)
        await _insert_guardianship(member_id, by, rules.SELF_RELATION if as_self else form.relation)
        await records.insert_registration(member_id, text, by, on_paper=False, is_agreed=True)
        await records.replace_contacts(member_id, contacts)
        await records.note_resemblances(member_id)
        await access.record_audit(by, "member-added", "member", member_id, scope=text.body_code)
        return await queries.get_member_of(_account_id(by), member_id)


async def get_own_member(by: Actor, member_id: UUID) -> MemberView:
    """A member that the account acts for. Raises: SignInNeeded, MemberNotFound."""
    require_account(by)
    return await queries.get_member_of(_account_id(by), member_id)


async def edit_member(by: Actor, member_id: UUID, form: MemberForm) -> MemberView:
    """A guardian with the right to consent corrects a member's facts and emergency contacts.

    Raises: MemberNotFound (also for a protected member the account was not named for); RightMissing; InvalidForm.
    """
    require_account(by)
    async with db.transaction():
        await queries.lock_members([member_id])
        member = await queries.get_member_of(_account_id(by), member_id)
        if member.rights is None or not member.rights.may_consent:
            raise RightMissing
        await records.store_edit(by, member, form)
        return await queries.get_member_of(_account_id(by), member_id)


async def register_with_body(by: Actor, member_id: UUID, consent: ConsentForm) -> None:
    """A guardian agrees that another body, too, keeps name, school year and contact of a member.

    Raises: MemberNotFound; RightMissing; ConsentNeeded; ConsentTextChanged; BodyUnknown; RegisteredAlready.
    """
    require_account(by)
    async with db.transaction():
        member = await queries.get_member_of(_account_id(by), member_id)
        if member.rights is None or not member.rights.may_consent:
            raise RightMissing
        text = await records.get_agreed_text(consent)
        if text.body_code in member.body_codes:
            raise RegisteredAlready
        await records.insert_registration(member_id, text, by, on_paper=False, is_agreed=True)
        await access.record_audit(by, "registered-with-body", "member", member_id, scope=text.body_code)


async def guardians_to_tell(member_ids: Iterable[UUID]) -> dict[UUID, list[GuardianToTell]]:
    """Whom to tell about each member; members nobody may be told about are not in it."""
    found: dict[UUID, list[GuardianToTell]] = {}
    for guardian in await queries.list_guardians_to_tell(member_ids):
        found.setdefault(guardian.member_id, []).append(guardian)
    return found


_PERSON_KEYS = """
with wanted as (select unnest($1::uuid[]) as id, unnest($2::uuid[]) as member, unnest($3::uuid[]) as key),
known as (select member, key from person_key where member = any($2) and fiscal_year = $4),
made as (
  insert into person_key (id, member, fiscal_year, key)
  select id, member, $4, key from wanted where member not in (select member from known)
  order by member on conflict do nothing returning member, key)
select member, key from known union all select member, key from made"""


async def person_keys(member_ids: Iterable[UUID], fiscal_year: int) -> dict[UUID, UUID]:
    """The key under which each member's visits of a fiscal year are counted, made where there is none yet.

    Safe: one statement; where another transaction makes the same key at this moment, it is asked again and reads that.
    """
    members = sorted(set(member_ids))
    found: dict[UUID, UUID] = {}
    while len(found) < len(members):
        ids, keys = [new_id() for _ in members], [uuid4() for _ in members]
        rows = await db.fetch(_PERSON_KEYS, ids, members, keys, fiscal_year)
        found = {row["member"]: row["key"] for row in rows}
    return found


def _account_id(by: Actor) -> UUID:
    if by.id is None:
        raise NotAllowed
    return by.id


async def _household_of(by: Actor) -> HouseholdView:
    found = await queries.find_household_of(_account_id(by))
    if found is None:
        raise HouseholdNeeded
    return found


async def _count_members(by: Actor, household: UUID) -> None:
    await queries.lock_household(household)
    count = await db.fetchval("select count(*) from guardianship where account = $1 and ended_at is null", by.id)
    if count >= rules.MEMBERS_PER_ACCOUNT:
        raise TooManyMembers(limit=rules.MEMBERS_PER_ACCOUNT)


async def _insert_guardianship(member_id: UUID, by: Actor, relation: str) -> None:
    """The rights of whoever registers a member: all of them; a claim unless it is their own registration."""
    is_self = relation == rules.SELF_RELATION
    state = rules.GuardianshipState.CONFIRMED if is_self else rules.GuardianshipState.CLAIMED
    await db.execute(
        "insert into guardianship (id, member, account, relation, may_consent, may_book, is_told, state, created_at)"
        " values ($1, $2, $3, $4, true, true, true, $5, $6)",
        *(new_id(), member_id, by.id, relation, str(state), clock.now()),
    )
