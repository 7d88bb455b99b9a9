"""Behind the PIN, closed at once, and a question that nobody touches: the door app in a real browser.

The sheet of whom to call is the one of `tests/vectors/sealed-sheet.json`, put into the list on its way, because the
demonstration's kiosk keeps its PIN to itself.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

from tests.browser import watching
from tests.browser.serving import Served
from tests.browser.test_kiosk import SHOW, assert_good

pytestmark = [pytest.mark.browser, pytest.mark.slow]

VECTOR = json.loads((Path(__file__).parents[1] / "vectors" / "sealed-sheet.json").read_text("utf-8"))
QUESTION = {
    "verdict": "ask",
    "code": "ask-where",
    "choices": [
        {"id": "facility:tumo-gunma", "label": "TUMO GUNMA", "facility": "tumo-gunma"},
        {"id": "facility:tsukurun-takasaki", "label": "tsukurun", "facility": "tsukurun-takasaki"},
    ],
}


class Between:
    """What the tests change in the service's answers on their way to the kiosk."""

    is_closed = False
    says: dict[str, Any] | None = None

    def day_list(self, route: Route) -> None:
        headers = {name: value for name, value in route.request.headers.items() if name != "if-none-match"}
        answer = route.fetch(headers=headers)
        body = answer.json()
        patient = body["configuration"] | {
            "answer_wait_ms": 30_000
        }  # what the service says is shown, however busy it is
        route.fulfill(response=answer, json=body | {"staff": VECTOR["sealed"], "configuration": patient})

    def heartbeat(self, route: Route) -> None:
        answer = route.fetch()
        body = answer.json()
        for facility in body["facilities"]:
            facility["is_closed"] = self.is_closed
        route.fulfill(response=answer, json=body)

    def scans(self, route: Route) -> None:
        answer = route.fetch()
        body = answer.json()
        if self.says is not None:
            body["verdicts"] = [{"nonce": one["nonce"]} | self.says for one in body["verdicts"]]
            self.says = None
        route.fulfill(response=answer, json=body)


@pytest.fixture(scope="module")
def between() -> Between:
    return Between()


@pytest.fixture(scope="module")
def kiosk(
    served: Served, chromium: Browser, between: Between, walk: tuple[str, list[str]]
) -> Iterator[tuple[Page, list[str]]]:
    """A paired kiosk, and the passes of the demo."""
    context = chromium.new_context(viewport={"width": 1024, "height": 768}, service_workers="block")
    page = context.new_page()
    doors = {"day-list": between.day_list, "heartbeat": between.heartbeat, "scans": between.scans}
    for name, change in doors.items():
        page.route(f"**/api/v1/kiosk/{name}", change)
    page.goto(f"{served.address}/kiosk/#pair={walk[0]}")
    watching.wait_until(page, watching.HAS_LIST)
    page.wait_for_selector(".info .figure")
    yield page, walk[1]
    page.unroute_all(behavior="ignoreErrors")  # a heartbeat may be on its way
    context.close()


def press(page: Page, digits: str) -> None:
    for digit in digits:
        page.locator(".staff .pad").get_by_role("button", name=digit, exact=True).click()
    page.locator(".staff .pad .primary").click()


def open_menu(page: Page) -> None:
    page.keyboard.press("Control+Alt+k")
    page.wait_for_selector(".staff .pad")
    press(page, VECTOR["pin"])
    page.wait_for_selector(".staff .menu")


def kept(page: Page, key: str) -> Any:
    """What the device keeps under a key."""
    return page.evaluate(
        """key => new Promise(done => {
          const opening = indexedDB.open('kiosk');
          opening.onsuccess = () => {
            const asked = opening.result.transaction('kept').objectStore('kept').get(key);
            asked.onsuccess = () => { opening.result.close(); done(asked.result ?? null); };
          };
        })""",
        key,
    )


def test_the_menu_opens_by_its_pin_alone_and_forgets(kiosk: tuple[Page, list[str]]) -> None:
    page, _ = kiosk
    corner = page.locator(".corner").bounding_box() or {"x": 0, "y": 0}
    page.mouse.move(corner["x"] + 15, corner["y"] + 15)
    page.mouse.down()
    page.wait_for_selector(".staff .pad")
    page.mouse.up()
    press(page, "0000")
    page.wait_for_selector("[role=alert]")
    assert kept(page, "tries")["wrong"] == 1
    assert_good(page)
    press(page, VECTOR["pin"])
    page.wait_for_selector(".staff .menu")
    assert_good(page)
    page.keyboard.press("Escape")
    page.wait_for_selector("main.idle .acts")
    page.keyboard.press("Control+Alt+k")
    page.wait_for_selector(".staff .pad")
    page.keyboard.press("Escape")


@pytest.mark.parametrize(("nth", "part"), [(0, ".roll"), (1, ".group"), (2, ".faults"), (3, ".settings")])
def test_every_page_of_the_menu(kiosk: tuple[Page, list[str]], nth: int, part: str) -> None:
    page, _ = kiosk
    open_menu(page)
    page.locator(".menu button").nth(nth).click()
    page.wait_for_selector(part)
    assert_good(page)
    page.keyboard.press("Escape")


def test_a_group_is_counted_through_the_queue(kiosk: tuple[Page, list[str]]) -> None:
    page, _ = kiosk
    before = kept(page, "seq") or 0
    open_menu(page)
    page.locator(".menu button").nth(1).click()
    page.locator(".stepper button").nth(1).click()
    page.locator(".group .key.primary").click()
    page.wait_for_selector(".said")
    assert kept(page, "seq") == before + 1
    page.keyboard.press("Escape")


def test_a_scanner_is_heard_while_staff_write_a_name(kiosk: tuple[Page, list[str]]) -> None:
    page, passes = kiosk
    before = kept(page, "seq") or 0
    open_menu(page)
    page.locator(".menu button").nth(1).click()
    field = page.locator(".group .field input")
    field.focus()
    page.keyboard.type("ABC", delay=150)
    page.evaluate(TYPED, passes[0])
    page.wait_for_selector(".said")
    assert kept(page, "seq") == before + 1
    assert field.input_value() == "ABC"
    page.keyboard.press("Escape")


TYPED = """text => {
  const field = document.activeElement;
  for (const letter of [...text, 'Enter']) {
    const key = new KeyboardEvent('keydown', {key: letter, bubbles: true, cancelable: true});
    if (!field.dispatchEvent(key) || letter === 'Enter') continue;
    field.value += letter;
    field.dispatchEvent(new Event('input', {bubbles: true}));
  }
}"""
"""A scanner that types into the field that has the keys; what nobody kept from it gets there."""


def test_a_scan_does_not_close_the_menu(kiosk: tuple[Page, list[str]]) -> None:
    page, passes = kiosk
    open_menu(page)
    page.evaluate(SHOW, passes[0])
    page.wait_for_selector(".said")
    assert page.locator(".staff .menu").count() == 1
    page.keyboard.press("Escape")


def test_a_question_answers_itself_and_may_be_asked_again(kiosk: tuple[Page, list[str]], between: Between) -> None:
    page, passes = kiosk
    page.wait_for_selector("main.idle .acts")
    between.says = QUESTION
    page.evaluate(SHOW, passes[1])
    page.wait_for_selector("[data-verdict=ask]")
    assert "TUMO GUNMA" in page.locator(".time-left").inner_text()
    assert_good(page)
    page.wait_for_selector("[data-verdict]:not([data-verdict=ask])", timeout=15_000)
    if page.locator(".chosen").count():
        assert_good(page)
        page.locator(".chosen button").click()
        page.wait_for_selector("[data-verdict=ask]")
    page.keyboard.press("Escape")
    page.wait_for_selector("main.idle .acts")


FAMILY = {
    "verdict": "ask",
    "code": "ask-who",
    "choices": [{"id": f"member:mk_{n}", "label": f"ためし{n}", "is_inside": n == 1} for n in range(6)],
}
LONG = {"verdict": "welcome", "code": "welcome", "name": "ためしのながいなまえ", "facility": "tumo-gunma"}
OUTSIDE = """() => [...document.querySelectorAll('main h1, main .name, main p, main button')].filter(one => {
  const at = one.getBoundingClientRect();
  return at.right > innerWidth + 1 || at.bottom > innerHeight + 1;
}).map(one => one.textContent)"""
TABLETS = ((768, 1024), (1024, 768), (1280, 800))


@pytest.mark.parametrize("said", [FAMILY, LONG], ids=["six of a family", "a long name"])
def test_nothing_leaves_the_screen_of_a_tablet(
    kiosk: tuple[Page, list[str]], between: Between, said: dict[str, Any]
) -> None:
    page, passes = kiosk
    for width, height in TABLETS:
        page.set_viewport_size({"width": width, "height": height})
        between.says = said
        page.evaluate(SHOW, passes[1])
        page.wait_for_selector(f"[data-verdict={said['verdict']}]")
        assert page.evaluate(OUTSIDE) == [], width
        page.keyboard.press("Escape")
        page.wait_for_selector("main.idle .acts")


def test_with_keys_alone_one_goes_on_from_the_screen_that_opened(kiosk: tuple[Page, list[str]]) -> None:
    page, _ = kiosk
    for nth, first in ((0, "main.entry .pick, main.entry .key"), (1, ".pad .primary"), (2, "main.verdict .primary")):
        page.locator(".acts button").nth(nth).focus()
        page.keyboard.press("Enter")
        page.wait_for_selector(f":is({first}):focus")
        page.keyboard.press("Escape")
        page.wait_for_selector("main.idle .acts")
    page.keyboard.press("Control+Alt+k")
    page.wait_for_selector(".staff .pad")
    page.keyboard.type(VECTOR["pin"], delay=90)
    page.keyboard.press("Enter")
    page.wait_for_selector(".staff .menu button:first-child:focus")
    page.keyboard.press("Escape")


def test_help_and_the_buttons_below(kiosk: tuple[Page, list[str]]) -> None:
    page, _ = kiosk
    page.locator(".others button").nth(0).click()
    page.wait_for_selector(".help")
    assert_good(page)
    page.keyboard.press("Escape")
    page.locator(".others button").nth(1).click()
    page.wait_for_selector("body[data-low]")
    assert_good(page)
    page.locator(".others button").nth(1).click()


def test_closed_at_once_fills_the_screen_and_opens_again(kiosk: tuple[Page, list[str]], between: Between) -> None:
    page, _ = kiosk
    between.is_closed = True
    page.evaluate("dispatchEvent(new Event('online'))")
    page.wait_for_selector(".shut")
    assert_good(page)
    between.is_closed = False
    page.evaluate("dispatchEvent(new Event('online'))")
    page.wait_for_selector("main.idle .acts")


def test_a_crash_starts_the_kiosk_again_and_is_noted(kiosk: tuple[Page, list[str]]) -> None:
    page, _ = kiosk
    with page.expect_event("load", timeout=20_000):
        page.evaluate("setTimeout(() => { throw new TypeError('broken') }, 0)")
    page.wait_for_selector("main.idle .acts")
    [crash] = json.loads(page.evaluate("localStorage.getItem('kiosk-crashes')"))
    assert crash["what"].startswith("TypeError")
    assert "broken" not in crash["what"]
