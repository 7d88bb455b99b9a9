"""A leader whose group has 6 of 12: sees who they are, asks them to another day, merges the rest; and one guardian who
answers by the link in a mail, without signing in and without JavaScript."""

import re
from collections.abc import Iterator
from datetime import time
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import msgspec
import pytest
from playwright.sync_api import Browser, Page, expect

from booking.access.rules import cookie_name
from booking.access.service import open_sign_in
from booking.facilities.queries import get_facility
from booking.kit.postgres_server import PostgresServer
from booking.kit.settings import Settings
from booking.programs.queries import get_program
from booking.programs.schemas_groups import WeeklyTime
from tests.browser.serving import Served, apart, serving
from tests.make.access import make_account, make_staff
from tests.make.groups import enrol, make_group
from tests.make.people import make_member

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SATURDAY, SUNDAY = WeeklyTime(6, time(10), time(12)), WeeklyTime(7, time(10), time(12))
SUNDAYS_TOO = (WeeklyTime(7, time(9), time(13)),)


class Cast(msgspec.Struct):
    """Who is there: cookies of the leader and of one guardian, and that guardian's address."""

    leader: str = ""
    guardian: str = ""
    address: str = ""


CAST = Cast()


async def fill(database_url: str) -> None:
    """Two groups of one program: six of twelve on Saturdays, six of twelve on Sundays."""
    facility = await get_facility("tumo-gunma")
    program = await get_program("tumo-weekly")
    groups = [
        await make_group(
            facility=facility, program=program, times=[at], seats=12, min_to_open=12, name=name, names={"en": en}
        )
        for at, name, en in ((SATURDAY, "土曜の午前", "Saturday morning"), (SUNDAY, "日曜の午前", "Sunday morning"))
    ]
    guardian = await make_account()
    for number in range(12):
        account = guardian if number == 0 else await make_account()
        child = await make_member(account=account, body=facility.body_code, shown_name=f"みほん{number + 1}")
        await enrol(groups[number // 6], child, other_times=SUNDAYS_TOO if number < 4 else ())
    leader = await make_staff("facility-manager", facility.code)
    CAST.leader = await open_sign_in(leader.id, "leader", second_factor=True)
    CAST.guardian = await open_sign_in(guardian.id, "guardian")
    CAST.address = guardian.email or ""


@pytest.fixture
def served(server: PostgresServer, template: str, tmp_path: Path) -> Iterator[Served]:
    with serving(server, template, Settings(data_dir=tmp_path), fill) as running:
        yield running


def browse(chromium: Browser, served: Served, cookie: str, width: int) -> Page:
    """A browser without JavaScript, signed in by a cookie unless it is empty."""
    context = chromium.new_context(
        locale="ja-JP", java_script_enabled=False, viewport={"width": width, "height": 740}, base_url=served.address
    )
    if cookie:
        context.add_cookies([{"name": cookie_name(secure=False), "value": cookie, "url": served.address}])
    return context.new_page()


def link_of(served: Served) -> str:
    """The path of the link in the guardian's mail."""

    async def read() -> str:
        connection = await asyncpg.connect(served.database_url)
        asked = "select content from message where to_address = $1 and kind = 'group-asked-group'"
        text: str = await connection.fetchval(asked, CAST.address)
        await connection.close()
        return text

    found = re.search(r"http\S+/groups/moves/\S+", apart(read))
    assert found
    return urlsplit(found.group()).path


def test_a_leader_brings_two_half_groups_together(chromium: Browser, served: Served) -> None:
    leader = browse(chromium, served, CAST.leader, 1280)
    leader.goto("/staff/groups")
    expect(leader.get_by_text("あと6人でひらきます")).to_have_count(2)
    expect(leader.get_by_text("合わせると、あと1つのグループがひらきます")).to_be_visible()
    leader.get_by_role("link", name="土曜の午前", exact=True).click()
    expect(leader.locator("#people + ul .person")).to_have_count(6)
    expect(leader.get_by_text("来られると言った人 4人")).to_be_visible()
    leader.get_by_text("ほかのグループに移らないか聞く").click()
    leader.locator("form[action$='/propose'] [name=until_on]").fill("2030-01-01")
    leader.get_by_role("button", name="みんなに聞く").first.click()
    expect(leader.get_by_text("行ける 0人、行けない 0人、答えはまだ 6人")).to_be_visible()

    stranger = browse(chromium, served, "", 360)
    stranger.goto(link_of(served))
    expect(stranger.get_by_text("みほん1さん")).to_be_visible()
    stranger.get_by_role("button", name="移る", exact=True).click()
    expect(stranger.get_by_role("status")).to_contain_text("移りました")

    leader.reload()
    expect(leader.get_by_text("行ける 1人、行けない 0人、答えはまだ 5人")).to_be_visible()
    leader.get_by_role("link", name="合わせる 日曜の午前").click()
    expect(leader.get_by_role("heading", name="移る人 5")).to_be_visible()
    leader.get_by_role("button", name="合わせる").click()
    expect(leader.get_by_role("heading", name="日曜の午前")).to_be_visible()
    expect(leader.locator("#people + ul .person")).to_have_count(12)
    expect(leader.get_by_text("人を集めています")).to_have_count(0)

    guardian = browse(chromium, served, CAST.guardian, 360)
    guardian.goto("/bookings")
    block = guardian.locator("article", has_text="日曜の午前")
    expect(block.get_by_role("button", name="この回を休む")).not_to_have_count(0)
    expect(guardian.get_by_text("土曜の午前")).to_have_count(0)
