"""Reads for staff: search, guardians, what waits for the desk. Only of members registered with a body of theirs."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from booking.kit import clock, db
from booking.people import rules_text
from booking.people.queries import COLUMNS, FROM, view
from booking.people.schemas import DisclosureView, GuardianView, HomeView, MemberView, ResemblanceView

SEARCH_LIMIT = 50
_IN_BODIES = """
($1::text[] is null or exists (
  select 1 from registration join body on body.id = registration.body
   where registration.member = member.id and registration.ended_at is null and body.code = any($1)))"""
_BY_WORDS = """
(select bool_and(member.family_name || ' ' || member.given_name || ' ' || member.family_kana || ' '
                 || member.given_kana || ' ' || member.shown_name || ' ' || coalesce(lower(member.latin_name), '')
                 like '%' || word || '%')
   from unnest($2::text[]) as word)"""
_GUARDIAN = """
select guardianship.id as guardianship_id, guardianship.member as member_id, guardianship.account as account_id,
       account.name, account.email,
       coalesce(household.phone, '') as phone, guardianship.relation, guardianship.may_consent, guardianship.may_book,
       guardianship.is_told, guardianship.state = 'confirmed' as is_confirmed, account.kind = 'card' as is_card,
       exists (select 1 from protected_viewer where protected_viewer.member = guardianship.member
               and protected_viewer.account = guardianship.account and protected_viewer.ended_at is null) as is_named
  from guardianship join account on account.id = guardianship.account
  left join household_account on household_account.account = account.id and household_account.ended_at is null
  left join household on household.id = household_account.household"""


async def search_members(bodies: Iterable[str] | None, text: str) -> list[MemberView]:
    """Members by parts of name, reading, shown or Latin name, whichever kana they are typed in; by reading.

    Protected members are in no list: they are found by their whole number, or by name and day of birth.
    """
    words = [_escaped(word) for word in rules_text.tidy(text).lower().split(" ") if word]
    if not words:
        return []
    kana = [_escaped(word) for word in rules_text.normalise_kana(text).lower().split(" ") if word]
    codes = None if bodies is None else list(bodies)
    found: dict[UUID, MemberView] = {}
    for spelling in (words, kana) if kana != words else (words,):
        rows = await db.fetch(
            f"select {COLUMNS} {FROM} where {_IN_BODIES} and {_BY_WORDS} and member.left_at is null"
            " and not member.is_protected"
            f" order by member.family_kana, member.given_kana, member.id limit {SEARCH_LIMIT}",
            *(codes, spelling),
        )
        found.update((row["id"], view(row, clock.today())) for row in rows)
    return list(found.values())[:SEARCH_LIMIT]


async def find_exactly(bodies: Iterable[str] | None, text: str, birth_on: date | None) -> MemberView | None:
    """The one member with this number, old or new, or with exactly this name or reading and this day of birth."""
    tidied = rules_text.tidy(text)
    row = await db.fetchrow(
        f"select {COLUMNS} {FROM} where {_IN_BODIES} and member.left_at is null and (member.number = $2"
        " or member.id = (select member_merged.member from member_merged where member_merged.number = $2)"
        " or (member.birth_on = $3::date and ($4 in (member.family_kana || member.given_kana,"
        " member.family_name || member.given_name) or lower(member.latin_name) = lower($5)))) limit 1",
        *(None if bodies is None else list(bodies), rules_text.digits_of(text), birth_on),
        *(_joined(tidied), tidied),
    )
    return None if row is None else view(row, clock.today())


async def is_registered_in(bodies: Iterable[str] | None, member_id: UUID) -> bool:
    """Whether a member is registered with one of these bodies (None: whichever)."""
    codes = None if bodies is None else list(bodies)
    return bool(await db.fetchval(f"select {_IN_BODIES} from member where member.id = $2", codes, member_id))


async def list_bodies_ever(member_id: UUID) -> dict[str, bool]:
    """The bodies that have, or had, registered a member, and whether each still has."""
    rows = await db.fetch(
        "select body.code, bool_or(registration.ended_at is null) as is_live"
        "  from registration join body on body.id = registration.body"
        " where registration.member = $1 group by body.code order by body.code",
        member_id,
    )
    return {row["code"]: row["is_live"] for row in rows}


async def list_guardians(member_id: UUID) -> list[GuardianView]:
    """The accounts with live rights over a member, oldest first."""
    rows = await db.fetch(
        f"{_GUARDIAN} where guardianship.member = $1 and guardianship.ended_at is null"
        " order by guardianship.created_at, guardianship.id",
        member_id,
    )
    return [GuardianView(**row) for row in rows]


async def find_guardian(guardianship_id: UUID) -> GuardianView | None:
    """One live guardianship."""
    row = await db.fetchrow(
        f"{_GUARDIAN} where guardianship.id = $1 and guardianship.ended_at is null", guardianship_id
    )
    return None if row is None else GuardianView(**row)


async def lock_guardianship(guardianship_id: UUID) -> GuardianView | None:
    """Lock one live guardianship until the transaction ends and read it as it is then."""
    await db.fetchval("select id from guardianship where id = $1 for no key update", guardianship_id)
    return await find_guardian(guardianship_id)


async def is_own_elsewhere(account_id: UUID, member_id: UUID) -> bool:
    """Whether an account is the own one of another member."""
    return bool(
        await db.fetchval(
            "select exists (select 1 from guardianship where account = $1 and member <> $2 and relation = 'self'"
            " and ended_at is null)",
            *(account_id, member_id),
        )
    )


async def find_card_account(member_id: UUID) -> UUID | None:
    """The account behind a member's printed card, or None before a PIN was set."""
    found: UUID | None = await db.fetchval(
        "select account.id from guardianship join account on account.id = guardianship.account"
        " where guardianship.member = $1 and guardianship.relation = 'self' and guardianship.ended_at is null"
        " and account.kind = 'card'",
        member_id,
    )
    return found


async def list_homes(member_ids: Iterable[UUID]) -> dict[UUID, HomeView]:
    """How the household of each member is reached."""
    rows = await db.fetch(
        "select member.id, household.id as household_id, household.phone, household.preferred, household.language"
        "  from member join household on household.id = member.household where member.id = any($1)",
        list(member_ids),
    )
    return {row["id"]: HomeView(**{name: row[name] for name in HomeView.__struct_fields__}) for row in rows}


async def list_registered(bodies: Iterable[str] | None, *, after: UUID | None, limit: int) -> list[MemberView]:
    """Members registered with these bodies, in the order of their ids; protected ones are in no list."""
    rows = await db.fetch(
        f"select {COLUMNS} {FROM} where {_IN_BODIES} and member.left_at is null and not member.is_protected"
        " and ($2::uuid is null or member.id > $2) order by member.id limit $3",
        *(None if bodies is None else list(bodies), after, limit),
    )
    return [view(row, clock.today()) for row in rows]


async def list_claims(bodies: Iterable[str] | None) -> list[MemberView]:
    """Members whose guardian the desk has not seen yet, newest first; protected ones are in no list."""
    rows = await db.fetch(
        f"select {COLUMNS} {FROM} where {_IN_BODIES} and member.left_at is null and not member.is_protected"
        " and exists (select 1 from guardianship where guardianship.member = member.id"
        " and guardianship.state = 'claimed' and guardianship.ended_at is null)"
        f" order by member.created_at desc limit {SEARCH_LIMIT}",
        None if bodies is None else list(bodies),
    )
    return [view(row, clock.today()) for row in rows]


async def list_resemblances(bodies: Iterable[str] | None) -> list[ResemblanceView]:
    """Open notes that two members may be one person; numbers only, so that the list shows nobody."""
    rows = await db.fetch(
        "select member_resemblance.id, member.id as member_id, member.number as member_number,"
        "       other.id as resembles_id, other.number as resembles_number, member_resemblance.noticed_at"
        "  from member_resemblance join member on member.id = member_resemblance.member"
        "  join member other on other.id = member_resemblance.resembles"
        f" where member_resemblance.settled_at is null and {_IN_BODIES}"
        f" order by member_resemblance.noticed_at desc limit {SEARCH_LIMIT}",
        None if bodies is None else list(bodies),
    )
    return [ResemblanceView(**row) for row in rows]


_DISCLOSURE = """
select member_disclosure.id, member_disclosure.member as member_id, member.number as member_number,
       member_disclosure.asked_by, member_disclosure.asked_by_name, member_disclosure.asked_at,
       member_disclosure.shown_until
  from member_disclosure join member on member.id = member_disclosure.member"""


async def list_disclosures(bodies: Iterable[str] | None, since: datetime) -> list[DisclosureView]:
    """Requests since an instant that wait for a second person, newest first."""
    rows = await db.fetch(
        f"{_DISCLOSURE} where {_IN_BODIES} and member_disclosure.agreed_at is null"
        f" and member_disclosure.asked_at > $2 order by member_disclosure.asked_at desc limit {SEARCH_LIMIT}",
        *(None if bodies is None else list(bodies), since),
    )
    return [DisclosureView(**row) for row in rows]


async def lock_disclosure(disclosure_id: UUID) -> DisclosureView | None:
    """Lock one request that waits and read it."""
    row = await db.fetchrow(
        f"{_DISCLOSURE} where member_disclosure.id = $1 and member_disclosure.agreed_at is null"
        " for no key update of member_disclosure",
        disclosure_id,
    )
    return None if row is None else DisclosureView(**row)


async def is_disclosed(member_id: UUID, account_id: UUID | None, now: datetime) -> bool:
    """Whether a second person has agreed that this one sees what is kept about the member, until later than now."""
    return bool(
        await db.fetchval(
            "select exists (select 1 from member_disclosure where member = $1 and asked_by = $2 and shown_until > $3)",
            *(member_id, account_id, now),
        )
    )


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _joined(name: str) -> str:
    """A name without spaces, as a reading when it is one."""
    return rules_text.normalise_kana(name).replace(" ", "")


async def list_family(member_id: UUID) -> list[MemberView]:
    """The others of a member's household, for a desk that lets a family in; protected ones are in nobody's family."""
    rows = await db.fetch(
        f"select {COLUMNS} {FROM} join member mine on mine.household = member.household and mine.id = $1"
        " where member.id <> mine.id and member.left_at is null and not member.is_protected and not mine.is_protected"
        " order by member.created_at, member.id",
        member_id,
    )
    return [view(row, clock.today()) for row in rows]
