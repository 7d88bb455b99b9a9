"""Drills with the real kiosk app in a real browser that is killed: between and in scans, and around a verdict."""

import asyncio
import os
import random
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Page

from booking.access.schemas import SYSTEM
from booking.kiosks.service import add_kiosk
from booking.kit.paths import KIOSK
from tests.browser import browsers, watching
from tests.browser.cable import Cable, cabled
from tests.browser.conftest import CHROMIUM
from tests.faults.stage import Door, Stage, pass_of
from tests.faults.tally import Tally, count_messages, count_people

SEED = 7
EACH = 4
MOST_WAIT_SECONDS = 0.12


@dataclass
class Tablet:
    """A kiosk at a door whose cable is out: what outlives its browser, and what people were shown."""

    stage: Stage
    cable: Cable
    profile: Path
    shown: list[int] = field(default_factory=list)
    kills: int = 0

    @contextmanager
    def switched_on(self) -> Iterator[browsers.Device]:
        """Its browser, on what it kept; the block kills it or ends it."""
        assert CHROMIUM is not None
        with browsers.device(CHROMIUM, self.profile) as device:
            device.open(f"{self.cable.address}/kiosk/")
            yield device

    def pair(self, code: str) -> None:
        """Pair it while the cable is in, and wait until it knows its day list; then the cable goes out."""
        assert CHROMIUM is not None
        with browsers.device(CHROMIUM, self.profile) as device:
            device.open(f"{self.cable.address}/kiosk/#pair={code}")
        self.cable.pull()

    def scan(self, page: Page, person: int) -> None:
        """Somebody shows a code and waits for the answer."""
        before = len(watching.seen(page))
        watching.type_codes(page, [self.stage.codes[person]])
        watching.wait_until(page, f"seen.length > {before}", seconds=20)
        self.shown.append(person)

    def clear(self, page: Page) -> None:
        """The verdict goes, as it does by itself after a while."""
        page.keyboard.press("Escape")
        page.wait_for_selector("main.idle .acts")
        watching.wait_until(page, "window.last === null", seconds=20)

    def scan_and_die(self, device: browsers.Device, person: int, wait: float) -> None:
        """Somebody shows a code, and that soon afterwards the browser is killed."""
        before = len(watching.seen(device.page))
        device.page.evaluate(watching.PRESS, self.stage.codes[person])
        device.page.wait_for_timeout(1000 * wait)
        if len(watching.seen(device.page)) > before:
            self.shown.append(person)
        self.kill(device)

    def kill(self, device: browsers.Device) -> None:
        """As when the plug is pulled."""
        device.kill()
        self.kills += 1

    def send(self) -> int:
        """The cable is back: everything is sent; how many scans the device had kept."""
        self.cable.plug_in()
        with self.switched_on() as device:
            watching.wait_until(device.page, watching.ALL_ANSWERED)
            return len(watching.queue(device.page))


Day = Callable[[Tablet, Sequence[int]], None]


async def kiosk_killed(stage: Stage, tally: Tally) -> None:
    """The kiosk's browser is killed in the middle of offline use, again and again, and comes back on what it kept."""
    kills, dice = 2 if stage.is_short else 6, random.Random(SEED)

    def day(tablet: Tablet, people: Sequence[int]) -> None:
        for number in range(kills):
            *calm, last = people[number * EACH : (number + 1) * EACH]
            with tablet.switched_on() as device:
                for person in calm:
                    tablet.scan(device.page, person)
                    tablet.clear(device.page)
                tablet.scan_and_die(device, last, dice.uniform(0, MOST_WAIT_SECONDS))

    await _play(stage, tally, kills * EACH, day)


async def power_cut(stage: Stage, tally: Tally) -> None:
    """The power fails right after a verdict appeared, and right before: a verdict that was shown has its scan."""
    cuts = 1 if stage.is_short else 4

    def day(tablet: Tablet, people: Sequence[int]) -> None:
        for number in range(cuts):
            after, before = people[2 * number : 2 * number + 2]
            with tablet.switched_on() as device:
                tablet.scan(device.page, after)
                tablet.kill(device)
            with tablet.switched_on() as device:
                tablet.scan_and_die(device, before, 0)

    await _play(stage, tally, 2 * cuts, day)


async def _play(stage: Stage, tally: Tally, people: int, day: Day) -> None:
    """A day at a door without network; then the cable is plugged in and everything is counted."""
    tally.skipped = _missing_part()
    if tally.skipped:
        tally.expect(os.environ.get("BOOKING_REQUIRE_BROWSER") != "1", tally.skipped)
        return
    door = stage.take_door(people)
    async with stage.house():
        code = (await add_kiosk(SYSTEM, "drill", [door.code], "auto")).code
    with tempfile.TemporaryDirectory(prefix="booking-drill-", ignore_cleanup_errors=True) as folder:
        tablet, kept = await asyncio.to_thread(_live, stage, Path(folder), code, door.people, day)
    tally.notes.append(f"killed {tablet.kills} times; {len(tablet.shown)} verdicts were seen, {kept} scans kept")
    await _count(tally, stage, door, tablet.shown)


def _live(stage: Stage, folder: Path, code: str, people: Sequence[int], day: Day) -> tuple[Tablet, int]:
    with cabled(stage.port) as cable:
        tablet = Tablet(stage, cable, folder)
        tablet.pair(code)
        day(tablet, people)
        return tablet, tablet.send()


def _missing_part() -> str:
    """Why these drills cannot be played here; empty when they can."""
    if CHROMIUM is None:
        return "no Chromium on this machine; install the package `chromium`"
    return "" if (KIOSK / "index.html").is_file() else "the kiosk app is not built: npm ci and npm run build in kiosk/"


async def _count(tally: Tally, stage: Stage, door: Door, shown: Sequence[int]) -> None:
    """Whoever saw a verdict is stored once, in the order they came; whoever is stored is in the house."""
    order = {pass_of(person): place for place, person in enumerate(door.people)}
    async with stage.database() as connection:
        sql = "select pass_id, seq, verdict, member from scan where pass_id = any($1) order by received_at, seq"
        rows = await connection.fetch(sql, list(order))
        inside = await connection.fetch(
            "select member from visit where facility = $1 and voided_at is null", door.facility
        )
        stored = [row["pass_id"] for row in rows]
        tally.scans = len(rows)
        tally.lost += len({pass_of(one) for one in shown} - set(stored))
        tally.doubled += len(stored) - len(set(stored))
        tally.wrongly_told += len({row["member"] for row in rows} - {row["member"] for row in inside})
        numbers, places = [row["seq"] for row in rows], [order[one] for one in stored]
        tally.expect(numbers == list(range(1, len(rows) + 1)), f"the counter has gaps or runs back: {numbers}")
        tally.expect(places == sorted(places), f"scans were stored out of order: {places}")
        await count_people(tally, connection, door.people)
        await count_messages(tally, connection)
