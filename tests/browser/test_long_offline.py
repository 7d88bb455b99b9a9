"""Three days without network, 5,000 scans, the plug pulled twice: then everything arrives, each scan once, in order."""

import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from booking.kit.postgres_server import PostgresServer
from booking.kit.settings import Settings
from booking.passes.drawing import draw_png
from tests.browser import camera, watching
from tests.browser.browsers import Device, device
from tests.browser.cable import Cable, cabled
from tests.browser.camera import Scene
from tests.browser.entrance import Entrance, opened
from tests.browser.moving import Moving

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MEMBERS = 250
ROUNDS = (0, 1, 2, 3, 23, 24, 25, 26, 27, 28, 47, 48, 49, 50, 51, 52, 70, 70.5, 71, 71.5)
"""Hours since the network went at which everybody comes or goes: in, out, in, out … on each of four days."""
HOURS = 72
LIVES = ((0, 6, 7), (6, 13, 7), (13, len(ROUNDS), 6))
"""Of each life of the browser: the round it begins in, the round in which it is killed, scans by camera."""
SCANNING = 225
"""So many of a round scan one after another when the plug is pulled; whoever the camera waits for is not among them."""
REPEATED = 150
"""Seconds of the film at most: somebody who is seen again later than three minutes goes out."""
BUSY = 300
"""Seconds for what is waited for on a machine that does other things."""
KILLED_AFTER = 100
"""So many of them are written down by then, at least."""


@pytest.fixture
def entrance(server: PostgresServer, template: str, tmp_path: Path) -> Iterator[tuple[Entrance, Moving]]:
    with opened(server, template, Settings(data_dir=tmp_path / "data"), members=MEMBERS, days=4) as ready:
        yield ready


def film_of(place: Entrance, path: Path, members: list[int]) -> list[str]:
    """Chromium's arguments for a camera to which these members hold up their passes, one after another."""
    scenes = [Scene(camera.empty(), 1.5)]
    for n in members:
        card = camera.sized(draw_png(place.passes[n], place.numbers[n]), camera.HELD_PIXELS)
        scenes += [Scene(camera.held_up([card]), 1.4), Scene(camera.empty(), 0.8)]
    return camera.arguments(camera.write(path, [*scenes, Scene(camera.empty(), 5)]))


UNPLUG = """() => {
  navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotFoundError'));
  for (const track of document.querySelector('video').srcObject.getTracks()) track.stop();
}"""
"""The camera is gone; its film would play again."""


class Days:
    """The plan of the three days, and how far it has come."""

    def __init__(self, place: Entrance, moving: Moving) -> None:
        self.place, self.moving = place, moving
        self.began = moving.ahead
        self.by_camera: list[tuple[int, str]] = []
        self.written_before = {0: 0}

    def go_to(self, number: int, kiosk: Device) -> None:
        """Wait for a round."""
        self.written_before[number] = watching.length(kiosk.page)
        ahead = self.began + timedelta(hours=ROUNDS[number])
        kiosk.page.clock.fast_forward(int((ahead - self.moving.ahead).total_seconds() * 1000))
        self.moving.ahead = ahead

    def is_written(self, kiosk: Device, number: int) -> int:
        """How many of a round the device has written down."""
        return watching.length(kiosk.page) - self.written_before[number]

    def come(self, kiosk: Device, number: int) -> set[str]:
        """The passes shown in a round."""
        return {entry["scan"]["token"] for entry in watching.queue(kiosk.page, after=self.written_before[number])}

    def watch_camera(self, kiosk: Device, number: int, count: int) -> None:
        """The last members of the round come by camera; then it is covered.

        A machine that is busy misses one: the film goes round again, and who is seen again is told the same again.
        """
        expected = set(self.place.passes[-count:])
        deadline = time.monotonic() + REPEATED
        while missing := expected - self.come(kiosk, number):
            assert time.monotonic() < deadline, f"{len(missing)} of {count} were not read in round {number}"
            kiosk.page.wait_for_timeout(100)
        kiosk.page.evaluate(UNPLUG)
        self.by_camera += [(number, token) for token in expected]

    def type_rest(self, kiosk: Device, number: int) -> None:
        """Whoever has not come in this round comes with a scanner that types."""
        come = self.come(kiosk, number)
        watching.type_codes(kiosk.page, [one for one in self.place.passes if one not in come])
        deadline = time.monotonic() + BUSY
        while self.come(kiosk, number) != set(self.place.passes):
            assert time.monotonic() < deadline

    def pull_the_plug(self, kiosk: Device, number: int) -> int:
        """Kill the browser while people are scanning; how many scans it had written down by then at least."""
        kiosk.page.evaluate(f"codes => void ({watching.TYPE})(codes)", self.place.passes[:SCANNING])
        deadline = time.monotonic() + BUSY
        while self.is_written(kiosk, number) < KILLED_AFTER:
            assert time.monotonic() < deadline
        written = watching.length(kiosk.page)
        kiosk.kill()
        return written


@pytest.fixture
def cable(entrance: tuple[Entrance, Moving]) -> Iterator[Cable]:
    with cabled(entrance[0].served.port) as carrying:
        yield carrying


def test_three_days_without_network(
    entrance: tuple[Entrance, Moving], cable: Cable, chromium_path: str, tmp_path: Path
) -> None:
    place, moving = entrance
    days = Days(place, moving)
    profile = tmp_path / "profile"
    with device(chromium_path, profile, now=moving()) as kiosk:
        kiosk.open(f"{cable.address}/kiosk/#pair={place.pairing_code}")
    cable.pull()
    written = 0
    for begins, ends, count in LIVES:
        film = film_of(place, tmp_path / f"{begins}.mjpeg", list(range(MEMBERS - count, MEMBERS)))
        with device(chromium_path, profile, *film, now=moving()) as kiosk:
            kiosk.open(f"{cable.address}/kiosk/")
            assert watching.length(kiosk.page) >= written
            days.watch_camera(kiosk, begins, count)
            for number in range(begins, ends):
                if number > begins:
                    days.go_to(number, kiosk)
                days.type_rest(kiosk, number)
            if ends < len(ROUNDS):
                days.go_to(ends, kiosk)
                written = days.pull_the_plug(kiosk, ends)
                continue
            kept = watching.queue(kiosk.page)
            rest = days.began + timedelta(hours=HOURS) - moving.ahead
            moving.ahead += rest
            kiosk.page.clock.fast_forward(int(rest.total_seconds() * 1000))
            assert place.ask("select count(*) from scan")[0]["count"] == 0
            cable.plug_in()
            began = time.monotonic()
            watching.wait_until(kiosk.page, watching.ALL_ANSWERED, seconds=BUSY)
            print(f"{len(kept)} scans were acknowledged {time.monotonic() - began:.1f} s after the network came back")
    assert len(days.by_camera) == 20
    assert [one for one in map(told, kept) if one["verdict"] not in ("welcome", "goodbye")] == []
    assert_everybody_in_every_round(days, kept)
    assert_each_once_in_order(place, kept)
    assert_visits(place)


def assert_everybody_in_every_round(days: Days, kept: list[dict[str, Any]]) -> None:
    """5,000 scans; one more for each time the camera saw somebody again."""
    scans: Counter[tuple[int, str]] = Counter()
    for entry in kept:
        number = max(n for n, before in days.written_before.items() if before < entry["seq"])
        scans[number, entry["scan"]["token"]] += 1
    assert set(scans) == {(n, token) for n in range(len(ROUNDS)) for token in days.place.passes}
    assert len(scans) == 5_000
    assert {shown for shown, times in scans.items() if times > 1} <= set(days.by_camera)


def told(entry: dict[str, Any]) -> dict[str, Any]:
    """What a scan was answered, and what would tell why; nobody's code."""
    scan = entry["scan"]
    shown = scan.get("token", "")
    return {"seq": entry["seq"], "at": scan["scanned_at"], "characters": len(shown), **scan["told"]}


def assert_each_once_in_order(place: Entrance, kept: list[dict[str, Any]]) -> None:
    """The service has exactly the scans that the device had, as it had them."""
    rows = place.ask(
        "select nonce, seq, happened_at, received_at, offline, verdict, told_verdict from scan order by seq"
    )
    assert [row["seq"] for row in rows] == list(range(1, len(kept) + 1))
    assert [str(row["nonce"]) for row in rows] == [entry["scan"]["nonce"] for entry in kept]
    assert len({row["nonce"] for row in rows}) == len(kept)
    for earlier, later in pairwise(rows):
        assert earlier["happened_at"] <= later["happened_at"]
        assert earlier["received_at"] <= later["received_at"]
    assert all(row["offline"] for row in rows)
    assert [row["told_verdict"] for row in rows] == [row["verdict"] for row in rows]


def assert_visits(place: Entrance) -> None:
    """Everybody came and went ten times, exactly when scanned; nobody is left inside, nothing is to be looked into."""
    visits = place.ask(
        "select visit.member, visit.entered_at = entry.happened_at and visit.left_at = exit.happened_at as is_exact,"
        " entry.member = visit.member and exit.member = visit.member as is_theirs, visit.closed_by"
        " from visit join scan entry on entry.id = visit.entry_scan join scan exit on exit.id = visit.exit_scan"
        " where visit.voided_at is null"
    )
    assert len(visits) == len(ROUNDS) * MEMBERS // 2
    assert all(row["is_exact"] and row["is_theirs"] and row["closed_by"] == "scan" for row in visits)
    times = {row["member"]: sum(other["member"] == row["member"] for other in visits) for row in visits}
    assert set(times.values()) == {len(ROUNDS) // 2} and len(times) == MEMBERS
    assert place.ask("select count(*) from visit where left_at is null")[0]["count"] == 0
    assert place.ask("select code, count(*) from door_flag group by code") == []
