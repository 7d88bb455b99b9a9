"""Hand over everything kept about one person: to an office that took in a request, or to whoever looks after them.

The record is read when it is asked for and stored nowhere. For an office it holds what belongs to its own body alone;
for a reader at home what both bodies keep.
"""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from booking.access import service as access
from booking.access.rules import Paper, Role, require_adult
from booking.access.schemas import Actor
from booking.facilities.queries import list_bodies
from booking.kit import clock, db
from booking.kit.errors import InvalidForm, Refusal
from booking.people import queries as people
from booking.people import queries_texts, service_desk
from booking.people.schemas import MemberView
from booking.personal_data import queries_disclosing
from booking.personal_data.errors import AskedDayUnusable, AskerUnknown, PaperUnknown
from booking.personal_data.rules_disclosing import require_taker
from booking.personal_data.schemas_disclosing import Asker, ExportRequest, Reading, Record

EXPORTERS = (Role.BODY_ADMINISTRATOR,)
TAKEN_AT_MOST = 10
HOUR = 3_600


async def require_exporter(by: Actor, member_id: UUID) -> MemberView:
    """The member, when the asker administers a body that has registered it.

    Raises: MemberNotFound, NotAllowed.
    """
    return await service_desk.get_member_for_staff(by, member_id, *EXPORTERS)


async def open_export(by: Actor, member_id: UUID) -> MemberView:
    """The same, noted as seen, for the page that asks. Raises: MemberNotFound, NotAllowed."""
    member = await require_exporter(by, member_id)
    await access.record_view(by, [member_id], "record-ask", scope=next(iter(member.body_codes), None))
    return member


async def export_record(by: Actor, member_id: UUID, asked: ExportRequest) -> Record:
    """The record for a request that an office took in; who asked, how it was checked and when stays in the audit trail.

    Of a protected member it is given to whoever a second person has agreed with, for a quarter of an hour.
    Raises: MemberNotFound, NotAllowed, SecondPersonNeeded, InvalidForm.
    """
    member = await require_exporter(by, member_id)
    await service_desk.require_kept(by, member)
    asker, asked_on = _check(asked)
    bodies = await service_desk.bodies_of(by, *EXPORTERS)
    reading = Reading(
        member_id=member_id,
        bodies=None if bodies is None else sorted(bodies),
        account=None,
        shows_home=asker is Asker.SELF,
    )
    noted = {"asker": str(asker), "paper": asked.paper, "asked_on": asked_on.isoformat()}
    return await _export(by, member, reading, asked_on, noted)


def _check(asked: ExportRequest) -> tuple[Asker, date]:
    wrong: dict[str, Refusal] = {}
    if asked.asker not in set(Asker):
        wrong["asker"] = AskerUnknown()
    if asked.paper not in set(Paper):
        wrong["paper"] = PaperUnknown()
    asked_on = _day(asked.asked_on)
    if asked_on is None or asked_on > clock.today():
        wrong["asked_on"] = AskedDayUnusable()
    if wrong or asked_on is None:
        raise InvalidForm(fields=wrong)
    return Asker(asked.asker), asked_on


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


async def require_own(by: Actor, member_id: UUID) -> MemberView:
    """The member, when this account may take its record home.

    Raises: SignInNeeded; MemberNotFound (also for a protected member the account was not named for); RecordNeedsDesk;
    RecordNeedsGuardian.
    """
    require_adult(by)
    member = await people.get_member_of(_account_of(by), member_id)
    texts = {text.body_code: text for text in await queries_texts.list_consent_texts()}
    years = [texts[code].guardian_below_years for code in member.body_codes if code in texts]
    require_taker(member.rights, member.birth_on, clock.today(), years)
    return member


async def export_own(by: Actor, member_id: UUID) -> Record:
    """The record for whoever looks after a member, or is the member. Raises: as `require_own`; TooManyAttempts."""
    member = await require_own(by, member_id)
    account = _account_of(by)
    await access.limit_attempts(f"record:{account}", limit=TAKEN_AT_MOST, window_seconds=HOUR)
    home = await people.find_household_of(account)
    reading = Reading(
        member_id=member_id,
        bodies=None,
        account=account,
        shows_home=home is not None and home.id == member.household_id,
    )
    return await _export(by, member, reading, clock.today(), {"asker": "account"})


def _account_of(by: Actor) -> UUID:
    assert by.id is not None, "require_adult has let an account in"
    return by.id


async def _export(by: Actor, member: MemberView, reading: Reading, asked_on: date, noted: Mapping[str, str]) -> Record:
    scope = next((code for code in member.body_codes if reading.bodies is None or code in reading.bodies), None)
    async with db.transaction():
        await access.record_view(by, [member.id], "record", scope=scope)
        await access.record_audit(by, "record.exported", "member", member.id, scope=scope, detail=dict(noted))
    bodies = [one for one in await list_bodies() if reading.bodies is None or one.code in reading.bodies]
    return Record(
        number=member.number,
        made_at=clock.now(),
        bodies=tuple(one.name for one in bodies if one.code in member.body_codes),
        asker=noted["asker"],
        asked_on=asked_on,
        parts=await queries_disclosing.read_parts(reading),
    )
