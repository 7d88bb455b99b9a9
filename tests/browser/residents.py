"""Steps that people of the demo take in a browser, in Japanese, as several walks need them."""

import re

from playwright.sync_api import BrowserContext, Page, expect

from booking.kit import clock
from tests.browser.serving import Served


def register_guardian(page: Page, served: Served) -> None:
    """Sign in with the digits that were mailed, and say who one is."""
    page.goto(f"{served.address}/sign-in")
    page.get_by_label("メールアドレス").fill("hogosha@example.jp")
    page.get_by_role("button", name="番号を送る").click()
    mailbox = page.context.new_page()
    mailbox.goto(f"{served.address}/demo/mailbox")
    digits = re.search(r"\b(\d{6})\b", mailbox.locator("main").inner_text())
    assert digits is not None
    mailbox.close()
    page.locator("[autocomplete=one-time-code]").fill(digits[1])
    page.locator("main form button.primary").first.click()
    page.wait_for_url("**/welcome*")
    page.get_by_label("あなたの名前").fill("仮野 みどり")
    page.get_by_label("電話番号").fill("090-1234-5678")
    page.get_by_role("button", name="つぎへ進む").click()


def add_child(page: Page) -> None:
    """Register a child of the second year of junior high, and agree."""
    page.wait_for_url("**/family/new*")
    for label, value in (("氏（みょうじ）", "仮野"), ("名（なまえ）", "あおい")):
        page.get_by_label(label).fill(value)
    for label, value in (("氏の読みかた", "かりの"), ("名の読みかた", "あおい")):
        page.get_by_label(label).fill(value)
    born = clock.fiscal_year(clock.today()) - 14
    for part, value in (("year", born), ("month", 5), ("day", 1)):
        page.locator(f"[name=birth_on_{part}]").fill(str(value))
    page.locator("[name=municipality]").select_option("102024")
    page.locator("[name=relation]").select_option("mother")
    page.locator("[name=contact_name]").first.fill("仮野 みどり")
    page.locator("[name=contact_relation]").first.select_option("mother")
    page.locator("[name=contact_phone]").first.fill("090-1234-5678")
    body = page.locator("[name=body][value='100005']")
    if body.count():
        body.check()
    page.get_by_role("button", name="つぎへ進む").click()
    page.get_by_label("読みました。同意します").check()
    page.get_by_role("button", name="登録する").click()
    expect(page.locator("h1")).to_be_visible()


def book_soonest(page: Page, served: Served) -> None:
    """Book the session of tsukurun TAKASAKI that starts next."""
    page.goto(f"{served.address}/sessions?facility=tsukurun-takasaki")
    page.locator(".session", has=page.locator("[data-state=open]")).first.locator("a").first.click()
    choice = page.get_by_role("checkbox", name="仮野 あおい")
    if not choice.is_checked():
        choice.check()
    page.get_by_role("button", name="この内容で予約する").click()
    page.wait_for_url("**/booked*")


def open_pass(page: Page, served: Served) -> bytes:
    """The picture of the child's pass, as the guardian saves it."""
    page.goto(f"{served.address}/pass")
    expect(page.locator("svg.qr")).to_be_visible()
    picture = page.locator("a[href$='pass.png']").first.get_attribute("href")
    answer = page.request.get(served.address + str(picture))
    assert answer.headers["content-type"] == "image/png"
    return answer.body()


def sign_in_staff(context: BrowserContext, served: Served) -> Page:
    """Gunma's administrator, by the demo's one-time link."""
    link = next(each.path for each in served.welcomes if "群馬県の管理者" in each.label)
    page = context.new_page()
    page.goto(served.address + link)
    page.locator("main form button").first.click()
    page.wait_for_url("**/staff/**")
    return page
