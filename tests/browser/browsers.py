"""A kiosk's own browser: what it keeps outlives it, and it can be killed like a device whose plug is pulled."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from playwright.sync_api import BrowserContext, Error, Page, sync_playwright

from tests.browser import watching


class Device:
    """A browser with a profile on the disk, and the kiosk's page in it."""

    def __init__(self, context: BrowserContext, profile: Path) -> None:
        self.context = context
        self.profile = profile
        self.page: Page = context.pages[0]

    @property
    def pid(self) -> int:
        """The browser's own process; the others are its children and end with it."""
        asked = f"--user-data-dir={self.profile}".encode()
        for entry in Path("/proc").glob("[0-9]*/cmdline"):
            with suppress(OSError):
                words = entry.read_bytes().split(b"\0")
                if asked in words and not any(word.startswith(b"--type=") for word in words):
                    return int(entry.parent.name)
        raise LookupError("the browser is gone")

    def kill(self) -> None:
        """End it at once, without a chance to write anything more."""
        pid = self.pid
        os.kill(pid, signal.SIGKILL)
        deadline = time.monotonic() + 10
        while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
            time.sleep(0.02)

    def open(self, address: str) -> None:
        """Open the kiosk, and wait until it knows its day list."""
        self.page.goto(address)
        self.page.wait_for_selector("main.idle .acts", timeout=60_000)
        watching.wait_until(self.page, "navigator.serviceWorker.controller !== null")
        watching.wait_until(self.page, watching.HAS_LIST)


@contextmanager
def device(chromium_path: str, profile: Path, *arguments: str, now: datetime | None = None) -> Iterator[Device]:
    """The browser of this profile until the block ends; a killed one needs no end. `now` sets its clock."""
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            profile,
            executable_path=chromium_path,
            args=list(arguments) or ["--no-sandbox", "--disable-dev-shm-usage"],
            permissions=["camera"],
            viewport={"width": 1024, "height": 768},
        )
        watching.watch(context)
        if now is not None:
            context.clock.install(time=now)
        try:
            yield Device(context, profile)
        finally:
            with suppress(Error):
                context.close()
