"""Reads of weekly groups: what each is, with its times; the lock is `queries.lock_groups`."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

import msgspec

from booking.kit import db
from booking.kit.words import with_words, words_sql
from booking.programs import queries
from booking.programs.errors_groups import UnknownGroup
from booking.programs.rules_groups import ALIVE
from booking.programs.schemas import SessionView
from booking.programs.schemas_groups import GroupTimeView, GroupView

_GROUP = f"""
select own.id, own.program as program_id, program.code as program_code, program.name as program_name,
       {words_sql("program.name", "program.names")} as program_names, program.description,
       {words_sql("program.description", "program.descriptions")} as descriptions,
       program.max_held, program.max_per_week, program.ended_on as program_ended_on, own.facility as facility_id,
       facility.code as facility_code, facility.name as facility_name,
       {words_sql("facility.name", "facility.names")} as facility_names,
       {words_sql("facility.address", "facility.addresses")} as facility_addresses,
       facility.place as place_id, body.code as body_code, own.name,
       {words_sql("own.name", "own.names")} as names, own.note, {words_sql("own.note", "own.notes")} as notes,
       own.seats, own.min_to_open, own.starts_after_days, own.first_on, own.last_on, own.state,
       own.created_at, own.opened_at, own.starts_on, own.ended_at, own.merged_into, own.space,
       coalesce((select jsonb_agg(jsonb_build_object('weekday', weekday, 'starts', starts, 'ends', ends,
                   'valid_from_on', valid_from_on, 'valid_until_on', valid_until_on) order by weekday, starts)
                   from group_time where group_time."group" = own.id), '[]') as times
  from weekly_group as own
  join program on program.id = own.program
  join facility on facility.id = own.facility
  join body on body.id = facility.body
"""
_DOCUMENTS = ("program_names", "facility_names", "facility_addresses", "descriptions", "names", "notes")


class _Time(msgspec.Struct):
    """A time as Postgres writes it into JSON."""

    weekday: int
    starts: str
    ends: str
    valid_from_on: date
    valid_until_on: date | None


def _group(row: Any) -> GroupView:
    values = with_words(row, *_DOCUMENTS)
    times = msgspec.json.decode(values["times"], type=list[_Time])
    values["times"] = tuple(
        GroupTimeView(
            weekday=each.weekday,
            starts=time.fromisoformat(each.starts),
            ends=time.fromisoformat(each.ends),
            valid_from_on=each.valid_from_on,
            valid_until_on=each.valid_until_on,
        )
        for each in times
    )
    return GroupView(**values)


async def list_groups(*, program_id: UUID | None = None, states: Iterable[str] = ALIVE) -> list[GroupView]:
    """Groups in these states, those that gather, are open or run unless asked otherwise, by facility and age."""
    rows = await db.fetch(
        _GROUP + "where own.state = any($1) and ($2::uuid is null or own.program = $2)"
        " order by facility.kind, facility.code, program.code, own.created_at, own.id",
        *([str(state) for state in states], program_id),
    )
    return [_group(row) for row in rows]


async def list_groups_by_id(group_ids: Iterable[UUID]) -> dict[UUID, GroupView]:
    """These groups by id, whatever their state."""
    rows = await db.fetch(_GROUP + "where own.id = any($1) order by own.id", list(group_ids))
    return {row["id"]: _group(row) for row in rows}


async def find_group(group_id: UUID) -> GroupView | None:
    """The group with this id, whatever its state."""
    return (await list_groups_by_id([group_id])).get(group_id)


async def get_group(group_id: UUID) -> GroupView:
    """The group with this id, whatever its state. Raises: UnknownGroup."""
    found = await find_group(group_id)
    if found is None:
        raise UnknownGroup
    return found


async def list_sessions_of_groups(group_ids: Sequence[UUID], after: datetime) -> list[SessionView]:
    """The published sessions of these groups that start after an instant, in the order they start."""
    rows = await db.fetch(
        "select id from session where \"group\" = any($1) and starts_at > $2 and state = 'published'",
        *(list(group_ids), after),
    )
    found = await queries.list_sessions_by_id([row["id"] for row in rows])
    return sorted(found.values(), key=lambda each: (each.starts_at, each.id))


async def list_interim_ids(group_id: UUID, after: datetime) -> list[UUID]:
    """The published sessions that start after an instant and that people of a gathering group are offered."""
    rows = await db.fetch(
        "select session.id from group_interim join session on session.id = group_interim.session"
        " where group_interim.\"group\" = $1 and session.starts_at > $2 and session.state = 'published'"
        " order by session.starts_at",
        *(group_id, after),
    )
    return [row["id"] for row in rows]


async def list_started(now: datetime) -> list[GroupView]:
    """Open groups whose first session has begun."""
    rows = await db.fetch(
        'select distinct session."group" as id from session join weekly_group on weekly_group.id = session."group"'
        " where weekly_group.state = 'open' and session.starts_at <= $1 and session.state = 'published'",
        now,
    )
    return list((await list_groups_by_id([row["id"] for row in rows])).values())
