"""A browser for the tests, or one sentence why there is none."""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from booking.kit import paths
from booking.kit.postgres_server import PostgresServer
from booking.kit.settings import Settings
from tests.browser.browsers import Device, device
from tests.browser.cable import Cable, cabled
from tests.browser.entrance import Entrance, opened
from tests.browser.moving import Moving, moved
from tests.browser.serving import Served, serving

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Where the browser lies. `BOOKING_REQUIRE_BROWSER=1` makes its absence a failure."""
    if CHROMIUM is None:
        reason = "no Chromium on this machine; install the package `chromium` to run the browser tests"
        if os.environ.get("BOOKING_REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    return CHROMIUM


@pytest.fixture(scope="module")
def chromium(chromium_path: str, template: str) -> Iterator[Browser]:
    """A headless Chromium. Playwright keeps an event loop running in this thread: after `template`, and no longer than
    the module."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium_path, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def served(server: PostgresServer, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    if not (paths.KIOSK / "index.html").is_file():
        pytest.skip("the door app is not built: npm ci and npm run build in kiosk/")
    with serving(server, template, Settings(data_dir=tmp_path_factory.mktemp("data"))) as running:
        yield running


@pytest.fixture(scope="module")
def walk(served: Served, chromium: Browser) -> tuple[str, list[str]]:
    """A pairing code and the passes of the demo, as its page gives them."""
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{served.address}/demo/")
    code = (page.locator("iframe#kiosk").get_attribute("src") or "").partition("#pair=")[2]
    shown = [button.get_attribute("data-message") for button in page.locator("[data-message]").all()]
    context.close()
    return code, [json.loads(message or "{}")["token"] for message in shown]


@pytest.fixture
def moving() -> Iterator[Moving]:
    """The clock the service goes by; the test sets it forward."""
    with moved() as moving:
        yield moving


@pytest.fixture
def standing(
    server: PostgresServer, template: str, chromium_path: str, tmp_path: Path
) -> Iterator[tuple[Entrance, Device, Cable]]:
    """A paired kiosk at an entrance with twelve members, and the cable between it and the service."""
    settings = Settings(data_dir=tmp_path / "data")
    with (
        opened(server, template, settings, members=12) as (here, moving),
        cabled(here.served.port) as cable,
        device(chromium_path, tmp_path / "profile", now=moving()) as made,
    ):
        made.open(f"{cable.address}/kiosk/#pair={here.pairing_code}")
        yield here, made, cable
