"""What the desk's jobs cost a person: taps, keys and seconds, driven in a real browser against the real service.

A person's time is the time the browser really took, and the model below for what a person does meanwhile. Taps, keys
and pages are counted by the page itself, not by this file.
"""

import asyncio
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.sync_api import BrowserContext, Page, sync_playwright

from booking.access.rules import Role, cookie_name
from booking.access.service import open_sign_in
from booking.kit import clock
from tests.bench.report import finish, say
from tests.browser.conftest import CHROMIUM
from tests.faults.stage import Door, Stage, member, stage
from tests.make.access import make_staff

NAME = "jobs-of-staff"
ROUNDS = 3
INSIDE = 20
BY_NAME = INSIDE
SCANNED_BEFORE = timedelta(minutes=4)
GROUP_HEADS = 12

TAP_SECONDS = 0.4
KEY_SECONDS = 0.15
KEYS_A_KANA = 3
"""A letter that is not on the keyboard: two keys of its reading, and its share of the conversion."""
READING_SECONDS = 1.5
"""A page that was not there before is read."""

TARGETS = {"first-visit": 60.0, "close-day": 120.0}
CLOSE_NOW_TAPS = 2

COUNT = """(() => {
  addEventListener('pointerdown', event => event.isTrusted && window.did('taps', 1), true);
  addEventListener('change', event => event.target instanceof HTMLSelectElement && window.did('taps', 2), true);
  addEventListener('input', event => {
    for (const letter of event.data ?? '') window.did(letter > '~' ? 'kana' : 'keys', 1);
  }, true);
  addEventListener('DOMContentLoaded', () => window.did('pages', 1));
})()"""
"""Choosing from a list is two taps: one opens it, one chooses."""


@dataclass
class Desk:
    """The desk's page standing open, and what was done there since a job began."""

    page: Page
    home: str
    did: Counter[str] = field(default_factory=Counter)
    jobs: dict[str, dict[str, float]] = field(default_factory=dict)

    @contextmanager
    def job(self, name: str) -> Iterator[Page]:
        """One job, begun where the desk always is."""
        self.page.goto(self.home)
        self.page.wait_for_timeout(200)
        self.did.clear()
        began = time.monotonic()
        yield self.page
        self.page.wait_for_load_state()
        browser = time.monotonic() - began
        self.page.wait_for_timeout(200)
        taps, pages = self.did["taps"], self.did["pages"]
        keys = self.did["keys"] + KEYS_A_KANA * self.did["kana"]
        person = TAP_SECONDS * taps + KEY_SECONDS * keys + READING_SECONDS * pages
        self.jobs[name] = {"seconds": browser + person, "browser": browser, "taps": taps, "keys": keys, "pages": pages}


def write(page: Page, name: str, text: str) -> None:
    """Tap a field and write."""
    page.locator(f"[name={name}]").click()
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def press(page: Page, name: str) -> None:
    """Tap the first button of this name, and wait for what comes."""
    with page.expect_navigation():
        page.get_by_role("button", name=name).first.click()


def go(page: Page, name: str) -> None:
    """Tap the first link of this name."""
    with page.expect_navigation():
        page.get_by_role("link", name=name).first.click()


def first_visit(desk: Desk) -> None:
    """Somebody who was never here is registered and in."""
    with desk.job("first-visit") as page:
        go(page, "はじめての人")
        write(page, "family_name", "仮野")
        write(page, "given_name", "みどり")
        page.locator("[name=grade]").select_option("5")
        write(page, "phone", "0270000000")
        press(page, "登録して、入館にする")
        if page.locator("section.notice form button").count():
            with page.expect_navigation():
                page.locator("section.notice form button").first.click()


def by_name(desk: Desk) -> None:
    """Somebody without a card says a name."""
    with desk.job("check-in-by-name") as page:
        write(page, "q", "やまもと")
        with page.expect_navigation():
            page.locator("form[role=search] [name=direction][value=in]").click()
        if page.locator("[id^=go-found-]").count():
            with page.expect_navigation():
                page.locator("[id^=go-found-]").first.click()


def group(desk: Desk) -> None:
    """A group is counted in."""
    with desk.job("count-group") as page:
        page.locator("details summary", has_text="団体").click()
        write(page, "party", "ためし小")
        write(page, "came", str(GROUP_HEADS))
        with page.expect_navigation():
            page.locator("form[action='/staff/visits/group'] button").click()


def correct(desk: Desk) -> None:
    """Somebody left without showing the code."""
    with desk.job("correct-visit") as page:
        with page.expect_navigation():
            page.locator("nav.tabs a, .tabs a", has_text="いる").last.click()
        with page.expect_navigation():
            page.get_by_role("link", name="直す").last.click()
        write(page, "left_at", clock.local(clock.now()).strftime("%H:%M"))
        write(page, "reason", "見た")
        press(page, "保存する")


def close_now(desk: Desk) -> None:
    """The house is closed at once."""
    with desk.job("close-now") as page:
        go(page, "いますぐ閉める")
        with page.expect_navigation():
            page.locator("button[name=reason][value=weather]").click()


def close_day(desk: Desk) -> None:
    """Heads are counted once, and the day is signed."""
    with desk.job("close-day") as page:
        go(page, "日報")
        inside = "".join(filter(str.isdigit, page.locator(".stats a").first.inner_text()))
        write(page, "heads", inside)
        press(page, "書く")
        if page.locator("[name=reason]").count():
            write(page, "reason", "団体")
        press(page, "サインする")


JOBS: tuple[Callable[[Desk], None], ...] = (first_visit, by_name, group, correct, close_now, close_day)


def run() -> None:
    """Do every job in each of three houses, and look up what it did there."""
    if CHROMIUM is None:
        raise SystemExit("no Chromium on this machine; install the package `chromium`")
    jobs, checked = asyncio.run(_measure())
    names = list(jobs[0])
    medians = {
        name: {what: round(statistics.median(one[name][what] for one in jobs), 2) for what in jobs[0][name]}
        for name in names
    }
    is_met = all(medians[name]["seconds"] <= most for name, most in TARGETS.items())
    is_met = is_met and medians["close-now"]["taps"] == CLOSE_NOW_TAPS
    finish(
        NAME,
        unit="s",
        rounds=[sum(one[name]["seconds"] for name in names) for one in jobs],
        jobs=medians,
        model={"tap_s": TAP_SECONDS, "key_s": KEY_SECONDS, "keys_a_kana": KEYS_A_KANA, "new_page_s": READING_SECONDS},
        target={"first-visit_s": TARGETS["first-visit"], "close-day_s": TARGETS["close-day"], "close-now_taps": 2},
        checked=checked | {"is_met": is_met},
    )


async def _measure() -> tuple[list[dict[str, dict[str, float]]], dict[str, Any]]:
    done, effects = [], Counter[str]()
    async with stage(facilities=ROUNDS, people=INSIDE + 1, is_short=True) as made:
        for number in range(1, ROUNDS + 1):
            door = made.take_door(INSIDE + 1)
            cookie = await _prepare(made, door)
            jobs = await asyncio.to_thread(_work, made, door, cookie)
            effects.update(await _effects(made, door))
            done.append(jobs)
            say(f"round {number}: " + ", ".join(f"{name} {one['seconds']:.1f} s" for name, one in jobs.items()))
    assert all(times == ROUNDS for times in effects.values()), f"a job did not do what it is for: {dict(effects)}"
    return done, dict(effects)


async def _prepare(made: Stage, door: Door) -> dict[str, str]:
    """People are inside, one is expected under a name of their own, and somebody is at the desk; their sign-in."""
    entrance = made.entrance(door)
    await entrance.beat()
    for person in door.people[:INSIDE]:
        await entrance.show(person, made.codes[person], datetime.now(UTC) - SCANNED_BEFORE)
    await entrance.finish()
    async with made.database() as connection:
        await connection.execute(
            "update member set family_name = '山本', family_kana = 'やまもと' where id = $1",
            member(door.people[BY_NAME]),
        )
    async with made.house():
        desk = await make_staff(Role.FRONT_DESK, door.code)
        return {cookie_name(secure=False): await open_sign_in(desk.id, "bench", second_factor=True)}


def _work(made: Stage, door: Door, cookie: dict[str, str]) -> dict[str, dict[str, float]]:
    address = f"http://localhost:{made.port}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"])
        context: BrowserContext = browser.new_context(locale="ja-JP", viewport={"width": 1024, "height": 768})
        context.add_cookies([{"name": name, "value": value, "url": address} for name, value in cookie.items()])
        desk = Desk(context.new_page(), f"{address}/staff/visits?facility={door.code}")
        context.expose_binding("did", lambda _source, what, times: desk.did.update({what: times}))
        context.add_init_script(COUNT)
        for job in JOBS:
            job(desk)
        browser.close()
    return desk.jobs


_EFFECTS = {
    "first-visit": "select count(*) from visit join member on member.id = visit.member"
    " where visit.facility = $1 and member.given_name = 'みどり' and visit.voided_at is null",
    "check-in-by-name": "select count(*) from visit join member on member.id = visit.member"
    " where visit.facility = $1 and member.family_kana = 'やまもと' and visit.voided_at is null",
    "count-group": f"select count(*) from visit where facility = $1 and kind = 'group' and heads = {GROUP_HEADS}",
    "correct-visit": "select count(*) from visit_correction made join visit on visit.id = made.visit"
    " where visit.facility = $1 and made.kind = 'set-exit' and made.reason = '見た'",
    "close-now": "select count(*) from closing_now where facility = $1 and reason = 'weather' and reopened_at is null",
    "close-day": "select count(*) from day_close where facility = $1",
    "head-count": "select count(*) from head_count where facility = $1",
}


async def _effects(made: Stage, door: Door) -> dict[str, int]:
    async with made.database() as connection:
        return {name: await connection.fetchval(sql, door.facility) for name, sql in _EFFECTS.items()}
