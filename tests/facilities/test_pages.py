"""The staff's pages about facilities, as a browser without scripts uses them."""

import re
from datetime import date, time

import httpx
import pytest

from booking.facilities import queries
from booking.facilities.rules import hours_of
from booking.kit import db as house_db
from tests.make.access import make_staff, sign_in
from tests.make.facilities import make_facility

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("clock")]
WEEK = {f"{side}_{number}": at for number in range(1, 8) for side, at in (("opens", "10:00"), ("closes", "18:00"))}


def seen(text: str) -> str:
    found = re.search(r'name="seen" value="([0-9a-f]+)"', text)
    assert found is not None
    return found[1]


async def test_staff_see_their_own_facilities_and_no_others(client: httpx.AsyncClient) -> None:
    mine = await make_facility(name="わたしの館")
    other = await make_facility(name="ほかの館")
    await sign_in(client, await make_staff("front-desk", mine.code))
    text = (await client.get("/staff/facilities")).text
    assert "わたしの館" in text and "ほかの館" not in text
    assert (await client.get(f"/staff/facilities/{mine.code}")).status_code == 200
    assert (await client.get(f"/staff/facilities/{other.code}")).status_code == 403
    assert (await client.get("/staff/facilities/nowhere")).status_code == 404


async def test_the_desk_reads_and_does_not_change(client: httpx.AsyncClient) -> None:
    facility = await make_facility()
    await sign_in(client, await make_staff("front-desk", facility.code))
    for tab in ("", "/hours", "/settings"):
        text = (await client.get(f"/staff/facilities/{facility.code}{tab}")).text
        assert 'method="post"' not in text.split("<main")[1]
    answer = await client.post(f"/staff/facilities/{facility.code}/confirm/capacity")
    assert answer.status_code == 403


async def test_strangers_are_sent_to_the_staff_sign_in(client: httpx.AsyncClient) -> None:
    answer = await client.get("/staff/facilities")
    assert answer.status_code == 303 and answer.headers["location"].startswith("/staff/sign-in")


async def test_a_manager_changes_capacity_and_it_is_noted(client: httpx.AsyncClient) -> None:
    facility = await make_facility(capacity=40, provisional=["capacity"])
    await sign_in(client, await make_staff("facility-manager", facility.code))
    address = f"/staff/facilities/{facility.code}/settings"
    text = (await client.get(address)).text
    filled = {
        "name": "ためし館",
        "names": ["", "Trial House"],
        "address": "群馬県ためし市1-2-3",
        "capacity": "３５",
        "phone": "027-123-4567",
        "entry_opens_minutes": "30",
        "late_minutes": "15",
        "no_show_minutes": "20",
        "busy_percent": "70",
        "full_percent": "９０",
        "seen": seen(text),
    }
    answer = await client.post(address, data=filled)
    assert answer.status_code == 303
    now = await queries.get_facility(facility.code)
    assert (now.capacity, now.phone, now.shows_names, now.gives_turns) == (35, "027-123-4567", False, False)
    assert (now.busy_percent, now.full_percent) == (70, 90)
    noted = await house_db.fetch("select action, scope, detail from audit_entry")
    assert [(row["action"], row["scope"]) for row in noted] == [("facility.change", facility.code)]
    assert (await client.post(f"/staff/facilities/{facility.code}/confirm/capacity")).status_code == 303
    assert (await queries.get_facility(facility.code)).provisional == ()

    again = await client.post(address, data={**filled, "capacity": "20"})
    assert again.status_code == 409 and "ほかの人が変えました" in again.text
    assert (await queries.get_facility(facility.code)).capacity == 35


async def test_every_wrong_field_is_named_at_once(client: httpx.AsyncClient) -> None:
    facility = await make_facility()
    await sign_in(client, await make_staff("body-administrator", facility.body_code))
    address = f"/staff/facilities/{facility.code}/settings"
    data = {"capacity": "0", "phone": "abc", "entry_opens_minutes": "", "late_minutes": "x", "no_show_minutes": "999"}
    data |= {"busy_percent": "80", "full_percent": "80"}
    answer = await client.post(address, data={**data, "seen": "x"})
    assert answer.status_code == 422
    for name in data.keys() - {"busy_percent"}:
        assert f'id="f-{name}-error"' in answer.text
    assert "81から100までの数字で書いてください。" in answer.text
    assert 'value="abc"' in answer.text


async def test_hours_change_from_a_day_on(client: httpx.AsyncClient) -> None:
    facility = await make_facility(opens=time(10), closes=time(18))
    await sign_in(client, await make_staff("facility-manager", facility.code))
    address = f"/staff/facilities/{facility.code}/hours"
    mark = seen((await client.get(address)).text)
    changed = {**WEEK, "opens_3": "13:00", "opens_4": "", "closes_4": "", "from_on": "2026-12-01", "last_on": ""}
    assert (await client.post(address, data={**changed, "seen": mark})).status_code == 303
    calendar = await queries.load_calendar([facility.id], date(2026, 11, 21), date(2026, 12, 10))
    at = {day: hours_of(calendar, facility.id, date(2026, *day)) for day in ((11, 25), (12, 1), (12, 2), (12, 3))}
    assert at[(11, 25)].opens == at[(12, 1)].opens == time(10)
    assert at[(12, 2)].opens == time(13) and not at[(12, 3)].is_open
    assert (await client.post(address, data={**changed, "seen": mark})).status_code == 409


async def test_hours_that_begin_today_are_written_over(client: httpx.AsyncClient) -> None:
    facility = await make_facility(opens=time(10), closes=time(18))
    await sign_in(client, await make_staff("facility-manager", facility.code))
    address = f"/staff/facilities/{facility.code}/hours"
    for opens, closes in (("12:00", "18:00"), ("13:00", "19:00"), ("", "")):
        week = {**WEEK, "opens_6": opens, "closes_6": closes, "from_on": "2026-11-21", "last_on": ""}
        mark = seen((await client.get(address)).text)
        assert (await client.post(address, data={**week, "seen": mark})).status_code == 303
        calendar = await queries.load_calendar([facility.id], date(2026, 11, 21), date(2026, 11, 21))
        assert hours_of(calendar, facility.id, date(2026, 11, 21)).opens == (
            time.fromisoformat(opens) if opens else None
        )


async def test_hours_for_some_weeks_give_way_afterwards(client: httpx.AsyncClient) -> None:
    facility = await make_facility(opens=time(10), closes=time(18))
    await sign_in(client, await make_staff("facility-manager", facility.code))
    address = f"/staff/facilities/{facility.code}/hours"
    mark = seen((await client.get(address)).text)
    summer = {**WEEK, "opens_3": "09:00", "from_on": "2026-12-01", "last_on": "2026-12-31", "seen": mark}
    closes_a_day = await client.post(address, data={**summer, "opens_4": "", "closes_4": ""})
    assert closes_a_day.status_code == 422 and 'id="f-opens_4-error"' in closes_a_day.text
    assert (await client.post(address, data=summer)).status_code == 303
    calendar = await queries.load_calendar([facility.id], date(2026, 12, 1), date(2027, 1, 10))
    assert hours_of(calendar, facility.id, date(2026, 12, 30)).opens == time(9)
    assert hours_of(calendar, facility.id, date(2027, 1, 6)).opens == time(10)


async def test_hours_refuse_what_cannot_be(client: httpx.AsyncClient) -> None:
    facility = await make_facility()
    await sign_in(client, await make_staff("facility-manager", facility.code))
    address = f"/staff/facilities/{facility.code}/hours"
    wrong = {**WEEK, "closes_1": "09:00", "closes_2": "", "from_on": "2026-11-20", "last_on": "x"}
    mark = seen((await client.get(address)).text)
    answer = await client.post(address, data={**wrong, "seen": mark})
    assert answer.status_code == 422
    for name in ("closes_1", "closes_2", "from_on", "last_on"):
        assert f'id="f-{name}-error"' in answer.text
    back = await client.post(address, data={**WEEK, "from_on": "2026-12-02", "last_on": "2026-12-01", "seen": mark})
    assert 'id="f-last_on-error"' in back.text


async def test_a_closing_rule_is_added_confirmed_and_ended(client: httpx.AsyncClient) -> None:
    facility = await make_facility()
    await sign_in(client, await make_staff("facility-manager", facility.code))
    start = f"/staff/facilities/{facility.code}"
    blank = {"weekday": "", "week_of_month": "", "on_holiday": "", "days_after": "", "first_day": "", "last_day": ""}
    kinds = (
        {"kind": "weekly", "weekday": "1", "on_holiday": "next-day", "week_of_month": "3"},
        {"kind": "holiday"},
        {"kind": "after-holiday", "days_after": "2"},
        {"kind": "yearly", "first_day": "12-29", "last_day": "1月3日"},
    )
    for kind in kinds:
        answer = await client.post(f"{start}/rules", data={**blank, "since_on": "2026-11-21", **kind})
        assert answer.status_code == 303, answer.text
    rules = await queries.list_closing_rules([facility.id], date(2026, 11, 21))
    assert sorted(rule.kind for rule in rules) == ["after-holiday", "holiday", "weekly", "yearly"]
    text = (await client.get(f"{start}/hours")).text
    assert "毎月 第3月曜日" in text and "12月29日" in text
    weekly = next(rule for rule in rules if rule.kind == "weekly")
    await house_db.execute("update closing_rule set provisional = true where id = $1", weekly.id)
    assert (await client.post(f"{start}/rules/{weekly.id}/confirm")).status_code == 303
    assert (await client.post(f"{start}/rules/{weekly.id}/end")).status_code == 303
    left = await queries.list_closing_rules([facility.id], date(2026, 11, 21))
    assert weekly.id not in {rule.id for rule in left}
    assert (await client.post(f"{start}/rules/{weekly.id}/end")).status_code == 404


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        ({"kind": "nonsense"}, {"kind"}),
        ({"kind": "weekly", "weekday": "8"}, {"weekday", "on_holiday"}),
        ({"kind": "after-holiday", "days_after": "0"}, {"days_after"}),
        ({"kind": "yearly", "first_day": "02-30", "last_day": "x"}, {"first_day", "last_day"}),
        ({"kind": "holiday", "since_on": "2026-11-20"}, {"since_on"}),
    ],
)
async def test_a_closing_rule_refuses_what_cannot_be(
    client: httpx.AsyncClient, kind: dict[str, str], wrong: set[str]
) -> None:
    facility = await make_facility()
    await sign_in(client, await make_staff("facility-manager", facility.code))
    answer = await client.post(f"/staff/facilities/{facility.code}/rules", data={"since_on": "2026-11-21", **kind})
    assert answer.status_code == 422
    assert set(re.findall(r'id="f-(\w+)-error"', answer.text)) == wrong


async def test_days_on_which_rules_disagree_are_listed(client: httpx.AsyncClient) -> None:
    facility = await make_facility()
    await sign_in(client, await make_staff("facility-manager", facility.code))
    start = f"/staff/facilities/{facility.code}"
    for kind in ({"kind": "weekly", "weekday": "1", "on_holiday": "open"}, {"kind": "holiday"}):
        await client.post(f"{start}/rules", data={"since_on": "2026-11-21", **kind})
    text = (await client.get(start)).text
    assert "開けるか休むか、決めてください" in text and f"{start}/closures?day=2026-11-23" in text
    assert "決めることが2日" in (await client.get("/staff/facilities")).text
