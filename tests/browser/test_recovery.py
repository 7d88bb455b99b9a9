"""A kiosk helps itself: a new version begins when nobody stands there, and whatever breaks it starts again."""

import json
import re
import shutil
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Error, Page

from booking.kit import paths
from tests.browser import watching
from tests.browser.browsers import Device
from tests.browser.cable import Cable
from tests.browser.entrance import Entrance

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NEXT = "000000000000"
FIND_NEXT = "async () => { await (await navigator.serviceWorker.getRegistration()).update(); }"
IS_WAITING = "async () => (await navigator.serviceWorker.getRegistration()).waiting !== null"
NOTE_LEAVING = """() => addEventListener('pagehide', () =>
  localStorage.setItem('left', document.body.dataset.verdict ?? 'idle'))"""
TYPE_SLOWLY = f"""async codes => {{
  for (const code of codes) {{
    ({watching.PRESS})(code);
    await new Promise(done => setTimeout(done, 1500));
  }}
}}"""
"""One after another, before the answer to the last is gone."""
BREAKS_TWICE = """() => {
  const before = Number(localStorage.getItem('broken') ?? 0);
  if (before >= 2) return;
  localStorage.setItem('broken', String(before + 1));
  IDBFactory.prototype.open = () => { throw new TypeError('no store today'); };
}"""


def publish_next(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """From now on the service has a newer build of the app."""
    shutil.copytree(paths.KIOSK, folder)
    worker = folder / "sw.js"
    worker.write_text(re.sub(r"[0-9a-f]{12}(?=[`\"'])", NEXT, worker.read_text("utf-8")), "utf-8")
    monkeypatch.setattr(paths, "KIOSK", folder)


def scan(page: Page, token: str) -> None:
    """Somebody shows a pass and sees an answer."""
    before = len(watching.seen(page))
    page.evaluate(watching.PRESS, token)
    watching.wait_until(page, f"seen.length > {before}")


def assert_all_arrive(here: Entrance, page: Page, scans: int) -> None:
    """Every scan the device kept is on the service, once and in order."""
    watching.wait_until(page, watching.ALL_ANSWERED)
    kept = [(one["scan"]["nonce"], one["seq"]) for one in watching.queue(page)]
    assert [seq for _, seq in kept] == list(range(1, scans + 1))
    assert [(str(row["nonce"]), row["seq"]) for row in here.ask("select nonce, seq from scan order by seq")] == kept


def test_a_new_version_waits_for_people_and_loses_nothing(
    standing: tuple[Entrance, Device, Cable], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    here, made, _ = standing
    page = made.page
    page.evaluate(NOTE_LEAVING)
    made.context.route("**/api/v1/kiosk/**", lambda route: route.abort())
    scan(page, here.passes[0])
    publish_next(monkeypatch, tmp_path / "next")
    page.evaluate(FIND_NEXT)
    watching.wait_until(page, IS_WAITING)
    with page.expect_event("load", timeout=120_000):
        page.evaluate(f"codes => void ({TYPE_SLOWLY})(codes)", here.passes[1:5])
    page.wait_for_selector("main.idle .acts", timeout=60_000)
    assert page.evaluate("localStorage.getItem('left')") == "idle", "it began while an answer was shown"
    assert watching.waiting(page) == 5
    assert page.evaluate("caches.keys()") == [f"kiosk-{NEXT}"]
    assert [one["seq"] for one in watching.queue(page)] == [1, 2, 3, 4, 5]
    made.context.unroute("**/api/v1/kiosk/**")
    scan(page, here.passes[5])
    assert_all_arrive(here, page, 6)


def test_after_a_crash_of_the_page_it_goes_on_from_what_it_kept(standing: tuple[Entrance, Device, Cable]) -> None:
    here, made, cable = standing
    cable.pull()
    scan(made.page, here.passes[0])
    crashed: list[Page] = []
    made.page.on("crash", lambda page: crashed.append(page))  # noqa: PLW0108 - playwright hangs a mark on it
    page = made.context.new_page()
    with suppress(Error):
        made.page.goto("chrome://crash")
    while not crashed:
        page.wait_for_timeout(100)
    made.page.close()
    page.goto(f"{cable.address}/kiosk/")
    page.wait_for_selector("main.idle .acts", timeout=60_000)
    assert watching.waiting(page) == 1
    scan(page, here.passes[1])
    cable.plug_in()
    assert_all_arrive(here, page, 2)


def test_what_breaks_at_the_start_is_said_noted_and_tried_again(standing: tuple[Entrance, Device, Cable]) -> None:
    here, made, _ = standing
    page = made.page
    page.add_init_script(f"({BREAKS_TWICE})()")
    page.reload()
    page.wait_for_selector("[role=alert]")
    page.wait_for_selector("main.idle .acts", timeout=60_000)
    noted = json.loads(page.evaluate("localStorage.getItem('kiosk-crashes')"))
    assert len(noted) == 2
    assert not any("store" in one["what"] for one in noted)
    scan(page, here.passes[0])
    assert_all_arrive(here, page, 1)


def test_a_kiosk_stays_one_although_its_address_holds_an_old_code(standing: tuple[Entrance, Device, Cable]) -> None:
    here, made, cable = standing
    page = made.page
    for is_cut in (False, True):
        if is_cut:
            cable.pull()
        page.goto("about:blank")
        page.goto(f"{cable.address}/kiosk/#pair={here.pairing_code}")
        page.wait_for_selector("main.idle .acts", timeout=60_000)
        scan(page, here.passes[int(is_cut)])
    cable.plug_in()
    assert_all_arrive(here, page, 2)


def test_a_version_that_does_not_begin_is_left_alone(
    standing: tuple[Entrance, Device, Cable], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    here, made, _ = standing
    page = made.page
    page.evaluate("ServiceWorker.prototype.postMessage = () => { window.isAsked = true; }")
    publish_next(monkeypatch, tmp_path / "next")
    page.evaluate(FIND_NEXT)
    watching.wait_until(page, "window.isAsked === true")
    page.wait_for_selector("main.idle .acts", timeout=60_000)
    scan(page, here.passes[0])
    assert_all_arrive(here, page, 1)
