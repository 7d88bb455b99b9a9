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
    Utilisation,
)

SEE_FEW = (Role.FACILITY_MANAGER, Role.OPERATOR, Role.BODY_ADMINISTRATOR, Role.AUDITOR)
"""Who may open the visits behind a number is told small cells too."""
Counted = dict[str, dict[str, tuple[int, int]]]


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
    counted, earlier = await queries.count_shares(ids, days), await queries.count_shares(ids, days.before)
    arrivals, came_before = await queries.list_arrivals(ids, days), await queries.list_arrivals(ids, days.before)
    names = await queries.list_names() | {"facility": {one.code: one.names for one in chosen}}

    def shares(dimension: str, *, sees_few: bool = True) -> list[Share]:
        return _shares(counted, earlier, dimension, names.get(dimension, {}), sees_few=sees_few)

    return Utilisation(
        facilities=[one.code for one in chosen],
        first_on=days.first,
        last_on=days.last,
        as_of=now,
        now=await _span(ids, all_ids, days, now=now, counted=counted, arrivals=arrivals),
        year_before=await _span(ids, all_ids, days.before, now=now, counted=earlier, arrivals=came_before),
        heat=[
            HeatCell(**row, average=round(row["users"] / row["days"], 1))
            for row in await queries.list_heat(ids, days, now)
        ],
        arrivals=[Arrivals(at=_said(minute), users=users) for minute, users in arrivals],
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
    counted: Counted,
    arrivals: Sequence[tuple[int, int]],
) -> Span:
    users, open_days = counted.get("all", {}).get("", (0, 0))
    seats = await queries.count_seats(ids, days, now)
    flow = await queries.count_flow(all_ids, days)
    busiest = peak(arrivals)
    return Span(
        users=users,
        days=open_days,
        seats=SeatUse(
            **seats,
            used_permille=permille(seats["used"], seats["seats"]),
            no_show_permille=permille(seats["no_shows"], seats["booked"]),
            cancelled_permille=permille(seats["cancelled"], seats["booked"] + seats["cancelled"]),
        ),
        returning=Returning(**await queries.count_returning(ids, days)),
        flow=Flow(**flow, permille=permille(flow["then_tsukurun"], flow["tumo"])),
        peak_arrival=None if busiest is None else _said(busiest),
    )


def _shares(
    counted: Counted, earlier: Counted, dimension: str, names: Mapping[str, dict[str, str]], *, sees_few: bool
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


def _months(counted: Counted, earlier: Counted) -> list[MonthUsers]:
    here = {code: users for code, (users, _) in counted.get("month", {}).items()}
    there = {f"{int(code[:4]) + 1}{code[4:]}": users for code, (users, _) in earlier.get("month", {}).items()}
    months = sorted(here.keys() | there.keys())
    return [MonthUsers(month=one, users=here.get(one, 0), year_before=there.get(one, 0)) for one in months]


def _said(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
