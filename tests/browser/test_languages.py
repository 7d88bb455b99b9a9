"""Every language of the kiosk, from its button to the answer: its own words, all of them on the screen."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from booking.kit.postgres_server import PostgresServer
from booking.kit.settings import Settings
from booking.visits.sentences import words
from tests.browser import watching
from tests.browser.entrance import Entrance, opened

pytestmark = [pytest.mark.browser, pytest.mark.slow]

BUTTONS = {
    "ja": "日本語",
    "ja-easy": "やさしい にほんご",
    "en": "English",
    "pt-BR": "Português",
    "vi": "Tiếng Việt",
    "es": "Español",
    "zh-Hans": "简体中文",
    "tl": "Tagalog",
}
SIZES = ((1024, 768), (768, 1024))
CODES = ("welcome", "pass-malformed")
CUT_OFF = """() => [...document.querySelectorAll('main *')].filter(element => {
  if (element.closest('svg, .sr, [hidden]') || !element.innerText?.trim()) return false;
  const style = getComputedStyle(element), box = element.getBoundingClientRect();
  if (!box.width || style.display === 'inline' || style.visibility === 'hidden') return false;
  const isHiding = style.overflowX !== 'visible' || style.overflowY !== 'visible';
  const isTooLarge = element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 1;
  return isHiding && isTooLarge || box.left < -1 || box.right > innerWidth + 1 || box.bottom > innerHeight + 1;
}).map(element => element.tagName + '.' + element.className + ': ' + element.innerText.slice(0, 60))"""


@pytest.fixture(scope="module")
def entrance(server: PostgresServer, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Entrance]:
    settings = Settings(data_dir=tmp_path_factory.mktemp("data"))
    with opened(server, template, settings, members=len(BUTTONS)) as (ready, _):
        yield ready


@pytest.fixture(scope="module")
def kiosk(entrance: Entrance, chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1024, "height": 768})
    watching.watch(context)
    page = context.new_page()
    page.clock.install(time=Entrance.now())
    page.goto(entrance.kiosk_address)
    page.get_by_role("button", name=BUTTONS["en"]).wait_for()
    watching.wait_until(page, watching.HAS_LIST)
    yield page
    context.close()


def pattern(language: str, key: str) -> re.Pattern[str]:
    """A sentence of a catalogue with anything in the place of its values."""
    parts = re.split(r"\{\w+\}", re.sub(r"\s+", " ", words(language)[key]).strip())
    return re.compile("[^.。]*".join(map(re.escape, parts)))


def assert_whole(page: Page) -> None:
    """No words are cut off, and nothing has to be scrolled to, at either way of hanging a tablet."""
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(450)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (width, height)
        assert page.evaluate(CUT_OFF) == [], (width, height)


@pytest.mark.parametrize("language", BUTTONS)
def test_a_language_from_its_button_to_its_answers(kiosk: Page, entrance: Entrance, language: str) -> None:
    kiosk.get_by_role("button", name=BUTTONS[language], exact=True).click()
    lang = "ja" if language == "ja-easy" else language
    for code in CODES:
        shown = entrance.passes[list(BUTTONS).index(language)] if code == "welcome" else f"WIFI:S:{language};;"
        watching.type_codes(kiosk, [shown])
        verdict = "welcome" if code == "welcome" else "refused"
        kiosk.wait_for_selector(f"body[data-verdict={verdict}] main h1")
        assert kiosk.evaluate("document.documentElement.lang") == lang
        told = watching.queue(kiosk)[-1]["outcome"]["verdict"]["code"]
        headline, details = watching.shown(kiosk, "main h1"), watching.shown(kiosk, "main .text > p")
        assert pattern(language, told).match(headline), (headline, words(language)[told])
        assert pattern(language, f"{told}.detail").fullmatch(details), (told, details)
        assert not re.search(r"\{\w+\}|[a-z]+-[a-z]+\.|\[.+\|.+\]", headline + details)
        assert_whole(kiosk)
    kiosk.keyboard.press("Escape")
    kiosk.wait_for_selector("main.idle .acts")
    assert_whole(kiosk)
