"""Two records of one person become one: what would happen, and to do it."""

from uuid import UUID

from asyncpg import ForeignKeyViolationError, RestrictViolationError, UniqueViolationError

from booking.access import service_erasing as access_erasing
from booking.access.rules import Role
from booking.access.schemas import Actor
from booking.access.service import record_audit, record_view
from booking.kit import clock, db, idempotency
from booking.kpi.queries_certifying import list_rows_of
from booking.kpi.queries_differences import list_covering
from booking.notifications import service_merging as notifications_merging
from booking.passes import service_merging as passes_merging
from booking.people import queries as people
from booking.people import queries_merging as people_merged
from booking.people import queries_staff, rules_text, service_desk
from booking.people import service_erasing as people_erasing
from booking.people import service_merging as people_merging
from booking.people.errors import MemberNotFound
from booking.people.rules_merging import rights_after
from booking.people.schemas import MemberView
from booking.people.schemas_merging import RightsAfter
from booking.personal_data import queries, queries_merging
from booking.personal_data.errors_merging import (
    BothInside,
    NotMergeable,
    NumberUnusable,
    PlanMoved,
    RegisteredElsewhere,
    SurvivorNumberDiffers,
)
from booking.personal_data.rules_merging import change_of, facts_of, seen_of
from booking.personal_data.schemas_merging import Doubles, MergeAnswer, Merged, MergePlan, MergeRequest, Moved
from booking.reservations import queries_merging as booked_twice
from booking.reservations import service_merging as reservations_merging
from booking.visits import service_merging as visits_merging

MERGERS = (Role.BODY_ADMINISTRATOR,)
ATTEMPTS = 3


async def find_mergeable(by: Actor, gone_id: UUID, number: str) -> MemberView:
    """The member with this number, when the other may become one with them.

    Raises: NumberUnusable, RegisteredElsewhere, MemberNotFound, NotAllowed.
    """
    found = await people.find_member_by_number(rules_text.digits_of(number))
    try:
        if found is None:
            raise NotMergeable
        return (await _pair(by, found.id, gone_id))[0]
    except NotMergeable as refusal:
        raise NumberUnusable(fields={"number": NumberUnusable()}) from refusal


async def list_alike(by: Actor, gone_id: UUID) -> list[MemberView]:
    """Who may be the same person and may become one with a member. Raises: MemberNotFound, NotAllowed, NotMergeable."""
    await require_merger(by, gone_id)
    found = []
    for one in await queries_merging.list_alike(gone_id):
        try:
            found.append((await _pair(by, one, gone_id))[0])
        except (NotMergeable, RegisteredElsewhere):
            continue
    await record_view(by, [gone_id, *(one.id for one in found)], "member-merge", by_list=True)
    return found


async def require_merger(by: Actor, gone_id: UUID) -> MemberView:
    """The member that would go, when the asker administers a body that has registered it.

    Raises: MemberNotFound, NotAllowed, NotMergeable for a protected one.
    """
    gone = await service_desk.get_member_for_staff(by, gone_id, *MERGERS)
    if gone.is_protected:
        raise NotMergeable
    return gone


async def _pair(by: Actor, kept_id: UUID, gone_id: UUID) -> tuple[MemberView, MemberView]:
    """Both members, in the order (stays, goes). Of one who is not to be spoken of no more is said than of nobody."""
    gone = await require_merger(by, gone_id)
    try:
        kept = await service_desk.get_member_for_staff(by, kept_id, *MERGERS)
    except MemberNotFound as unknown:
        raise NotMergeable from unknown
    if kept.id == gone.id or kept.is_protected or kept.left_at is not None:
        raise NotMergeable
    bodies = await service_desk.bodies_of(by, *MERGERS)
    if bodies is not None and not {*kept.body_codes, *gone.body_codes} <= bodies:
        raise RegisteredElsewhere
    return kept, gone


async def plan_merge(by: Actor, kept_id: UUID, gone_id: UUID) -> MergePlan:
    """What making two records one would do; the view of both is noted.

    Raises: MemberNotFound, NotAllowed, NotMergeable, RegisteredElsewhere, BothInside.
    """
    kept, gone = await _pair(by, kept_id, gone_id)
    await record_view(by, [kept_id, gone_id], "member-merge", scope=next(iter(kept.body_codes), None))
    if await queries_merging.count_inside(kept_id, gone_id) > 1:
        raise BothInside
    doubles = await booked_twice.list_doubles(kept_id, gone_id, clock.now())
    taken, dropped = facts_of(kept, gone)
    guardians = await _guardians(kept_id, gone_id)
    contacts = (await people.list_contacts([gone_id])).get(gone_id, [])
    return MergePlan(
        kept=kept,
        gone=gone,
        amounts=await queries.count_kept([gone_id]),
        doubles=Doubles(seats=len(doubles), places=len(await booked_twice.list_double_places(kept_id, gone_id))),
        guardians=guardians,
        contacts=tuple(contacts),
        taken=tuple(taken),
        dropped=tuple(dropped),
        has_card=await queries_staff.find_card_account(gone_id) is not None,
        shared_days=len(await queries_merging.list_shared_days(kept_id, gone_id)),
        common_years=tuple(await people_merged.list_common_years(kept_id, gone_id)),
        moved=tuple(await _moved(kept_id, gone_id)),
        seen=seen_of(kept_id, gone_id, guardians, contacts),
    )


async def _guardians(kept_id: UUID, gone_id: UUID) -> tuple[RightsAfter, ...]:
    return rights_after(await people_merged.list_rights(kept_id), await people_merged.list_rights(gone_id))


async def _seen(kept_id: UUID, gone_id: UUID) -> str:
    contacts = (await people.list_contacts([gone_id])).get(gone_id, [])
    return seen_of(kept_id, gone_id, await _guardians(kept_id, gone_id), contacts)


async def _moved(kept_id: UUID, gone_id: UUID) -> list[Moved]:
    """What certified months and years will differ by, each under the reading it was certified under."""
    days = await queries_merging.list_days(gone_id)
    keys = await queries_merging.read_keys(kept_id, gone_id)
    found = []
    for period in await list_covering(days) if keys else []:
        rows = await list_rows_of([kept_id, gone_id], period.starts_on, period.until_on, period.body)
        if change := change_of(period, rows, keys):
            spans = {"starts_on": period.starts_on, "until_on": period.until_on}
            found.append(Moved(**spans, body=period.body, change=change))
    return sorted(found, key=lambda one: (one.starts_on, one.until_on, one.body))


async def merge(by: Actor, gone_id: UUID, number: str, *, kept_id: UUID | None = None, seen: str = "") -> Merged:
    """Make a record one with that of the member whose number is given again. It cannot be undone.

    What both hold ahead is given up once, in transactions of their own, so that whoever waits gets it; everything else
    moves in one. `seen`: what a plan said; when it is no longer so, nothing is done.
    Raises: as `plan_merge`; NumberUnusable, SurvivorNumberDiffers, PlanMoved.
    Safe: beside check-ins, bookings, erasures and other merges; each waits for the other, or nothing is done.
    """
    if kept_id is None:
        kept_id = (await find_mergeable(by, gone_id, number)).id
    kept, _ = await _pair(by, kept_id, gone_id)
    if rules_text.digits_of(number) != kept.number:
        raise SurvivorNumberDiffers(fields={"number": SurvivorNumberDiffers()})
    if seen and seen != await _seen(kept_id, gone_id):
        raise PlanMoved
    if await queries_merging.count_inside(kept_id, gone_id) > 1:
        raise BothInside
    given_up = await reservations_merging.give_up_doubles(kept_id, gone_id)
    for _ in range(ATTEMPTS):
        try:
            async with db.transaction():
                return await _merge(by, kept_id, gone_id, seen=seen, given_up=given_up)
        except (ForeignKeyViolationError, RestrictViolationError, UniqueViolationError):
            continue
    raise PlanMoved


async def merge_or_tell(by: Actor, gone_id: UUID, asked: MergeRequest) -> MergeAnswer:
    """Merge, or on a dry run say what it would do. Raises: as `plan_merge` and `merge`."""
    kept = await find_mergeable(by, gone_id, asked.number)
    plan = await plan_merge(by, kept.id, gone_id)
    if asked.seen and asked.seen != plan.seen:
        raise PlanMoved
    given_up, visits = plan.doubles.seats + plan.doubles.places, plan.amounts.visits
    if not asked.dry_run:
        done = await merge(by, gone_id, asked.number, kept_id=kept.id, seen=plan.seen)
        given_up, visits = done.given_up, done.visits
    return MergeAnswer(
        into=kept.id,
        done=not asked.dry_run,
        visits=visits,
        given_up=given_up,
        newly_seen=sum(1 for one in plan.guardians if not one.is_lost and not (one.saw_kept and one.saw_gone)),
        shared_days=plan.shared_days,
        seen=plan.seen,
    )


async def _merge(by: Actor, kept_id: UUID, gone_id: UUID, *, seen: str, given_up: int) -> Merged:
    await people.lock_members([kept_id, gone_id])
    kept, gone = await _pair(by, kept_id, gone_id)
    if seen and seen != await _seen(kept_id, gone_id):
        raise PlanMoved
    if await queries_merging.count_inside(kept_id, gone_id) > 1:
        raise BothInside
    family = [*await queries.list_family([kept_id, gone_id]), kept_id, gone_id]
    keys = await people_merging.merge_keys(kept_id, gone_id)
    visits = await visits_merging.merge_visits(by, kept_id, gone_id, keys, family_ids=family)
    doubles = await reservations_merging.merge_bookings(by, kept_id, gone_id)
    if doubles is None:
        raise PlanMoved
    await visits_merging.use_other_seats({each.goes: each.stays for each in doubles})
    await passes_merging.merge_passes(by, kept_id, gone_id)
    card = await people_merging.merge_members(by, kept_id, gone_id)
    accounts = [card] if card is not None else []
    await people_erasing.erase_accounts_here(accounts, [gone.household_id])
    await access_erasing.erase_accounts(accounts)
    await notifications_merging.merge_messages(kept_id, gone_id)
    await idempotency.forget_about([gone_id, *accounts])
    said = {"into": str(kept_id), "visits": visits}
    await record_audit(by, "member.merged", "member", gone_id, scope=next(iter(kept.body_codes), None), detail=said)
    return Merged(id=kept_id, visits=visits, given_up=given_up + len(doubles))
