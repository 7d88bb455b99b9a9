"""Hand over everything kept about one person: to an office that took in a request, or to whoever looks after them.

The record is read when it is asked for and stored nowhere. For an office it holds what belongs to its own body alone,
also when the registration with that body has ended; for a reader at home what both bodies keep.
"""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from booking.access import service as access
from booking.access.rules import Paper, Role, require_adult, require_staff
from booking.access.schemas import Actor
from booking.facilities.queries import list_bodies
from booking.kit import clock, db
from booking.kit.errors import InvalidForm, Refusal
from booking.kit.tokens import new_id
from booking.people import queries as people
from booking.people import queries_staff, queries_texts, rules_text, service_desk
from booking.people.errors import MemberNotFound
from booking.people.schemas import MemberView
from booking.personal_data import queries_disclosing
from booking.personal_data.errors import AskedDayUnusable, AskerUnknown, PaperUnknown, RecordNumberUnknown
from booking.personal_data.rules_disclosing import held_by, require_taker
from booking.personal_data.schemas_disclosing import Asker, ExportRequest, Held, NumberRequest, Reading, Record

EXPORTERS = (Role.BODY_ADMINISTRATOR,)
TAKEN_AT_MOST = 10
HOUR = 3_600


async def require_exporter(by: Actor, member_id: UUID) -> Held:
    """The member, when the asker administers a body that has, or had, registered it.

    Raises: MemberNotFound (also for a protected member whose registration there has ended), NotAllowed.
    """
    bodies = await service_desk.bodies_of(by, *EXPORTERS)
    member = await people.find_member(member_id)
    registered = await queries_staff.list_bodies_ever(member_id)
    held = None if member is None else held_by(member, registered, bodies)
    if held is None:
        raise MemberNotFound
    return held


async def find_exported(by: Actor, number: str) -> Held:
    """The same by member number, old or new, as it was typed. Raises: RecordNumberUnknown, NotAllowed."""
    require_staff(by, *EXPORTERS)
    member = await people.find_member_by_number(rules_text.digits_of(number))
    try:
        return await require_exporter(by, member.id if member else new_id())
    except MemberNotFound:
        raise RecordNumberUnknown from None


async def open_export(by: Actor, member_id: UUID) -> Held:
    """The same, noted as seen, for the page that asks. Raises: MemberNotFound, NotAllowed."""
    held = await require_exporter(by, member_id)
    await access.record_view(by, [member_id], "record-ask", scope=next(iter(held.bodies), None))
    return held


async def export_record(by: Actor, member_id: UUID, asked: ExportRequest) -> Record:
    """The record for a request that an office took in; who asked, how it was checked and when stays in the audit trail.

    Of a protected member it is given to whoever a second person has agreed with, for a quarter of an hour.
    Raises: MemberNotFound, NotAllowed, SecondPersonNeeded, InvalidForm.
    """
    held = await require_exporter(by, member_id)
    await service_desk.require_kept(by, held.member)
    asker, asked_on = _check(asked)
    bodies = await service_desk.bodies_of(by, *EXPORTERS)
    reading = Reading(
        member_id=member_id,
        bodies=None if bodies is None else sorted(bodies),
        account=None,
        shows_home=asker is Asker.SELF and held.shows_facts,
        shows_facts=held.shows_facts,
    )
    noted = {"asker": str(asker), "paper": asked.paper, "asked_on": asked_on.isoformat()}
    return await _export(by, held, reading, asked_on, noted)


async def export_by_number(by: Actor, asked: NumberRequest) -> Record:
    """The same for whoever has a member number. Raises: as `export_record`; RecordNumberUnknown."""
    return await export_record(by, (await find_exported(by, asked.number)).member.id, asked)


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
    RecordNeedsGuardian; RecordOfAdult when a guardian asks for somebody who has come of age.
    """
    require_adult(by)
    member = await people.get_member_of(_account_of(by), member_id)
    years = await queries_texts.guardian_below(member.body_codes)
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
    held = Held(member=member, bodies=member.body_codes, is_over=False, shows_facts=True)
    return await _export(by, held, reading, clock.today(), {"asker": "account"})


def _account_of(by: Actor) -> UUID:
    assert by.id is not None, "require_adult has let an account in"
    return by.id


async def _export(by: Actor, held: Held, reading: Reading, asked_on: date, noted: Mapping[str, str]) -> Record:
    member, scope = held.member, next(iter(held.bodies), None)
    async with db.transaction():
        await access.record_view(by, [member.id], "record", scope=scope)
        await access.record_audit(by, "record.exported", "member", member.id, scope=scope, detail=dict(noted))
    return Record(
        number=member.number,
        made_at=clock.now(),
        bodies=tuple(one.name for one in await list_bodies() if one.code in held.bodies),
        asker=noted["asker"],
        asked_on=asked_on,
        parts=await queries_disclosing.read_parts(reading),
        shows_facts=reading.shows_facts,
    )
