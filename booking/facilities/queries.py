"""Reads of bodies, municipalities, facilities and their calendars, and the facility lock."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import msgspec

from booking.access.schemas import Scope
from booking.facilities.errors import UnknownClosing, UnknownFacility
from booking.facilities.schemas import (
    BodyView,
    Calendar,
    ClosingNowView,
    ClosingRuleView,
    ClosureView,
    FacilityCalendar,
    FacilityView,
    MunicipalityView,
    WeekdayHours,
)
from booking.kit import clock, db
from booking.kit.words import with_words, words_sql
from booking.notifications.schemas import Sender

LONGEST_SHIFT = timedelta(days=31)
"""How far before the first day a rule is read: a closing day may be moved past a row of holidays."""

_FACILITY = f"""
select facility.id, facility.code, facility.name, {words_sql("facility.name", "facility.names")} as names,
       facility.kind, facility.brand,
       body.id as body_id, body.code as body_code, body.name as body_name,
       {words_sql("body.name", "body.names")} as body_names,
       place.id as place_id, place.code as place_code, place.name as place_name,
       {words_sql("place.name", "place.names")} as place_names,
       municipality.id as municipality_id, municipality.code as municipality_code,
       municipality.name as municipality_name, facility.address,
       {words_sql("facility.address", "facility.addresses")} as addresses, facility.phone, facility.opened_on,
       facility.capacity, facility.source, facility.provisional, facility.entry_opens_minutes,
       facility.late_minutes, facility.no_show_minutes, facility.shows_names, facility.gives_turns,
       facility.busy_percent, facility.full_percent,
       facility.closed_now_at, facility.closed_now_reason, facility.ended_on, facility.desk_email
  from facility
  join body on body.id = facility.body
  join place on place.id = facility.place
  join municipality on municipality.id = facility.municipality
"""


def _facility(row: Any) -> FacilityView:
    """The facility in a row. Closed at once it is for that day only: the next morning nobody need open it."""
    fields = with_words(row, "names", "body_names", "place_names", "addresses")
    closed_at = fields["closed_now_at"]
    if closed_at is not None and clock.local_date(closed_at) != clock.today():
        fields["closed_now_at"] = fields["closed_now_reason"] = None
    return msgspec.convert(fields, FacilityView)


async def list_bodies() -> list[BodyView]:
    """Every body, by code."""
    rows = await db.fetch(
        f"select id, code, name, {words_sql('name', 'names')} as names, sender_address, sender_name, phone"
        "  from body order by code"
    )
    return [BodyView(**with_words(row, "names")) for row in rows]


async def lock_body(code: str) -> UUID | None:
    """Lock a body until the transaction ends, while a list of its registrants is taken over; before any other lock."""
    found: UUID | None = await db.fetchval("select id from body where code = $1 for no key update", code)
    return found


async def find_sender(body_code: str) -> Sender | None:
    """The address and name a body's messages come from; None until its administrator has said one."""
    row = await db.fetchrow(
        "select sender_address, coalesce(sender_name, name) as name from body"
        " where code = $1 and sender_address is not null",
        body_code,
    )
    return None if row is None else Sender(row["sender_address"], row["name"])


async def list_scopes() -> list[Scope]:
    """What a role can be given for: every body, and every facility within its body."""
    rows = await db.fetch(
        "select code, name, null as within, 0 as depth from body union all"
        " select facility.code, facility.name, body.code, 1 from facility join body on body.id = facility.body"
        " order by depth, code"
    )
    return [Scope(code=row["code"], name=row["name"], within=row["within"]) for row in rows]


async def list_municipalities() -> list[MunicipalityView]:
    """Every municipality a member may live in: cities, towns and villages by code, outside the prefecture last."""
    rows = await db.fetch(
        "select id, code, name, kana, kind from municipality where kind <> 'prefecture' order by kind = 'outside', code"
    )
    return [MunicipalityView(**row) for row in rows]


async def list_facilities() -> list[FacilityView]:
    """Every facility: hubs first, then by code."""
    return [_facility(row) for row in await db.fetch(_FACILITY + "order by facility.kind, facility.code")]


async def find_facility(code: str) -> FacilityView | None:
    """The facility with this code."""
    row = await db.fetchrow(_FACILITY + "where facility.code = $1", code)
    return None if row is None else _facility(row)


async def get_facility(code: str) -> FacilityView:
    """The facility with this code. Raises: UnknownFacility."""
    found = await find_facility(code)
    if found is None:
        raise UnknownFacility
    return found


async def find_facility_by_id(facility_id: UUID) -> FacilityView | None:
    """The facility with this id."""
    row = await db.fetchrow(_FACILITY + "where facility.id = $1", facility_id)
    return None if row is None else _facility(row)


async def list_facilities_by_id(facility_ids: Iterable[UUID]) -> dict[UUID, FacilityView]:
    """These facilities by id; the same read as `lock_facilities`, without the lock."""
    rows = await db.fetch(_FACILITY + "where facility.id = any($1) order by facility.id", list(facility_ids))
    return {row["id"]: _facility(row) for row in rows}


async def lock_facilities(facility_ids: Iterable[UUID]) -> dict[UUID, FacilityView]:
    """Lock these facilities until the transaction ends, in order of id, and read them as they are then."""
    rows = await db.fetch(
        _FACILITY + "where facility.id = any($1) order by facility.id for no key update of facility",
        list(facility_ids),
    )
    return {row["id"]: _facility(row) for row in rows}


async def list_hours(facility_ids: Sequence[UUID], first_day: date) -> list[WeekdayHours]:
    """Hours that are valid on `first_day` or later, by facility, weekday and start."""
    rows = await db.fetch(
        "select id, facility as facility_id, weekday, opens, closes, valid_from_on, valid_until_on"
        "  from opening_hours where facility = any($1) and (valid_until_on is null or valid_until_on > $2)"
        " order by facility, weekday, valid_from_on",
        list(facility_ids),
        first_day,
    )
    return [WeekdayHours(**row) for row in rows]


async def list_closing_rules(facility_ids: Sequence[UUID], first_day: date) -> list[ClosingRuleView]:
    """Closing rules that are valid on `first_day` or later, by facility and start."""
    rows = await db.fetch(
        "select id, facility as facility_id, kind, weekday, week_of_month, on_holiday, days_after,"
        "       first_day, last_day, valid_from_on, valid_until_on, provisional"
        "  from closing_rule where facility = any($1) and (valid_until_on is null or valid_until_on > $2)"
        " order by facility, valid_from_on, id",
        list(facility_ids),
        first_day,
    )
    return [ClosingRuleView(**row) for row in rows]


async def list_closures(facility_ids: Sequence[UUID], first_day: date, last_day: date) -> list[ClosureView]:
    """Days decided by hand from `first_day` to `last_day`, both included, in the order they were decided."""
    rows = await db.fetch(
        "select id, facility as facility_id, closed_on, kind, from_time, until_time, reason,"
        f"      {words_sql('reason', 'reasons')} as reasons, decided_by, decided_at"
        "  from closure where facility = any($1) and closed_on between $2 and $3 and revoked_at is null"
        " order by decided_at, id",
        list(facility_ids),
        first_day,
        last_day,
    )
    return [ClosureView(**with_words(row, "reasons")) for row in rows]


_CLOSING = (
    "select id, facility as facility_id, reason, note, closed_at, closed_by, reopened_at, reopened_by from closing_now"
)


async def get_closing(closing_id: UUID) -> ClosingNowView:
    """One closing at once, going on or over. Raises: UnknownClosing."""
    row = await db.fetchrow(f"{_CLOSING} where id = $1", closing_id)
    if row is None:
        raise UnknownClosing
    return ClosingNowView(**row)


async def list_closings(facility_ids: Iterable[UUID], day: date) -> list[ClosingNowView]:
    """The closings at once of a local day at these facilities, newest first, reopened ones too."""
    since, until = clock.day_span(day)
    rows = await db.fetch(
        f"{_CLOSING} where facility = any($1) and closed_at >= $2 and closed_at < $3 order by closed_at desc, id",
        *(list(facility_ids), since, until),
    )
    return [ClosingNowView(**row) for row in rows]


async def load_calendar(facility_ids: Iterable[UUID], first_day: date, last_day: date) -> Calendar:
    """Everything that decides when these facilities are open from `first_day` to `last_day`, both included."""
    ids = list(facility_ids)
    spans = await db.fetch("select id, opened_on, ended_on from facility where id = any($1)", ids)
    hours = await list_hours(ids, first_day)
    closing_rules = await list_closing_rules(ids, first_day - LONGEST_SHIFT)
    closures = await list_closures(ids, first_day, last_day)
    return Calendar(
        first_day=first_day,
        last_day=last_day,
        facilities={
            row["id"]: FacilityCalendar(
                facility_id=row["id"],
                opened_on=row["opened_on"],
                ended_on=row["ended_on"],
                hours=tuple(each for each in hours if each.facility_id == row["id"]),
                closing_rules=tuple(each for each in closing_rules if each.facility_id == row["id"]),
                closures=tuple(each for each in closures if each.facility_id == row["id"]),
            )
            for row in spans
        },
    )
