"""The door app in a real browser, served by the real service: every screen, three widths, keys alone, network gone."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser import watching
from tests.browser.serving import Served

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WIDTHS = ((360, 740), (768, 1024), (1280, 800))
SHOW = "token => window.postMessage({type: 'booking-demo-scan', token}, location.origin)"


@pytest.fixture(scope="module")
def kiosk(served: Served, chromium: Browser, walk: tuple[str, list[str]]) -> Iterator[Page]:
    """A paired kiosk without a camera."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if "Content Security Policy" in said.text else None)
    page.goto(f"{served.address}/kiosk/#pair={walk[0]}")
    page.wait_for_selector("main.idle .acts")
    page.wait_for_selector(".info .sheet, .info .offline")
    yield page
    assert faults == []
    context.close()


def assert_good(page: Page) -> None:
    """No axe violation and no sideways scrolling at any width."""
    for width, height in WIDTHS:
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(450)
        found: dict[str, Any] = Axe().run(page).response
        assert [(fault["id"], fault["nodes"][0]["target"]) for fault in found["violations"]] == [], width
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width


def home(page: Page) -> None:
    page.keyboard.press("Escape")
    page.wait_for_selector("main.idle .acts")


def test_pairing_asks_again_for_a_code_that_is_not_known(served: Served, chromium: Browser) -> None:
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{served.address}/kiosk/")
    page.locator("input[name=code]").focus()
    page.keyboard.type("0000-0000", delay=0)  # as fast as a scanner: here its keys belong to the field
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=alert]")
    assert_good(page)
    context.close()


def test_waiting_for_a_code(kiosk: Page) -> None:
    assert kiosk.locator("h1").inner_text().startswith("QRコードを")
    assert "#pair" not in kiosk.url
    assert_good(kiosk)


@pytest.mark.parametrize(
    "language", ["やさしい にほんご", "English", "Português", "Tiếng Việt", "Español", "简体中文", "Tagalog"]
)
def test_every_language_at_a_touch(kiosk: Page, language: str) -> None:
    before = kiosk.locator("h1").inner_text()
    kiosk.get_by_role("button", name=language).click()
    watching.wait_until(kiosk, f"document.querySelector('h1').innerText !== {json.dumps(before)}")
    assert_good(kiosk)
    kiosk.get_by_role("button", name="日本語").click()


def test_a_number_is_checked_before_it_is_asked_for(kiosk: Page) -> None:
    kiosk.locator(".acts button").nth(1).focus()
    kiosk.keyboard.press("Enter")
    kiosk.wait_for_selector(".digits")
    kiosk.keyboard.type("12345678", delay=90)
    kiosk.keyboard.press("Enter")
    kiosk.wait_for_selector("[role=alert]")
    assert_good(kiosk)
    home(kiosk)


def test_walking_in_and_calling_the_staff(kiosk: Page) -> None:
    for button, heading in ((0, "main.entry h1"), (2, "[data-verdict=ask] h1")):
        kiosk.locator(".acts button").nth(button).click()
        kiosk.wait_for_selector(heading)
        assert_good(kiosk)
        home(kiosk)


def test_a_code_that_is_no_pass_and_a_pass(kiosk: Page, walk: tuple[str, list[str]]) -> None:
    kiosk.evaluate(SHOW, "WIFI:T:WPA;S:cafe;;")
    kiosk.wait_for_selector("[data-verdict=refused]")
    assert_good(kiosk)
    kiosk.evaluate(SHOW, walk[1][0].lower())
    kiosk.wait_for_selector("[data-verdict]:not([data-verdict=refused])")
    assert_good(kiosk)


def test_without_network_it_goes_on_and_comes_back(kiosk: Page, walk: tuple[str, list[str]]) -> None:
    watching.wait_until(kiosk, "navigator.serviceWorker.controller !== null")
    kiosk.context.set_offline(True)
    kiosk.reload()
    kiosk.wait_for_selector(".offline")
    assert_good(kiosk)
    kiosk.evaluate(SHOW, walk[1][1])
    kiosk.wait_for_selector("[data-verdict]")
    assert waiting(kiosk) == 1
    kiosk.context.set_offline(False)
    watching.wait_until(kiosk, f"async () => await ({WAITING})() === 0")


WAITING = """() => new Promise(done => {
  const opening = indexedDB.open('kiosk');
  opening.onsuccess = () => {
    const asked = opening.result.transaction('queue').objectStore('queue').getAll();
    asked.onsuccess = () => {
      opening.result.close();
      done(asked.result.filter(one => one.state === 'waiting').length);
    };
  };
})"""


def waiting(page: Page) -> int:
    return int(page.evaluate(WAITING))
