"""Passkeys with a real browser and an authenticator of its own: added, used, refused without its user, removed."""

from collections.abc import Iterator
from typing import Any

import asyncpg
import pytest
from playwright.sync_api import Browser, Page

from booking.access import service
from booking.access.rules import cookie_name
from booking.kit.postgres_server import PostgresServer
from booking.kit.settings import Settings
from tests.browser.serving import Served, apart, serving
from tests.make.access import make_account, make_staff

pytestmark = [pytest.mark.browser, pytest.mark.slow]
COOKIES: dict[str, str] = {}


async def fill(_: str) -> None:
    """A guardian and a member of the desk, each signed in on one browser."""
    for who, account in (("guardian", await make_account("ana@example.jp", name="Ana")), ("desk", await make_staff())):
        COOKIES[who] = await service.open_sign_in(account.id, "test", second_factor=True)


@pytest.fixture(scope="module")
def served(server: PostgresServer, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(server, template, Settings(data_dir=tmp_path_factory.mktemp("data")), fill) as running:
        yield running


def a_browser(chromium: Browser, served: Served, who: str, *, verifies: bool = True) -> Page:
    """Somebody's page, with an authenticator that asks (or does not ask) for its user."""
    context = chromium.new_context(locale="en", base_url=served.address)
    context.add_cookies([{"name": cookie_name(secure=False), "value": COOKIES[who], "url": served.address}])
    page = context.new_page()
    wire = context.new_cdp_session(page)
    wire.send("WebAuthn.enable")
    kind = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": verifies}
    more = {"isUserVerified": verifies, "automaticPresenceSimulation": True}
    wire.send("WebAuthn.addVirtualAuthenticator", {"options": {**kind, **more}})
    return page


def add(page: Page, name: str) -> None:
    page.goto("/account")
    page.locator('[data-passkey="add"] input').fill(name)
    page.locator('[data-passkey="add"] button').click()


def enter(page: Page, door: str) -> None:
    page.context.clear_cookies(name=cookie_name(secure=False))
    page.goto(door)
    page.locator('[data-passkey="enter"] button').click()


def ask(served: Served, sql: str) -> Any:
    async def work() -> Any:
        connection = await asyncpg.connect(served.database_url)
        try:
            return await connection.fetchval(sql)
        finally:
            await connection.close()

    return apart(work)


def test_a_guardian_adds_uses_and_removes_a_passkey(chromium: Browser, served: Served) -> None:
    page = a_browser(chromium, served, "guardian")
    add(page, "My phone")
    page.get_by_text("My phone").wait_for()
    enter(page, "/sign-in?next=/account")
    page.wait_for_url(f"{served.address}/account")
    assert page.locator('form[action*="/passkeys/"]').count() == 1
    page.locator('form[action*="/passkeys/"] button').click()
    page.get_by_text("My phone").wait_for(state="detached")
    enter(page, "/sign-in")
    page.locator("[data-said]:not([hidden])").wait_for()
    assert "/sign-in" in page.url
    page.context.close()


def test_staff_enter_by_a_passkey_that_asked_for_its_user(chromium: Browser, served: Served) -> None:
    page = a_browser(chromium, served, "desk")
    add(page, "Desk key")
    page.get_by_text("Desk key").wait_for()
    enter(page, "/staff/sign-in")
    page.wait_for_url("**/staff/")
    page.context.close()


def test_staff_do_not_enter_by_a_passkey_that_did_not_ask(chromium: Browser, served: Served) -> None:
    page = a_browser(chromium, served, "guardian", verifies=False)
    add(page, "Old key")
    page.get_by_text("Old key").wait_for()
    move = (
        "update passkey set account = (select id from account where kind = 'staff') where name = 'Old key' returning 1"
    )
    assert ask(served, move) == 1
    enter(page, "/staff/sign-in")
    page.locator("[data-said]:not([hidden])").wait_for()
    assert page.url.endswith("/staff/sign-in")
    page.context.close()


def test_the_pages_work_without_scripts(chromium: Browser, served: Served) -> None:
    context = chromium.new_context(java_script_enabled=False, base_url=served.address)
    page = context.new_page()
    page.goto("/sign-in")
    assert page.locator('[data-passkey="enter"]').is_hidden()
    assert page.get_by_role("textbox").first.is_visible()
    context.close()
