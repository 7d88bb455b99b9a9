"""A school at an unattended door: its letter before the camera, its digits on the pad, with and without network."""

from collections.abc import Iterator
from datetime import time
from pathlib import Path

import pytest

from booking.kit import clock as house_clock
from booking.kit.postgres_server import PostgresServer
from booking.kit.settings import Settings
from booking.kit.tokens import new_id
from booking.reservations.rules_group_visits import letter_code
from tests.bench.door import FACILITY
from tests.bench.pgbench import uuid_for
from tests.browser import camera, watching
from tests.browser.browsers import Device, device
from tests.browser.cable import Cable, cabled
from tests.browser.camera import Scene
from tests.browser.entrance import Entrance, opened
from tests.browser.test_kiosk import assert_good
from tests.browser.test_long_offline import UNPLUG

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CODE, SCHOOL, SOON = "4271", "みほん市立みほん小学校", 60_000


def announce(here: Entrance) -> str:
    """A class of 26 with two teachers comes today; what its letter shows."""
    now = here.now()
    today = house_clock.local_date(now)
    here.ask(
        "insert into group_request (id, facility, organisation, contact_name, phone, language, dates, pupils, adults,"
        " wheelchairs, assistance, bus_count, note, state, created_at, visit_on, starts, ends, staff_note, door_code)"
        " values ($1, $2, $3, '梅林 先生', '027-226-2111', 'ja', '[]', '{\"5\": 26}', 2, 0, '', 0, '', 'approved',"
        " $4, $5, $6, $7, '', $8)",
        *(new_id(), uuid_for(FACILITY, 0), SCHOOL, now, today, time(10), time(12), CODE),
    )
    return letter_code(today, CODE)


@pytest.fixture
def at_the_door(
    server: PostgresServer, template: str, chromium_path: str, tmp_path: Path
) -> Iterator[tuple[Entrance, Device, Cable]]:
    settings = Settings(data_dir=tmp_path / "data")
    with opened(server, template, settings, members=3) as (here, moving), cabled(here.served.port) as cable:
        letter = camera.held_up([camera.turned(camera.foreign(announce(here)), 5)])
        film = camera.write(tmp_path / "letter.mjpeg", [Scene(letter, 3), Scene(camera.empty(), 3)])
        with device(chromium_path, tmp_path / "profile", *camera.arguments(film), now=moving()) as made:
            made.context.add_init_script(camera.COVERED)
            made.open(f"{cable.address}/kiosk/#pair={here.pairing_code}")
            made.page.evaluate(camera.UNCOVER)
            yield here, made, cable


def type_number(made: Device, digits: str) -> None:
    """Fingers on the keys."""
    made.page.keyboard.press("Escape")
    made.page.wait_for_selector("main.idle .acts")
    made.page.locator(".acts button").nth(1).click()
    made.page.wait_for_selector("output.digits")
    made.page.keyboard.type(digits, delay=130)
    made.page.keyboard.press("Enter", delay=130)


def test_a_school_comes_by_its_letter_and_leaves_without_network(at_the_door: tuple[Entrance, Device, Cable]) -> None:
    here, made, cable = at_the_door
    page = made.page
    page.set_default_timeout(SOON)
    page.wait_for_selector("[data-verdict=ask] .counting")
    page.evaluate(UNPLUG)
    assert SCHOOL in watching.shown(page, "main h1")
    assert watching.shown(page, ".counting output") == "28"
    assert_good(page)
    watching.type_codes(page, [here.passes[0]])  # one of the class has a card: counted by it
    watching.wait_until(page, f"seen.some(one => one.headline.includes('{here.names[0]}'))")
    page.evaluate(watching.PRESS, letter_code(house_clock.local_date(here.now()), CODE))
    page.wait_for_selector("[data-verdict=ask] .counting")
    page.get_by_role("button", name="1人 へらす").first.click()
    page.get_by_role("button", name="1人 ふやす").last.click()
    assert [one.inner_text() for one in page.locator(".counting output").all()] == ["27", "1"]
    page.locator(".after .key.primary").click()
    page.wait_for_selector("[data-verdict=welcome]")
    assert SCHOOL in watching.shown(page, "main h1")
    (visit,) = here.ask("select heads, party, left_at from visit where kind = 'group'")
    assert (visit["heads"], visit["party"], visit["left_at"]) == (26, SCHOOL, None)
    assert [row["members"] for row in here.ask("select members from group_arrival")] == [1]

    cable.pull()
    page.wait_for_selector("main.idle .info .offline")
    type_number(made, CODE)
    page.wait_for_selector("[data-verdict=ask] .counting")
    page.locator(".after .two .key").nth(1).click()
    page.wait_for_selector("[data-verdict=goodbye]")
    cable.plug_in()
    watching.wait_until(page, watching.ALL_ANSWERED)
    (left,) = here.ask("select left_at from visit where kind = 'group'")
    assert left["left_at"] is not None
    assert here.ask("select code from door_flag") == []


def test_codes_tried_at_random_wait(at_the_door: tuple[Entrance, Device, Cable]) -> None:
    _, made, _ = at_the_door
    made.page.set_default_timeout(SOON)
    made.page.wait_for_selector("[data-verdict=ask] .counting")
    made.page.evaluate(UNPLUG)
    for digits in ("0000", "0001", "0002", "0003", "0004"):
        type_number(made, digits)
        made.page.wait_for_selector("[data-verdict=refused]")
    type_number(made, CODE)
    made.page.wait_for_selector(".card [role=alert]")
    assert made.page.locator(".counting").count() == 0
    assert_good(made.page)
