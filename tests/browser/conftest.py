"""A browser for the tests, or one sentence why there is none."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

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
