"""Staff book for anyone: each rule that may be set aside, once by name and with a reason, once without, once silently.

The cases are held against the rules themselves: a rule that becomes overridable without a case here fails.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any

import httpx
import pytest

from booking.access.rules import Role
from booking.facilities.queries import get_facility
from booking.kit import clock as house_clock
from booking.kit import db as house_db
from booking.kit.errors import Refusal
from booking.people.schemas import MemberView
from booking.programs.queries import get_program, get_session
from booking.programs.schemas import SessionView
from booking.programs.schemas_groups import WeeklyTime
from booking.reservations import (
    errors,
    errors_bookings,
    errors_draws,
    errors_enrolments,
    errors_offers,
    rules,
    rules_enrolments,
)
from booking.reservations.rules import ReservationState
from tests.make.access import make_staff, sign_in
from tests.make.facilities import make_facility
from tests.make.groups import SATURDAY, enrol, make_group
from tests.make.people import make_member, make_qualification
from tests.make.programs import make_option, make_program, make_session
from tests.make.reservations import make_reservation
from tests.reservations.test_points import miss, rule_for

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("clock")]
ALL_CODES = {
    each.code
    for room in (errors, errors_enrolments, errors_draws, errors_offers)
    for each in vars(room).values()
    if isinstance(each, type) and issubclass(each, Refusal)
}
"""Every way this room says no."""


@dataclass
class Case:
    """Somebody whom a rule keeps from booking, and the rule."""

    session: SessionView
    member: MemberView


async def plain(grade: int | None = 5, **given: Any) -> Case:
    """A session that anybody of the body may book, changed by what is given, and a member."""
    place = given.pop("facility", None) or await make_facility()
    program = given.pop("program", None) or await make_program(facility=place, **given.pop("of_program", {}))
    session = await make_session(facility=place, program=program, **given)
    return Case(session, await make_member(grade, body=session.body_code))


async def not_open_yet() -> Case:
    return await plain(booking_opens_at=house_clock.now() + timedelta(hours=1))


async def closed() -> Case:
    return await plain(booking_closes_at=house_clock.now())


async def not_eligible() -> Case:
    return await plain(of_program={"grades": (7, 12), "adults": False})


async def not_qualified() -> Case:
    case = await plain()
    qualification = await make_qualification(case.session.body_code)
    await house_db.execute(
        "update eligibility set qualification = $2 where program = $1", case.session.program_id, qualification
    )
    return case


async def paused() -> Case:
    case = await plain(grade=None)
    await rule_for(case.session)
    for _ in range(2):
        place = await _same_place(case)
        await miss(await make_session(facility=place, starts_at=house_clock.now() - timedelta(hours=2)), case.member)
    return case


async def _same_place(case: Case) -> Any:
    return await get_facility(case.session.facility_code)


async def held(**limits: int) -> Case:
    place = await make_facility()
    program = await make_program(facility=place, **limits)
    case = await plain(facility=place, program=program)
    later = case.session.ends_at + timedelta(minutes=5)
    await make_reservation(await make_session(facility=place, program=program, starts_at=later), case.member)
    return case


async def holding() -> Case:
    return await held(max_held=1)


async def this_week() -> Case:
    return await held(max_per_week=1)


async def overlapping() -> Case:
    case = await plain()
    await make_reservation(await make_session(facility=await _same_place(case)), case.member)
    return case


async def in_a_group() -> Case:
    group = await make_group(seats=5, min_to_open=1)
    await enrol(group, await make_member(body=group.body_code))
    session = await get_session(await house_db.fetchval('select id from session where "group" = $1 limit 1', group.id))
    return Case(session, await make_member(body=group.body_code))


async def full() -> Case:
    case = await plain(seats=1, walk_in=1)
    await make_reservation(case.session)
    return case


CASES: dict[str, Callable[[], Awaitable[Case]]] = {
    "booking-not-open-yet": not_open_yet,
    "booking-closed": closed,
    "not-eligible": not_eligible,
    "qualification-missing": not_qualified,
    "booking-paused": paused,
    "limit-held": holding,
    "limit-week": this_week,
    "overlaps": overlapping,
    "group-session": in_a_group,
    "session-full": full,
}


async def audit_of(action: str) -> list[tuple[list[str], str | None]]:
    """Which rules were set aside, and why, in the rows of one kind of deed."""
    rows = await house_db.fetch("select overridden, reason from audit_entry where action = $1 order by id", action)
    return [(list(row["overridden"]), row["reason"]) for row in rows]


def test_every_rule_that_may_be_set_aside_has_a_case() -> None:
    assert {*CASES, errors_bookings.TooLateToCancel.code} == rules.OVERRIDABLE
    assert set(GROUP_CASES) == rules_enrolments.OVERRIDABLE


@pytest.mark.parametrize("way", ["page", "api"])
@pytest.mark.parametrize("code", CASES)
async def test_a_rule_is_set_aside_by_name_and_with_a_reason(client: httpx.AsyncClient, code: str, way: str) -> None:
    """Every other rule stays as it is: the audit trail names the one that stood in the way."""
    case = await CASES[code]()
    await house_db.execute("delete from audit_entry")
    await sign_in(client, await make_staff(Role.FRONT_DESK, case.session.facility_code))

    async def book(*override: str, reason: str = "") -> httpx.Response:
        if way == "page":
            asked = {"number": case.member.number, "override": list(override), "reason": reason}
            return await client.post(f"/staff/sessions/{case.session.id}/book", data=asked)
        ids = {"member_ids": [str(case.member.id)], "session_id": str(case.session.id)}
        return await client.post("/api/v1/reservations", json={**ids, "override": list(override), "reason": reason})

    silently = await book()
    assert silently.status_code in (403, 409)
    if way == "api":
        assert silently.json()["code"] == code
    assert (await book(code)).status_code == 422
    assert (await book(code, reason="  ")).status_code == 422
    others = rules.OVERRIDABLE - {code}
    assert (await book(*others, reason="ほかの例外")).status_code == silently.status_code
    assert await audit_of("reservation.booked") == []
    done = await book(*rules.OVERRIDABLE, reason=" 校外学習 ")
    assert done.status_code in (201, 303), done.text
    assert await audit_of("reservation.booked") == [([code], "校外学習")]
    kept = "select overridden, override_reason from reservation where session = $1 and member = $2"
    row = await house_db.fetchrow(kept, case.session.id, case.member.id)
    assert row is not None and (row["overridden"], row["override_reason"]) == ([code], "校外学習")


async def test_no_other_refusal_can_be_named(client: httpx.AsyncClient) -> None:
    case = await full()
    await sign_in(client, await make_staff(Role.FRONT_DESK, case.session.facility_code))
    ids = {"member_ids": [str(case.member.id)], "session_id": str(case.session.id)}
    for code in sorted(ALL_CODES - rules.OVERRIDABLE):
        named = {"override": [code, "session-full"], "reason": "校外学習"}
        answer = await client.post("/api/v1/reservations", json={**ids, **named})
        assert (answer.status_code, answer.json()["code"]) == (422, "not-overridable"), code
        page = {"number": case.member.number, **named}
        assert (await client.post(f"/staff/sessions/{case.session.id}/book", data=page)).status_code == 422, code
    assert await audit_of("reservation.booked") == []


async def cancelled() -> Case:
    case = await plain()
    await house_db.execute("update session set state = 'cancelled' where id = $1", case.session.id)
    return case


async def over() -> Case:
    return await plain(starts_at=house_clock.now() - timedelta(hours=3))


async def rolled_over() -> Case:
    return await plain(roll_over_at=house_clock.now())


async def draft() -> Case:
    return await plain(state="draft")


async def booked_already() -> Case:
    case = await plain()
    await make_reservation(case.session, case.member)
    return case


async def waiting_already() -> Case:
    case = await plain()
    await make_reservation(case.session, case.member, ReservationState.WAITING)
    await house_db.execute("update reservation set waiting_at = booked_at")
    return case


async def of_the_other_body() -> Case:
    case = await plain()
    return Case(case.session, await make_member(5, body=None))


async def left() -> Case:
    case = await plain()
    await house_db.execute("update member set left_at = $2 where id = $1", case.member.id, house_clock.now())
    return case


async def no_seat_at_all() -> Case:
    case = await plain(seats=1, walk_in=1)
    for _ in range(2):
        await make_reservation(case.session)
    return case


async def too_full_for_a_wheelchair() -> Case:
    return await plain(wheelchair_places=0)


async def without_the_option() -> Case:
    case = await plain()
    await make_option(case.session, code="bus", quota=0)
    return case


STANDING: dict[str, tuple[Callable[[], Awaitable[Case]], dict[str, Any]]] = {
    "session-cancelled": (cancelled, {}),
    "session-past": (over, {}),
    "seats-at-door": (rolled_over, {}),
    "unknown-session": (draft, {}),
    "already-booked": (booked_already, {}),
    "already-waiting": (waiting_already, {}),
    "registration-missing": (of_the_other_body, {}),
    "not-yours": (left, {}),
    "session-full": (no_seat_at_all, {}),
    "wheelchair-places-taken": (too_full_for_a_wheelchair, {"wheelchair": True}),
    "option-full": (without_the_option, {"options": ["bus"]}),
}
"""What stands whatever is set aside: a person's protection, the past, and that two people cannot have one seat."""


@pytest.mark.parametrize("code", STANDING)
async def test_what_stands_whatever_is_set_aside(client: httpx.AsyncClient, code: str) -> None:
    make, more = STANDING[code]
    case = await make()
    await house_db.execute("delete from audit_entry")
    await sign_in(client, await make_staff(Role.FACILITY_MANAGER, case.session.facility_code))
    if more.get("wheelchair"):
        more = {"wheelchair": [str(case.member.id)]}
    named = {"override": sorted(rules.OVERRIDABLE), "reason": "校外学習", **more}
    ids = {"member_ids": [str(case.member.id)], "session_id": str(case.session.id)}
    answer = await client.post("/api/v1/reservations", json={**ids, **named})
    assert answer.json()["code"] == code, answer.text
    assert await audit_of("reservation.booked") == []


async def test_too_late_to_cancel_is_set_aside_by_name(client: httpx.AsyncClient) -> None:
    """Named for a booking that is not late, it is not noted: nothing stood in the way."""
    late = await make_reservation(await make_session(cancel_until=house_clock.now()))
    early = await make_reservation(await make_session())
    await house_db.execute("delete from audit_entry")
    for booked, said in ((late, ["too-late-to-cancel"]), (early, [])):
        await sign_in(client, await make_staff(Role.FRONT_DESK, booked.facility_code))
        address = f"/api/v1/reservations/{booked.id}/cancel"
        if said:
            assert (await client.post(address, json={"reason": "電話"})).json()["code"] == "too-late-to-cancel"
            silent = await client.post(address, json={"override": ["too-late-to-cancel"]})
            assert silent.json()["code"] == "override-reason-missing"
            other = await client.post(address, json={"override": ["session-full"], "reason": "電話"})
            assert other.json()["code"] == "too-late-to-cancel"
        done = await client.post(address, json={"override": sorted(rules.OVERRIDABLE), "reason": "電話"})
        assert done.status_code == 200
        assert await audit_of("reservation.cancelled") == [(said, "電話")]
        await house_db.execute("delete from audit_entry")


# ---- weekly groups ------------------------------------------------------------------------------------------------


async def group_with(grade: int = 8, **of_program: Any) -> tuple[Any, MemberView]:
    """A group that runs, and somebody who wants to join."""
    place = await make_facility()
    given = {"grades": (7, 12), "adults": False, "category": "group", **of_program}
    program = await make_program(facility=place, **given)
    group = await make_group(facility=place, program=program, seats=5, min_to_open=1)
    await enrol(group, await make_member(8, body=group.body_code))
    return group, await make_member(grade, body=group.body_code)


async def too_young() -> tuple[Any, MemberView]:
    return await group_with(grade=3)


async def unqualified() -> tuple[Any, MemberView]:
    group, member = await group_with()
    qualification = await make_qualification(group.body_code)
    await house_db.execute(
        "update eligibility set qualification = $2 where program = $1", group.program_id, qualification
    )
    return group, member


async def at_the_same_time() -> tuple[Any, MemberView]:
    group, member = await group_with()
    other = await make_group(facility=await get_facility(group.facility_code), times=(SATURDAY,), min_to_open=1)
    await enrol(other, member)
    return group, member


async def too_often() -> tuple[Any, MemberView]:
    group, member = await group_with(max_per_week=1)
    place, program = await get_facility(group.facility_code), await get_program(group.program_code)
    other = await make_group(facility=place, program=program, times=(WeeklyTime(7, time(10), time(12)),))
    await enrol(other, member)
    return group, member


async def holds_enough() -> tuple[Any, MemberView]:
    group, member = await group_with(max_held=1)
    place, program = await get_facility(group.facility_code), await get_program(group.program_code)
    await make_reservation(await make_session(facility=place, program=program), member)
    return group, member


GROUP_CASES: dict[str, Callable[[], Awaitable[tuple[Any, MemberView]]]] = {
    "group-not-eligible": too_young,
    "qualification-missing": unqualified,
    "group-overlaps": at_the_same_time,
    "group-limit-week": too_often,
    "limit-held": holds_enough,
}


@pytest.mark.parametrize("code", GROUP_CASES)
async def test_a_rule_of_a_group_is_set_aside_and_the_seats_come_with_it(client: httpx.AsyncClient, code: str) -> None:
    group, member = await GROUP_CASES[code]()
    await house_db.execute("delete from audit_entry")
    await sign_in(client, await make_staff(Role.FRONT_DESK, group.facility_code))
    address = f"/staff/groups/{group.id}/enrol"

    async def join(*override: str, reason: str = "") -> int:
        asked = {"number": member.number, "override": list(override), "reason": reason}
        return (await client.post(address, data=asked)).status_code

    assert await join() == 409
    assert await join(code) == 422
    assert await join(*(rules_enrolments.OVERRIDABLE - {code}), reason="兄といっしょ") == 409
    assert await join("group-full", reason="兄といっしょ") == 422
    assert await audit_of("enrolment.enrolled") == []
    assert await join(*rules_enrolments.OVERRIDABLE, reason="兄といっしょ") == 303
    assert await audit_of("enrolment.enrolled") == [([code], "兄といっしょ")]
    seats = "select count(*) from reservation join session on session.id = reservation.session where member = $1"
    seats += ' and "group" = $2 and reservation.state = $3'
    assert await house_db.fetchval(seats, member.id, group.id, "confirmed") > 0
