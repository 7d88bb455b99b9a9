"""A weekly group as its leader sees it, and the list of which groups fill. Whoever is shown is noted.

Protected members are counted and never named: no list shows them but the roll call.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from booking.access.rules import Role, require_staff, scopes_of
from booking.access.schemas import Actor
from booking.access.service import record_view
from booking.kit import clock, db
from booking.people import queries as people
from booking.programs import queries as programs
from booking.programs import queries_groups as groups
from booking.programs.rules import GroupState
from booking.programs.rules_groups import weekly_times
from booking.programs.schemas import SessionView
from booking.programs.schemas_groups import GroupView
from booking.programs.service_group_sessions import find_first_day
from booking.reservations import queries_enrolments, queries_moves
from booking.reservations.mail_closing import readers_of
from booking.reservations.rules_enrolments import could_come, tally
from booking.reservations.rules_kinds import EnrolmentState
from booking.reservations.rules_moves import fits, suggest
from booking.reservations.schemas_enrolments import EnrolmentView, GroupListed
from booking.reservations.schemas_moves import Candidate, LeaderView, Suggestion
from booking.reservations.service_seats import look_at_seats

OFFERED_WITHIN = timedelta(days=42)


async def list_led(by: Actor) -> list[GroupListed]:
    """The groups at the asker's places that are not over. Raises: NotAllowed."""
    require_staff(by)
    mine = scopes_of(by)
    shown = [each for each in await groups.list_groups() if mine is None or mine.intersection(each.scopes)]
    return await queries_enrolments.list_groups_shown(None, shown)


async def suggest_for(listed: Sequence[GroupListed]) -> dict[UUID, Suggestion]:
    """Of each program among these groups, the merges after which most groups meet."""
    live = await queries_enrolments.list_live([each.group.id for each in listed])
    found: dict[UUID, Suggestion] = {}
    for program_id in dict.fromkeys(each.group.program_id for each in listed):
        own = [each for each in listed if each.group.program_id == program_id]
        found[program_id] = suggest([_candidate(each) for each in own], _could_come(own, live))
    return found


def _candidate(listed: GroupListed) -> Candidate:
    group = listed.group
    return Candidate(
        id=group.id,
        enrolled=listed.enrolled,
        needed=group.min_to_open,
        seats=group.seats,
        is_open=group.state != GroupState.GATHERING,
    )


def _could_come(listed: Sequence[GroupListed], live: Sequence[EnrolmentView]) -> Mapping[tuple[UUID, UUID], int]:
    today = clock.today()
    times = {each.group.id: weekly_times(each.group, today) for each in listed}
    return {
        (one, other): sum(could_come(each.other_times, times[other]) for each in live if each.group_id == one)
        for one in times
        for other in times
        if one != other
    }


async def open_led(by: Actor, group_id: UUID, *roles: Role, what: str = "group") -> LeaderView:
    """One group with its people, their other times, groups nearby and what is being asked.

    Only for `roles` where any are given; the look at its people is noted as `what`.
    Raises: UnknownGroup, NotAllowed.
    """
    async with db.transaction():
        group = await groups.get_group(group_id)
        require_staff(by, *roles, scopes=group.scopes)
        live = await queries_enrolments.list_live([group_id])
        members = await people.list_members({each.member_id for each in live})
        shown = [each for each in live if not each.is_protected]
        await record_view(by, (each.member_id for each in shown), what, scope=group.facility_code, by_list=True)
        (listed,) = await queries_enrolments.list_groups_shown(None, [group])
        near = await _near(group)
        enrolled = [each for each in live if each.state == EnrolmentState.ENROLLED]
        seats = await look_at_seats(group, enrolled, members, lock=False)
        seatless = [each for each in seats if each.refusal is not None]
        visible = [each for each in seatless if not each.enrolment.is_protected]
        move = await queries_moves.find_asked(group_id)
        return LeaderView(
            listed=listed,
            people=shown,
            unreached=await _unreached(shown),
            members=members,
            hidden=len(live) - len(shown),
            tally=tally(live),
            nearby=[(each, _comers(each.group, enrolled)) for each in near],
            suggestion=(await suggest_for([listed, *near]))[group.program_id],
            first_on=await find_first_day(group) if group.state == GroupState.GATHERING else group.starts_on,
            seatless=visible,
            seatless_hidden=len(seatless) - len(visible),
            move=move,
            move_to=await groups.find_group(move.to_group_id) if move and move.to_group_id else None,
            answers=await queries_moves.list_answers(move.id) if move else [],
            interim=await _interim(group_id),
            offered=await _offered(group),
        )


async def _unreached(people_in: Sequence[EnrolmentView]) -> frozenset[UUID]:
    """Members about whom nobody can be told by mail: the desk telephones."""
    told = (await readers_of(people_in)).values()
    return frozenset(each.member_id for each in people_in) - frozenset().union(*told)


def _comers(group: GroupView, enrolled: Sequence[EnrolmentView]) -> int:
    times = weekly_times(group, clock.today())
    return sum(could_come(each.other_times, times) for each in enrolled)


async def _near(group: GroupView) -> list[GroupListed]:
    """Other groups of the same program with their seats: at this facility, at its place, then elsewhere."""
    others = [each for each in await groups.list_groups(program_id=group.program_id) if fits(group, each)]
    listed = await queries_enrolments.list_groups_shown(None, others)

    def distance(each: GroupListed) -> tuple[bool, bool, str, str]:
        own = each.group
        return (own.facility_id != group.facility_id, own.place_id != group.place_id, own.facility_code, own.name)

    return sorted(listed, key=distance)


async def _interim(group_id: UUID) -> list[SessionView]:
    found = await programs.list_sessions_by_id(await groups.list_interim_ids(group_id, clock.now()))
    return sorted(found.values(), key=lambda each: each.starts_at)


async def _offered(group: GroupView) -> list[SessionView]:
    """Sessions of the facility in the weeks to come that could be offered meanwhile."""
    if group.state != GroupState.GATHERING:
        return []
    today = clock.today()
    found = await programs.list_sessions(
        first_day=today, last_day=today + OFFERED_WITHIN, facility_ids=[group.facility_id]
    )
    return [each for each in found if each.group_id is None and each.starts_at > clock.now()]
