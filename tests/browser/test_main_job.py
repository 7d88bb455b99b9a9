"""The mission, walked in real browsers: a guardian registers a child and books; the kiosk's camera reads the pass; the
board moves; the annual-users figure grows. Then again with the kiosk's network cut before the scan."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from booking.kit import clock as house_clock
from booking.kit.paths import KIOSK
from booking.kit.postgres_server import PostgresServer
from booking.kit.settings import Settings
from tests.browser import camera
from tests.browser.moving import Moving
from tests.browser.serving import Served, serving

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SOON = 90_000
"""How long a browser may take on a busy machine, in milliseconds."""


@pytest.fixture
def served(server: PostgresServer, template: str, tmp_path: Path, moving: Moving) -> Iterator[Served]:
    if not (KIOSK / "index.html").is_file():
        pytest.skip("the kiosk app is not built; `pip install .` builds it")
    with serving(server, template, Settings(data_dir=tmp_path)) as running:
        yield running


@contextmanager
def browsing(chromium_path: str, *arguments: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=list(arguments) or ["--no-sandbox"])
        yield browser
        browser.close()


def register_guardian(page: Page, served: Served) -> None:
    """Sign in with the digits that were mailed, and say who one is."""
    page.goto(f"{served.address}/sign-in")
    page.get_by_label("メールアドレス").fill("hogosha@example.jp")
    page.get_by_role("button", name="番号を送る").click()
    mailbox = page.context.new_page()
    mailbox.goto(f"{served.address}/demo/mailbox")
    digits = re.search(r"\b(\d{6})\b", mailbox.locator("main").inner_text())
    assert digits is not None
    mailbox.close()
    page.locator("[autocomplete=one-time-code]").fill(digits[1])
    page.locator("main form button.primary").first.click()
    page.wait_for_url("**/welcome*")
    page.get_by_label("あなたの名前").fill("仮野 みどり")
    page.get_by_label("電話番号").fill("090-1234-5678")
    page.get_by_role("button", name="つぎへ進む").click()


def add_child(page: Page) -> None:
    """Register a child of the second year of junior high, and agree."""
    page.wait_for_url("**/family/new*")
    for label, value in (("氏（みょうじ）", "仮野"), ("名（なまえ）", "あおい")):
        page.get_by_label(label).fill(value)
    for label, value in (("氏の読みかた", "かりの"), ("名の読みかた", "あおい")):
        page.get_by_label(label).fill(value)
    born = house_clock.fiscal_year(house_clock.today()) - 14
    for part, value in (("year", born), ("month", 5), ("day", 1)):
        page.locator(f"[name=birth_on_{part}]").fill(str(value))
    page.locator("[name=municipality]").select_option("102024")
    page.locator("[name=relation]").select_option("mother")
    page.locator("[name=contact_name]").first.fill("仮野 みどり")
    page.locator("[name=contact_relation]").first.select_option("mother")
    page.locator("[name=contact_phone]").first.fill("090-1234-5678")
    body = page.locator("[name=body][value='100005']")
    if body.count():
        body.check()
    page.get_by_role("button", name="つぎへ進む").click()
    page.get_by_label("読みました。同意します").check()
    page.get_by_role("button", name="登録する").click()
    expect(page.locator("h1")).to_be_visible()


def book_soonest(page: Page, served: Served) -> None:
    """Book the session of tsukurun TAKASAKI that starts next."""
    page.goto(f"{served.address}/sessions?facility=tsukurun-takasaki")
    page.locator(".session", has=page.locator("[data-state=open]")).first.locator("a").first.click()
    choice = page.get_by_role("checkbox", name="仮野 あおい")
    if not choice.is_checked():
        choice.check()
    page.get_by_role("button", name="この内容で予約する").click()
    page.wait_for_url("**/booked*")


def open_pass(page: Page, served: Served) -> bytes:
    """The picture of the child's pass, as the guardian saves it."""
    page.goto(f"{served.address}/pass")
    expect(page.locator("svg.qr")).to_be_visible()
    picture = page.locator("a[href$='pass.png']").first.get_attribute("href")
    answer = page.request.get(served.address + str(picture))
    assert answer.headers["content-type"] == "image/png"
    return answer.body()


def sign_in_staff(context: BrowserContext, served: Served) -> Page:
    """Gunma's administrator, by the demo's one-time link."""
    link = next(each.path for each in served.welcomes if "群馬県の管理者" in each.label)
    page = context.new_page()
    page.goto(served.address + link)
    page.locator("main form button").first.click()
    page.wait_for_url("**/staff/**")
    return page


def new_pairing_code(staff: Page, served: Served) -> str:
    """Put a kiosk on the register, for the entrance in G-Messe."""
    staff.goto(f"{served.address}/staff/kiosks/new")
    staff.locator("[name=name]").fill("試験の入口")
    for code in ("tumo-gunma", "tsukurun-takasaki"):
        staff.locator(f"[value='{code}']").check()
    staff.locator("main form button.primary").click()
    staff.get_by_role("button", name="番号を出す").click()
    return staff.locator(".pass-number b").inner_text()


def inside_now(board: Page) -> int:
    return int(board.locator("[data-facility=tsukurun-takasaki] [data-inside]").inner_text())


def counted(staff: Page, served: Served) -> int:
    """The figure as the page of the annual users says it."""
    staff.goto(f"{served.address}/staff/kpi")
    return int(staff.locator(".stat.chosen .figure").inner_text().replace(",", ""))


@pytest.mark.parametrize("is_cut", [False, True], ids=["online", "network cut before the scan"])
def test_guardian_books_kiosk_reads_board_moves_figure_grows(
    served: Served, moving: Moving, chromium_path: str, tmp_path: Path, is_cut: bool
) -> None:
    with browsing(chromium_path) as browser:
        guardian = browser.new_context(locale="ja-JP", viewport={"width": 360, "height": 740}).new_page()
        guardian.set_default_timeout(SOON)
        register_guardian(guardian, served)
        add_child(guardian)
        book_soonest(guardian, served)
        code = open_pass(guardian, served)
    film = camera.film(tmp_path / "pass.mjpeg", nothing_seconds=14 if is_cut else 6, code=code)
    with browsing(chromium_path, *camera.arguments(film)) as browser:
        desk = browser.new_context(locale="ja-JP")
        desk.set_default_timeout(SOON)
        board = sign_in_staff(desk, served)
        pairing_code = new_pairing_code(board, served)
        before = counted(board, served)
        board.goto(f"{served.address}/staff/")
        were_inside = inside_now(board)

        door = browser.new_context(locale="ja-JP", permissions=["camera"], viewport={"width": 768, "height": 1024})
        kiosk = door.new_page()
        kiosk.set_default_timeout(SOON)
        kiosk.clock.install()
        kiosk.goto(f"{served.address}/kiosk/")
        kiosk.locator("input").first.fill(pairing_code)
        kiosk.locator("button.primary, form button").first.click()
        expect(kiosk.locator(".idle")).to_be_visible(timeout=SOON)
        if is_cut:
            kiosk.wait_for_timeout(1500)
            door.set_offline(True)
        welcome = kiosk.locator("[data-verdict=welcome]")
        expect(welcome).to_be_visible(timeout=SOON)
        expect(welcome).to_contain_text("あおい")
        if is_cut:
            assert inside_now(board) == were_inside
            door.set_offline(False)
        shown = board.locator("[data-facility=tsukurun-takasaki] [data-inside]")
        expect(shown).to_have_text(str(were_inside + 1), timeout=SOON)
        assert counted(desk.new_page(), served) == before + 1

        moving.ahead += timedelta(minutes=4)
        kiosk.clock.fast_forward("04:00")
        expect(kiosk.locator("[data-verdict=goodbye]")).to_be_visible(timeout=SOON)
        expect(shown).to_have_text(str(were_inside), timeout=SOON)
        assert counted(desk.new_page(), served) == before + 1
