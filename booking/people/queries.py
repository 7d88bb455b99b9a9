"""Every read of members and households, and the member lock.

Whatever starts from an account reads `_SEEN_BY`: a live guardianship of a live member that is not protected, or whose
viewers staff have named this account among. For everybody else a protected child has left.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from booking.kit import clock, db
from booking.kit.words import with_words, words_sql
from booking.people import rules
from booking.people.errors import MemberNotFound
from booking.people.schemas import (
    ContactView,
    GuardianToTell,
    HeldQualification,
    HouseholdView,
    MemberView,
    RegistrationView,
    RightsView,
)

COLUMNS = """
member.id, member.number, member.household as household_id, member.family_name, member.given_name, member.family_kana,
member.given_kana, member.latin_name, member.shown_name, member.birth_on, member.grade_override,
member.grade_override_year, municipality.code as municipality_code, municipality.name as municipality_name,
member.school_name, member.assistance, member.is_protected, member.seen_at_desk_at, member.created_at, member.left_at,
array(select body.code from registration join body on body.id = registration.body
       where registration.member = member.id and registration.ended_at is null order by body.code) as body_codes,
(select jsonb_agg(jsonb_build_object('id', qualification, 'from_on', valid_from_on, 'until_on', valid_until_on))
   from member_qualification where member_qualification.member = member.id and revoked_at is null) as held"""
FROM = "from member left join municipality on municipality.id = member.municipality"
_RIGHTS = (
    "guardianship.relation, guardianship.may_consent, guardianship.may_book, guardianship.is_told, guardianship.state"
)
_SEEN_BY = """
guardianship.ended_at is null and member.left_at is null
and (not member.is_protected or exists (
  select 1 from protected_viewer
   where protected_viewer.member = member.id and protected_viewer.account = guardianship.account
     and protected_viewer.ended_at is null))"""


def view(row: Any, today: date) -> MemberView:
    """A row of COLUMNS, with rights when it has them, as a member."""
    fields = dict(row)
    rights = None
    if "relation" in fields:
        state = fields.pop("state")
        named = {name: fields.pop(name) for name in ("relation", "may_consent", "may_book", "is_told")}
        rights = RightsView(**named, is_confirmed=state == rules.GuardianshipState.CONFIRMED)
    fields["body_codes"] = tuple(fields["body_codes"])
    fields["held"] = msgspec.json.decode(fields["held"] or "[]", type=tuple[HeldQualification, ...])
    told = (fields["birth_on"], today, fields["grade_override"], fields["grade_override_year"])
    return MemberView(**fields, grade=rules.grade(*told), school_stage=str(rules.school_stage(*told)), rights=rights)


async def list_members_of(account_id: UUID) -> list[MemberView]:
    """The members an account acts for, in the order they were registered, each with the account's rights."""
    rows = await db.fetch(
        f"select {COLUMNS}, {_RIGHTS} {FROM} join guardianship on guardianship.member = member.id"
        f" where guardianship.account = $1 and {_SEEN_BY} order by member.created_at, member.id",
        account_id,
    )
    today = clock.today()
    return [view(row, today) for row in rows]


async def find_member_of(account_id: UUID, member_id: UUID) -> MemberView | None:
    """One member as an account sees it: None when there is none, none any more, or not for this account."""
    row = await db.fetchrow(
        f"select {COLUMNS}, {_RIGHTS} {FROM} join guardianship on guardianship.member = member.id"
        f" where guardianship.account = $1 and member.id = $2 and {_SEEN_BY}",
        *(account_id, member_id),
    )
    return None if row is None else view(row, clock.today())


async def get_member_of(account_id: UUID, member_id: UUID) -> MemberView:
    """One member as an account sees it. Raises: MemberNotFound."""
    found = await find_member_of(account_id, member_id)
    if found is None:
        raise MemberNotFound
    return found


async def may_book(account_id: UUID, member_ids: Iterable[UUID]) -> set[UUID]:
    """Those of the members that the account may book for."""
    rows = await db.fetch(
        "select member.id from member join guardianship on guardianship.member = member.id"
        f" where guardianship.account = $1 and member.id = any($2) and guardianship.may_book and {_SEEN_BY}",
        *(account_id, list(member_ids)),
    )
    return {row["id"] for row in rows}


async def find_member(member_id: UUID) -> MemberView | None:
    """A member by id, for staff and for the service itself; never in the name of a resident."""
    return (await list_members([member_id])).get(member_id)


async def get_member(member_id: UUID) -> MemberView:
    """The same, or a refusal. Raises: MemberNotFound."""
    found = await find_member(member_id)
    if found is None:
        raise MemberNotFound
    return found


async def list_members(member_ids: Iterable[UUID]) -> dict[UUID, MemberView]:
    """Members by id, for staff and for the service itself."""
    rows = await db.fetch(f"select {COLUMNS} {FROM} where member.id = any($1)", list(member_ids))
    today = clock.today()
    return {row["id"]: view(row, today) for row in rows}


async def find_member_by_number(number: str) -> MemberView | None:
    """The member with this number, or with one that leads to them since two records became one; for kiosk and desk."""
    if not rules.is_number(number):
        return None
    row = await db.fetchrow(
        f"select {COLUMNS} {FROM} where member.number = $1"
        " or member.id = (select member_merged.member from member_merged where member_merged.number = $1)",
        number,
    )
    return None if row is None else view(row, clock.today())


async def lock_members(member_ids: Iterable[UUID]) -> dict[UUID, MemberView]:
    """Lock members until the transaction ends, in order of id, and read them as they are then."""
    rows = await db.fetch(
        f"select {COLUMNS} {FROM} where member.id = any($1) order by member.id for no key update of member",
        list(member_ids),
    )
    today = clock.today()
    return {row["id"]: view(row, today) for row in rows}


async def lock_members_at_once(member_ids: Iterable[UUID]) -> dict[UUID, MemberView]:
    """The same without waiting: those that nobody else has locked. Late in a transaction no lock may be waited for."""
    rows = await db.fetch(
        f"select {COLUMNS} {FROM} where member.id = any($1) order by member.id for no key update of member skip locked",
        list(member_ids),
    )
    today = clock.today()
    return {row["id"]: view(row, today) for row in rows}


async def members_registered(body_code: str, member_ids: Iterable[UUID]) -> set[UUID]:
    """Those of the members that are registered with a body."""
    rows = await db.fetch(
        "select registration.member from registration join body on body.id = registration.body"
        " where body.code = $1 and registration.member = any($2) and registration.ended_at is null",
        *(body_code, list(member_ids)),
    )
    return {row["member"] for row in rows}


async def count_registered(body_codes: Iterable[str] | None, on: date) -> int:
    """Members with a valid registration at the end of a local day, with any of these bodies (None: all)."""
    _, until = clock.day_span(on)
    codes = None if body_codes is None else list(body_codes)
    return int(
        await db.fetchval(
            "select count(distinct registration.member) from registration join body on body.id = registration.body"
            " where registration.registered_at < $1 and (registration.ended_at is null or registration.ended_at >= $1)"
            " and ($2::text[] is null or body.code = any($2))",
            *(until, codes),
        )
    )


async def find_household_of(account_id: UUID) -> HouseholdView | None:
    """The household an account has registered, or None before it did."""
    row = await db.fetchrow(
        "select household.id, household.phone, household.preferred, household.language, household_account.role,"
        "       account.name"
        "  from household join household_account on household_account.household = household.id"
        "  join account on account.id = household_account.account"
        " where household_account.account = $1 and household_account.ended_at is null",
        account_id,
    )
    return None if row is None else HouseholdView(**row)


async def lock_household(household_id: UUID) -> UUID | None:
    """Lock a household until the transaction ends, while its members are counted."""
    found: UUID | None = await db.fetchval("select id from household where id = $1 for no key update", household_id)
    return found


async def list_contacts(member_ids: Iterable[UUID]) -> dict[UUID, list[ContactView]]:
    """Whom to call for each member, first rank first."""
    rows = await db.fetch(
        "select id, member as member_id, name, relation, phone, rank from emergency_contact"
        " where member = any($1) order by member, rank, id",
        list(member_ids),
    )
    found: dict[UUID, list[ContactView]] = {}
    for row in rows:
        found.setdefault(row["member_id"], []).append(ContactView(**row))
    return found


async def list_registrations(member_id: UUID) -> list[RegistrationView]:
    """The live registrations of a member, oldest first."""
    rows = await db.fetch(
        "select registration.id, registration.member as member_id, body.code as body_code, body.name as body_name,"
        f"      {words_sql('body.name', 'body.names')} as body_names,"
        "       consent_text.version, registration.on_paper, registration.consented_by, registration.registered_at,"
        "       registration.consented_at"
        "  from registration join body on body.id = registration.body"
        "  join consent_text on consent_text.id = registration.consent_text"
        " where registration.member = $1 and registration.ended_at is null order by registration.registered_at",
        member_id,
    )
    return [RegistrationView(**with_words(row, "body_names")) for row in rows]


async def list_guardians_to_tell(member_ids: Iterable[UUID]) -> list[GuardianToTell]:
    """The accounts that notices about these members go to: confirmed, with the right, and still seeing the member."""
    rows = await db.fetch(
        "select guardianship.member as member_id, guardianship.account as account_id,"
        "       guardianship.relation, account.email,"
        "       coalesce(household.phone, '') as phone, coalesce(household.preferred, 'mail') as preferred,"
        "       coalesce(household.language, account.language) as language"
        "  from guardianship join member on member.id = guardianship.member"
        "  join account on account.id = guardianship.account and account.disabled_at is null"
        "  left join household_account"
        "    on household_account.account = account.id and household_account.ended_at is null"
        "  left join household on household.id = household_account.household"
        " where guardianship.member = any($1) and guardianship.is_told and guardianship.state = 'confirmed'"
        " and account.kind <> 'card'"
        f" and {_SEEN_BY} order by guardianship.member, guardianship.created_at",
        list(member_ids),
    )
    return [GuardianToTell(**row) for row in rows]
