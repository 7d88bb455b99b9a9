"""Rooms of weekly times and weekly groups: held by every session made, a clash named before and listed after."""

from datetime import date, time
from typing import Any

import httpx
import pytest

from booking import wiring
from booking.access.schemas import SYSTEM
from booking.facilities import service_spaces
from booking.facilities.rules import SpaceUse
from booking.facilities.rules_forms import version_of
from booking.kit import clock as house_clock
from booking.kit import db as house_db
from booking.kit.i18n import LANGUAGES
from booking.kit.tokens import new_id
from booking.programs import queries, queries_groups, service, service_groups, service_staff
from booking.programs.errors import SessionFormRefused
from booking.programs.errors_rooms import RoomTakenOnDays
from booking.programs.rules_groups_forms import check_group
from booking.programs.schemas_forms import RoomForm, SeatsForm
from booking.programs.schemas_groups import GroupView, WeeklyTime
from booking.reservations import service_moves_asking
from booking.reservations.schemas_moves import Asking
from tests.make.access import actor_for, make_staff, sign_in
from tests.make.facilities import make_facility, make_space
from tests.make.groups import SATURDAY, group_form, make_group
from tests.make.programs import make_pattern, make_program, make_session
from tests.programs.test_staff import pattern_form

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db", "clock")]
FAR = date(2030, 1, 1)


@pytest.fixture(autouse=True)
def introduced() -> None:
    """Rooms below know who counts seats."""
    wiring.introduce()


async def held() -> dict[date, str | None]:
    """The room each session of a weekly time or group has, by day; a wish that failed in brackets."""
    rows = await house_db.fetch(
        "select s.held_on, room.name, wish.name as wished from session s left join space room on room.id = s.space"
        " left join space wish on wish.id = s.wished_space"
        " where (s.pattern is not null or s.\"group\" is not null) and s.state <> 'cancelled' order by s.starts_at"
    )
    return {row["held_on"]: row["name"] or (f"({row['wished']})" if row["wished"] else None) for row in rows}


async def taken() -> int:
    """How often rooms are taken for sessions."""
    count: int = await house_db.fetchval("select count(*) from space_taken where used_for = 'session'")
    return count


async def occupy(room: Any, day: date, starts: int = 14, ends: int = 16) -> None:
    """Let something else be in a room."""
    at = (house_clock.at_local(day, time(starts)), house_clock.at_local(day, time(ends)))
    await service_spaces.take(room.id, at, SpaceUse.KEPT_FREE, new_id())


async def test_sessions_of_a_weekly_time_hold_its_room() -> None:
    facility = await make_facility()
    room = await make_space(facility)
    program = await make_program(facility=facility)
    await make_pattern(program, facility, weekday=6, starts=time(14), ends=time(16), space=room)
    await occupy(room, date(2026, 11, 28))
    assert await service.generate_sessions() == 9
    rooms = await held()
    assert rooms.pop(date(2026, 11, 28)) == "(スタジオ)"
    assert set(rooms.values()) == {"スタジオ"}
    assert await taken() == 8
    await house_db.execute("delete from space_taken where used_for = 'kept-free'")
    assert await service.generate_sessions() == 0
    assert set((await held()).values()) == {"スタジオ"}


async def test_the_form_names_the_days_on_which_the_room_is_taken(client: httpx.AsyncClient) -> None:
    facility = await make_facility()
    room = await make_space(facility)
    program = await make_program(facility=facility)
    lab = await make_session(
        facility=facility, program=program, starts_at=house_clock.at_local(date(2026, 12, 5), time(15))
    )
    await service_spaces.take(room.id, (lab.starts_at, lab.ends_at), SpaceUse.SESSION, lab.id)
    await occupy(room, date(2026, 12, 12))
    await sign_in(client, await make_staff("facility-manager", facility.code))
    address = f"/staff/programs/{program.code}/times"
    page = await client.get(address)
    assert f'value="{room.id}"' in page.text
    given = {
        "facility": facility.code, "weekday": "6", "starts": "14:00", "ends": "16:00", "web_seats": "3",
        "walk_in_seats": "1", "from_on": "2026-11-21", "last_on": "", "space": str(room.id),
    }  # fmt: skip
    refused = await client.post(address, data=given)
    assert refused.status_code == 422
    for said in ("12月5日（土）", lab.program_name, "12月12日（土）", "空けておく時間", "without_room"):
        assert said in refused.text
    assert await held() == {}
    made = await client.post(address, data={**given, "without_room": "1"})
    assert made.status_code == 303
    rooms = await held()
    assert [day for day, name in rooms.items() if name == "(スタジオ)"] == [date(2026, 12, 5), date(2026, 12, 12)]
    listed = await client.get("/staff/sessions/undecided")
    assert listed.text.count("部屋を決める") == 2
    assert lab.program_name in listed.text
    too_small = await client.post(address, data={**given, "web_seats": "40", "starts": "10:00", "ends": "11:00"})
    assert (too_small.status_code, "この部屋に入れるのは" in too_small.text) == (422, True)


async def test_another_room_for_a_weekly_time_takes_what_is_ahead_along() -> None:
    facility = await make_facility()
    first, other = await make_space(facility), await make_space(facility, code="b", name="ラボ")
    program = await make_program(facility=facility)
    by = await actor_for(await make_staff("facility-manager", facility.code))
    await service_staff.add_pattern(by, program.code, pattern_form(facility, space=str(first.id)))
    (pattern,) = await queries.list_patterns(first_day=house_clock.today())
    many = SeatsForm(web_seats="20", walk_in_seats="1", seen=version_of(pattern))
    with pytest.raises(SessionFormRefused):
        await service_staff.change_pattern_seats(by, pattern.id, many)
    one = (await queries.list_sessions(first_day=date(2026, 11, 28), last_day=date(2026, 11, 28)))[0]
    await house_db.execute("update session set space = null where id = $1", one.id)
    await service_spaces.free([one.id])
    await occupy(other, date(2026, 12, 5))
    wanted = RoomForm(space=str(other.id), without_room=False, seen=version_of(pattern))
    with pytest.raises(Exception) as refused:
        await service_staff.change_pattern_room(by, pattern.id, wanted)
    assert isinstance(refused.value.fields["space"], RoomTakenOnDays)  # type: ignore[attr-defined]
    assert "Lab" not in refused.value.fields["space"].say("en")  # type: ignore[attr-defined]
    assert set((await held()).values()) == {"スタジオ", None}
    await service_staff.change_pattern_room(
        by, pattern.id, RoomForm(space=str(other.id), without_room=True, seen=version_of(pattern))
    )
    rooms = await held()
    assert (rooms.pop(date(2026, 12, 5)), rooms.pop(date(2026, 11, 28))) == ("(ラボ)", None)
    assert set(rooms.values()) == {"ラボ"}
    assert await taken() == len(rooms)
    (pattern,) = await queries.list_patterns(first_day=house_clock.today())
    await service_staff.change_pattern_room(
        by, pattern.id, RoomForm(space="", without_room=False, seen=version_of(pattern))
    )
    assert (set((await held()).values()), await taken()) == ({None}, 0)


async def open_group(facility: Any, **given: Any) -> GroupView:
    """A group that meets on Saturday mornings."""
    group = await make_group(facility=facility, **given)
    async with house_db.transaction():
        opened = await service_groups.open_group(SYSTEM, group)
    assert opened is not None
    return opened


async def change(group: GroupView, facility: Any, *, without_room: bool = False, **given: Any) -> GroupView:
    """Write a group anew."""
    program = await queries.get_program(group.program_code)
    form = group_form(program, facility, [SATURDAY], **given)
    values = await service_groups.with_room(facility, check_group(form, group.first_on, facility.capacity), form)
    async with house_db.transaction():
        return await service_groups.change_group(SYSTEM, group, values, without_room=without_room)


async def test_a_group_meets_in_its_room_and_moves_to_another() -> None:
    facility = await make_facility()
    first, other = await make_space(facility), await make_space(facility, code="b", name="ラボ")
    group = await open_group(facility, space=str(first.id))
    rooms = await held()
    assert len(rooms) >= 7
    assert set(rooms.values()) == {"スタジオ"}
    busy = sorted(rooms)[1]
    await occupy(other, busy, 9, 11)
    with pytest.raises(Exception) as refused:
        await change(group, facility, space=str(other.id))
    assert "11:00" in refused.value.fields["space"].say("ja")  # type: ignore[attr-defined]
    assert set((await held()).values()) == {"スタジオ"}
    await change(group, facility, space=str(other.id), without_room=True)
    moved = await held()
    assert moved.pop(busy) == "(ラボ)"
    assert set(moved.values()) == {"ラボ"}
    assert await taken() == len(moved)


async def test_other_times_of_a_group_hold_its_room_then() -> None:
    facility = await make_facility()
    room = await make_space(facility)
    group = await open_group(facility, space=str(room.id))
    later = WeeklyTime(6, time(11), time(13))
    busy = sorted(await held())[2]
    await occupy(room, busy, 12, 13)
    asking = Asking(answer_until=house_clock.now(), times=(later,), from_on=house_clock.today())
    with pytest.raises(Exception) as refused:
        await service_moves_asking.ask_or_change(SYSTEM, group.id, asking)
    assert isinstance(refused.value.fields["times"], RoomTakenOnDays)  # type: ignore[attr-defined]
    anyway = Asking(answer_until=house_clock.now(), times=(later,), from_on=house_clock.today(), without_room=True)
    await service_moves_asking.ask_or_change(SYSTEM, group.id, anyway)
    moved = await held()
    assert moved.pop(busy) == "(スタジオ)"
    assert set(moved.values()) == {"スタジオ"}
    back = Asking(answer_until=house_clock.now(), times=(SATURDAY,), from_on=house_clock.today())
    await service_moves_asking.ask_or_change(SYSTEM, group.id, back)
    assert set((await held()).values()) == {"スタジオ"}
    assert await taken() == len(await held())


async def test_a_group_that_gathers_is_told_at_once(client: httpx.AsyncClient) -> None:
    facility = await make_facility()
    room = await make_space(facility)
    program = await make_program(facility=facility, grades=(7, 12), adults=False, category="group")
    await occupy(room, date(2026, 12, 5), 10, 11)
    await sign_in(client, await make_staff("facility-manager", facility.code))
    form = group_form(program, facility, [SATURDAY], space=str(room.id))
    data = {name: getattr(form, name) for name in form.__struct_fields__ if name not in ("without_room", "notes")}
    data["names"] = ["Saturday morning" if language == "en" else "" for language in LANGUAGES if language != "ja"]
    refused = await client.post("/staff/groups", data=data)
    assert (refused.status_code, "12月5日（土）" in refused.text, "without_room" in refused.text) == (422, True, True)
    assert await queries_groups.list_groups() == []
    assert (await client.post("/staff/groups", data={**data, "without_room": "1"})).status_code == 303
    (made,) = await queries_groups.list_groups()
    assert made.space == room.id
    assert "（20人まで）" in (await client.get(f"/staff/groups/{made.id}/edit")).text
