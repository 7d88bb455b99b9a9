"""A first visitor at a real desk: one form registers, lends a printed card and lets in; the card works at once."""

import io
import re
import shutil
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from booking.kit import clock as house_clock
from booking.kit.postgres_server import PostgresServer
from booking.kit.settings import Settings
from tests.browser.moving import Moving
from tests.browser.serving import Served, serving

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def served(server: PostgresServer, template: str, tmp_path: Path, moving: Moving) -> Iterator[Served]:
    with serving(server, template, Settings(data_dir=tmp_path)) as running:
        yield running


def sign_in(page: Page, served: Served) -> None:
    """Gunma's administrator, by the demo's one-time link."""
    link = next(each.path for each in served.welcomes if "群馬県の管理者" in each.label)
    page.goto(served.address + link)
    page.locator("main form button").first.click()
    page.wait_for_url("**/staff/**")


def paired_kiosk(page: Page, served: Served, facility: str) -> str:
    """The token of a kiosk of this facility."""
    page.goto(f"{served.address}/staff/kiosks/new")
    page.locator("[name=name]").fill("試験の入口")
    page.locator(f"[value='{facility}']").check()
    page.locator("main form button.primary").click()
    page.get_by_role("button", name="番号を出す").click()
    code = page.locator(".pass-number b").inner_text()
    return str(page.request.post(f"{served.address}/api/v1/kiosks/pair", data={"code": code}).json()["token"])


def printed_code(page: Page, served: Served, facility: str, folder: Path) -> str:
    """Make one temporary card, print it, and read the code off the paper."""
    page.goto(f"{served.address}/staff/cards?facility={facility}")
    page.locator("[name=count]").fill("1")
    page.get_by_role("button", name="作る").click()
    sheet = page.request.get(f"{served.address}/staff/cards/sheet.pdf?facility={facility}")
    (folder / "sheet.pdf").write_bytes(sheet.body())
    drawn = ["-r", "200", "-png", "-singlefile", str(folder / "sheet.pdf"), str(folder / "sheet")]
    subprocess.run(["pdftoppm", *drawn], check=True)
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO((folder / "sheet.png").read_bytes())))
    return str(found.text)


def scanned(page: Page, served: Served, token: str, code: str) -> Any:
    """What a kiosk is answered for a code shown to it."""
    scan = {"nonce": str(uuid4()), "seq": 1, "scanned_at": house_clock.now().isoformat(), "kind": "pass", "token": code}
    answer = page.request.post(
        f"{served.address}/api/v1/kiosk/scans",
        data={"scans": [scan]},
        headers={"authorization": f"Bearer {token}"},
    )
    return answer.json()["verdicts"][0]


def test_a_first_visitor_is_in_with_one_form(chromium: Browser, served: Served, moving: Moving, tmp_path: Path) -> None:
    if shutil.which("pdftoppm") is None:
        pytest.skip("poppler's pdftoppm draws the pages")
    context = chromium.new_context(locale="ja-JP", viewport={"width": 768, "height": 1024})
    page = context.new_page()
    sign_in(page, served)
    page.goto(f"{served.address}/staff/visits")
    found = re.search(r"first\?facility=([\w-]+)", page.content())
    assert found is not None
    facility = found[1]
    kiosk, code = paired_kiosk(page, served, facility), printed_code(page, served, facility, tmp_path)
    assert scanned(page, served, kiosk, code)["verdict"] == "refused"
    page.goto(f"{served.address}/staff/visits")
    page.get_by_role("link", name="はじめての人", exact=True).click()
    page.locator("[name=family_name]").fill("試験")
    page.locator("[name=given_name]").fill("さくら")
    page.locator("[name=grade]").select_option("5")
    page.locator("[name=phone]").fill("027-000-0000")
    page.locator("[name=card]").fill(code)
    page.get_by_role("button", name="登録して、入館にする").click()
    page.wait_for_load_state()
    if page.locator("[name=reason]").count():  # closed at this hour, or no session for this school year
        page.locator("[name=reason]").fill("はじめての見学")
        page.get_by_role("button", name="それでも入館を記録する").click()
    elif page.get_by_role("heading", name="どの回に入りますか").count():
        page.locator("section.notice form button").first.click()
    expect(page.get_by_text("まだ必要なもの")).to_be_visible()
    expect(page.get_by_role("link", name="カードを印刷する、貸す")).to_be_visible()
    moving.ahead = timedelta(minutes=10)
    assert scanned(page, served, kiosk, code)["verdict"] == "goodbye"
    context.close()
