"""What staff change of programs and weekly times, and what happens to the sessions."""

from datetime import date, time
from typing import Any

import httpx
import pytest

from booking.access.errors import NotAllowed
from booking.facilities.errors import ChangedMeanwhile
from booking.facilities.rules_forms import version_of
from booking.facilities.schemas import FacilityView
from booking.kit import clock as house_clock
from booking.kit import db as house_db
from booking.kit.errors import InvalidForm
from booking.programs import queries, service, service_staff
from booking.programs.errors import CodeTaken, EligibilityInForce, EligibilityStartsAlready, UnknownPattern
from booking.programs.rules import rule_on
from booking.programs.schemas import ProgramView, SessionView
from booking.programs.schemas_forms import (
    EligibilityForm,
    PatternForm,
    ProgramForm,
    SeatsForm,
)
from tests.make.access import actor_for, make_staff
from tests.make.facilities import make_facility
from tests.make.programs import make_pattern, make_program
from tests.make.reservations import make_reservation

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("clock")]
FAR = date(2030, 1, 1)


def program_form(**values: Any) -> ProgramForm:
    given = dict.fromkeys(ProgramForm.__struct_fields__, "")
    given |= {
        "name": "つくる時間",
        "names": ["", "Make time"],
        "descriptions": [],
        "booking_opens_days": "7",
        "booking_opens_time": "9:00",
        "booking_closes_minutes": "0",
        "cancel_until_minutes": "0",
        "roll_over_minutes": "30",
        "is_drafted": False,
    }
    return ProgramForm(**{**given, **values})


def form_of(program: ProgramView, **values: Any) -> ProgramForm:
    return program_form(name=program.name, names=program.names, seen=version_of(program), **values)


def pattern_form(facility: FacilityView, **values: str) -> PatternForm:
    given = {
        "facility": facility.code, "weekday": "6", "starts": "14:00", "ends": "16:00", "web_seats": "3",
        "walk_in_seats": "1", "from_on": "2026-11-21", "last_on": "",
    }  # fmt: skip
    return PatternForm(**{**given, **values})


async def all_sessions() -> list[SessionView]:
    return await queries.list_sessions(first_day=date(2026, 1, 1), last_day=FAR)


async def test_a_program_is_added_by_its_body(client: httpx.AsyncClient) -> None:
    facility = await make_facility()
    by = await actor_for(await make_staff("body-administrator", facility.body_code))
    new = program_form(
        code="lab-1", body=facility.body_code, brand="tumo", category="lab", names=["らぼ"], max_held="2"
    )
    assert await service_staff.add_program(by, new) == "lab-1"
    made = await queries.get_program("lab-1")
    assert (made.names, made.max_held, made.max_per_week, made.provisional) == (
        {"ja": "つくる時間", "ja-easy": "らぼ"}, 2, None, False
    )  # fmt: skip
    with pytest.raises(CodeTaken):
        await service_staff.add_program(by, new)
    other = await make_facility()
    with pytest.raises(NotAllowed):
        await service_staff.add_program(
            by, program_form(code="lab-2", body=other.body_code, brand="tumo", category="lab")
        )


async def test_a_new_program_refuses_every_wrong_field_at_once(client: httpx.AsyncClient) -> None:
    by = await actor_for(await make_staff("body-administrator"))
    wrong = program_form(
        code="Ｌab 1", body="x", brand="y", category="party", name="", booking_opens_days="x",
        booking_opens_time="25:00", max_held="0", late_minutes="x",
    )  # fmt: skip
    with pytest.raises(InvalidForm) as refused:
        await service_staff.add_program(by, wrong)
    assert set(refused.value.fields) == {
        "code", "body", "brand", "category", "name", "booking_opens_days", "booking_opens_time", "max_held",
        "late_minutes",
    }  # fmt: skip


async def test_a_program_changes_unless_somebody_was_quicker(client: httpx.AsyncClient) -> None:
    facility = await make_facility()
    program = await make_program(facility=facility, provisional=True)
    by = await actor_for(await make_staff("body-administrator", facility.body_code))
    words = {"description": "やあ", "descriptions": ["", "Hello"]}
    await service_staff.change_program(by, program.code, form_of(program, max_per_week="3", **words))
    changed = await queries.get_program(program.code)
    assert (changed.max_per_week, changed.descriptions) == (3, {"ja": "やあ", "en": "Hello"})
    with pytest.raises(ChangedMeanwhile):
        await service_staff.change_program(by, program.code, form_of(program, max_per_week="4"))
    await service_staff.change_program(by, program.code, form_of(changed, max_per_week="3", **words))
    await service_staff.confirm_program(by, program.code)
    assert not (await queries.get_program(program.code)).provisional
    actions = [row["action"] for row in await house_db.fetch("select action from audit_entry order by id")]
    assert actions == ["program.change", "program.confirm"]


async def test_the_desk_may_not_change_a_program(client: httpx.AsyncClient) -> None:
    program = await make_program()
    by = await actor_for(await make_staff("front-desk", program.body_code))
    with pytest.raises(NotAllowed):
        await service_staff.confirm_program(by, program.code)


async def test_who_may_take_part_changes_from_a_day_on(client: httpx.AsyncClient) -> None:
    program = await make_program(grades=(1, 12), adults=False)
    by = await actor_for(await make_staff("body-administrator", program.body_code))
    april = EligibilityForm(from_on="2027-04-01", min_grade="7", max_grade="12", adults=True)
    await service_staff.add_eligibility(by, program.code, april)
    rows = (await queries.load_eligibility([program.id]))[program.id]
    before, after = rule_on(rows, date(2027, 3, 31)), rule_on(rows, date(2027, 4, 1))
    assert before is not None and (before.min_grade, before.adults) == (1, False)
    assert after is not None and (after.min_grade, after.adults) == (7, True)
    with pytest.raises(EligibilityStartsAlready):
        await service_staff.add_eligibility(by, program.code, april)
    with pytest.raises(EligibilityInForce):
        await service_staff.remove_eligibility(by, program.code, before.id)
    await service_staff.remove_eligibility(by, program.code, after.id)
    await service_staff.remove_eligibility(by, program.code, after.id)
    assert len((await queries.load_eligibility([program.id]))[program.id]) == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"from_on": "2026-11-20"}, "from_on"),
        ({"min_grade": "", "max_grade": "6"}, "max_grade"),
        ({"min_grade": "7", "max_grade": "6"}, "max_grade"),
        ({"min_grade": "", "max_grade": ""}, "min_grade"),
    ],
)
async def test_who_may_take_part_refuses_what_cannot_be(
    client: httpx.AsyncClient, wrong: dict[str, str], field: str
) -> None:
    program = await make_program()
    by = await actor_for(await make_staff("body-administrator", program.body_code))
    given = {"from_on": "2027-04-01", "min_grade": "1", "max_grade": "6", **wrong}
    with pytest.raises(InvalidForm) as refused:
        await service_staff.add_eligibility(by, program.code, EligibilityForm(adults=False, **given))
    assert set(refused.value.fields) == {field}


async def test_a_weekly_time_makes_its_sessions_at_once(client: httpx.AsyncClient) -> None:
    facility = await make_facility(capacity=4)
    program = await make_program(facility=facility)
    by = await actor_for(await make_staff("facility-manager", facility.code))
    await service_staff.add_pattern(by, program.code, pattern_form(facility, last_on="2026-12-05"))
    assert [each.held_on for each in await all_sessions()] == [
        date(2026, 11, 21),
        date(2026, 11, 28),
        date(2026, 12, 5),
    ]
    with pytest.raises(InvalidForm) as refused:
        await service_staff.add_pattern(
            by, program.code, pattern_form(facility, web_seats="4", ends="14:00", weekday="0")
        )
    assert {name: each.code for name, each in refused.value.fields.items()} == {
        "weekday": "number-unreadable",
        "ends": "times-out-of-order",
        "web_seats": "seats-over-capacity",
    }
    none = pattern_form(facility, web_seats="0", walk_in_seats="0")
    with pytest.raises(InvalidForm) as refused:
        await service_staff.add_pattern(by, program.code, none)
    assert refused.value.fields["web_seats"].code == "seats-missing"


async def test_a_manager_adds_weekly_times_only_at_own_facilities(client: httpx.AsyncClient) -> None:
    mine = await make_facility()
    program = await make_program(facility=mine)
    other = await make_facility()
    by = await actor_for(await make_staff("facility-manager", mine.code))
    with pytest.raises(NotAllowed):
        await service_staff.add_pattern(by, program.code, pattern_form(other))


async def _weekly(seats: int = 2) -> tuple[Any, ProgramView, Any]:
    facility = await make_facility()
    program = await make_program(facility=facility)
    pattern = await make_pattern(program, facility, weekday=6, starts=time(14), ends=time(16), web_seats=seats)
    await service.generate_sessions()
    return await actor_for(await make_staff("facility-manager", facility.code)), program, pattern


async def test_seats_of_a_weekly_time_change_where_nobody_loses_one(client: httpx.AsyncClient) -> None:
    by, _, pattern = await _weekly()
    first, second, *_ = await all_sessions()
    for session in (first, first, second):
        await make_reservation(session=session)
    view = await queries.find_pattern(pattern.id)
    assert view is not None
    form = SeatsForm(web_seats="1", walk_in_seats="5", seen=version_of(view))
    outcome = await service_staff.change_pattern_seats(by, pattern.id, form)
    assert (outcome.changed, outcome.kept) == (8, 1)
    now = await all_sessions()
    assert [each.web_seats for each in now[:3]] == [2, 1, 1] and now[1].walk_in_seats == 5
    with pytest.raises(ChangedMeanwhile):
        await service_staff.change_pattern_seats(by, pattern.id, form)


async def test_an_ended_weekly_time_leaves_only_booked_sessions(client: httpx.AsyncClient, clock: Any) -> None:
    by, _, pattern = await _weekly()
    sessions = await all_sessions()
    await make_reservation(session=sessions[3])
    outcome = await service_staff.end_pattern(by, pattern.id, date(2026, 11, 30))
    assert (outcome.changed, outcome.kept) == (6, 1)
    assert [each.held_on for each in await all_sessions()] == [
        date(2026, 11, 21),
        date(2026, 11, 28),
        sessions[3].held_on,
    ]
    assert await service.generate_sessions() == 0
    clock.set(house_clock.at_local(date(2026, 12, 1), time(9)))
    with pytest.raises(UnknownPattern):
        await service_staff.end_pattern(by, pattern.id, date(2026, 12, 5))


async def test_an_ended_program_leaves_only_booked_sessions(client: httpx.AsyncClient) -> None:
    _, program, _ = await _weekly()
    by = await actor_for(await make_staff("body-administrator", program.body_code))
    sessions = await all_sessions()
    await make_reservation(session=sessions[3])
    outcome = await service_staff.end_program(by, program.code, date(2026, 11, 30))
    assert (outcome.changed, outcome.kept) == (6, 1)
    assert len(await all_sessions()) == 3
    assert await service.generate_sessions() == 0
    assert (await queries.get_program(program.code)).ended_on == date(2026, 12, 1)


async def test_a_weekly_time_stays_within_its_body(client: httpx.AsyncClient) -> None:
    program, other = await make_program(), await make_facility()
    by = await actor_for(await make_staff("body-administrator"))
    with pytest.raises(InvalidForm) as refused:
        await service_staff.add_pattern(by, program.code, pattern_form(other))
    assert refused.value.fields["facility"].code == "other-body"
