"""A clerk's day in a real browser: check in by name, a first visit, a group, two corrections, and the day signed."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from booking.kit import clock as house_clock
from booking.kit.postgres_server import PostgresServer
from booking.kit.settings import Settings
from tests.browser.serving import Served, serving

pytestmark = [pytest.mark.browser, pytest.mark.slow]
NOON = time(14)
HERE = "facility=tumo-gunma"
LIVE = ("/staff/", f"/staff/visits?{HERE}", f"/staff/roll-call?{HERE}")
PATIENCE = 15_000


class Moving:
    """The machine's clock: two in the afternoon of the next day, and later when the test says so."""

    def __init__(self) -> None:
        now = datetime.now(UTC)
        self.ahead = house_clock.at_local(house_clock.local_date(now) + timedelta(days=1), NOON) - now

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@pytest.fixture(scope="module")
def moving(server: PostgresServer) -> Iterator[Moving]:
    moved = Moving()
    house_clock.use_source(moved)
    yield moved
    house_clock.use_source(None)


@pytest.fixture(scope="module")
def served(
    server: PostgresServer, template: str, tmp_path_factory: pytest.TempPathFactory, moving: Moving
) -> Iterator[Served]:
    """A demo in which it is afternoon."""
    with serving(server, template, Settings(data_dir=tmp_path_factory.mktemp("data"))) as running:
        yield running


@pytest.fixture(scope="module")
def desk(served: Served, chromium: Browser) -> Iterator[Page]:
    """The front desk, signed in by the demo's one-time link, on a tablet."""
    context = chromium.new_context(locale="ja-JP", viewport={"width": 768, "height": 1024})
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(served.address + next(one.path for one in served.welcomes if "受付" in one.label))
    page.locator("main form button").first.click()
    page.wait_for_url("**/staff/**")
    yield page
    context.close()


def let_in(page: Page) -> None:
    """Answer what the desk is asked: which session, or why all the same."""
    page.wait_for_load_state()
    if page.locator("[name=reason]").count():
        page.locator("[name=reason]").fill("受付で約束した")
        page.get_by_role("button", name="それでも入館を記録する").click()
    elif page.get_by_role("heading", name="どの回に入りますか").count():
        page.locator("section.notice form button").first.click()


def open_list(page: Page, served: Served, name: str) -> None:
    page.goto(f"{served.address}/staff/visits?{HERE}&view={name}")


def check_in_by_name(page: Page, served: Served) -> str:
    """Type the name of somebody who is expected, and choose them among those of this name."""
    for name in ("missing", "due"):
        open_list(page, served, name)
        if page.locator("#desk .person").count():
            break
    row = page.locator("#desk .person").first
    name, number = row.locator(".person-name b").inner_text(), row.locator(".num").inner_text()
    page.goto(f"{served.address}/staff/visits?{HERE}")
    expect(page.locator("#f-q")).to_be_focused()
    page.keyboard.type(name)
    page.get_by_role("button", name="入る", exact=True).click()
    page.wait_for_load_state()
    if page.get_by_role("heading", name="どの人ですか").count():
        page.locator(".person", has_text=number).get_by_role("button").first.click()
    let_in(page)
    expect(page.locator(".notice.good")).to_contain_text(f"{name}さんの入館を記録しました。番号 {number}")
    return number


def register_first(page: Page, served: Served) -> None:
    page.goto(f"{served.address}/staff/visits?{HERE}")
    page.get_by_role("link", name="はじめての人", exact=True).click()
    page.locator("[name=family_name]").fill("試験")
    page.locator("[name=given_name]").fill("はじめ")
    page.locator("[name=grade]").select_option("5")
    page.locator("[name=phone]").fill("027-000-0000")
    page.get_by_role("button", name="登録して、入館にする").click()
    let_in(page)
    expect(page.locator(".notice.good")).to_contain_text("試験 はじめさん")
    page.get_by_role("link", name="カードを印刷する、貸す").click()
    expect(page.get_by_role("button", name="カードを印刷する（PDF）")).to_be_visible()


def count_group(page: Page, served: Served) -> None:
    open_list(page, served, "here")
    page.get_by_text("団体を、来た人数で入れる").click()
    page.locator("[name=party]").fill("試験小学校")
    page.locator("form[action$=group] #f-came").fill("12")
    page.get_by_role("button", name="入館にする", exact=True).click()
    expect(page.locator("#desk .person", has_text="試験小学校")).to_contain_text("12人")


def correct(page: Page, served: Served, number: str) -> None:
    """Say when somebody left; the group was no group."""
    page.locator("#desk .person", has_text=number).get_by_role("link", name=re.compile("直す")).click()
    page.locator("[name=left_at]").fill("1420")
    page.locator("[name=reason]").fill("受付機に見せないで帰った")
    page.get_by_role("button", name="保存する").click()
    expect(page.locator(".notice.good")).to_contain_text("入館の記録を直しました。")
    open_list(page, served, "here")
    page.locator("#desk .person", has_text="試験小学校").get_by_role("link", name=re.compile("直す")).click()
    expect(page.locator(".facts")).to_contain_text("試験小学校 12人")
    page.get_by_role("link", name="この入館を取り消す").click()
    page.locator("[name=reason]").fill("まちがえて記録した")
    page.get_by_role("button", name="取り消す").click()
    open_list(page, served, "left")
    expect(page.locator("#desk .person", has_text="試験小学校")).to_contain_text("取り消し")
    expect(page.locator("#desk .person", has_text=number)).to_contain_text("14:20")


def close_day(page: Page, served: Served) -> None:
    """Count, give the reason for the difference, sign."""
    page.goto(f"{served.address}/staff/day-close?{HERE}")
    page.get_by_role("link", name="前の日").click()
    page.locator("[name=time]").fill("1400")
    page.locator("[name=heads]").fill("400")
    page.get_by_role("button", name="書く").click()
    expect(page.locator("[aria-labelledby=counts]").first).to_contain_text("10%より多くちがう")
    page.locator("[name=reason]").fill("大きな催しを数えた")
    page.get_by_role("button", name="サインする").click()
    expect(page.locator(".notice.good")).to_contain_text("日報にサインしました。")
    page.get_by_role("link", name="1まいの紙にする").click()
    expect(page.locator("#signature + dl")).to_contain_text("大きな催しを数えた")
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))) == 1


def test_the_day_of_a_clerk(desk: Page, served: Served, moving: Moving) -> None:
    number = check_in_by_name(desk, served)
    register_first(desk, served)
    count_group(desk, served)
    moving.ahead += timedelta(minutes=30)
    correct(desk, served, number)
    moving.ahead += timedelta(hours=10)
    close_day(desk, served)


def test_pages_left_behind_hold_no_line(desk: Page, served: Served, chromium: Browser, chromium_path: str) -> None:
    """A browser keeps six lines to a server and the pages behind "Back" alive: the seventh live page opens as well."""
    keeping = chromium.browser_type.launch(
        executable_path=chromium_path,
        args=["--no-sandbox", "--disable-dev-shm-usage"],
        ignore_default_args=["--disable-back-forward-cache"],
    )
    page = keeping.new_context(storage_state=desk.context.storage_state()).new_page()
    for _ in range(3):
        for address in LIVE:
            page.goto(served.address + address, timeout=PATIENCE)
    page.go_back(wait_until="commit", timeout=PATIENCE)
    expect(page.locator("h1")).to_be_visible()
    keeping.close()
