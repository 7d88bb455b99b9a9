"""Drafted weeks published now or at a moment, seats of a span in one step, days on which calendar rules disagree."""

import re
from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from booking.access.errors import NotAllowed
from booking.facilities.errors import ChangedMeanwhile
from booking.facilities.schemas import FacilityView
from booking.facilities.schemas_forms import ClosureForm
from booking.facilities.tables import ClosingRule
from booking.kit import clock as house_clock
from booking.kit import db as house_db
from booking.kit.errors import InvalidForm
from booking.kit.tokens import new_id
from booking.programs import queries, service, service_publishing, service_spans
from booking.programs.errors import DraftsWhileClosed, NothingDrafted, UnknownPublication
from booking.programs.rules_forms import obstacle_of
from booking.programs.schemas_forms import Outcome, PublishForm, SpanForm
from booking.reservations.service_closing_day import close_day
from tests.conftest import Clock
from tests.make.access import actor_for, make_staff, sign_in
from tests.make.facilities import make_facility, make_space
from tests.make.programs import make_pattern, make_program, make_session
from tests.make.reservations import make_reservation
from tests.reservations.facts import a_session

pytestmark = pytest.mark.anyio


async def manager_of(facility: FacilityView) -> Any:
    return await actor_for(await make_staff("facility-manager", facility.code))


def publish_form(facility: FacilityView, **values: str) -> PublishForm:
    given = {
        "facility": facility.code,
        "program": "",
        "from_on": "2026-11-22",
        "last_on": "2026-12-05",
        "publish_at": "",
    }
    return PublishForm(**{**given, **values})


async def states() -> list[str]:
    return [row["state"] for row in await house_db.fetch("select state from session order by starts_at")]


async def test_drafted_weeks_appear_together_at_their_moment(client: httpx.AsyncClient, clock: Clock) -> None:
    facility = await make_facility()
    program = await make_program(facility=facility, is_drafted=True)
    await make_pattern(program, facility, weekday=6)
    assert await service.generate_sessions() == 8 and set(await states()) == {"draft"}
    session = (
        await queries.list_sessions(first_day=date(2026, 11, 28), last_day=date(2026, 11, 28), states=["draft"])
    )[0]
    assert (await client.get(f"/sessions/{session.id}")).status_code == 404
    by = await manager_of(facility)
    planned = publish_form(facility, publish_at="2026-11-24T09:00")
    assert (await service_publishing.publish(by, planned)).changed == 2
    assert await service_publishing.publish_due() == 0
    clock.set(house_clock.at_local(date(2026, 11, 24), house_clock.local(clock()).time().replace(hour=9)))
    assert await service_publishing.publish_due() == 2 and await service_publishing.publish_due() == 0
    assert await states() == ["published", "published", *["draft"] * 6]
    assert (await client.get(f"/sessions/{session.id}")).status_code == 200
    next_week = publish_form(facility, from_on="2026-12-06", last_on="2026-12-12")
    assert await service_publishing.publish(by, next_week) == Outcome(changed=1, kept=0)
    with pytest.raises(NothingDrafted):
        await service_publishing.publish(by, publish_form(facility, from_on="2026-12-06", last_on="2026-12-12"))
    actions = await house_db.fetch("select action from audit_entry where action like 'sessions.%' order by id")
    assert [row["action"] for row in actions] == ["sessions.plan", "sessions.publish", "sessions.publish"]


async def test_drafts_on_a_day_that_is_closed_by_now_stay_drafts_and_are_marked(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    """Two Saturdays were drafted; then one of them was closed."""
    facility = await make_facility()
    program = await make_program(facility=facility, is_drafted=True)
    await make_pattern(program, facility, weekday=6)
    await service.generate_sessions()
    by = await manager_of(facility)
    closing = ClosureForm(day="2026-11-28", kind="closed", from_time="", until_time="", reason="点検")
    await close_day(by, facility.code, closing)
    with pytest.raises(DraftsWhileClosed):
        await service_publishing.publish(by, publish_form(facility, from_on="2026-11-28", last_on="2026-11-28"))
    await sign_in(client, await make_staff("facility-manager", facility.code))
    form = {
        "facility": facility.code,
        "program": "",
        "from_on": "2026-11-22",
        "last_on": "2026-12-05",
        "publish_at": "",
    }
    done = await client.post("/staff/sessions/drafts", data=form)
    assert (done.status_code, done.headers["location"]) == (303, "/staff/sessions/drafts?done=published&kept=1")
    assert (await states())[:3] == ["draft", "published", "draft"]
    seen = (await client.get(done.headers["location"])).text
    assert "休みの時間の回が1つあります。" in seen and seen.count(">休み<") == 1
    planned = publish_form(facility, from_on="2026-12-06", last_on="2026-12-19", publish_at="2026-11-24T09:00")
    assert (await service_publishing.publish(by, planned)).changed == 2
    later = ClosureForm(day="2026-12-12", kind="closed", from_time="", until_time="", reason="点検")
    await close_day(by, facility.code, later)
    clock.set(house_clock.at_local(date(2026, 11, 24), house_clock.local(clock()).time().replace(hour=10)))
    assert await service_publishing.publish_due() == 1
    assert (await states())[:5] == ["draft", "published", "draft", "published", "draft"]


async def test_what_was_planned_is_taken_back(client: httpx.AsyncClient, clock: Clock) -> None:
    facility = await make_facility()
    await make_session(facility=facility, state="draft")
    by = await manager_of(facility)
    for wrong, field in (({"publish_at": "2026-11-20T09:00"}, "publish_at"), ({"last_on": "2026-11-21"}, "last_on")):
        with pytest.raises(InvalidForm) as refused:
            await service_publishing.publish(by, publish_form(facility, **wrong))
        assert list(refused.value.fields) == [field]
    await service_publishing.publish(by, publish_form(facility, publish_at="2026-11-21T15:00"))
    planned = await house_db.fetchval("select id from publication")
    with pytest.raises(NotAllowed):
        await service_publishing.take_back(await manager_of(await make_facility()), planned)
    await service_publishing.take_back(by, planned)
    with pytest.raises(UnknownPublication):
        await service_publishing.take_back(by, planned)
    clock.advance(hours=9)
    assert await service_publishing.publish_due() == 0 and await states() == ["draft"]


@pytest.mark.parametrize(
    ("taken", "web", "walk_in", "room", "expected"),
    [(3, 3, 0, None, ""), (4, 3, 0, None, "taken"), (0, 3, 2, 5, ""), (0, 3, 3, 5, "room"), (9, 3, 3, 5, "taken")],
)
def test_what_stands_in_the_way(taken: int, web: int, walk_in: int, room: int | None, expected: str) -> None:
    assert obstacle_of(a_session(), taken, web, walk_in, room) == expected


async def test_seats_of_a_span_change_where_they_can(client: httpx.AsyncClient, clock: Clock) -> None:
    facility = await make_facility()
    program, room = await make_program(facility=facility), await make_space(facility, capacity=2)
    first = house_clock.now() + timedelta(days=1)
    booked, free, small = [
        await make_session(facility=facility, program=program, starts_at=first + timedelta(days=n), seats=5, **more)
        for n, more in enumerate(({}, {}, {"space": room.id}))
    ]
    for _ in range(4):
        await make_reservation(booked)
    form = {
        "facility": facility.code, "program": program.code, "from_on": "2026-11-22", "last_on": "2026-11-30",
        "web_seats": "3", "walk_in_seats": "1",
    }  # fmt: skip
    by = await manager_of(facility)
    rows, seen = await service_spans.list_span(by, SpanForm(**form))
    assert [(row.session.id, row.taken, row.obstacle) for row in rows] == [
        (booked.id, 4, "taken"), (free.id, 0, ""), (small.id, 0, "room"),
    ]  # fmt: skip
    await make_reservation(free)
    outcome = await service_spans.change_span(by, SpanForm(**form, seen=seen))
    assert (outcome.changed, outcome.kept) == (1, 2)
    after = await queries.get_session(free.id)
    assert (after.web_seats, after.walk_in_seats) == (3, 1)
    assert (await queries.get_session(booked.id)).web_seats == 5
    with pytest.raises(ChangedMeanwhile):
        await service_spans.change_span(by, SpanForm(**form, seen=seen))


async def test_a_day_on_which_rules_disagree_is_decided_with_one_button(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    """23 November 2026 is a Monday and 勤労感謝の日: one rule opens it, another closes it."""
    facility = await make_facility()
    program = await make_program(facility=facility)
    await make_pattern(program, facility, weekday=1)
    common = {"facility": facility.id, "valid_from_on": date(2020, 4, 1), "provisional": False}
    await ClosingRule.insert(ClosingRule(id=new_id(), kind="weekly", weekday=1, on_holiday="open", **common))
    await ClosingRule.insert(ClosingRule(id=new_id(), kind="holiday", **common))
    assert await service.generate_sessions() == 0
    await sign_in(client, await make_staff("facility-manager", facility.code))
    html = (await client.get("/staff/sessions/undecided")).text
    assert "勤労感謝の日" in html and "休みにする" in html and "開ける" in html
    sent = {"facility": facility.code, "day": "2026-11-23", "kind": "open"}
    assert (await client.post("/staff/sessions/undecided", data={**sent, "kind": "x"})).status_code == 422
    assert (await client.post("/staff/sessions/undecided", data=sent)).status_code == 303
    assert await states() == ["published"]
    assert "11月23日" not in (await client.get("/staff/sessions/undecided?done=open")).text


async def test_an_undecided_day_with_bookings_is_closed_after_saying_what_becomes_of_them(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    """The rule that disagrees came after people had booked."""
    facility = await make_facility()
    program = await make_program(facility=facility)
    await make_pattern(program, facility, weekday=1)
    await service.generate_sessions()
    held = await queries.list_sessions(first_day=date(2026, 11, 23), last_day=date(2026, 11, 23))
    booked = await make_reservation(held[0])
    common = {"facility": facility.id, "valid_from_on": date(2020, 4, 1), "provisional": False}
    await ClosingRule.insert(ClosingRule(id=new_id(), kind="weekly", weekday=1, on_holiday="open", **common))
    await ClosingRule.insert(ClosingRule(id=new_id(), kind="holiday", **common))
    await sign_in(client, await make_staff("facility-manager", facility.code))
    seen = (await client.get("/staff/sessions/undecided")).text
    assert "1人の予約" in seen
    sent = {"facility": facility.code, "day": "2026-11-23", "kind": "closed"}
    asked = await client.post("/staff/sessions/undecided", data=sent)
    assert asked.status_code == 200 and "みんな取り消す" in asked.text
    assert await house_db.fetchval("select state from reservation where id = $1", booked.id) == "confirmed"
    page = dict(re.findall(r'name="(\w+)" value="([^"]*)"', asked.text))
    address = re.search(r'<form class="panel[^>]* action="([^"]+)"', asked.text)
    assert address is not None
    done = await client.post(address[1], data={**page, "way": "cancel"})
    assert done.status_code == 303
    assert await house_db.fetchval("select state from reservation where id = $1", booked.id) == "cancelled"
    assert "11月23日" not in (await client.get("/staff/sessions/undecided")).text


async def test_the_pages_of_drafts_and_spans(client: httpx.AsyncClient, clock: Clock) -> None:
    facility = await make_facility()
    await make_session(facility=facility, state="draft")
    await sign_in(client, await make_staff("facility-manager", facility.code))
    drafts = "/staff/sessions/drafts"
    assert "ためしの時間" in (await client.get(drafts)).text
    form = {"facility": facility.code, "program": "", "from_on": "2026-11-22", "last_on": "2026-11-30"}
    assert (await client.post(drafts, data={**form, "last_on": ""})).status_code == 422
    assert (await client.post(drafts, data={**form, "publish_at": "2026-11-21T18:00"})).status_code == 303
    planned = await house_db.fetchval("select id from publication")
    assert "公開の予定" in (await client.get(drafts)).text
    assert (await client.post(f"{drafts}/{planned}/back")).status_code == 303
    assert (await client.post(drafts, data={**form, "publish_at": ""})).status_code == 303
    assert await states() == ["published"]
    span = "/staff/sessions/span"
    asked = {**form, "web_seats": "7", "walk_in_seats": "0"}
    html = (await client.get(span, params=asked)).text
    assert "この席の数に変わる回" in html
    seen = html.split('name="seen" value="')[1].split('"')[0]
    assert (await client.post(span, data={**asked, "seen": seen})).status_code == 303
    assert await house_db.fetchval("select web_seats from session") == 7
    assert (await client.get(span, params={**asked, "web_seats": "x"})).status_code == 422
