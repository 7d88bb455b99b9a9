"""The calendar as people meet it, in tables: on which days there are sessions, from when they can be booked, until
when given back, when one is reminded. Through the verbs of staff and families, on the days that go wrong elsewhere."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from booking.access.rules import Role
from booking.access.schemas import Actor
from booking.facilities import service_staff as facility_verbs
from booking.facilities.schemas import FacilityView
from booking.facilities.schemas_forms import ClosingRuleForm
from booking.kit import clock as house_clock
from booking.programs import queries, service_adding, service_staff
from booking.programs.schemas import SessionView
from booking.programs.schemas_forms import PatternForm, SessionForm
from booking.reservations import service, service_reminders
from tests.conftest import Clock
from tests.make.access import actor_for, make_account, make_staff
from tests.make.facilities import make_facility
from tests.make.people import make_member
from tests.make.programs import make_program
from tests.make.reservations import make_reservation
from tests.reservations.test_service import refused
from tests.reservations.test_waiting import mailed

pytestmark = pytest.mark.anyio
PLAIN = dict.fromkeys(("weekday", "week_of_month", "on_holiday", "days_after", "first_day", "last_day", "since_on"), "")


def at(text: str) -> datetime:
    """A wall time in Tokyo."""
    day, wall = text.split(" ")
    return house_clock.at_local(date.fromisoformat(day), time.fromisoformat(wall))


def weekly(weekday: int, on_holiday: str) -> dict[str, str]:
    """A weekly closing day as staff write it."""
    return {"kind": "weekly", "weekday": str(weekday), "on_holiday": on_holiday}


async def manager_of(facility: FacilityView) -> Actor:
    """Somebody who may change what there is at a facility."""
    return await actor_for(await make_staff(Role.FACILITY_MANAGER, facility.code))


async def guardian_of(session: SessionView, grade: int = 8) -> tuple[Actor, Any]:
    """A guardian and their child."""
    account = await make_account()
    return await actor_for(account), await make_member(grade, account=account, body=session.body_code)


# ---- days -----------------------------------------------------------------------------------------------------------

NEW_YEAR = {"kind": "yearly", "first_day": "12-29", "last_day": "01-03"}
DAYS: dict[str, tuple[str, list[dict[str, str]], tuple[str, str], list[str]]] = {
    "Silver Week with 国民の休日, Mondays moved past it": (
        "2026-09-14",
        [weekly(1, "next-weekday")],
        ("2026-09-18", "2026-09-29"),
        ["2026-09-24", "2026-09-28"],
    ),
    "Silver Week, Mondays moved to the very next day": (
        "2026-09-14",
        [weekly(1, "next-day")],
        ("2026-09-18", "2026-09-29"),
        ["2026-09-22", "2026-09-28"],
    ),
    "Silver Week, closed on holidays": (
        "2026-09-14",
        [{"kind": "holiday"}],
        ("2026-09-18", "2026-09-29"),
        ["2026-09-21", "2026-09-22", "2026-09-23"],
    ),
    "Golden Week, Tuesdays closed but holidays": (
        "2027-04-19",
        [weekly(2, "open")],
        ("2027-04-26", "2027-05-12"),
        ["2027-04-27", "2027-05-11"],
    ),
    "Golden Week, Tuesdays closed even on holidays": (
        "2027-04-19",
        [weekly(2, "stay-closed")],
        ("2027-04-26", "2027-05-12"),
        ["2027-04-27", "2027-05-04", "2027-05-11"],
    ),
    "Golden Week, Mondays moved past three holidays": (
        "2027-04-19",
        [weekly(1, "next-weekday")],
        ("2027-04-26", "2027-05-11"),
        ["2027-04-26", "2027-05-06", "2027-05-10"],
    ),
    "振替休日 after three holidays, Mondays moved past it": (
        "2026-04-20",
        [weekly(1, "next-weekday")],
        ("2026-05-01", "2026-05-12"),
        ["2026-05-07", "2026-05-11"],
    ),
    "the year's end and Mondays, one of them 成人の日": (
        "2026-12-14",
        [NEW_YEAR, weekly(1, "next-weekday")],
        ("2026-12-25", "2027-01-13"),
        [
            *("2026-12-28", "2026-12-29", "2026-12-30", "2026-12-31", "2027-01-01", "2027-01-02", "2027-01-03"),
            *("2027-01-04", "2027-01-12"),
        ],
    ),
    "29 February": ("2028-02-14", [weekly(3, "stay-closed")], ("2028-02-28", "2028-03-02"), ["2028-03-01"]),
    "1 April in the middle of a week": (
        "2027-03-22",
        [weekly(1, "next-day")],
        ("2027-03-30", "2027-04-05"),
        ["2027-04-05"],
    ),
}


@pytest.mark.parametrize(("today", "rules", "span", "closed"), DAYS.values(), ids=DAYS)
async def test_there_are_sessions_on_every_day_but_these(
    today: str, rules: list[dict[str, str]], span: tuple[str, str], closed: list[str], db: None, clock: Clock
) -> None:
    clock.set(at(f"{today} 12:00"))
    facility = await make_facility(opens=time(10), closes=time(18))
    by, program = await manager_of(facility), await make_program(facility=facility)
    for each in rules:
        await facility_verbs.add_closing_rule(
            by, facility.code, ClosingRuleForm(**{**PLAIN, "since_on": today, **each})
        )
    for weekday in range(1, 8):
        form = PatternForm(
            facility=facility.code, weekday=str(weekday), starts="10:00", ends="12:00", web_seats="3",
            walk_in_seats="1", from_on=today, last_on="",
        )  # fmt: skip
        await service_staff.add_pattern(by, program.code, form)
    first, last = (date.fromisoformat(each) for each in span)
    held = {each.held_on: each for each in await queries.list_sessions(first_day=first, last_day=last)}
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    assert [each.isoformat() for each in days if each not in held] == closed
    for each in (min(held), max(held)):
        clock.set(held[each].booking_opens_at)
        guardian, child = await guardian_of(held[each])
        assert [one.held_on for one in await service.book(guardian, [held[each].id], [child.id])] == [each]


# ---- windows --------------------------------------------------------------------------------------------------------

WINDOWS = {
    "opens on 国民の休日": ("2026-09-29", "2026-09-22 09:00"),
    "opens on a Tuesday that is a holiday": ("2027-05-11", "2027-05-04 09:00"),
    "is on a Tuesday that is a holiday": ("2027-05-04", "2027-04-27 09:00"),
    "opens on the first closed day of the year's end": ("2027-01-05", "2026-12-29 09:00"),
    "opens on New Year's Eve": ("2027-01-07", "2026-12-31 09:00"),
    "opens on New Year's Day": ("2027-01-08", "2027-01-01 09:00"),
    "is on 1 April, opens in the old school year": ("2027-04-01", "2027-03-25 09:00"),
    "opens on 1 April": ("2027-04-08", "2027-04-01 09:00"),
    "is on 29 February": ("2028-02-29", "2028-02-22 09:00"),
    "opens on 29 February": ("2028-03-07", "2028-02-29 09:00"),
}


async def ruled_session(day: str, clock: Clock) -> SessionView:
    """A session by staff three weeks ahead, whose windows follow its program: seven days before at nine, and a day."""
    clock.set(at(f"{day} 12:00") - timedelta(weeks=3))
    facility = await make_facility()
    program = await make_program(
        facility=facility, booking_opens_days=7, booking_opens_time=time(9), cancel_until_minutes=24 * 60
    )
    form = SessionForm(
        program=program.code, facility=facility.code, day=day, starts="10:00", ends="12:00", web_seats="3",
        walk_in_seats="0",
    )  # fmt: skip
    return await queries.get_session(await service_adding.add_session(await manager_of(facility), form))


@pytest.mark.parametrize(("day", "opens"), WINDOWS.values(), ids=WINDOWS)
async def test_from_when_a_session_is_booked_and_until_when_given_back(
    day: str, opens: str, db: None, clock: Clock
) -> None:
    """Windows are by the wall, whatever day it is: closed days and holidays move none of them."""
    session = await ruled_session(day, clock)
    guardian, child = await guardian_of(session)
    clock.set(at(opens) - timedelta(seconds=1))
    said = await refused("booking-not-open-yet", service.book(guardian, [session.id], [child.id]))
    assert said.params["opens_at"] == at(opens)
    clock.set(at(opens))
    (one,) = await service.book(guardian, [session.id], [child.id])
    clock.set(at(f"{day} 10:00") - timedelta(days=1))
    await refused("too-late-to-cancel", service.cancel(guardian, one.id))
    clock.advance(seconds=-1)
    assert (await service.cancel(guardian, one.id)).state == "cancelled"


# ---- reminders ------------------------------------------------------------------------------------------------------

REMINDED = {
    "of the first day of the year, on the last closed one": ("2027-01-04", "2027-01-03 18:00", "1月4日"),
    "of New Year's Day, on New Year's Eve": ("2027-01-01", "2026-12-31 18:00", "1月1日"),
    "of 国民の休日, on a holiday": ("2026-09-22", "2026-09-21 18:00", "9月22日"),
    "of a Tuesday that is a holiday": ("2027-05-04", "2027-05-03 18:00", "5月4日"),
    "of 29 February": ("2028-02-29", "2028-02-28 18:00", "2月29日"),
    "of 1 March, on 29 February": ("2028-03-01", "2028-02-29 18:00", "3月1日"),
    "of 1 April, on the last day of the fiscal year": ("2027-04-01", "2027-03-31 18:00", "4月1日"),
}


@pytest.mark.parametrize(("day", "evening", "said"), REMINDED.values(), ids=REMINDED)
async def test_one_is_reminded_the_evening_before(day: str, evening: str, said: str, db: None, clock: Clock) -> None:
    session = await ruled_session(day, clock)
    _, child = await guardian_of(session)
    await make_reservation(session, child)
    clock.set(at(evening) - timedelta(seconds=1))
    assert await service_reminders.remind() == 0
    clock.set(at(evening))
    assert await service_reminders.remind() == 1
    await service_reminders.remind()
    (letter,) = await mailed("reservation-reminder")
    assert said in letter["subject"]
