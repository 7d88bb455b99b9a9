"""The mission, walked in real browsers: a guardian registers a child and books; the kiosk's camera reads the pass; the
board moves; the annual-users figure grows. Then again with the kiosk's network cut before the scan."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from booking.kit.paths import KIOSK
from booking.kit.postgres_server import PostgresServer
from booking.kit.settings import Settings
from tests.browser import camera, watching
from tests.browser.moving import Moving
from tests.browser.residents import add_child, book_soonest, open_pass, register_guardian, sign_in_staff
from tests.browser.serving import Served, serving

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SOON = 90_000
"""How long a browser may take on a busy machine, in milliseconds."""
HALF_HOUR, ROOM = 1_800, 30
"""Seconds: a demo's next session begins with the half hour, which must not come between its making and the visit."""


@pytest.fixture
def served(server: PostgresServer, template: str, tmp_path: Path, moving: Moving) -> Iterator[Served]:
    if not (KIOSK / "index.html").is_file():
        pytest.skip("the kiosk app is not built; `pip install .` builds it")
    left = HALF_HOUR - time.time() % HALF_HOUR
    if left < ROOM:
        time.sleep(left + 1)
    with serving(server, template, Settings(data_dir=tmp_path)) as running:
        yield running


@contextmanager
def browsing(chromium_path: str, *arguments: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=list(arguments) or ["--no-sandbox"])
        yield browser
        browser.close()


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
    film = camera.film(tmp_path / "pass.mjpeg", nothing_seconds=6, code=code)
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
        kiosk.add_init_script(camera.COVERED)
        kiosk.goto(f"{served.address}/kiosk/")
        kiosk.locator("input").first.fill(pairing_code)
        kiosk.locator("button.primary, form button").first.click()
        expect(kiosk.locator(".idle")).to_be_visible(timeout=SOON)
        watching.wait_until(kiosk, watching.HAS_LIST, seconds=SOON / 1000)
        if is_cut:
            door.set_offline(True)
        kiosk.evaluate(camera.UNCOVER)
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
