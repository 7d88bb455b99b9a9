"""What the family page says of each member besides the facts: who looks after them, and who agreed to what."""

from collections.abc import Iterable
from uuid import UUID

from booking.kit import db
from booking.kit.words import with_words, words_sql
from booking.people.schemas import GuardianMark, RegistrationView


async def list_guardian_marks(account_id: UUID, member_ids: Iterable[UUID]) -> dict[UUID, list[GuardianMark]]:
    """Who acts for each member, oneself first: how they stand to the child and whether the desk has seen both.

    Of other guardians neither name nor contact; of a protected member only those whom staff have named.
    """
    rows = await db.fetch(
        "select guardianship.member as member_id, guardianship.relation, guardianship.account = $1 as is_own,"
        "       guardianship.state = 'confirmed' as is_confirmed"
        "  from guardianship join member on member.id = guardianship.member"
        "  join account on account.id = guardianship.account and account.disabled_at is null and account.kind <> 'card'"
        " where guardianship.member = any($2) and guardianship.ended_at is null"
        "   and (not member.is_protected or exists (select 1 from protected_viewer viewer"
        "        where viewer.member = member.id and viewer.account = guardianship.account"
        "        and viewer.ended_at is null))"
        " order by guardianship.member, guardianship.account <> $1, guardianship.created_at, guardianship.id",
        *(account_id, list(member_ids)),
    )
    found: dict[UUID, list[GuardianMark]] = {}
    for row in rows:
        found.setdefault(row["member_id"], []).append(GuardianMark(**row))
    return found


async def list_consents(member_ids: Iterable[UUID]) -> dict[UUID, list[RegistrationView]]:
    """The live registrations of some members, oldest first."""
    rows = await db.fetch(
        "select registration.id, registration.member as member_id, body.code as body_code, body.name as body_name,"
        f"      {words_sql('body.name', 'body.names')} as body_names,"
        "       consent_text.version, registration.on_paper, registration.consented_by, registration.registered_at,"
        "       registration.consented_at"
        "  from registration join body on body.id = registration.body"
        "  join consent_text on consent_text.id = registration.consent_text"
        " where registration.member = any($1) and registration.ended_at is null"
        " order by registration.member, registration.registered_at, registration.id",
        list(member_ids),
    )
    found: dict[UUID, list[RegistrationView]] = {}
    for row in rows:
        found.setdefault(row["member_id"], []).append(RegistrationView(**with_words(row, "body_names")))
    return found
