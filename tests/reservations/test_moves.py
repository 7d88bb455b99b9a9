"""The leader's page and the four moves: open anyway, ask to another group, ask about times, merge; and ending."""

import re
from datetime import date, time, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from httpx import AsyncClient

from booking.kit import clock as house_clock
from booking.kit import db as house_db
from booking.programs import queries_groups
from booking.programs.schemas_groups import WeeklyTime
from booking.reservations import queries_enrolments
from booking.reservations.errors_enrolments import MoveUnknown
from booking.reservations.service_moves_asking import open_question, settle_over, token_of
from tests.make.access import make_account, make_staff, sign_in
from tests.make.facilities import make_facility
from tests.make.groups import enrol, make_group
from tests.make.people import make_member, make_protected
from tests.make.programs import make_program, make_session
from tests.reservations.test_enrolments import audited, messages, seats_of

pytestmark = pytest.mark.anyio
SUNDAY = WeeklyTime(7, time(13), time(15))


class World:
    """A facility with two gathering groups of one program, and people in the first."""

    def __init__(self, **things: Any) -> None:
        self.__dict__.update(things)


@pytest.fixture
async def world(client: AsyncClient, clock: Any) -> Any:
    facility = await make_facility()
    program = await make_program(facility=facility, grades=(7, 12), adults=False, category="group")
    one = await make_group(facility=facility, program=program, seats=12, min_to_open=6)
    other = await make_group(
        facility=facility, program=program, times=[SUNDAY], seats=12, min_to_open=4, name="日曜の午後"
    )
    guardians = [await make_account() for _ in range(3)]
    children = [
        await make_member(account=each, body=facility.body_code, shown_name=f"子{n}")
        for n, each in enumerate(guardians)
    ]
    made = await enrol(one, *children, other_times=(WeeklyTime(7, time(13), time(17)),))
    await sign_in(client, await make_staff("facility-manager", facility.code))
    return World(
        facility=facility, program=program, one=one, other=other, guardians=guardians, children=children, made=made
    )


async def answer_link(account: Any) -> str:
    """The path of the link in the newest question to an account."""
    text = await house_db.fetchval(
        "select content from message where to_address = $1 and kind like 'group-asked-%'"
        " order by created_at desc, id desc limit 1",
        account.email,
    )
    found = re.search(r"http\S+/groups/moves/\S+", text or "")
    assert found, text
    return urlsplit(found.group()).path


async def test_the_leader_sees_who_since_when_and_where_else_they_could_go(world: Any, client: AsyncClient) -> None:
    shown = await client.get(f"/staff/groups/{world.one.id}")
    assert shown.status_code == 200
    assert "あと3人でひらきます" in shown.text
    assert "来られると言った人 3人" in shown.text
    assert shown.text.count("person-act") == 4, "three people to take out, one group to merge with"
    assert await house_db.fetchval("select count(*) from personal_data_view where what = 'group'") == 3
    listed = await client.get("/staff/groups")
    assert "土曜の午前" in listed.text and "日曜の午後" in listed.text
    sheet = (await client.get("/staff/groups.csv")).content.decode("utf-8-sig").splitlines()
    assert sheet[1].split(",")[2:4] == ["土曜の午前", "土曜日 10:00 〜 12:00"]
    assert sheet[1].split(",")[5:9] == ["12", "6", "3", "0"]


async def test_whom_no_mail_reaches_is_told_by_telephone(world: Any, client: AsyncClient) -> None:
    assert "電話で知らせる人" not in (await client.get(f"/staff/groups/{world.one.id}")).text
    await enrol(world.one, await make_member(body=world.facility.body_code))
    assert (await client.get(f"/staff/groups/{world.one.id}")).text.count("電話で知らせる人") == 1


async def test_open_anyway(world: Any, client: AsyncClient) -> None:
    done = await client.post(f"/staff/groups/{world.one.id}/open", data={})
    assert done.headers["location"].endswith("did=open")
    assert (await queries_groups.get_group(world.one.id)).state == "open"
    assert len(await seats_of(world.made[0].id)) == 8
    assert len(await messages("group-opened")) == 3
    again = await client.post(f"/staff/groups/{world.one.id}/open", data={})
    assert again.status_code == 409


async def test_a_proposal_is_accepted_by_link_without_signing_in(world: Any, client: AsyncClient) -> None:
    form = {"to": str(world.other.id), "until_on": "2026-12-01", "note": "日曜なら席があります"}
    asked = await client.post(f"/staff/groups/{world.one.id}/propose", data=form)
    assert asked.headers["location"].endswith("did=propose"), asked.text
    client.cookies.clear()
    paths = [await answer_link(each) for each in world.guardians]
    seen = await client.get(paths[0])
    assert "子0さん" in seen.text and "日曜の午後" in seen.text
    assert len(await queries_enrolments.list_live([world.other.id])) == 0, "looking answers nothing"
    yes = await client.post(paths[0], data={"says": "yes"})
    assert yes.headers["location"].endswith("did=yes")
    assert "移りました" in (await client.get(paths[0])).text
    assert [each.member_id for each in await queries_enrolments.list_live([world.other.id])] == [world.children[0].id]
    assert (await client.post(paths[0], data={"says": "yes"})).status_code == 303, "twice is once"
    await client.post(paths[1], data={"says": "no"})
    assert "いまの席は、そのままです" in (await client.get(paths[1])).text
    assert len(await queries_enrolments.list_live([world.one.id])) == 2
    assert await audited("enrolment.moved") == 1


async def test_a_link_shows_nothing_after_the_child_is_protected(world: Any, client: AsyncClient) -> None:
    form = {"to": str(world.other.id), "until_on": "2026-12-01", "note": ""}
    await client.post(f"/staff/groups/{world.one.id}/propose", data=form)
    path = await answer_link(world.guardians[0])
    await make_protected(world.children[0].id)
    led = (await client.get(f"/staff/groups/{world.one.id}")).text
    assert "一覧に出さない人が 1人います" in led
    client.cookies.clear()
    gone, never = await client.get(path), await client.get("/groups/moves/AAAA")
    assert (gone.status_code, never.status_code) == (404, 404)
    assert (await client.post(path, data={"says": "yes"})).status_code == 404
    assert world.children[0].shown_name not in gone.text


async def test_a_forged_link_opens_nothing(world: Any, client: AsyncClient) -> None:
    form = {"to": str(world.other.id), "until_on": "2026-12-01", "note": ""}
    await client.post(f"/staff/groups/{world.one.id}/propose", data=form)
    answer_id = await house_db.fetchval("select id from group_move_answer limit 1")
    stranger = await make_account()
    with pytest.raises(MoveUnknown):
        await open_question(token_of(answer_id, stranger.id))
    token = token_of(answer_id, world.guardians[0].id)
    with pytest.raises(MoveUnknown):
        await open_question(token[:-2] + ("AA" if not token.endswith("AA") else "BB"))


async def test_other_times_are_asked_counted_and_carried_out(world: Any, client: AsyncClient) -> None:
    await client.post(f"/staff/groups/{world.one.id}/open", data={})
    form = {
        "weekday": ["7", "6", "6"],
        "starts": ["10:00", "", ""],
        "ends": ["12:00", "", ""],
        "from_on": "2026-12-07",
        "until_on": "2026-12-01",
        "note": "",
    }
    asked = await client.post(f"/staff/groups/{world.one.id}/ask-time", data=form)
    assert asked.status_code == 303, asked.text
    for number, path in enumerate([await answer_link(each) for each in world.guardians]):
        await client.post(path, data={"says": "no" if number == 2 else "yes"})
    led = (await client.get(f"/staff/groups/{world.one.id}")).text
    assert "行ける 2人、行けない 1人、答えはまだ 0人" in led
    move_id = await house_db.fetchval("select id from group_move")
    done = await client.post(f"/staff/groups/{world.one.id}/moves/{move_id}/carry-out", data={})
    assert done.status_code == 303
    days = await seats_of(world.made[0].id)
    assert days[:3] == [date(2026, 11, 28), date(2026, 12, 5), date(2026, 12, 13)]
    assert all(each.isoweekday() == 7 for each in days[2:])
    left = await house_db.fetch(
        "select held_on from session where state = 'published' and \"group\" = $1", world.one.id
    )
    assert {each["held_on"].isoweekday() for each in left if each["held_on"] >= date(2026, 12, 7)} == {7}
    assert len(await messages("group-times")) == 3


async def test_a_last_day_that_is_put_off_again_brings_the_weeks_back(world: Any, client: AsyncClient) -> None:
    await client.post(f"/staff/groups/{world.one.id}/open", data={})
    weeks = await seats_of(world.made[0].id)
    for last, expected in (("2026-12-05", weeks[:2]), ("", weeks)):
        edit = (await client.get(f"/staff/groups/{world.one.id}/edit")).text
        seen = re.search(r'name="seen" value="([^"]+)"', edit)
        assert seen
        form = {"name": "土", "names": ["", "Sat"], "seats": "12", "min_to_open": "6", "starts_after_days": "7"}
        done = await client.post(f"/staff/groups/{world.one.id}/edit", data={**form, "last_on": last, "seen": seen[1]})
        assert done.status_code == 303, done.text
        assert await seats_of(world.made[0].id) == expected


async def test_a_guardian_who_is_signed_in_finds_the_question_among_the_bookings(
    world: Any, client: AsyncClient
) -> None:
    form = {"to": str(world.other.id), "until_on": "2026-12-01", "note": ""}
    await client.post(f"/staff/groups/{world.one.id}/propose", data=form)
    await sign_in(client, world.guardians[1])
    assert await answer_link(world.guardians[1]) in (await client.get("/bookings")).text


async def test_a_merge_moves_whom_it_fits_and_names_the_others(world: Any, client: AsyncClient) -> None:
    clash = await make_group(facility=world.facility, times=[SUNDAY], seats=5, min_to_open=5, name="別の日曜")
    await enrol(clash, world.children[2])
    four = [await make_member(body=world.facility.body_code) for _ in range(2)]
    await enrol(world.other, *four)
    shown = await client.get(f"/staff/groups/{world.one.id}/merge/{world.other.id}")
    assert "移れない人" in shown.text and "別の日曜" in shown.text
    done = await client.post(f"/staff/groups/{world.one.id}/merge/{world.other.id}", data={})
    assert done.headers["location"] == f"/staff/groups/{world.other.id}?did=merged"
    merged, into = await queries_groups.get_group(world.one.id), await queries_groups.get_group(world.other.id)
    assert (merged.state, merged.merged_into, into.state) == ("merged", into.id, "open")
    assert len(await queries_enrolments.list_live([into.id])) == 4
    assert await queries_enrolments.list_live([merged.id]) == []
    assert await messages("group-not-moved") == [world.guardians[2].email]
    assert len(await messages("group-moved")) == 2


async def test_a_merge_into_too_few_seats_changes_nothing(world: Any, client: AsyncClient) -> None:
    small = await make_group(
        facility=world.facility, program=world.program, times=[SUNDAY], seats=2, min_to_open=2, name="小"
    )
    refused = await client.post(f"/staff/groups/{world.one.id}/merge/{small.id}", data={})
    assert refused.status_code == 409 and "1人は入れません" in refused.text
    assert len(await queries_enrolments.list_live([world.one.id])) == 3


async def test_ending_a_group_gives_every_seat_back_and_tells_everybody(world: Any, client: AsyncClient) -> None:
    await client.post(f"/staff/groups/{world.one.id}/open", data={})
    assert "もとにはもどせません" in (await client.get(f"/staff/groups/{world.one.id}/end")).text
    await client.post(f"/staff/groups/{world.one.id}/end", data={})
    assert (await queries_groups.get_group(world.one.id)).state == "ended"
    assert await seats_of(world.made[0].id) == []
    assert len(await messages("group-ended")) == 3
    assert await house_db.fetchval("select count(*) from session where state = 'published'") == 0


async def test_a_group_is_made_changed_and_filled_at_the_desk(world: Any, client: AsyncClient) -> None:
    today = house_clock.today().isoformat()
    form = {
        "facility": world.facility.code,
        "program": world.program.code,
        "name": "水曜の夕方",
        "names": ["", "Wednesday evening"],
        "seats": "2",
        "min_to_open": "2",
        "starts_after_days": "7",
        "first_on": today,
        "weekday": ["3", "6", "6"],
        "starts": ["17:00", "", ""],
        "ends": ["19:00", "", ""],
    }
    refused = await client.post("/staff/groups", data={**form, "min_to_open": "3", "starts": [""], "ends": [""]})
    assert refused.status_code == 422 and "席の数までに" in refused.text and "重ならないように" in refused.text
    made = await client.post("/staff/groups", data=form)
    address = made.headers["location"].split("?")[0]
    assert "申しこみを受け付けています" in (await client.get(made.headers["location"])).text
    child = await make_member(grade=3, body=world.facility.body_code)
    young = {"number": child.number, "reason": ""}
    assert (await client.post(f"{address}/enrol", data=young)).status_code == 409
    override = {"number": child.number, "override": "group-not-eligible", "reason": "兄といっしょ"}
    assert (await client.post(f"{address}/enrol", data=override)).status_code == 303
    edit = (await client.get(f"{address}/edit")).text
    seen = re.search(r'name="seen" value="([^"]+)"', edit)
    assert seen
    kept = {name: form[name] for name in ("name", "names", "seats", "starts_after_days")}
    changed = await client.post(f"{address}/edit", data={**kept, "min_to_open": "1", "seen": seen[1]})
    assert changed.status_code == 303, changed.text
    group = (await queries_groups.list_groups(states=["open"]))[0]
    assert group.name == "水曜の夕方", "a lower minimum opens it"
    (one,) = await queries_enrolments.list_live([group.id])
    assert len(await seats_of(one.id)) == 7, "the exception holds for its seats"
    assert "外します" in (await client.get(f"/staff/enrolments/{one.id}/leave")).text
    assert (await client.post(f"/staff/enrolments/{one.id}/leave", data={})).status_code == 303
    assert await seats_of(one.id) == []


async def test_sessions_are_offered_until_a_group_opens(world: Any, client: AsyncClient) -> None:
    session = await make_session(facility=world.facility, starts_at=house_clock.now() + timedelta(days=3))
    await client.post(f"/staff/groups/{world.one.id}/interim", data={"session": str(session.id)})
    assert "案内をやめる" in (await client.get(f"/staff/groups/{world.one.id}")).text
    assert f"/sessions/{session.id}" in (await client.get(f"/groups/{world.one.id}")).text
    other = await make_session()
    unfit = await client.post(f"/staff/groups/{world.one.id}/interim", data={"session": str(other.id)})
    assert unfit.status_code == 422
    await client.post(f"/staff/groups/{world.one.id}/interim/take-back", data={"session": str(session.id)})
    assert f"/sessions/{session.id}" not in (await client.get(f"/groups/{world.one.id}")).text


async def test_the_same_through_the_api(world: Any, client: AsyncClient) -> None:
    address = f"/api/v1/staff/groups/{world.one.id}"
    asked = await client.post(f"{address}/moves", json={"to": str(world.other.id), "until_on": "2026-12-01"})
    assert asked.status_code == 201, asked.text
    twice = await client.post(f"{address}/moves", json={"to": str(world.other.id), "until_on": "2026-12-01"})
    assert (twice.status_code, twice.json()["code"]) == (409, "move-asked-already")
    wrong = await client.post(f"{address}/moves", json={"until_on": "someday"})
    assert wrong.status_code == 422 and set(wrong.json()["fields"]) == {"until_on", "times", "from_on"}
    move = asked.json()["id"]
    late = await client.post(f"/api/v1/staff/moves/{move}/carry-out")
    assert late.json()["code"] == "move-settled", "people move one by one"
    assert (await client.post(f"/api/v1/staff/moves/{move}/withdraw")).status_code == 200
    sunday = [{"weekday": 7, "starts": "10:00", "ends": "12:00"}]
    times = {"times": sunday, "from_on": "2026-12-07", "until_on": "2026-12-01"}
    other = (await client.post(f"{address}/moves", json=times)).json()["id"]
    done = await client.post(f"/api/v1/staff/moves/{other}/carry-out")
    assert done.json()["state"] == "gathering"
    assert [each.weekday for each in (await queries_groups.get_group(world.one.id)).times][-1] == 7
    opened = await client.post(f"{address}/open", headers={"idempotency-key": "x"})
    assert opened.json()["state"] == "open"
    assert (await client.post(f"{address}/open", headers={"idempotency-key": "x"})).json() == opened.json()
    merged = await client.post(f"{address}/merge", json={"into": str(world.other.id)})
    assert merged.json()["merged_into"] == str(world.other.id), merged.text
    assert (await client.post(f"/api/v1/staff/groups/{world.other.id}/end")).json()["state"] == "ended"
    assert (await client.post(f"/api/v1/staff/groups/{world.other.id}/end")).json()["code"] == "group-over"


async def test_a_proposal_is_over_when_its_last_day_is(world: Any, client: AsyncClient, clock: Any) -> None:
    form = {"to": str(world.other.id), "until_on": "2026-11-25", "note": ""}
    await client.post(f"/staff/groups/{world.one.id}/propose", data=form)
    path = await answer_link(world.guardians[0])
    clock.advance(days=5)
    assert "この質問は、もう終わりました" in (await client.get(path)).text
    assert (await client.post(path, data={"says": "yes"})).status_code == 404
    assert await settle_over() == 1
    assert await settle_over() == 0
