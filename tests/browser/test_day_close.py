"""The daily close in a real browser: a full day's sheet is exactly one A4, and the pages fit every width."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
from playwright.sync_api import Browser

from booking.kit.postgres_server import PostgresServer
from booking.kit.settings import Settings
from tests.browser.serving import Served, apart, serving

pytestmark = [pytest.mark.browser, pytest.mark.slow]
DESK = "受付"
PICTURES = os.environ.get("PICTURES")
"""A folder that gets pictures of the pages, for whoever wants to look at them."""
FULL_DAY = """
with place as (select id from facility where code = $1),
day as (select (now() at time zone 'Asia/Tokyo')::date - 1 as on_day),
counts as (
  insert into head_count (id, facility, counted_on, counted_at, heads, inside, made_at)
  select gen_random_uuid(), place.id, day.on_day, (day.on_day + time '09:00' + n * interval '40 minutes')
    at time zone 'Asia/Tokyo', 10 + n, 8, now() from place, day, generate_series(1, 12) n returning 1)
insert into day_close (id, facility, closed_on, figures, coverage_permille, reason, note, signed_by, signed_by_name,
  signed_at)
select gen_random_uuid(), place.id, day.on_day,
  '{"figures": {"users": 900, "scans": 1900, "members": 41, "groups": 3, "group_heads": 96, "walk_in_heads": 9,
    "guardian_heads": 12, "visitor_heads": 4, "person_sessions": 77, "staff_entries": 5, "voided": 2}}', 950,
  repeat('団体の入館を受付で数えました。', 25), repeat('夕方に停電がありました。', 30),
  gen_random_uuid(), '受付 花子', now()
from place, day
"""


@pytest.fixture(scope="module")
def served(server: PostgresServer, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A demo, as `serve --demo` fills it."""
    with serving(server, template, Settings(data_dir=tmp_path_factory.mktemp("data"))) as running:
        yield running


async def _fill(served: Served, code: str) -> None:
    connection = await asyncpg.connect(served.database_url)
    await connection.execute(FULL_DAY.replace("$1", f"'{code}'"))
    await connection.close()


def test_a_full_day_prints_on_one_page(served: Served, chromium: Browser, tmp_path: Path) -> None:
    page = chromium.new_page()
    desk = next(one for one in served.welcomes if one.kind == "sign-in" and DESK in one.label)
    page.goto(served.address + desk.path)
    page.locator("main button").first.click()
    page.goto(f"{served.address}/staff/day-close")
    found = re.search(r"facility=([\w-]+)", page.content())
    assert found is not None
    code = found[1]
    apart(lambda: _fill(served, code))
    page.get_by_role("link", name="前の日").click()
    yesterday = page.url.rpartition("=")[2]
    addresses = {
        "today": f"/staff/day-close?facility={code}",
        "day": f"/staff/day-close?facility={code}&on={yesterday}",
        "sheet": f"/staff/day-close/sheet?facility={code}&on={yesterday}",
        "list": f"/staff/day-closes?facility={code}",
        "paper": f"/staff/paper?facility={code}",
        "enter": f"/staff/paper/enter?facility={code}",
    }
    for name, address in addresses.items():
        page.goto(served.address + address)
        for width in (360, 768, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            overhang = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert overhang <= 0, f"{name} at {width}: {overhang}"
            if PICTURES:
                page.screenshot(path=f"{PICTURES}/{name}-{width}.png", full_page=True)
        page.pdf(path=tmp_path / f"{name}.pdf", prefer_css_page_size=True)
        if PICTURES:
            (Path(PICTURES) / f"{name}.pdf").write_bytes((tmp_path / f"{name}.pdf").read_bytes())
    sheet = (tmp_path / "sheet.pdf").read_bytes()
    assert len(re.findall(rb"/Type\s*/Page\b", sheet)) == 1
    page.close()
