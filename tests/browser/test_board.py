"""The live board where its events do not come through, and the pages of occupancy as they are seen."""

import os
import re
from collections.abc import Iterator

import asyncpg
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from booking.kit.postgres_server import PostgresServer
from booking.kit.settings import Settings
from tests.browser.serving import Served, apart, serving

pytestmark = [pytest.mark.browser, pytest.mark.slow]
DESK = "受付"
STREAM = re.compile(r"/api/v1/staff/occupancy/stream$")
PICTURES = os.environ.get("PICTURES")
"""A folder that gets pictures of the pages, for whoever wants to look at them."""
COME_IN = """
insert into visit (id, kind, heads, facility, visited_on, entered_at, entered_by, created_at)
select gen_random_uuid(), 'group', $2, id, (now() at time zone 'Asia/Tokyo')::date, now(), 'staff', now()
from facility where code = $1
"""
WEEKS = """
insert into visit (id, kind, heads, facility, visited_on, entered_at, left_at, entered_by, closed_by, created_at)
select gen_random_uuid(), 'group', 3 + (week * n) % 9, f.id, d.day, at, at + interval '100 minutes', 'scan', 'scan', at
from facility f cross join generate_series(1, 9) week cross join generate_series(0, 5) n
cross join lateral (select (now() at time zone 'Asia/Tokyo')::date - 7 * week as day) d
cross join lateral (select (d.day + time '10:20' + n * interval '75 minutes') at time zone 'Asia/Tokyo' as at) a
where f.code = $1
"""


@pytest.fixture(scope="module")
def served(server: PostgresServer, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A demo, as `serve --demo` fills it."""
    with serving(server, template, Settings(data_dir=tmp_path_factory.mktemp("data"))) as running:
        yield running


@pytest.fixture(scope="module")
def signed_in(served: Served, chromium: Browser) -> Iterator[Page]:
    """A page of somebody at a desk."""
    page = chromium.new_context().new_page()
    desk = next(one for one in served.welcomes if one.kind == "sign-in" and DESK in one.label)
    page.goto(served.address + desk.path)
    page.locator("main button").first.click()
    page.wait_for_url(re.compile("/staff/"))
    yield page
    page.context.close()


def _change(served: Served, statement: str, *given: object) -> None:
    async def work() -> None:
        connection = await asyncpg.connect(served.database_url)
        await connection.execute(statement, *given)
        await connection.close()

    apart(work)


def _place(page: Page) -> str:
    return page.locator("[data-facility]").first.get_attribute("data-facility") or ""


def _inside(page: Page) -> int:
    return int(page.locator("[data-inside]").first.inner_text())


@pytest.mark.parametrize("how", ["refused", "silent"])
def test_a_board_whose_events_are_blocked_asks_every_fifteen_seconds(served: Served, signed_in: Page, how: str) -> None:
    page = signed_in.context.new_page()
    if how == "refused":
        page.route(STREAM, lambda route: route.abort())
    else:  # a proxy that answers and lets nothing through
        page.route(STREAM, lambda route: route.fulfill(status=200, content_type="text/event-stream", body=": \n"))
    page.clock.install()
    page.goto(f"{served.address}/staff/")
    before = _inside(page)
    _change(served, COME_IN, _place(page), 2)
    page.clock.run_for(14_000)
    page.wait_for_timeout(300)
    assert _inside(page) == before
    page.clock.run_for(2_100)
    expect(page.locator("[data-inside]").first).to_have_text(str(before + 2))
    page.close()


def test_a_board_that_hears_its_events_does_not_ask_so_often(served: Served, signed_in: Page) -> None:
    page = signed_in.context.new_page()
    page.clock.install()
    with page.expect_response(STREAM):
        page.goto(f"{served.address}/staff/")
    page.wait_for_timeout(1000)
    before = _inside(page)
    _change(served, COME_IN, _place(page), 1)
    page.clock.run_for(17_000)
    page.wait_for_timeout(500)
    assert _inside(page) == before, "nobody announced it, and half a minute is not over"
    page.clock.run_for(15_000)
    expect(page.locator("[data-inside]").first).to_have_text(str(before + 1))
    page.close()


def test_without_scripts_the_page_loads_itself_again(served: Served, signed_in: Page) -> None:
    assert (
        '<noscript><meta http-equiv="refresh" content="30"></noscript>'
        in signed_in.request.get(f"{served.address}/staff/").text()
    )


def test_the_pages_fit_and_axe_finds_nothing(served: Served, signed_in: Page) -> None:
    page = signed_in
    page.goto(f"{served.address}/staff/")
    code = _place(page)
    _change(served, WEEKS, code)
    faults = []
    addresses = {
        "board": "/staff/",
        "place": f"/staff/?facility={code}",
        "history": f"/staff/occupancy/history?facility={code}",
    }
    for name, address in addresses.items():
        for language in ("ja", "en"):
            page.goto(f"{served.address}{address}{'&' if '?' in address else '?'}lang={language}")
            page.goto(served.address + address)
            for width in (360, 1280):
                page.set_viewport_size({"width": width, "height": 800})
                overhang = page.evaluate("document.documentElement.scrollWidth - innerWidth")
                found = Axe().run(page).response["violations"]
                faults += [f"{name} {width}: {each['id']} {each['nodes'][0]['html'][:160]}" for each in found]
                faults += [f"{name} {language} {width}: {overhang} px too wide"] if overhang > 0 else []
                if PICTURES:
                    page.screenshot(path=f"{PICTURES}/{name}-{language}-{width}.png", full_page=True)
    assert not faults, faults
