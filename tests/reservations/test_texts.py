"""What staff write, from the field of its language to whoever reads it: pages, letters, the API."""

import re
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest

from booking.kit import clock as house_clock
from booking.kit import db as house_db
from booking.kit.i18n import LANGUAGES
from booking.programs import queries
from tests.make.access import make_staff, sign_in
from tests.make.facilities import make_facility, make_space
from tests.make.groups import make_group
from tests.make.programs import make_program, make_session

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("clock")]
OTHERS = LANGUAGES[1:]
WORDS = {language: f"🎮 {language}" for language in LANGUAGES}
JAPANESE = re.compile("[぀-ゟァ-ヺ一-鿿]")
VOID = ("meta", "link", "input", "br", "img", "hr", "path", "use")


class Unmarked(HTMLParser):
    """Japanese in a page that a screen reader would read aloud in another language."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = []
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember which language holds within."""
        if tag not in VOID:
            self.open.append((tag, dict(attrs).get("lang") or (self.open[-1][1] if self.open else "")))

    def handle_endtag(self, tag: str) -> None:
        """What was opened is closed."""
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        """Japanese must be within `lang="ja"`; the page's own title says names plain."""
        tag, language = self.open[-1] if self.open else ("", "")
        if tag not in ("title", "script") and not language.startswith(("ja", "zh")) and JAPANESE.search(data):
            self.found.append(data.strip())


def unmarked(text: str) -> list[str]:
    """The Japanese of a page outside `lang="ja"`."""
    page = Unmarked()
    page.feed(text)
    return page.found


def seen(text: str) -> str:
    found = re.search(r'name="seen" value="([0-9a-f]+)"', text)
    assert found is not None
    return found[1]


def typed(text: str) -> dict[str, Any]:
    """What the program's page would send when nothing is changed."""
    return {
        "name": WORDS["ja"], "names": [WORDS[each] for each in OTHERS], "description": WORDS["ja"],
        "descriptions": [WORDS[each] for each in OTHERS], "booking_opens_days": "7", "booking_opens_time": "09:00",
        "booking_closes_minutes": "0", "cancel_until_minutes": "0", "roll_over_minutes": "30", "seen": seen(text),
    }  # fmt: skip


async def test_a_program_is_written_in_every_language(client: httpx.AsyncClient) -> None:
    """Through the form, back into it, and to whoever asks the API."""
    program = await make_program()
    await sign_in(client, await make_staff("body-administrator", program.body_code))
    address = f"/staff/programs/{program.code}"
    for _ in range(2):
        answer = await client.post(address, data=typed((await client.get(address)).text))
        assert answer.status_code == 303, answer.text
    text = (await client.get(address)).text
    for language in OTHERS:
        assert f'id="f-names-{language}" name="names"' in text and f'value="{WORDS[language]}"' in text
    kept = await queries.get_program(program.code)
    assert kept.names == kept.descriptions == WORDS
    (item,) = (await client.get("/api/v1/programs")).json()["items"]
    assert (item["name"], item["names"], item["descriptions"]) == (WORDS["ja"], WORDS, WORDS)
    assert await house_db.fetchval("select count(*) from audit_entry where action = 'program.change'") == 1


@pytest.mark.parametrize(
    ("wrong", "code"), [("a" * 61, "60"), ("a\x07b", "目に見えない"), ("a\u202eb", "目に見えない")]
)
async def test_a_refusal_stands_at_the_field_of_its_language(client: httpx.AsyncClient, wrong: str, code: str) -> None:
    program = await make_program()
    await sign_in(client, await make_staff("body-administrator", program.body_code))
    address = f"/staff/programs/{program.code}"
    data = typed((await client.get(address)).text)
    names = [wrong if language == "vi" else WORDS[language] for language in OTHERS]
    answer = await client.post(address, data={**data, "names": names})
    assert answer.status_code == 422
    said = re.search(r'id="f-names-vi-error">([^<]+)<', answer.text)
    assert said is not None and code in said[1]
    assert '<details class="stack gap-2" open>' in answer.text and WORDS["tl"] in answer.text
    assert (await queries.get_program(program.code)).names == program.names


async def test_the_api_refuses_a_language_nobody_speaks(client: httpx.AsyncClient) -> None:
    facility = await make_facility()
    await sign_in(client, await make_staff("body-administrator", facility.body_code))
    body = {"code": "lab", "body": facility.body_code, "brand": "tumo", "category": "lab"}
    answer = await client.post("/api/v1/staff/programs", json={**body, "names": {"ja": "ラボ", "xx": "?"}})
    assert (answer.status_code, set(answer.json()["fields"])) == (422, {"names"})
    answer = await client.post("/api/v1/staff/programs", json={**body, "names": {"en": "Lab"}})
    assert (answer.status_code, set(answer.json()["fields"])) == (422, {"name"})


async def test_what_is_written_in_japanese_alone_is_marked_as_japanese(client: httpx.AsyncClient) -> None:
    """On every page a resident reads; nothing is lost, and a screen reader says it right."""
    facility = await make_facility(names="{}")
    await house_db.execute("update body set names = '{}'")
    space = await make_space(facility, names="{}")
    program = await make_program(facility=facility, names="{}", description="つくってみよう")
    start = house_clock.now() + timedelta(days=2)
    words = {"title": "ロボットの日", "note": "飲みものを持ってきてください。"}
    session = await make_session(facility=facility, program=program, starts_at=start, space=space.id, **words)
    group = await make_group(facility=facility, names={}, note="10分前に来てください。")
    await sign_in(client, await make_staff("facility-manager", facility.code))
    closed = (house_clock.today() + timedelta(days=9)).isoformat()
    made = await client.post(
        f"/staff/facilities/{facility.code}/closures",
        data={"day": closed, "kind": "closed", "reason": "設備の点検", "reasons": ["", "", "", "Kiểm tra thiết bị"]},
    )
    assert made.status_code == 303, made.text
    await client.post("/sign-out")
    for address, shown in (
        (f"/sessions/{session.id}", ("ロボットの日", "飲みもの", "つくってみよう", facility.name, "スタジオ")),
        (f"/groups/{group.id}", (group.name, "10分前")),
        (f"/facilities/{facility.code}", (facility.name, facility.address, "設備の点検", "スタジオ")),
        ("/facilities", (facility.name,)),
        (f"/sessions?on={session.held_on.isoformat()}", ("ロボットの日", facility.name)),
    ):
        text = (await client.get(address, headers={"accept-language": "es"})).text
        assert all(f'<span lang="ja">{each}' in text for each in shown), (address, text)
        assert [said for said in unmarked(text) if any(each in said for each in shown)] == [], address
    vietnamese = (await client.get(f"/facilities/{facility.code}", headers={"accept-language": "vi"})).text
    assert "Kiểm tra thiết bị" in vietnamese and "設備の点検" not in vietnamese
    (item,) = (await client.get(f"/api/v1/facilities/{facility.code}")).json()["next_closures"]
    assert (item["note"], item["notes"]) == ("設備の点検", {"ja": "設備の点検", "vi": "Kiểm tra thiết bị"})


async def test_the_notes_of_accessibility_are_written_per_language(client: httpx.AsyncClient) -> None:
    facility = await make_facility()
    await sign_in(client, await make_staff("facility-manager", facility.code))
    address = f"/staff/facilities/{facility.code}/accessibility"
    notes = ["", "Ring at the back door", *[""] * (len(OTHERS) - 2)]
    data = {"presence": ["1", "9"], "note": ["裏口のベルを押してください", ""], "notes": notes, "seen": ""}
    assert (await client.post(address, data=data)).status_code == 303
    assert 'value="Ring at the back door"' in (await client.get(address)).text
    wrong = await client.post(address, data={**data, "notes": [*[""] * len(OTHERS), "", "a" * 500]})
    assert wrong.status_code == 422 and "-en-error" in wrong.text
    text = (await client.get(f"/facilities/{facility.code}", params={"lang": "en"})).text
    assert "Ring at the back door" in text and "裏口" not in text
