"""A child of 13 without phone or mail: the desk registers it and sets a PIN; on a school computer it books and cancels
its own sessions with the card, and nothing else."""

import re

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.residents import sign_in_staff
from tests.browser.serving import Served

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PIN = "482915"
SOON = 60_000


def register_at_the_desk(staff: Page, served: Served) -> str:
    """Name, school year and telephone, a signed paper, and a PIN; the number on the card."""
    staff.goto(f"{served.address}/staff/members/new")
    for label, value in (("氏（みょうじ）", "仮野"), ("名（なまえ）", "りく")):
        staff.get_by_label(label).fill(value)
    for label, value in (("氏の読みかた", "かりの"), ("名の読みかた", "りく")):
        staff.get_by_label(label).fill(value)
    staff.locator("[name=grade]").select_option("7")
    staff.get_by_label("電話番号").fill("027-222-3333")
    body = staff.locator("[name=body][value='100005']")
    if not body.is_checked():
        body.check()
    staff.get_by_label("同意書（紙）を受け取りました").check()
    staff.get_by_role("button", name="登録して、パスを出す").click()
    number = re.search(r"\b(\d{4}[ -]?\d{4})\b", staff.locator("main").inner_text())
    assert number is not None, staff.locator("main").inner_text()
    staff.goto(f"{served.address}/staff/members/" + re.findall(r"[0-9a-f]{8}-[0-9a-f-]{27}", staff.url)[0])
    staff.locator("form[action$='/card'] [name=pin]").fill(PIN)
    staff.locator("form[action$='/card'] button").click()
    return number[1]


def sign_in(school: Page, served: Served, number: str, pin: str) -> None:
    school.goto(f"{served.address}/sign-in/card")
    school.get_by_label("カードの番号").fill(number)
    school.get_by_label("PIN").fill(pin)
    school.get_by_role("button", name="サインインする").click()


@pytest.fixture
def school(chromium: Browser) -> BrowserContext:
    """A computer at school: no script, a narrow right to anything."""
    return chromium.new_context(locale="ja-JP", java_script_enabled=False, viewport={"width": 1280, "height": 800})


def test_a_child_with_a_card_alone(chromium: Browser, served: Served, school: BrowserContext) -> None:
    desk = chromium.new_context(locale="ja-JP")
    desk.set_default_timeout(SOON)
    number = register_at_the_desk(sign_in_staff(desk, served), served)
    page = school.new_page()
    page.set_default_timeout(SOON)
    sign_in(page, served, number, "111222")
    expect(page.locator("main")).to_contain_text("番号")
    sign_in(page, served, number, PIN)
    page.goto(f"{served.address}/sessions?facility=tsukurun-takasaki")
    page.locator(".session", has=page.locator("[data-state=open]")).first.locator("a").first.click()
    choice = page.get_by_role("checkbox", name="りく")
    if not choice.is_checked():
        choice.check()
    page.get_by_role("button", name="この内容で予約する").click()
    page.wait_for_url("**/booked*")
    page.goto(f"{served.address}/bookings")
    expect(page.locator("main")).to_contain_text("tsukurun")
    page.get_by_role("button", name=re.compile("取り消す")).first.click()
    expect(page.locator("main")).to_contain_text("取り消しました")
    page.goto(f"{served.address}/pass")
    expect(page.locator("svg.qr")).to_be_visible()
    for address in ("/family/new", "/family/contact"):
        page.goto(served.address + address)
        assert page.locator("main form [name=phone], main form [name=family_name]").count() == 0, address
    answer = page.request.post(
        f"{served.address}/family/contact",
        form={"phone": "090-0000-0000", "preferred": "phone", "language": "ja"},
        headers={"Origin": served.address},
    )
    assert answer.status == 403, "the card changes nothing about the family"
