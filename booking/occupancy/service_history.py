"""How places were used: the history of one facility or of all that a reader may see, never a person."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from booking.access.rules import STAFF_ROLES, Role, require_staff
from booking.access.schemas import Actor
from booking.facilities import queries as facilities
from booking.facilities.schemas import FacilityView
from booking.kit import clock, db
from booking.occupancy import queries_history as queries
from booking.occupancy.queries_history import Sums
from booking.occupancy.queries_people import count_first_time, count_flow
from booking.occupancy.rules_history import Period, peak, period, permille, told
from booking.occupancy.schemas_history import (
    Arrivals,
    Flow,
    HeatCell,
    MonthUsers,
    Returning,
    SeatUse,
    Share,
    Span,
    UseOfPlaces,
    Utilisation,
)

SEE_FEW = (Role.FACILITY_MANAGER, Role.OPERATOR, Role.BODY_ADMINISTRATOR, Role.AUDITOR)
"""Who may open the visits behind a number is told small cells too."""


async def list_mine(by: Actor) -> list[FacilityView]:
    """The facilities whose history somebody may read. Raises: NotAllowed."""
    require_staff(by)
    return [
        one for one in await facilities.list_facilities() if by.kind == "system" or by.may_in(one.scopes, *STAFF_ROLES)
    ]


async def get_utilisation(
    by: Actor, facility: str | None = None, first: date | None = None, last: date | None = None
) -> Utilisation:
    """The use of a facility, or of all of the reader's, beside the same days of the year before.

    The way from TUMO to tsukurun is always that between all of the reader's places. Raises: NotAllowed,
    UnknownFacility.
    """
    mine = await list_mine(by)
    chosen = mine
    if facility:
        chosen = [await facilities.get_facility(facility)]
        require_staff(by, scopes=chosen[0].scopes)
    days, now = period(first, last, clock.today()), clock.now()
    sees_few = by.kind == "system" or all(by.may_in(one.scopes, *SEE_FEW) for one in chosen)
    async with db.transaction("repeatable_read", readonly=True):
        return await _read(chosen, mine, days, now, sees_few=sees_few)


async def _read(
    chosen: Sequence[FacilityView], mine: Sequence[FacilityView], days: Period, now: datetime, *, sees_few: bool
) -> Utilisation:
    ids, all_ids = [one.id for one in chosen], [one.id for one in mine]
    counted, earlier = await queries.list_sums(ids, days, now), await queries.list_sums(ids, days.before, now)
    names = await queries.list_names() | {"facility": {one.code: one.names for one in chosen}}

    def shares(dimension: str, *, sees_few: bool = True) -> list[Share]:
        return _shares(counted, earlier, dimension, names.get(dimension, {}), sees_few=sees_few)

    return Utilisation(
        facilities=[one.code for one in chosen],
        first_on=days.first,
        last_on=days.last,
        as_of=now,
        now=await _span(ids, all_ids, days, now=now, counted=counted),
        year_before=await _span(ids, all_ids, days.before, now=now, counted=earlier),
        heat=_heat(counted, earlier),
        arrivals=_arrivals(counted, earlier),
        by_month=_months(counted, earlier),
        by_facility=shares("facility"),
        by_program=shares("program"),
        by_school_stage=shares("stage", sees_few=sees_few),
        by_municipality=shares("municipality", sees_few=sees_few),
    )


async def _span(
    ids: Sequence[UUID],
    all_ids: Sequence[UUID],
    days: Period,
    *,
    now: datetime,
    counted: Sums,
) -> Span:
    users, open_days = counted.get("all", {}).get("", (0, 0))
    members, _ = counted.get("member", {}).get("", (0, 0))
    today = clock.local_date(now)
    first_time = await count_first_time(ids, days, today)
    flow = await count_flow(all_ids, days, today)
    busiest = peak([(int(minute), come) for minute, (come, _) in counted.get("arrival", {}).items()])
    return Span(
        users=users,
        days=open_days,
        seats=await _seats(ids, days, now),
        returning=Returning(first_time=first_time, returning=members - first_time),
        flow=Flow(**flow, permille=permille(flow["then_tsukurun"], flow["tumo"])),
        peak_arrival=None if busiest is None else _said(busiest),
    )


async def _seats(ids: Sequence[UUID], days: Period, now: datetime) -> SeatUse:
    seats = await queries.count_seats(ids, days, now)
    return SeatUse(
        **seats,
        used_permille=permille(seats["used"], seats["seats"]),
        no_show_permille=permille(seats["no_shows"], seats["booked"]),
        cancelled_permille=permille(seats["cancelled"], seats["booked"] + seats["cancelled"]),
    )


async def get_use(facility_ids: Sequence[UUID], first: date, last: date) -> UseOfPlaces:
    """When these places were used in a period, and how their seats were, for a report of all of them."""
    days, now = Period(first=first, last=last), clock.now()
    counted = await queries.list_sums(facility_ids, days, now)
    return UseOfPlaces(
        heat=_heat(counted, {}), arrivals=_arrivals(counted, {}), seats=await _seats(facility_ids, days, now)
    )


def _heat(counted: Sums, earlier: Sums) -> list[HeatCell]:
    """Hours of weekdays in which somebody was there, in this period or the year before."""
    now, before = _averages(counted), _averages(earlier)
    users = counted.get("hour", {})
    return [
        HeatCell(
            weekday=weekday,
            hour=hour,
            users=users.get(f"{weekday} {hour}", (0, 0))[0],
            days=counted.get("weekday", {}).get(str(weekday), (0, 0))[1],
            average=now.get((weekday, hour), 0.0),
            year_before=before.get((weekday, hour), 0.0),
        )
        for weekday, hour in sorted(now.keys() | before.keys())
    ]


def _averages(counted: Sums) -> dict[tuple[int, int], float]:
    """By weekday and hour: users there on one of its days with users."""
    days = {int(weekday): found for weekday, (_, found) in counted.get("weekday", {}).items()}
    found = {}
    for value, (users, _) in counted.get("hour", {}).items():
        weekday, hour = (int(part) for part in value.split())
        found[weekday, hour] = round(users / days[weekday], 1)
    return found


def _arrivals(counted: Sums, earlier: Sums) -> list[Arrivals]:
    here, there = counted.get("arrival", {}), earlier.get("arrival", {})
    return [
        Arrivals(
            at=_said(minute),
            users=here.get(str(minute), (0, 0))[0],
            year_before=there.get(str(minute), (0, 0))[0],
        )
        for minute in sorted(int(each) for each in here.keys() | there.keys())
    ]


def _shares(
    counted: Sums, earlier: Sums, dimension: str, names: Mapping[str, dict[str, str]], *, sees_few: bool
) -> list[Share]:
    here, there = counted.get(dimension, {}), earlier.get(dimension, {})
    codes = sorted(here.keys() | there.keys(), key=lambda code: (-here.get(code, (0, 0))[0], code))
    return [
        Share(
            code=code,
            names=names.get(code, {}),
            users=told(here.get(code, (0, 0))[0], sees_few=sees_few),
            year_before=told(there.get(code, (0, 0))[0], sees_few=sees_few),
        )
        for code in codes
    ]


def _months(counted: Sums, earlier: Sums) -> list[MonthUsers]:
    here = {code: users for code, (users, _) in counted.get("month", {}).items()}
    there = {f"{int(code[:4]) + 1}{code[4:]}": users for code, (users, _) in earlier.get("month", {}).items()}
    months = sorted(here.keys() | there.keys())
    return [MonthUsers(month=one, users=here.get(one, 0), year_before=there.get(one, 0)) for one in months]


def _said(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
