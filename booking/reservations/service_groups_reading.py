"""Seeing weekly groups: the list, one group and whom of the family it is for, one's own enrolments."""

from uuid import UUID

from booking.access.rules import require_account
from booking.access.schemas import Actor
from booking.kit import clock
from booking.kit.tokens import new_id
from booking.people import queries as people
from booking.programs import queries as programs
from booking.programs import queries_groups as groups
from booking.programs.rules import GroupState
from booking.programs.rules_groups import ALIVE
from booking.programs.schemas import SessionView
from booking.programs.service_group_sessions import find_first_day
from booking.reservations import queries_enrolments
from booking.reservations.rules_enrolments import decide_enrolling
from booking.reservations.schemas_enrolments import EnrolmentView, GroupListed, OpenedGroup
from booking.reservations.service_seats import read_facts

SHOWN_SESSIONS = 4


async def list_shown(by: Actor) -> list[GroupListed]:
    """Every group that is not over, with the reader's own in it."""
    account_id = by.id if by.is_signed_in else None
    return await queries_enrolments.list_groups_shown(account_id)


async def open_group(by: Actor, group_id: UUID) -> OpenedGroup:
    """One group, with each of the family's members and why they cannot join. Raises: UnknownGroup."""
    account_id = by.id if by.is_signed_in else None
    group = await groups.get_group(group_id)
    (listed,) = await queries_enrolments.list_groups_shown(account_id, [group])
    members = await people.list_members_of(account_id) if account_id is not None else []
    able = frozenset(each.id for each in members if each.rights is not None and each.rights.may_book)
    facts = await read_facts(group, {each.id: each for each in members}, able, is_desk=False)
    choices = []
    for member in members:
        (decision,) = decide_enrolling(facts, [member.id])
        full = any(each.code == "group-full" for each in decision.refusals)
        choices.append((member, None if full or not decision.refusals else decision.refusals[0]))
    sessions = await groups.list_sessions_of_groups([group.id], clock.now())
    return OpenedGroup(
        listed=listed,
        first_on=group.starts_on if group.state != GroupState.GATHERING else await find_first_day(group),
        sessions=sessions[:SHOWN_SESSIONS],
        interim=list((await _interim(group_id)).values()),
        choices=choices,
        is_over=group.state not in ALIVE,
    )


async def _interim(group_id: UUID) -> dict[UUID, SessionView]:
    ids = await groups.list_interim_ids(group_id, clock.now())
    found = await programs.list_sessions_by_id(ids)
    return {each: found[each] for each in ids}


async def list_own(by: Actor) -> list[tuple[GroupListed, EnrolmentView]]:
    """The family's places in groups and in their waiting lists, each with its group, oldest first."""
    account_id = require_account(by).id or new_id()
    members = await people.list_members_of(account_id)
    own = await queries_enrolments.list_of_members([each.id for each in members])
    known = await groups.list_groups_by_id({each.group_id for each in own})
    listed = {
        each.group.id: each for each in await queries_enrolments.list_groups_shown(account_id, list(known.values()))
    }
    return [(listed[each.group_id], each) for each in own]
