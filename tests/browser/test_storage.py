"""A kiosk that cannot write down a scan welcomes nobody; and two tabs of one kiosk take each scan once."""

import pytest

from booking.visits.sentences import words
from tests.browser import watching
from tests.browser.browsers import Device
from tests.browser.cable import Cable
from tests.browser.entrance import Entrance

pytestmark = [pytest.mark.browser, pytest.mark.slow]

BROKEN = """error => {
  const put = IDBObjectStore.prototype.put;
  window.mend = () => { IDBObjectStore.prototype.put = put; };
  IDBObjectStore.prototype.put = function (...given) {
    if (this.name === 'queue') {
      this.transaction.abort();
      throw new DOMException('the disk does not write', error);
    }
    return put.apply(this, given);
  };
}"""
"""The browser's writes to the queue fail with this error until they are mended or the page is loaded anew."""


def sent_to_desk(made: Device, token: str) -> None:
    """Show a pass; the answer is the way to the desk."""
    before = len(watching.seen(made.page))
    made.page.evaluate(watching.PRESS, token)
    watching.wait_until(made.page, f"seen.length > {before}")
    assert [(one["verdict"], one["headline"]) for one in watching.seen(made.page)[before:]] == [
        ("refused", words("ja")["see-desk"])
    ]


@pytest.mark.parametrize("is_online", [True, False], ids=["online", "offline"])
def test_a_scan_that_is_not_written_welcomes_nobody(standing: tuple[Entrance, Device, Cable], is_online: bool) -> None:
    here, made, cable = standing
    if not is_online:
        cable.pull()
    made.page.evaluate(BROKEN, "UnknownError")
    with made.page.expect_event("load"):
        sent_to_desk(made, here.passes[0])
    made.page.wait_for_selector("main.idle .acts", timeout=60_000)
    assert watching.queue(made.page) == []
    assert here.ask("select 1 from scan") == []
    made.page.evaluate(watching.PRESS, here.passes[1])
    watching.wait_until(made.page, f"seen.some(one => one.headline.includes('{here.names[1]}'))")
    assert [one["seq"] for one in watching.queue(made.page)] == [1]


def test_a_full_device_sends_people_to_the_desk_until_there_is_room(standing: tuple[Entrance, Device, Cable]) -> None:
    here, made, cable = standing
    cable.pull()
    made.page.evaluate(BROKEN, "QuotaExceededError")
    sent_to_desk(made, here.passes[0])
    assert watching.queue(made.page) == []
    made.page.evaluate("mend()")
    made.page.evaluate(watching.PRESS, here.passes[1])
    watching.wait_until(made.page, f"seen.some(one => one.headline.includes('{here.names[1]}'))")
    assert [one["seq"] for one in watching.queue(made.page)] == [1]


@pytest.mark.parametrize("is_online", [True, False], ids=["online", "offline"])
def test_two_tabs_take_each_scan_once(standing: tuple[Entrance, Device, Cable], is_online: bool) -> None:
    here, made, cable = standing
    other = made.context.new_page()
    other.goto(f"{cable.address}/kiosk/")
    other.wait_for_selector("main.idle .acts", timeout=60_000)
    if not is_online:
        cable.pull()
    for n, token in enumerate(here.passes):
        watching.type_codes(other if n % 2 else made.page, [token])
    if not is_online:
        cable.plug_in()
    watching.wait_until(made.page, watching.ALL_ANSWERED)
    kept = watching.queue(made.page)
    assert [one["seq"] for one in kept] == list(range(1, len(here.passes) + 1))
    rows = here.ask("select nonce, seq from scan order by seq")
    assert [(str(row["nonce"]), row["seq"]) for row in rows] == [(one["scan"]["nonce"], one["seq"]) for one in kept]
    assert here.ask("select count(*) from visit where left_at is null")[0]["count"] == len(here.passes)
