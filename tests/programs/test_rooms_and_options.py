"""Single sessions and series with words, rooms and options; what happens to a room when its session goes or moves."""

from datetime import date, time
from typing import Any

import httpx
import pytest

from booking.facilities import queries_spaces, service_spaces
from booking.facilities.errors import ChangedMeanwhile, SpaceHasUses, UnknownSpace
from booking.facilities.rules import SpaceUse
from booking.facilities.rules_forms import version_of
from booking.facilities.schemas import FacilityView
from booking.facilities.schemas_forms import ClosureForm, SpaceForm
from booking.kit import clock as house_clock
from booking.kit import db as house_db
from booking.kit.errors import InvalidForm
from booking.kit.i18n import LANGUAGES
from booking.programs import (
    queries,
    queries_options,
    service,
    service_adding,
    service_changing,
    service_options,
    service_sessions,
)
from booking.programs.errors import OptionCodeTaken
from booking.programs.schemas import ProgramView, SessionView
from booking.programs.schemas_forms import ChangeForm, OptionForm, SessionForm
from booking.reservations.service_closing_day import close_day, revoke_day
from tests.make.access import actor_for, make_staff, sign_in
from tests.make.facilities import make_facility, make_space
from tests.make.people import make_member
from tests.make.programs import make_option, make_pattern, make_program, make_session
from tests.make.reservations import make_reservation
from tests.reservations.test_options import order

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("clock")]
DAY = date(2026, 11, 28)


async def manager_of(facility: FacilityView) -> Any:
    return await actor_for(await make_staff("facility-manager", facility.code))


def session_form(facility: FacilityView, program: ProgramView, **values: Any) -> SessionForm:
    given = {
        "program": program.code, "facility": facility.code, "day": "2026-11-28", "starts": "10:00", "ends": "12:00",
        "web_seats": "8", "walk_in_seats": "2",
    }  # fmt: skip
    return SessionForm(**{**given, **values})


async def change_form(session: SessionView, **values: Any) -> ChangeForm:
    def local(name: str) -> str:
        return house_clock.local(getattr(session, name)).strftime("%Y-%m-%dT%H:%M")

    pools = await queries.list_options([session.id])
    given = {
        "day": session.held_on.isoformat(), "starts": local("starts_at")[11:], "ends": local("ends_at")[11:],
        "space": str(session.space_id or ""), "title": session.title or "", "titles": [], "note": "", "notes": [],
        "wheelchair_places": "", "selection": "", "booking_opens_at": local("booking_opens_at"),
        "booking_closes_at": local("booking_closes_at"), "cancel_until": local("cancel_until"),
        "roll_over_at": local("roll_over_at"), "pools": [str(pool.id) for pool in pools],
        "quotas": [str(pool.quota) for pool in pools],
        "seen": version_of(session, sorted(pools, key=lambda pool: pool.id)),
    }  # fmt: skip
    return ChangeForm(**{**given, **values})


def refused_at(refused: Any) -> dict[str, str]:
    return {field: refusal.code for field, refusal in refused.value.fields.items()}


async def test_a_series_in_a_room_is_made_whole_or_not_at_all(client: httpx.AsyncClient) -> None:
    facility = await make_facility(capacity=30)
    program = await make_program(facility=facility, category="lab")
    room, by = await make_space(facility, capacity=10), await manager_of(facility)
    await make_session(facility=facility, program=program)
    titles = ["", "Game Lab", *[""] * (len(LANGUAGES) - 3)]
    words = {"title": "ゲームのラボ", "titles": titles, "note": "昼ごはんを持ってきてください。", "space": str(room.id)}
    form = session_form(facility, program, more_days=["2026-11-30", "", "2026-11-29"], is_whole=True, **words)
    first = await queries.get_session(await service_adding.add_session(by, form))
    assert (first.title, first.titles, first.space_names["ja"]) == (
        "ゲームのラボ", {"ja": "ゲームのラボ", "en": "Game Lab"}, "スタジオ"
    )  # fmt: skip
    rows = await house_db.fetch("select held_on from session where series = $1 order by held_on", first.series_id)
    assert [row["held_on"].day for row in rows] == [28, 29, 30]
    (series,) = await house_db.fetch("select name, is_whole from series")
    assert (series["name"], series["is_whole"]) == ("ゲームのラボ", True)
    again = session_form(facility, program, day="2026-11-27", more_days=["2026-11-29"], space=str(room.id))
    with pytest.raises(InvalidForm) as refused:
        await service_adding.add_session(by, again)
    assert refused_at(refused) == {"space": "space-taken"}
    said = refused.value.fields["space"].say("ja")
    assert "スタジオは、11月29日（日） 10:00から11月29日（日） 12:00まで「ゲームのラボ」で使っています。" in said
    assert await house_db.fetchval("select count(*) from session where held_on = '2026-11-27'") == 0
    assert await house_db.fetchval("select count(*) from space_taken") == 3


@pytest.mark.parametrize(
    ("wrong", "field", "code"),
    [
        ({"more_days": ["2026-11-28"]}, "more_days", "day-twice"),
        ({"more_days": ["2026-11-01"]}, "more_days", "day-too-early"),
        ({"space": "nonsense"}, "space", "unknown-space"),
        ({"web_seats": "9"}, "space", "seats-over-space"),
        ({"titles": ["", "Only English"]}, "title", "words-missing"),
        ({"selection": "auction"}, "selection", "choice-needed"),
        ({"wheelchair_places": "x"}, "wheelchair_places", "number-unreadable"),
    ],
)
async def test_what_a_session_form_refuses(
    client: httpx.AsyncClient, wrong: dict[str, Any], field: str, code: str
) -> None:
    facility = await make_facility()
    program, room = await make_program(facility=facility), await make_space(facility, capacity=10)
    form = session_form(facility, program, **{"space": str(room.id), **wrong})
    with pytest.raises(InvalidForm) as refused:
        await service_adding.add_session(await manager_of(facility), form)
    assert refused_at(refused) == {field: code}


async def test_a_room_is_free_when_its_session_is_cancelled_and_taken_again_when_it_comes_back(
    client: httpx.AsyncClient,
) -> None:
    facility = await make_facility()
    program, room, by = await make_program(facility=facility), await make_space(facility), await manager_of(facility)
    form = session_form(facility, program, space=str(room.id))
    first = await service_adding.add_session(by, form)
    closing = {"day": "2026-11-28", "kind": "closed", "from_time": "", "until_time": "", "reason": "点検"}
    closure = await close_day(by, facility.code, ClosureForm(**closing))
    assert await house_db.fetchval("select count(*) from space_taken") == 0
    await revoke_day(by, facility.code, closure)
    assert await house_db.fetchval("select used_by from space_taken") == first
    await service_sessions.cancel_session(by, first, "講師の都合")
    second = await service_adding.add_session(by, form)
    assert await house_db.fetchval("select used_by from space_taken") == second


async def test_a_session_that_comes_back_to_a_room_in_use_has_none(client: httpx.AsyncClient) -> None:
    facility = await make_facility()
    program, room, by = await make_program(facility=facility), await make_space(facility), await manager_of(facility)
    first = await service_adding.add_session(by, session_form(facility, program, space=str(room.id)))
    closing = {"day": "2026-11-28", "kind": "closed", "from_time": "", "until_time": "", "reason": "点検"}
    closure = await close_day(by, facility.code, ClosureForm(**closing))
    span = (house_clock.at_local(DAY, time(11)), house_clock.at_local(DAY, time(13)))
    await service_spaces.take(room.id, span, SpaceUse.KEPT_FREE, facility.id)
    await revoke_day(by, facility.code, closure)
    back = await queries.get_session(first)
    assert (back.state, back.space_id) == ("published", None)


async def test_a_session_is_changed_and_its_windows_move_with_it(client: httpx.AsyncClient) -> None:
    facility = await make_facility()
    program, by = await make_program(facility=facility), await manager_of(facility)
    room, other = await make_space(facility), await make_space(facility)
    session_id = await service_adding.add_session(by, session_form(facility, program, space=str(room.id)))
    pool = await make_option(await queries.get_session(session_id), quota=2)
    before = await queries.get_session(session_id)
    changed = {"day": "2026-11-29", "space": str(other.id), "title": "写真の日", "quotas": ["3"]}
    opens = {"booking_opens_at": "2026-11-20T09:00"}
    await service_changing.change_session(by, session_id, await change_form(before, **changed, **opens))
    after = await queries.get_session(session_id)
    assert (after.held_on.day, after.title, after.space_id) == (29, "写真の日", other.id)
    assert house_clock.local(after.booking_opens_at).isoformat() == "2026-11-20T09:00:00+09:00"
    assert after.booking_closes_at - before.booking_closes_at == after.starts_at - before.starts_at
    assert [one.quota for one in await queries.list_options([session_id])] == [3]
    uses = await queries_spaces.list_uses([room.id, other.id], before.starts_at, after.ends_at)
    assert [(use.space_id, use.starts_at) for use in uses] == [(other.id, after.starts_at)]
    with pytest.raises(ChangedMeanwhile):
        await service_changing.change_session(by, session_id, await change_form(before))
    await order(by, after, await make_member(body=facility.body_code), options=(pool.code,))
    with pytest.raises(InvalidForm) as refused:
        await service_changing.change_session(by, session_id, await change_form(after, day="2026-11-30"))
    assert refused_at(refused) == {"day": "time-is-booked"}
    with pytest.raises(InvalidForm) as refused:
        await service_changing.change_session(by, session_id, await change_form(after, quotas=["0"]))
    assert refused_at(refused) == {f"quotas-{pool.id}": "options-taken"}


@pytest.mark.parametrize(
    ("wrong", "field", "code"),
    [
        ({"booking_closes_at": "2026-11-01T09:00"}, "booking_closes_at", "windows-out-of-order"),
        ({"cancel_until": "2026-12-24T09:00"}, "cancel_until", "window-after-end"),
        ({"roll_over_at": "2026-11-28"}, "roll_over_at", "time-unreadable"),
    ],
)
async def test_windows_stay_in_order(client: httpx.AsyncClient, wrong: dict[str, str], field: str, code: str) -> None:
    facility = await make_facility()
    program, by = await make_program(facility=facility), await manager_of(facility)
    session = await queries.get_session(await service_adding.add_session(by, session_form(facility, program)))
    with pytest.raises(InvalidForm) as refused:
        await service_changing.change_session(by, session.id, await change_form(session, **wrong))
    assert refused_at(refused) == {field: code}


async def test_rooms_are_staffs_to_change(client: httpx.AsyncClient) -> None:
    facility = await make_facility()
    by = await manager_of(facility)
    wrong = SpaceForm(name="", capacity="3", code="A b", wheelchair_places="4")
    with pytest.raises(InvalidForm) as refused:
        await service_spaces.add_space(by, facility.code, wrong)
    expected = {
        "name": "words-missing",
        "code": "space-code-unusable",
        "wheelchair_places": "more-wheelchairs-than-places",
    }
    assert refused_at(refused) == expected
    made = await service_spaces.add_space(by, facility.code, SpaceForm(name="スタジオ", capacity="9", code="studio"))
    (space,) = await queries_spaces.list_spaces([facility.id], house_clock.today())
    form = SpaceForm(
        name="大スタジオ", capacity="12", wheelchair_places="2", names=["", "Big Studio"], seen=version_of(space)
    )
    await service_spaces.change_space(by, facility.code, made, form)
    with pytest.raises(ChangedMeanwhile):
        await service_spaces.change_space(by, facility.code, made, form)
    space = await queries_spaces.get_space(made)
    assert (space.name, space.names, space.wheelchair_places) == (
        "大スタジオ", {"ja": "大スタジオ", "en": "Big Studio"}, 2
    )  # fmt: skip
    program = await make_program(facility=facility)
    session_id = await service_adding.add_session(by, session_form(facility, program, space=str(made)))
    with pytest.raises(SpaceHasUses):
        await service_spaces.end_space(by, facility.code, made)
    await service_sessions.cancel_session(by, session_id, "点検")
    await service_spaces.end_space(by, facility.code, made)
    with pytest.raises(UnknownSpace):
        await service_spaces.end_space(by, facility.code, made)
    assert await queries_spaces.list_spaces([facility.id], house_clock.today()) == []


async def test_a_programs_options_are_in_every_session_to_come(client: httpx.AsyncClient) -> None:
    facility = await make_facility()
    program = await make_program(facility=facility)
    by = await actor_for(await make_staff("body-administrator", facility.body_code))
    await make_pattern(program, facility, weekday=6)
    there = await make_session(facility=facility, program=program)
    bus = OptionForm(name="送迎バス", names=["", "Shuttle bus"], quota="5", code="bus")
    option_id = await service_options.add_option(by, program.code, bus)
    with pytest.raises(OptionCodeTaken):
        await service_options.add_option(by, program.code, bus)
    assert await service.generate_sessions() > 1
    assert await house_db.fetchval("select count(distinct session) from session_option") == await house_db.fetchval(
        "select count(*) from session"
    )
    await order(by, there, *[await make_member(body=facility.body_code) for _ in range(2)], options=("bus",))
    (option,) = await queries_options.list_program_options(program.id, house_clock.today())
    fewer = OptionForm(name="送迎バス", names=["", "Bus"], quota="1", seen=version_of(option))
    outcome = await service_options.change_option(by, program.code, option_id, fewer)
    assert (outcome.kept, outcome.changed > 1) == (1, True)
    await service_options.end_option(by, program.code, option_id)
    quotas = {row["session"]: row["quota"] for row in await house_db.fetch("select session, quota from session_option")}
    assert quotas.pop(there.id) == 2 and set(quotas.values()) == {0}
    assert await queries_options.list_program_options(program.id, house_clock.today()) == []


async def test_the_pages_of_rooms_options_and_single_sessions(client: httpx.AsyncClient) -> None:
    """By forms alone: a room, an option, a workshop with a title in that room; a second one there is refused."""
    facility = await make_facility()
    program = await make_program(facility=facility, category="event")
    await sign_in(client, await make_staff("body-administrator", facility.body_code))

    async def send(path: str, status: int = 303, **data: Any) -> httpx.Response:
        answer = await client.post(path, data=data)
        assert answer.status_code == status, answer.text[:3000]
        return answer

    spaces = f"/staff/facilities/{facility.code}/spaces"
    await send(spaces, 422, name="", capacity="0", code="")
    await send(spaces, name="スタジオ", names=["", "Studio"], capacity="20", code="studio", wheelchair_places="1")
    html = (await client.get(spaces)).text
    assert "スタジオ" in html and "車いす 1つまで" in html and 'value="Studio"' in html
    options = f"/staff/programs/{program.code}/options"
    wrong = await send(options, 422, name="ノートPC", names=["", "a" * 61], quota="2", code="laptop")
    assert 'id="f-names-en-error"' in wrong.text and '<details class="stack gap-2" open>' in wrong.text
    await send(options, name="ノートPC", names=["", "Laptop"], quota="2", code="laptop")
    assert "1回に 2" in (await client.get(options)).text
    space_id = await house_db.fetchval("select id from space")
    form = msgspec_asdict(session_form(facility, program, title="ロボットをつくる", space=str(space_id)))
    await send("/staff/sessions", **form)
    answer = await send("/staff/sessions", 422, **{**form, "title": "べつの会"})
    assert "「ロボットをつくる」で使っています。" in answer.text and "べつの会" in answer.text
    week = (await client.get(f"/staff/sessions?facility={facility.code}&week=2026-11-28")).text
    assert "ロボットをつくる" in week and "スタジオ" in week
    session_id = await house_db.fetchval("select id from session")
    assert "0／2" in (await client.get(f"/staff/sessions/{session_id}/seats")).text
    change = f"/staff/sessions/{session_id}/change"
    html = (await client.get(change)).text
    assert 'value="ロボットをつくる"' in html and 'value="2026-11-28T09:30"' in html
    changed = await change_form(await queries.get_session(session_id), title="ロボットを動かす")
    await send(change, 422, **{**msgspec_asdict(changed), "quotas": ["x"]})
    await send(change, **msgspec_asdict(changed))
    assert "<h1>ロボットを動かす</h1>" in (await client.get(f"/staff/sessions/{session_id}/seats?done=changed")).text


def msgspec_asdict(form: Any) -> dict[str, Any]:
    """A form's fields as a browser sends them: an unticked box is not sent."""
    fields = {name: getattr(form, name) for name in form.__struct_fields__}
    return {name: "1" if value is True else value for name, value in fields.items() if value is not False}


async def test_a_series_over_the_api(client: httpx.AsyncClient) -> None:
    facility = await make_facility()
    program = await make_program(facility=facility, category="lab")
    await sign_in(client, await make_staff("facility-manager", facility.code))
    body = {
        "program": program.code, "facility": facility.code, "day": "2026-11-28", "starts": "10:00", "ends": "12:00",
        "web_seats": 4, "more_days": ["2026-11-29"], "is_whole": True, "titles": {"ja": "ラボ", "en": "Lab"},
        "is_draft": True,
    }  # fmt: skip
    made = await client.post("/api/v1/staff/sessions", json=body)
    assert made.status_code == 201
    session = await queries.get_session(made.json()["id"])
    assert (session.title, session.titles, session.state, session.series_id is not None) == (
        "ラボ", {"ja": "ラボ", "en": "Lab"}, "draft", True
    )  # fmt: skip
    await make_reservation(await make_session(facility=facility, program=program))
