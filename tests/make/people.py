"""The smallest valid members and households."""

import secrets
from datetime import date
from typing import Any
from uuid import UUID

from booking.kit import clock, db
from booking.kit.tokens import new_id
from booking.people import queries, rules
from booking.people.schemas import MemberView

BODY = "100005"
MUNICIPALITY = "102016"


def birth_for(grade: int | None) -> date:
    """A day of birth that makes somebody this school year today; None: a grown-up."""
    if grade is None:
        return date(1985, 6, 1)
    return date(clock.fiscal_year(clock.today()) - grade + 1 - 7, 6, 1)


async def make_body(code: str = BODY) -> UUID:
    """The body with this code, made when it is not there."""
    await db.execute(
        "insert into body (id, code, name) values ($1, $2, $2) on conflict (code) do nothing",
        *(new_id(), code),
    )
    return UUID(str(await db.fetchval("select id from body where code = $1", code)))


async def make_municipality(code: str = MUNICIPALITY) -> UUID:
    """The municipality with this code, made when it is not there."""
    await db.execute(
        "insert into municipality (id, code, name, kana, kind) values ($1, $2, $2, $2, 'city') on conflict do nothing",
        *(new_id(), code),
    )
    return UUID(str(await db.fetchval("select id from municipality where code = $1", code)))


async def make_consent_text(body: str = BODY, *, version: int = 1, years: int = 16, text: str = "同意文") -> UUID:
    """A consent text of a body, in force since long ago; the same one when this version is there."""
    await db.execute(
        "insert into consent_text"
        " (id, body, version, valid_from_on, guardian_below_years, text_ja, translations, provisional)"
        " values ($1, $2, $3, $4, $5, $6, '{}', true) on conflict do nothing",
        *(new_id(), await make_body(body), version, date(2024, 4, 1), years, text),
    )
    found = await db.fetchval(
        "select consent_text.id from consent_text join body on body.id = consent_text.body"
        " where body.code = $1 and consent_text.version = $2",
        *(body, version),
    )
    return UUID(str(found))


async def make_household(account: Any = None, *, phone: str = "+819012345678", role: str = "guardian") -> UUID:
    """A household; with an account (or its id), that account's."""
    household = new_id()
    await db.execute(
        "insert into household (id, phone, preferred, language, created_at) values ($1, $2, 'mail', 'ja', $3)",
        *(household, phone, clock.now()),
    )
    if account is not None:
        await db.execute(
            "insert into household_account (id, household, account, role, since_at) values ($1, $2, $3, $4, $5)",
            *(new_id(), household, _id(account), role, clock.now()),
        )
    return household


async def make_guardianship(
    member: Any, account: Any, *, confirmed: bool = True, consent: bool = True, book: bool = True, told: bool = True
) -> None:
    """Rights of an account over a member."""
    now = clock.now()
    state = rules.GuardianshipState.CONFIRMED if confirmed else rules.GuardianshipState.CLAIMED
    await db.execute(
        "insert into guardianship"
        " (id, member, account, relation, may_consent, may_book, is_told, state, created_at, confirmed_at)"
        " values ($1, $2, $3, 'mother', $4, $5, $6, $7, $8, $9)",
        *(new_id(), _id(member), _id(account), consent, book, told, str(state), now, now if confirmed else None),
    )


async def make_member(
    grade: int | None = 8,
    household: UUID | None = None,
    account: Any = None,
    *,
    body: str | None = BODY,
    confirmed: bool = True,
    **facts: Any,
) -> MemberView:
    """A member of a school year (None: a grown-up), registered with a body; with an account, that account's child."""
    if household is None:
        found = await queries.find_household_of(_id(account)) if account is not None else None
        household = found.id if found else await make_household(account)
    member = new_id()
    told = {
        "family_name": "群馬",
        "given_name": "太郎",
        "family_kana": "ぐんま",
        "given_kana": "たろう",
        "shown_name": "たろう",
        "birth_on": birth_for(grade),
        "is_protected": False,
        **facts,
    }
    columns = ", ".join(told)
    places = ", ".join(f"${position}" for position in range(6, 6 + len(told)))
    await db.execute(
        f"insert into member (id, number, household, municipality, created_at, {columns})"
        f" values ($1, $2, $3, $4, $5, {places})",
        *(member, rules.number_from(secrets.randbelow(10**7)), household, await make_municipality(), clock.now()),
        *told.values(),
    )
    if body is not None:
        await db.execute(
            "insert into registration (id, member, body, consent_text, on_paper, registered_at, consented_at)"
            " values ($1, $2, $3, $4, true, $5, $5)",
            *(new_id(), member, await make_body(body), await make_consent_text(body), clock.now()),
        )
    if account is not None:
        await make_guardianship(member, account, confirmed=confirmed)
    return await queries.get_member(member)


async def make_protected(member: Any, *viewers: Any) -> None:
    """Protect a member; only the named accounts still see it."""
    await db.execute("update member set is_protected = true where id = $1", _id(member))
    for viewer in viewers:
        await db.execute(
            "insert into protected_viewer (id, member, account, named_by, named_at) values ($1, $2, $3, $4, $5)",
            *(new_id(), _id(member), _id(viewer), new_id(), clock.now()),
        )


def _id(thing: Any) -> UUID:
    return thing if isinstance(thing, UUID) else UUID(str(thing.id))


async def make_qualification(body_code: str, code: str = "laser", *, granted_to: MemberView | None = None) -> UUID:
    """A qualification of a body, held by a member if one is named."""
    made, now = new_id(), clock.now()
    await db.execute(
        "insert into qualification (id, body, code, name, names)"
        " select $1, id, $3, 'レーザー加工', '{\"en\": \"Laser cutting\"}' from body where code = $2",
        *(made, body_code, code),
    )
    if granted_to is not None:
        await db.execute(
            "insert into member_qualification (id, member, qualification, valid_from_on, granted_at, granted_by)"
            " values ($1, $2, $3, $4, $5, $6)",
            *(new_id(), granted_to.id, made, clock.today(), now, new_id()),
        )
    return made
