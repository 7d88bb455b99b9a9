"""A teacher with 38 pupils: asks for three dates, is offered another time, accepts by the link in the mail.

The letter is there; on the day 36 come and the desk counts them. No account, no JavaScript.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import msgspec
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from booking.access.rules import cookie_name
from booking.access.service import open_sign_in
from booking.facilities.queries import list_bodies
from booking.kit import clock as house_clock
from booking.kit.postgres_server import PostgresServer
from booking.kit.settings import Settings
from tests.browser.moving import Moving
from tests.browser.serving import Served, apart, serving
from tests.make.access import make_staff
from tests.make.facilities import make_facility, make_space

pytestmark = [pytest.mark.browser, pytest.mark.slow]
DAYS = 10
CODE = "gakushu-kan"


class Cast(msgspec.Struct):
    """Cookies of the manager today and of the desk on the day of the visit."""

    manager: str = ""
    desk: str = ""


CAST = Cast()


@pytest.fixture
def served(server: PostgresServer, template: str, tmp_path: Path, moving: Moving) -> Iterator[Served]:
    async def fill(database_url: str) -> None:
        body = next(one for one in await list_bodies() if one.code == "100005")
        place = await make_facility(
            body=body, code=CODE, name="ためし学習館", names={"en": "Trial Hall"}, phone="0272262111"
        )
        for name, capacity in (("スタジオA", 24), ("スタジオB", 24), ("談話室", 8)):
            await make_space(place, name=name, capacity=capacity)
        manager = await make_staff("facility-manager", CODE)
        CAST.manager = await open_sign_in(manager.id, "manager", second_factor=True)
        moving.ahead += timedelta(days=DAYS)
        CAST.desk = await open_sign_in((await make_staff("front-desk", CODE)).id, "desk", second_factor=True)
        moving.ahead -= timedelta(days=DAYS)

    moving.ahead = until_ten()
    with serving(server, template, Settings(data_dir=tmp_path), fill) as running:
        yield running


def until_ten() -> timedelta:
    """From now to ten past ten of the next day."""
    now = house_clock.now()
    tomorrow = house_clock.today() + timedelta(days=1)
    return house_clock.day_span(tomorrow)[0] + timedelta(hours=10, minutes=10) - now


def browse(chromium: Browser, served: Served, cookie: str, width: int) -> Page:
    """A browser without JavaScript, signed in by a cookie unless it is empty."""
    context = chromium.new_context(
        locale="ja-JP", java_script_enabled=False, viewport={"width": width, "height": 740}, base_url=served.address
    )
    if cookie:
        context.add_cookies([{"name": cookie_name(secure=False), "value": cookie, "url": served.address}])
    return context.new_page()


def sound(page: Page) -> None:
    """Axe finds nothing, and nothing sticks out. It needs JavaScript: the page is opened again with it."""
    browser = page.context.browser
    assert browser is not None
    context = browser.new_context(
        locale="ja-JP", storage_state=page.context.storage_state(), viewport=page.viewport_size or None
    )
    again = context.new_page()
    again.goto(page.url)
    assert again.evaluate("document.documentElement.scrollWidth <= innerWidth")
    found = Axe().run(again).response["violations"]
    assert not [(each["id"], each["nodes"][0]["html"][:200]) for each in found]
    context.close()


def link_in(served: Served, kind: str) -> str:
    """The path of the secret address in a mail."""

    async def read() -> str:
        connection = await asyncpg.connect(served.database_url)
        text: str = await connection.fetchval("select content from message where kind = $1", f"group-visit-{kind}")
        await connection.close()
        return text

    found = re.search(r"http\S+/group-visits/\S+", apart(read))
    assert found
    return urlsplit(found.group()).path


def ask(teacher: Page) -> None:
    """Three dates, 38 pupils, two adults; the telephone number is forgotten first."""
    teacher.goto("/")
    teacher.get_by_role("link", name="学校・団体の来館").click()
    teacher.get_by_label("学校・団体の名前").fill("ためし第一中学校")
    teacher.get_by_label("連絡する人の名前").fill("梅林 かおり")
    teacher.get_by_label("メールアドレス").fill("teacher@example.jp")
    teacher.get_by_label("行きたい場所").select_option(CODE)
    for number in range(3):
        day = (house_clock.today() + timedelta(days=DAYS + number + 1)).isoformat()
        teacher.locator("[name=day]").nth(number).fill(day)
        teacher.locator("[name=starts]").nth(number).fill("09:00")
        teacher.locator("[name=ends]").nth(number).fill("12:00")
    teacher.get_by_label("中学1年").fill("38")
    teacher.get_by_label("おとな（先生など）").fill("2")
    teacher.get_by_role("button", name="申しこむ").click()
    expect(teacher.get_by_role("alert")).to_be_visible()
    teacher.get_by_label("電話番号").fill("027-226-2111")
    teacher.get_by_role("button", name="申しこむ").click()
    expect(teacher.get_by_role("status")).to_contain_text("申しこみを受け取りました")
    sound(teacher)


def propose(manager: Page) -> None:
    """Another time, in two rooms; the numbers do not add up first."""
    manager.goto("/staff/group-visits")
    sound(manager)
    manager.get_by_role("link", name="ためし第一中学校", exact=True).click()
    manager.get_by_text("ほかの日時を見る").click()
    manager.locator("form[method=get] [name=day]").fill((house_clock.today() + timedelta(days=DAYS)).isoformat())
    manager.locator("form[method=get] [name=starts]").fill("10:00")
    manager.get_by_role("button", name="この日時の様子を見る").click()
    expect(manager.get_by_label("スタジオA")).to_have_value("20")
    manager.get_by_label("スタジオA").fill("22")
    manager.get_by_label("ひとこと").fill("9時からは別の団体が来ます。10時からはどうですか。")
    sound(manager)
    manager.get_by_role("button", name="提案する").click()
    expect(manager.get_by_role("alert")).to_contain_text("合わせると42人")
    manager.get_by_label("スタジオB").fill("18")
    manager.get_by_role("button", name="提案する").click()
    expect(manager.get_by_role("status")).to_contain_text("別の日時を提案しました")


def test_a_school_comes_with_38_pupils(chromium: Browser, served: Served, moving: Moving) -> None:
    teacher = browse(chromium, served, "", 360)
    ask(teacher)
    propose(browse(chromium, served, CAST.manager, 1280))
    teacher.goto(link_in(served, "countered"))
    expect(teacher.get_by_text("10時からはどうですか")).to_be_visible()
    sound(teacher)
    teacher.get_by_role("button", name="この日時で行く").click()
    expect(teacher.get_by_text("来館が決まりました")).to_be_visible()
    sound(teacher)
    code = teacher.locator("dd b.num").inner_text()
    letter = teacher.get_by_role("link", name="受け入れのお知らせ（PDF）").get_attribute("href") or ""
    assert teacher.request.get(letter).body().startswith(b"%PDF")

    moving.ahead += timedelta(days=DAYS)
    desk = browse(chromium, served, CAST.desk, 1280)
    desk.goto(f"/staff/visits?facility={CODE}")
    group = desk.locator("li.person", has_text="ためし第一中学校")
    expect(group).to_contain_text(code)
    sound(desk)
    group.get_by_label("来た人数").fill("36")
    group.get_by_role("button", name="入館にする").click()
    expect(desk.get_by_text("36人 来ました")).to_be_visible()
    desk.get_by_role("link", name="ためし第一中学校", exact=True).click()
    expect(desk.get_by_role("status")).to_contain_text("36人が来ました")
    sound(desk)
