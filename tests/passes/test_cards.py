"""Cards on paper and in the hand: printed so that they scan, lent for a day to one member, replaced in two taps."""

import asyncio
import shutil
import subprocess
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest
import zxingcpp
from PIL import Image

from booking.access.rules import Role
from booking.facilities.queries import list_bodies
from booking.kit import clock as house_clock
from booking.kit import db as house_db
from booking.passes import queries, service, service_cards, service_printing
from booking.passes.errors import CardCountUnusable, CardLent, CardRevoked, CardUnknown
from booking.passes.rules import decode, verify
from booking.passes.rules_cards import next_labels, read_label
from booking.passes.sheets import Card, print_cards
from booking.people.errors import MemberNotFound
from tests.make.access import actor_for, make_staff, sign_in
from tests.make.facilities import make_facility
from tests.make.passes import make_pass
from tests.make.people import make_body, make_member, make_protected

pytestmark = pytest.mark.anyio
DOTS_PER_INCH = 200


def rendered(pdf: bytes, folder: Path) -> list[Image.Image]:
    """The pages as a printer would draw them."""
    if shutil.which("pdftoppm") is None:
        pytest.skip("poppler's pdftoppm draws the pages")
    (folder / "cards.pdf").write_bytes(pdf)
    drawn = ["-r", str(DOTS_PER_INCH), "-png", str(folder / "cards.pdf"), str(folder / "page")]
    subprocess.run(["pdftoppm", *drawn], check=True)
    return [Image.open(BytesIO(one.read_bytes())) for one in sorted(folder.glob("page*.png"))]


def words_of(pdf: Path) -> str:
    """What is written on it."""
    return subprocess.run(["pdftotext", str(pdf), "-"], check=True, capture_output=True, text=True).stdout


def codes_on(picture: Image.Image) -> list[Any]:
    """The codes of a page, from the top left."""
    return sorted(zxingcpp.read_barcodes(picture), key=lambda one: (one.position.top_left.y, one.position.top_left.x))


@pytest.fixture
async def place(db: None, clock: Any) -> Any:
    """A facility of the body the members are registered with."""
    await make_body()
    body = next(one for one in await list_bodies() if one.code == "100005")
    return await make_facility(body=body, name="ためし館")


@pytest.fixture
async def desk(place: Any) -> Any:
    """Somebody at its desk."""
    return await actor_for(await make_staff(Role.FRONT_DESK, place.code))


async def test_eleven_cards_take_two_sheets_and_every_code_is_read(db: None, clock: Any, tmp_path: Path) -> None:
    tokens = [(await make_pass(await make_member(8))).token for _ in range(11)]
    words = {
        "alt": "QR",
        "head": "館",
        "name": "そうた",
        "number_head": "番号",
        "number": "1234 5678",
        "foot": "なくしたら",
    }
    pdf = await print_cards([Card(token=one, **words) for one in tokens], title="カード", language="ja")
    assert b"pdfuaid" in pdf or b"/StructTreeRoot" in pdf
    pages = rendered(pdf, tmp_path)
    assert [(page.width, page.height) for page in pages] == [(1654, 2339)] * 2
    found = [codes_on(page) for page in pages]
    assert [len(one) for one in found] == [10, 1]
    assert {one.text for page in found for one in page} == set(tokens)
    box = found[0][0].position
    assert (box.top_right.x - box.top_left.x) / DOTS_PER_INCH * 25.4 >= 39.5


async def test_a_rare_sign_is_printed_as_a_box_rather_than_not(db: None, clock: Any) -> None:
    token = (await make_pass(await make_member(8))).token
    card = Card(token=token, alt="QR", head="館", name="🐱", number_head="番号", number="1", foot="#let x = 1")
    assert (await print_cards([card], title="カード", language="ja")).startswith(b"%PDF")


def test_labels_go_on_and_are_read_as_typed() -> None:
    assert next_labels([], 2) == ["T-001", "T-002"]
    assert next_labels(["T-009", "T-002", "青"], 1) == ["T-010"]
    assert [read_label(one) for one in ("t1", "T-001", "Ｔ－００１", "12", "青")] == ["T-001"] * 3 + ["T-012", "青"]


async def test_a_card_is_lent_to_one_until_the_day_ends(place: Any, desk: Any, clock: Any) -> None:
    cards = await service_cards.make_cards(desk, place.code, 2)
    assert [one.label for one in cards] == ["T-001", "T-002"]
    assert [one.label for one in await service_cards.make_cards(desk, place.code, 1)] == ["T-003"]
    one, other = await make_member(8), await make_member(8)
    code = await service_cards.code_of(cards[0])
    claims = verify(decode(code), await queries.verifying_keys())
    assert claims.pass_id == cards[0].id
    loan = await service_cards.lend(desk, place.code, "t1", one.id)
    assert loan.until_at == house_clock.day_span(house_clock.today())[1]
    assert await service_cards.lend(desk, place.code, code.lower(), one.id) == loan
    with pytest.raises(CardLent):
        await service_cards.lend(desk, place.code, "T-001", other.id)
    clock.set(loan.until_at + timedelta(hours=9))
    assert (await service_cards.lend(desk, place.code, "T-001", other.id)).member_id == other.id
    back = await service_cards.give_back(desk, cards[0].id)
    assert (back.member_id, (await service_cards.give_back(desk, cards[0].id)).member_id) == (None, None)
    rows = await house_db.fetch("select lent_at, returned_at, until_at from card_loan order by lent_at")
    assert [row["returned_at"] for row in rows] == [loan.until_at, clock()]


async def test_of_many_desks_one_lends_a_card(place: Any, desk: Any, clock: Any) -> None:
    (card,) = await service_cards.make_cards(desk, place.code, 1)
    members = [await make_member(8) for _ in range(6)]
    said = await asyncio.gather(
        *(service_cards.lend(desk, place.code, card.label, one.id) for one in members), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in said) == ["CardLent"] * 5 + ["LoanView"]
    assert await house_db.fetchval("select count(*) from card_loan where returned_at is null") == 1


async def test_labels_made_at_once_are_all_different(place: Any, desk: Any, clock: Any) -> None:
    made = await asyncio.gather(*(service_cards.make_cards(desk, place.code, 3) for _ in range(3)))
    assert len({one.label for some in made for one in some}) == 9


async def test_what_no_desk_lends(place: Any, desk: Any, clock: Any) -> None:
    (card,) = await service_cards.make_cards(desk, place.code, 1)
    member, elsewhere = await make_member(8), await make_member(8, body="102032")
    with pytest.raises(CardUnknown):
        await service_cards.lend(desk, place.code, "T-777", member.id)
    with pytest.raises(CardUnknown):
        await service_cards.lend(desk, place.code, (await make_pass(member)).token, member.id)
    with pytest.raises(MemberNotFound):
        await service_cards.lend(desk, place.code, card.label, elsewhere.id)
    assert (await service_cards.revoke_card(desk, card.id)).revoked_at == clock()
    assert await queries.revoked_since(clock()) == [card.id]
    with pytest.raises(CardRevoked):
        await service_cards.lend(desk, place.code, card.label, member.id)
    with pytest.raises(CardCountUnusable):
        await service_cards.make_cards(desk, place.code, 0)


async def test_a_day_pass_grows_to_its_whole_life_without_a_new_code(place: Any, desk: Any, clock: Any) -> None:
    member = await make_member(8)
    short = await service.issue_pass(member.id, desk, only_today=True)
    assert short.valid_until == house_clock.day_span(house_clock.today())[1]
    long = await service.lengthen_pass(member.id, desk)
    assert (long.id, long.valid_until > short.valid_until) == (short.id, True)
    assert await service.lengthen_pass(member.id, desk) == long
    assert await queries.revoked_since(clock()) == []


async def test_the_desks_pages(client: httpx.AsyncClient, place: Any, clock: Any) -> None:
    await sign_in(client, await make_staff(Role.FRONT_DESK, place.code))
    here = f"/staff/cards?facility={place.code}"
    assert "仮カードは、まだありません" in (await client.get(here)).text
    assert (await client.post("/staff/cards", data={"facility": place.code, "count": "x"})).status_code == 422
    assert (await client.post("/staff/cards", data={"facility": place.code, "count": "2"})).status_code == 303
    member, hidden = await make_member(8, given_name="蒼太"), await make_member(8, shown_name="ひみつ")
    await make_protected(hidden)
    lent = {"facility": place.code, "card": "T-001", "number": f"{member.number[:4]} {member.number[4:]}"}
    assert (await client.post("/staff/cards/lend", data=lent)).status_code == 303
    refused = await client.post("/staff/cards/lend", data={**lent, "number": "1"})
    assert refused.status_code == 404
    other = {**lent, "card": "T-002", "number": hidden.number}
    assert (await client.post("/staff/cards/lend", data=other)).status_code == 303
    shown = (await client.get(here)).text
    assert "貸し出し中" in shown
    assert hidden.number not in shown
    assert "ひみつ" not in shown
    card = await house_db.fetchval("select id from temporary_card where label = 'T-001'")
    assert (await client.post(f"/staff/cards/{card}/back")).headers["location"].endswith("done=back")
    assert (await client.post(f"/staff/cards/{card}/revoke")).headers["location"].endswith("done=revoked")
    sheet = await client.get(f"/staff/cards/sheet.pdf?facility={place.code}")
    assert (sheet.headers["content-type"], sheet.content[:4]) == ("application/pdf", b"%PDF")


async def test_cards_of_members_are_printed(client: httpx.AsyncClient, place: Any, clock: Any, tmp_path: Path) -> None:
    await sign_in(client, await make_staff(Role.FRONT_DESK, place.code))
    child = await make_member(8, family_name="新井", given_name="蒼太")
    hidden = await make_member(8, shown_name="ひみつ")
    await make_protected(hidden)
    assert (await client.get("/staff/passes")).status_code == 200
    found = await client.post("/staff/passes", data={"q": "新井", "step": "search"})
    assert str(child.id) in found.text
    nobody = await client.post("/staff/passes", data={"step": "print"})
    assert (nobody.status_code, "まだ何も印刷していません" in nobody.text) == (422, True)
    asked = {"member": [str(child.id)], "numbers": f"{hidden.number}\n", "step": "print"}
    printed = await client.post("/staff/passes", data=asked)
    (page,) = rendered(printed.content, tmp_path)
    tokens = [(await make_pass(one)).token for one in (child, hidden)]
    assert [one.text for one in codes_on(page)] == tokens
    words = words_of(tmp_path / "cards.pdf")
    assert ("ひみつ" in words, child.number[:4] in words) == (False, True)
    assert await house_db.fetchval("select count(*) from audit_entry where action = 'pass.print'") == 2
    single = await client.get(f"/api/v1/members/{child.id}/pass.pdf")
    assert (single.headers["content-type"], single.headers["cache-control"]) == ("application/pdf", "private, no-store")


async def test_a_lost_card_is_replaced_in_two_taps(client: httpx.AsyncClient, place: Any, clock: Any) -> None:
    await sign_in(client, await make_staff(Role.FRONT_DESK, place.code))
    child = await make_member(8)
    old = await make_pass(child)
    first = await client.get(f"/staff/passes/{child.id}/lost")
    assert "前のカードを止める" in first.text
    second = await client.post(f"/staff/passes/{child.id}/lost")
    shown = await client.get(second.headers["location"])
    assert "前のカードは、もう使えません" in shown.text
    new = await make_pass(child)
    assert (new.token != old.token, await queries.revoked_since(clock())) == (True, [old.id])


async def test_looking_at_a_member_makes_no_pass(client: httpx.AsyncClient, place: Any, clock: Any) -> None:
    await sign_in(client, await make_staff(Role.FRONT_DESK, place.code))
    child = await make_member(8)
    for address in (f"/staff/passes/{child.id}", f"/staff/members/{child.id}"):
        shown = await client.get(address)
        assert (shown.status_code, "パスは、まだ出していません" in shown.text) == (200, True)
    assert await house_db.fetchval("select count(*) from pass") == 0
    made = await client.post(f"/staff/passes/{child.id}")
    assert "入館パスのQRコード" in (await client.get(made.headers["location"])).text
    await client.post(f"/staff/passes/{child.id}")
    assert await house_db.fetchval("select count(*) from pass") == 1


async def test_more_than_one_file_holds_are_refused_and_never_cut(
    client: httpx.AsyncClient, place: Any, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service_printing, "MOST_AT_ONCE", 2)
    await sign_in(client, await make_staff(Role.FRONT_DESK, place.code))
    children = [await make_member(8) for _ in range(3)]
    asked = {"member": [str(one.id) for one in children], "step": "print"}
    refused = await client.post("/staff/passes", data=asked)
    assert (refused.status_code, "3人がえらばれています" in refused.text) == (422, True)
    assert refused.text.count(" checked") == 3
    assert await house_db.fetchval("select count(*) from pass") == 0
