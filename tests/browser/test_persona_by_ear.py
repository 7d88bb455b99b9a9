"""A guardian who does not see: signs in, registers a child, books, opens the pass and reads the message, by keyboard
and by what the screen reader is told."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from booking.kit import clock
from tests.browser.accessibility import choose, faults, press, tree, type_into
from tests.browser.serving import Served

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def heard(page: Page, heading: str) -> None:
    """The page begins with this heading, and nothing on it is silent."""
    expect(page.get_by_role("heading", level=1)).to_contain_text(heading)
    assert faults(page) == [], page.url


@pytest.fixture
def page(chromium: Browser, served: Served) -> Page:
    page = chromium.new_context(locale="ja-JP", viewport={"width": 1280, "height": 900}).new_page()
    page.set_default_timeout(60_000)
    page.goto(f"{served.address}/sign-in")
    return page


def test_the_whole_path_by_ear(page: Page, served: Served) -> None:
    heard(page, "サインイン")
    press(page, page.get_by_role("button", name="番号を送る"))
    wrong = page.get_by_role("textbox", name=re.compile("メールアドレス"))
    expect(wrong).to_be_visible()
    type_into(page, wrong, "mienai@example.jp")
    press(page, page.get_by_role("button", name="番号を送る"))
    expect(page.locator("[autocomplete=one-time-code]")).to_be_visible()
    assert faults(page) == []
    type_into(page, page.locator("[autocomplete=one-time-code]"), _mailed_digits(page, served))
    page.keyboard.press("Enter")
    page.wait_for_url("**/welcome*")
    _say_who(page)
    _add_child(page)
    _book(page, served)
    page.goto(f"{served.address}/pass")
    heard(page, "パス")
    assert any(node.role == "image" and "そら" in node.name for node in tree(page))
    mailbox = page.context.new_page()
    mailbox.goto(f"{served.address}/demo/mailbox")
    expect(mailbox.locator("main")).to_contain_text("予約できました")
    assert faults(mailbox) == []


def _mailed_digits(page: Page, served: Served) -> str:
    mailbox = page.context.new_page()
    mailbox.goto(f"{served.address}/demo/mailbox")
    digits = re.search(r"\b(\d{6})\b", mailbox.locator("main").inner_text())
    mailbox.close()
    assert digits is not None
    return digits[1]


def _say_who(page: Page) -> None:
    assert faults(page) == []
    press(page, page.get_by_role("button", name="つぎへ進む"))
    expect(page.get_by_role("alert").or_(page.locator(".error")).first).to_be_visible()
    assert faults(page) == [], "a refused form says at each field what is wrong"
    assert any(node.is_invalid for node in tree(page))
    type_into(page, page.get_by_label("あなたの名前"), "仮野 みみ")
    type_into(page, page.get_by_label("電話番号"), "090-1234-5678")
    press(page, page.get_by_role("button", name="つぎへ進む"))
    page.wait_for_url("**/family/new*")


def _add_child(page: Page) -> None:
    assert faults(page) == []
    press(page, page.get_by_role("button", name="つぎへ進む"))
    expect(page.locator("[aria-invalid=true]").first).to_be_visible()
    assert faults(page) == []
    for label, value in (
        ("氏（みょうじ）", "仮野"),
        ("名（なまえ）", "そら"),
        ("氏の読みかた", "かりの"),
        ("名の読みかた", "そら"),
    ):
        type_into(page, page.get_by_label(label), value)
    for part, value in (("year", clock.fiscal_year(clock.today()) - 14), ("month", 5), ("day", 1)):
        type_into(page, page.locator(f"[name=birth_on_{part}]"), str(value))
    choose(page, page.locator("[name=municipality]"), "102024")
    choose(page, page.locator("[name=relation]"), "mother")
    type_into(page, page.locator("[name=contact_name]").first, "仮野 みみ")
    choose(page, page.locator("[name=contact_relation]").first, "mother")
    type_into(page, page.locator("[name=contact_phone]").first, "090-1234-5678")
    body = page.locator("[name=body][value='100005']")
    if body.count() and not body.is_checked():
        press(page, body, "Space")
    press(page, page.get_by_role("button", name="つぎへ進む"))
    agreed = page.get_by_label("読みました。同意します")
    expect(agreed).to_be_visible()
    assert faults(page) == []
    press(page, agreed, "Space")
    press(page, page.get_by_role("button", name="登録する"))
    page.wait_for_url(re.compile(r"/family(?!/new)|/pass|/sessions"))
    assert faults(page) == []


def _book(page: Page, served: Served) -> None:
    page.goto(f"{served.address}/sessions?facility=tsukurun-takasaki")
    heard(page, "")
    press(page, page.locator(".session", has=page.locator("[data-state=open]")).first.locator("a").first)
    choice = page.get_by_role("checkbox", name="仮野 そら")
    expect(choice).to_be_visible()
    assert faults(page) == []
    if not choice.is_checked():
        press(page, choice, "Space")
    press(page, page.get_by_role("button", name="この内容で予約する"))
    page.wait_for_url("**/booked*")
    assert faults(page) == []
    expect(page.locator("main")).to_contain_text("そら")
