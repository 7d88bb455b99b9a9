"""A guardian who reads Portuguese and has LINE only: signs in, registers three children, books for all, opens the
passes, and gets a message on LINE that holds no name and no content."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from booking.facilities.queries import get_facility
from booking.kit import clock, db
from booking.kit.postgres_server import PostgresServer
from booking.kit.settings import Settings
from booking.kit.tokens import new_id
from tests.browser.serving import Served, serving
from tests.make.programs import make_session
from tests.providers import CLIENT, SECRET, TOKEN, Running, running
from tests.served import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SECRET_NAME, TOKEN_NAME = "BOOKING_PROVIDER_100005_LINE", "BOOKING_PROVIDER_100005_LINE_MESSAGES"
USER = "U" + "3" * 32
CHILDREN = ("Ana", "Bia", "Caio")
SEND = """
import asyncio, sys
from booking import wiring
from booking.kit import db
from booking.kit.settings import Settings, use_settings
from booking.notifications.service import send_due
async def work():
    use_settings(Settings(database_url=sys.argv[1], public_url=sys.argv[2], secret_key="t" * 40))
    wiring.introduce()
    db.use_address(sys.argv[1])
    await db.start_pool(2)
    await send_due()
    await db.stop_pool()
asyncio.run(work())
"""


@pytest.fixture(scope="module")
def line() -> Iterator[Running]:
    """LINE, as a process; its consent page has a button."""
    with running() as made, pytest.MonkeyPatch.context() as patch:
        patch.setenv(SECRET_NAME, SECRET)
        patch.setenv(TOKEN_NAME, TOKEN)
        made.set(asks=True, sub=USER, signs="HS256", auth=["client_secret_post"])
        yield made


@pytest.fixture(scope="module")
def session() -> dict[str, str]:
    """Where the session is that can be booked."""
    return {}


@pytest.fixture(scope="module")
def served(
    server: PostgresServer,
    template: str,
    line: Running,
    session: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Served]:
    async def fill(_: str) -> None:
        place = await get_facility("tsukurun-takasaki")
        made = await make_session(facility=place, starts_at=clock.now() + timedelta(days=2), seats=12)
        session["id"] = str(made.id)
        await db.execute(
            "insert into sign_in_provider (id, body_code, kind, label, issuer, client_id, secret_name, message_api,"
            " message_secret_name, is_on, created_at)"
            " values ($1, '100005', 'line', 'LINE', $2, $3, $4, $2, $5, true, $6)",
            *(new_id(), line.address, CLIENT, SECRET_NAME, TOKEN_NAME, clock.now()),
        )

    with serving(server, template, Settings(data_dir=tmp_path_factory.mktemp("data")), fill) as made:
        yield made


@pytest.fixture
def page(chromium: Browser, served: Served) -> Page:
    context = chromium.new_context(locale="pt-BR", viewport={"width": 360, "height": 780}, base_url=served.address)
    page = context.new_page()
    page.set_default_timeout(60_000)
    return page


def test_line_alone_is_enough(page: Page, served: Served, line: Running, session: dict[str, str]) -> None:
    page.goto("/sign-in")
    assert page.locator("html").get_attribute("lang") == "pt-BR"
    page.locator('form[action^="/sign-in/with/"] button').click()
    page.get_by_role("link", name="Permitir").click()
    page.wait_for_url("**/welcome*")
    assert page.locator("[name=preferred]").input_value() == "line"
    page.locator("[name=name]").fill("Maria Silva")
    page.locator("[name=phone]").fill("090-1234-5678")
    page.locator("main form button").first.click()
    page.wait_for_url("**/family/new*")
    for place, name in enumerate(CHILDREN):
        _add_child(page, name, place)
    page.goto(f"/sessions/{session['id']}")
    for box in page.locator("[name=member]").all():
        box.check()
    assert page.locator("[name=member]").count() == len(CHILDREN)
    page.locator("form[action^='/sessions/'] button.primary").first.click()
    page.wait_for_url("**/booked*")
    page.goto("/pass")
    for name in CHILDREN:
        expect(page.locator("main")).to_contain_text(name)
    _send(served)
    (sent,) = line.messages()
    said = sent["messages"][0]["text"]
    assert sent["to"] == USER and not any(name in said for name in (*CHILDREN, "Silva"))
    link = re.search(r"http://\S+/messages/\S+", said)
    assert link is not None
    page.goto(link.group())
    for name in CHILDREN:
        expect(page.locator("main")).to_contain_text(name)
    page.context.close()


def _add_child(page: Page, name: str, place: int) -> None:
    page.goto("/family/new")
    page.locator("details", has=page.locator("[name=latin_name]")).locator("summary").first.click()
    page.locator("[name=latin_name]").fill(f"{name} Silva")
    for part, value in (("year", clock.fiscal_year(clock.today()) - 12 - place), ("month", 5), ("day", 1)):
        page.locator(f"[name=birth_on_{part}]").fill(str(value))
    page.locator("[name=municipality]").select_option("102024")
    page.locator("[name=relation]").select_option("mother")
    page.locator("[name=contact_name]").first.fill("Maria Silva")
    page.locator("[name=contact_relation]").first.select_option("mother")
    page.locator("[name=contact_phone]").first.fill("090-1234-5678")
    body = page.locator("[name=body][value='100005']")
    if body.count() and body.get_attribute("type") == "radio":
        body.check()
    page.locator("main form button.primary").first.click()
    page.locator("[name=agreed]").check()
    page.locator("main form button.primary").first.click()
    page.wait_for_url(re.compile(r"/family(?!/new)|/pass|/sessions"))


def _send(served: Served) -> Any:
    """The outbox is emptied, as the jobs do it."""
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run(
        [sys.executable, "-c", SEND, served.database_url, served.address], cwd=ROOT, env=env, check=True, timeout=60
    )
