"""The screen at an entrance is read from five metres: how tall its figures stand, and that everything is on it."""

import os
from collections.abc import Iterator
from math import pi, tan

import asyncpg
import pytest
from playwright.sync_api import Browser, Page

from booking.kit.postgres_server import PostgresServer
from booking.kit.settings import Settings
from tests.browser.serving import Served, apart, serving

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PICTURES = os.environ.get("PICTURES")
"""A folder that gets pictures of the pages, for whoever wants to look at them."""
SCREEN_MM, SCREEN_PX = 1218, 1920
"""How wide a screen of 55 inches is."""
AWAY_MM = 5_000
ARC_MINUTES = 16
"""Digits seen at this angle are read with ease. Source: ISO 9241-303 (16 at least, 20 to 22 best)."""
FIGURES = ".figure, .level, .turns li, .turns .waits, .clock, .coming time, .coming em"
DIGITS = """figures => figures.map(each => {
  const style = getComputedStyle(each);
  const pen = document.createElement('canvas').getContext('2d');
  pen.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  return [each.className || each.tagName, pen.measureText('0').actualBoundingBoxAscent];
})"""
OUTSIDE = """() => [...document.querySelectorAll('main *, header *, footer *')].filter(each => {
  const box = each.getBoundingClientRect();
  const under = document.querySelector('footer').getBoundingClientRect().top;
  const isUnder = each.closest('main') && box.bottom > under + 1;
  const list = each.closest('.coming ol');
  const isHidden = list && box.left >= list.getBoundingClientRect().right;
  return box.width && !isHidden && (isUnder || box.right > innerWidth + 1 || box.bottom > innerHeight + 1);
}).map(each => each.outerHTML.slice(0, 120))"""
OVERLAPS = """() => [...document.querySelectorAll('.hall')].filter(hall => {
  const [words, level] = [hall.querySelector('.figure'), hall.querySelector('.level')];
  if (!words || !level) return false;
  const range = document.createRange();
  range.selectNodeContents(words);
  const [a, b] = [range.getBoundingClientRect(), level.getBoundingClientRect()];
  return a.right > b.left && a.bottom > b.top && a.top < b.bottom;
}).map(hall => hall.innerText)"""
TURNS = """
insert into turn (id, facility, held_on, number, state, taken_at, called_at)
select gen_random_uuid(), f.id, (now() at time zone 'Asia/Tokyo')::date, n,
  case when n <= 4 then 'called' else 'waiting' end, now(), case when n <= 4 then now() end
from facility f cross join generate_series(1, 9) n where f.code = 'tumo-gunma'
"""
INSIDE = """
insert into visit (id, kind, heads, facility, visited_on, entered_at, entered_by, created_at)
select gen_random_uuid(), 'group', 137, id, (now() at time zone 'Asia/Tokyo')::date, now(), 'staff', now()
from facility where code = 'tumo-gunma'
"""


@pytest.fixture(scope="module")
def served(server: PostgresServer, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A demo with many people inside."""
    with serving(server, template, Settings(data_dir=tmp_path_factory.mktemp("data"))) as running:
        _change(running, INSIDE)
        yield running


def _change(served: Served, statement: str) -> None:
    async def work() -> None:
        connection = await asyncpg.connect(served.database_url)
        await connection.execute(statement)
        await connection.close()

    apart(work)


def _looked_at(page: Page, name: str) -> None:
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/wall-{name}.png")
    seen_mm = 2 * AWAY_MM * tan(ARC_MINUTES / 60 * pi / 180 / 2)
    smallest = seen_mm * SCREEN_PX / SCREEN_MM
    digits = page.eval_on_selector_all(FIGURES, DIGITS)
    assert digits
    assert not [each for each in digits if each[1] < smallest], f"{name}: {smallest:.1f} px at least: {digits}"
    for fault in (OUTSIDE, OVERLAPS):
        assert not (found := page.evaluate(fault)), f"{name}: {found}"


@pytest.mark.parametrize("language", ["ja", "en", "vi"])
def test_its_figures_are_read_from_five_metres(served: Served, chromium: Browser, language: str) -> None:
    page = chromium.new_page(viewport={"width": 1920, "height": 1080})
    _change(served, "delete from turn")
    address = f"{served.address}/board/tumo-gunma?languages={language}"
    page.goto(address)
    _looked_at(page, f"{language}-quiet")
    _change(served, TURNS)
    page.goto(address)
    assert page.locator(".turns li").all_inner_texts() == ["1", "2", "3", "4"]
    _looked_at(page, f"{language}-turns")
    page.close()
