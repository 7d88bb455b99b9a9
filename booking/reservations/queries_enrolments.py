"""Reads of enrolments in weekly groups. What is decided by them is read after the group's lock."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time
from typing import Any
from uuid import UUID

import msgspec

from booking.kit import clock, db
from booking.people.queries import list_members_of
from booking.programs.queries import load_eligibility
from booking.programs.queries_groups import list_groups, list_groups_by_id
from booking.programs.rules_groups import weekly_times
from booking.programs.schemas_groups import GroupView, WeeklyTime
from booking.reservations.rules_enrolments import LIVE
from booking.reservations.rules_kinds import EnrolmentState
from booking.reservations.schemas_enrolments import EnrolmentView, GroupListed
from booking.reservations.schemas_facts import HeldEnrolment

_ENROLMENT = """
select enrolment.id, enrolment."group" as group_id, enrolment.member as member_id, member.shown_name as member_name,
       member.is_protected, enrolment.state, enrolment.other_times, enrolment.enrolled_at,
       enrolment.enrolled_by_kind as booked_by_kind, enrolment.enrolled_by as booked_by, enrolment.overridden,
       enrolment.override_reason, enrolment.ended_at
  from enrolment join member on member.id = enrolment.member
"""
_LIVE = [str(state) for state in LIVE]


class _Time(msgspec.Struct):
    """A time of the week as it is kept."""

    weekday: int
    starts: str
    ends: str


def read_times(kept: str) -> tuple[WeeklyTime, ...]:
    """Times of the week from a document; an empty one holds none."""
    found = msgspec.json.decode(kept, type=list[_Time] | dict[str, None])
    if isinstance(found, dict):
        return ()
    return tuple(
        WeeklyTime(each.weekday, time.fromisoformat(each.starts), time.fromisoformat(each.ends)) for each in found
    )


def _view(row: Any) -> EnrolmentView:
    fields = dict(row)
    fields["other_times"] = read_times(fields["other_times"])
    fields["overridden"] = tuple(fields["overridden"] or ())
    return EnrolmentView(**fields)


async def list_live(group_ids: Iterable[UUID]) -> list[EnrolmentView]:
    """Who is in these groups or waits, in the order they came."""
    rows = await db.fetch(
        _ENROLMENT + ' where enrolment."group" = any($1) and enrolment.state = any($2)'
        " order by enrolment.enrolled_at, enrolment.id",
        *(list(group_ids), _LIVE),
    )
    return [_view(row) for row in rows]


async def list_enrolments(enrolment_ids: Iterable[UUID]) -> list[EnrolmentView]:
    """These enrolments, whatever their state, in the order they were made."""
    rows = await db.fetch(
        _ENROLMENT + " where enrolment.id = any($1) order by enrolment.enrolled_at, enrolment.id",
        list(enrolment_ids),
    )
    return [_view(row) for row in rows]


async def find_enrolment(enrolment_id: UUID) -> EnrolmentView | None:
    """An enrolment by id, whoever it is of: the caller decides who may see it."""
    found = await list_enrolments([enrolment_id])
    return found[0] if found else None


async def list_of_members(member_ids: Iterable[UUID]) -> list[EnrolmentView]:
    """The live enrolments of these members, in the order they were made."""
    rows = await db.fetch(
        _ENROLMENT + " where enrolment.member = any($1) and enrolment.state = any($2)"
        " order by enrolment.enrolled_at, enrolment.id",
        *(list(member_ids), _LIVE),
    )
    return [_view(row) for row in rows]


async def list_held(member_ids: Iterable[UUID]) -> tuple[HeldEnrolment, ...]:
    """The members' places in groups, for limits and overlaps; a place in a waiting list holds nothing."""
    found = [each for each in await list_of_members(member_ids) if each.state == EnrolmentState.ENROLLED]
    groups = await list_groups_by_id({each.group_id for each in found}) if found else {}
    today = clock.today()
    return tuple(
        HeldEnrolment(
            id=each.id,
            member_id=each.member_id,
            group_id=each.group_id,
            program_id=groups[each.group_id].program_id,
            times=tuple(weekly_times(groups[each.group_id], today)),
            names=groups[each.group_id].names,
        )
        for each in found
    )


async def count_enrolled(group_ids: Iterable[UUID]) -> dict[UUID, tuple[int, int]]:
    """How many are in each group, and how many wait."""
    ids = list(group_ids)
    rows = await db.fetch(
        "select \"group\" as id, count(*) filter (where state = 'enrolled') as enrolled,"
        "       count(*) filter (where state = 'waiting') as waiting"
        '  from enrolment where "group" = any($1) group by 1',
        ids,
    )
    return {**dict.fromkeys(ids, (0, 0)), **{row["id"]: (row["enrolled"], row["waiting"]) for row in rows}}


async def list_seen(session_ids: Iterable[UUID], enrolments: Iterable[EnrolmentView]) -> frozenset[tuple[UUID, UUID]]:
    """Session and member of every booking that is live or came with one of these enrolments, given back or not."""
    shown = list(enrolments)
    rows = await db.fetch(
        "select distinct session, member from reservation where session = any($1) and member = any($2)"
        " and (state in ('confirmed', 'offered', 'arrived', 'waiting', 'applied') or enrolment = any($3))",
        *(list(session_ids), [each.member_id for each in shown], [each.id for each in shown]),
    )
    return frozenset((row["session"], row["member"]) for row in rows)


async def list_seats_ahead(enrolment_ids: Sequence[UUID], after: datetime) -> list[UUID]:
    """The bookings that these enrolments hold in sessions that start after an instant, by id."""
    rows = await db.fetch(
        "select reservation.id from reservation join session on session.id = reservation.session"
        " where reservation.enrolment = any($1) and reservation.state in ('confirmed', 'offered')"
        "   and session.starts_at > $2 order by reservation.id",
        *(list(enrolment_ids), after),
    )
    return [row["id"] for row in rows]


async def list_to_look_at(now: datetime) -> list[UUID]:
    """Groups for which something may be due: the minimum is reached, a seat is free for who waits, somebody in it has
    left the service, or somebody who is enrolled has no booking in a session to come."""
    rows = await db.fetch(
        """
        select own.id from weekly_group as own
          left join lateral (select count(*) filter (where state = 'enrolled') as enrolled,
                                    count(*) filter (where state = 'waiting') as waiting
                               from enrolment where enrolment."group" = own.id) as counted on true
         where (own.state = 'gathering' and counted.enrolled >= own.min_to_open)
            or (own.state in ('gathering', 'open', 'running') and counted.waiting > 0
                and counted.enrolled < own.seats)
            or (own.state in ('open', 'running') and exists (
                  select 1 from session join enrolment on enrolment."group" = session."group"
                   where session."group" = own.id and session.starts_at > $1 and session.state = 'published'
                     and enrolment.state = 'enrolled' and not exists (
                       select 1 from reservation
                        where reservation.session = session.id and reservation.member = enrolment.member
                          and (reservation.enrolment = enrolment.id
                               or reservation.state in ('confirmed', 'offered', 'arrived', 'waiting', 'applied')))))
            or exists (select 1 from enrolment join member on member.id = enrolment.member
                        where enrolment."group" = own.id and enrolment.state in ('enrolled', 'waiting')
                          and member.left_at is not null)
         order by own.id""",
        now,
    )
    return [row["id"] for row in rows]


async def list_groups_shown(account_id: UUID | None, groups: Sequence[GroupView] | None = None) -> list[GroupListed]:
    """Groups, all that are not over unless some are given, with counts and with the reader's own in them."""
    shown = await list_groups() if groups is None else list(groups)
    counts = await count_enrolled([group.id for group in shown])
    eligibility = await load_eligibility({group.program_id for group in shown})
    own = await _own(account_id)
    return [
        GroupListed(
            group=group,
            enrolled=counts[group.id][0],
            waiting=counts[group.id][1],
            eligibility=eligibility[group.program_id],
            mine=tuple(own.get(group.id, ())),
        )
        for group in shown
    ]


async def _own(account_id: UUID | None) -> Mapping[UUID, list[EnrolmentView]]:
    found: dict[UUID, list[EnrolmentView]] = {}
    members = await list_members_of(account_id) if account_id is not None else []
    for each in await list_of_members([member.id for member in members]):
        found.setdefault(each.group_id, []).append(each)
    return found
