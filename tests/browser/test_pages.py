"""Every page that a link leads to, seen by everybody of the demo: axe finds nothing, nothing sticks out or breaks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from booking.kit.postgres_server import PostgresServer
from booking.kit.settings import Settings
from tests.browser.serving import Served, serving

pytestmark = [pytest.mark.browser, pytest.mark.slow]
NOT_PAGES = re.compile(r"^/(api/v1|static|kiosk|healthz|readyz)|\.(png|svg|pdf|ics|csv|xlsx|zip|json)$")
LEAVES = re.compile(r"sign-out")
WIDTHS = (360, 1280)
NARROWEST = 320
COMBINATIONS = 2


@pytest.fixture(scope="module")
def served(server: PostgresServer, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A demo, as `serve --demo` fills it."""
    with serving(server, template, Settings(data_dir=tmp_path_factory.mktemp("data"))) as running:
        yield running


@dataclass(frozen=True)
class Fault:
    """One thing wrong with one page."""

    path: str
    said: str


def _shape(path: str) -> str:
    """Two addresses of one shape show the same page with other data."""
    parts = urlsplit(path)
    shape = re.sub(r"/[0-9a-f]{8}-[0-9a-f-]{27}|/\d[\d-]*(?=/|$)", "/…", parts.path)
    return shape + ("?" + ",".join(sorted(re.findall(r"(\w+)=", parts.query))) if parts.query else "")


def _is_known(path: str, seen: set[str]) -> bool:
    """Whether a page of this shape, or enough combinations of its filters, have been looked at."""
    if _shape(path) in seen:
        return True
    plain, _, filters = _shape(path).partition("?")
    return bool(filters) and sum(shape.startswith(plain + "?") for shape in seen) >= COMBINATIONS


def _links(page: Page, address: str) -> list[str]:
    hrefs: list[str] = page.eval_on_selector_all("a[href]", "links => links.map(link => link.getAttribute('href'))")
    found = []
    for href in hrefs:
        target = urldefrag(urljoin(page.url, href))[0]
        path = target.removeprefix(address)
        if target.startswith(address) and "lang=" not in path and not NOT_PAGES.search(urlsplit(path).path):
            found.append(path)
    return found


def _look(page: Page, address: str, path: str) -> list[Fault]:
    """What is wrong with a page in both widths and the narrowest."""
    faults: list[Fault] = []
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.set_viewport_size({"width": NARROWEST, "height": 800})
    answer = page.goto(address + path, wait_until="domcontentloaded")
    if answer is not None and answer.status == 403:
        return []  # a link of the walk that is for somebody else
    if answer is None or answer.status >= 400:
        return [Fault(path, f"answers {answer and answer.status}")]
    for width in (NARROWEST, *WIDTHS):
        page.set_viewport_size({"width": width, "height": 800})
        sticks_out = page.evaluate("document.documentElement.scrollWidth") - width
        if sticks_out > 0:
            faults.append(Fault(path, f"{sticks_out} px wider than {width}"))
        if width in WIDTHS:
            found = Axe().run(page).response["violations"]
            faults += [Fault(path, f"{each['id']} at {width}: {each['nodes'][0]['html'][:200]}") for each in found]
    faults += [Fault(path, f"script: {said}") for said in broken]
    if page.locator("h1").count() != 1:
        faults.append(Fault(path, f"{page.locator('h1').count()} h1"))
    return faults


def _walk(
    chromium: Browser, served: Served, start: str, language: str, known: frozenset[str] = frozenset()
) -> tuple[set[str], list[Fault]]:
    """Follow every link from `start`, one page a shape; the shapes seen and what is wrong with them.

    `known` shapes have been looked at before and are only followed.
    """
    context = chromium.new_context(viewport={"width": 360, "height": 800}, reduced_motion="reduce")
    context.add_cookies([{"name": "language", "value": language, "url": served.address}])
    page = context.new_page()
    page.goto(served.address + start, wait_until="domcontentloaded")
    _accept(page)
    one_time = start.partition("?")[0] + "?"
    waiting = ["/", *_links(page, served.address), page.url.removeprefix(served.address)]
    seen: set[str] = set()
    faults: list[Fault] = []
    while waiting:
        path = waiting.pop(0)
        if _is_known(path, seen) or LEAVES.search(path) or path.startswith(one_time):
            continue
        seen.add(_shape(path))
        if _shape(path) in known:
            page.goto(served.address + path, wait_until="domcontentloaded")
        else:
            faults += _look(page, served.address, path)
        waiting += _links(page, served.address)
    context.close()
    return seen, faults


def _accept(page: Page) -> None:
    """A one-time link shows a page; only the button on it acts."""
    button = page.locator("main form[method=post] button")
    if button.count() == 1:
        button.click()
        page.wait_for_load_state("domcontentloaded")


def _say(faults: list[Fault]) -> str:
    return "\n".join(f"{fault.path}: {fault.said}" for fault in faults)


def test_public_pages(chromium: Browser, served: Served, tmp_path: Path) -> None:
    seen, faults = _walk(chromium, served, "/", "ja")
    assert "/" in seen
    assert not faults, _say(faults)


def test_public_pages_in_english(chromium: Browser, served: Served) -> None:
    _, faults = _walk(chromium, served, "/", "en")
    assert not faults, _say(faults)


def test_pages_of_everybody_of_the_demo(chromium: Browser, served: Served) -> None:
    faults: list[Fault] = []
    known: frozenset[str] = frozenset()
    people = [welcome for welcome in served.welcomes if welcome.kind == "sign-in"]
    assert people, "the demo prints no sign-in"
    for welcome in people:
        seen, found = _walk(chromium, served, welcome.path, "ja", known)
        known |= seen
        assert len(seen) > 3, f"{welcome.label} sees next to nothing: {seen}"
        faults += found
    assert not faults, _say(list(dict.fromkeys(faults)))
