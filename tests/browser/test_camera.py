"""What a real browser reads from a camera at 1920×1080: one film of everything that people hold up, in one go."""

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import sync_playwright

from booking.kit.postgres_server import PostgresServer
from booking.kit.settings import Settings
from booking.passes.drawing import draw_png
from booking.visits.sentences import words
from tests.browser import camera, watching
from tests.browser.camera import Scene
from tests.browser.entrance import Entrance, opened
from tests.browser.moving import Moving

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CARD_MM, DISTANCE_MM, LENS_DEGREES = 40, 300, 60
SEEN_MM = 2 * DISTANCE_MM * math.tan(math.radians(LENS_DEGREES / 2))
CARD_PIXELS = int(CARD_MM * camera.FULL[0] / SEEN_MM)
"""A lens that sees 60° from left to right sees 2 · 300 · tan 30° = 346.4 mm at 300 mm, 5.54 pixels for each of them:
a code of 40 mm, its quiet zone included, is 221 pixels wide, 4.5 for each of its 49 modules."""

URL = "https://example.jp/menu?table=7"
TIMES = 4
"""The film is seen so often at most: who is seen again within three minutes is told the same again."""
BEFORE_SECONDS, HELD_SECONDS, BETWEEN_SECONDS, LONG_SECONDS = 2.5, 1.4, 0.8, 3.5
SCENES = ("clean", "blurred", "tilted", "leaning", "dim", "glare", "far", "foreign", "left", "right")


@dataclass(frozen=True)
class Shown:
    """What came of the film."""

    entrance: Entrance
    seen: list[dict[str, Any]]
    queue: list[dict[str, Any]]
    address: str
    requests: list[str]

    def name_in(self, scene: str) -> str:
        """The name of whoever holds up a pass in a scene."""
        return self.entrance.names[SCENES.index(scene)]


def film_of(entrance: Entrance, path: Path) -> float:
    """Write the film; how long it is, in seconds."""
    cards = dict(zip(SCENES, map(draw_png, entrance.passes, entrance.numbers), strict=True))

    def plain(scene: str) -> Any:
        return camera.sized(cards[scene], camera.HELD_PIXELS)

    frames = [
        camera.held_up([plain("clean")]),
        camera.blurred(camera.held_up([plain("blurred")]), 2.5),
        camera.held_up([camera.turned(plain("tilted"), 30)]),
        # Turned by 30° about its height: cos 30° of its width, and the far edge of 80 mm at 300 mm is 12 % smaller.
        camera.held_up([camera.leaning(plain("leaning"), 0.88, math.cos(math.radians(30)))]),
        camera.dim(camera.held_up([plain("dim")]), 0.18, 6),
        camera.held_up([camera.glaring(plain("glare"), 0.2)]),
        camera.held_up([camera.sized(cards["far"], CARD_PIXELS)]),
        camera.held_up([camera.foreign(URL)]),
        camera.held_up([plain("left"), plain("right")]),
    ]
    scenes = [Scene(camera.empty(), BEFORE_SECONDS)]
    for frame in frames[:-2]:
        scenes += [Scene(frame, HELD_SECONDS), Scene(camera.empty(), BETWEEN_SECONDS)]
    # A code that is not ours is told only when no pass was in view for a while; of two passes the second waits.
    for frame in frames[-2:]:
        scenes += [Scene(camera.empty(), LONG_SECONDS), Scene(frame, LONG_SECONDS)]
    camera.write(path, scenes)
    return sum(scene.seconds for scene in scenes)


@pytest.fixture(scope="module")
def opened_entrance(
    server: PostgresServer, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Entrance, Moving]]:
    settings = Settings(data_dir=tmp_path_factory.mktemp("data"))
    with opened(server, template, settings, members=len(SCENES)) as ready:
        yield ready


@pytest.fixture(scope="module")
def shown(
    opened_entrance: tuple[Entrance, Moving], chromium_path: str, tmp_path_factory: pytest.TempPathFactory
) -> Shown:
    """A kiosk that knows its list and has watched the film; again, where a busy machine missed somebody in it."""
    entrance, moving = opened_entrance
    path = tmp_path_factory.mktemp("film") / "held-up.mjpeg"
    seconds = film_of(entrance, path)
    requests: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=camera.arguments(path))
        context = browser.new_context(permissions=["camera"], viewport={"width": 1024, "height": 768})
        watching.watch(context)
        page = context.new_page()
        page.on("request", lambda request: requests.append(request.url))
        page.clock.install(time=moving())
        page.goto(entrance.kiosk_address)
        watching.wait_until(page, watching.HAS_LIST)
        page.goto("about:blank")
        page.goto(f"{entrance.served.address}/kiosk/")
        names = json.dumps([name for scene, name in zip(SCENES, entrance.names, strict=True) if scene != "foreign"])
        watching.wait_until(
            page,
            f"{names}.every(name => seen.some(one => one.headline.includes(name)))"
            " && seen.some(one => one.verdict === 'refused')",
            seconds=TIMES * seconds,
        )
        watching.wait_until(page, watching.ALL_ANSWERED)
        found = Shown(entrance, watching.seen(page), watching.queue(page), page.url, requests)
        browser.close()
    return found


@pytest.mark.parametrize("scene", SCENES[:7])
def test_a_pass_is_read_and_its_owner_welcomed(shown: Shown, scene: str) -> None:
    answers = [one for one in shown.seen if shown.name_in(scene) in one["headline"]]
    assert {one["verdict"] for one in answers} == {"welcome"}
    assert answers[0]["headline"].startswith(words("ja")["welcome"])


def test_they_were_answered_in_the_order_in_which_they_came(shown: Shown) -> None:
    names = [entry["outcome"]["verdict"].get("name", "") for entry in shown.queue]
    came = [shown.entrance.names.index(name) for name in names if name in shown.entrance.names[:7]]
    assert [entry["seq"] for entry in shown.queue] == list(range(1, len(shown.queue) + 1))
    assert sum(later <= earlier for earlier, later in pairwise(came)) < TIMES
    assert set(came) == set(range(7))


def test_another_code_is_refused_kindly_and_leads_nowhere(shown: Shown) -> None:
    refused = next(one for one in shown.seen if one["verdict"] == "refused")
    assert refused["headline"] == words("ja")["pass-malformed"]
    assert refused["details"] == [words("ja")["pass-malformed.detail"]]
    assert {one["address"] for one in shown.seen} == {shown.address} == {f"{shown.entrance.served.address}/kiosk/"}
    assert all(asked.startswith((shown.entrance.served.address, "blob:", "data:")) for asked in shown.requests)


def test_two_passes_in_view_are_two_scans_one_after_the_other(shown: Shown) -> None:
    both = {shown.name_in("left"), shown.name_in("right")}
    told = [one for one in shown.seen if any(name in one["headline"] for name in both)]
    assert {name for name in both for one in told if name in one["headline"]} == both
    assert {one["verdict"] for one in told} == {"welcome"}


def test_each_is_on_the_service_once(shown: Shown) -> None:
    rows = shown.entrance.ask("select nonce, seq, verdict, offline from scan order by seq")
    assert [(str(row["nonce"]), row["seq"]) for row in rows] == [
        (entry["scan"]["nonce"], entry["seq"]) for entry in shown.queue
    ]
    inside = shown.entrance.ask("select count(*) from visit where left_at is null")
    assert inside[0]["count"] == len(SCENES) - 1
