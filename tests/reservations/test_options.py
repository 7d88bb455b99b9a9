"""What comes with a seat: options with a quota per session, places for wheelchairs, helpers who take no seat."""

from typing import Any

import httpx
import pytest

from booking.kit import db as house_db
from booking.kit.tokens import new_id
from booking.reservations import queries, queries_options, rules, rules_options, service
from booking.reservations.errors_bookings import OptionFull, OptionUnknown
from booking.reservations.schemas import Wish
from booking.reservations.schemas_facts import OptionPool, OrderFacts
from tests.conftest import Clock
from tests.make.access import actor_for, make_account, make_staff, sign_in
from tests.make.facilities import make_facility, make_space
from tests.make.people import make_member
from tests.make.programs import make_option, make_session
from tests.reservations.facts import a_member, a_session, the_facts
from tests.reservations.test_pages import family, read

pytestmark = pytest.mark.anyio


def a_pool(session: Any, code: str = "laptop", *, quota: int = 2, taken: int = 0) -> OptionPool:
    """The pool of an option in a session."""
    return OptionPool(id=new_id(), session_id=session.id, code=code, names={"ja": code}, quota=quota, taken=taken)


def said(facts: OrderFacts) -> list[list[str]]:
    """The refusal codes of each pair of an order."""
    return [[refusal.code for refusal in each.refusals] for each in rules.decide_order(facts)]


FULL, PLACES = "option-full", "wheelchair-places-taken"


@pytest.mark.parametrize(
    ("quota", "taken", "members", "expected"),
    [
        (1, 0, 1, [[]]),
        (1, 1, 1, [[FULL]]),
        (0, 0, 1, [[FULL]]),
        (2, 0, 2, [[], []]),
        (2, 1, 2, [[], [FULL]]),
        (2, 0, 3, [[], [], [FULL]]),
        (1, 3, 1, [[FULL]]),
    ],
)
def test_an_order_takes_an_option_for_each_of_its_members(
    quota: int, taken: int, members: int, expected: list[list[str]]
) -> None:
    """What the first of a party takes, the next no longer finds."""
    session = a_session()
    pools = {session.id: (a_pool(session, quota=quota, taken=taken),)}
    assert said(the_facts(session, [a_member() for _ in range(members)], pools=pools, options=("laptop",))) == expected


def test_an_option_is_asked_for_only_where_it_is_offered() -> None:
    """A series whose first day has a bus: the other days are booked without."""
    first, second = a_session(24), a_session(48)
    pools = {first.id: (a_pool(first, "bus"), a_pool(first, "laptop", quota=0))}
    assert said(the_facts([first, second], a_member(), pools=pools, options=("bus",))) == [[], []]
    assert isinstance(rules_options.check_offered(pools, ["bus", "boat"]), OptionUnknown)
    assert rules_options.check_offered(pools, ["bus"]) is None
    assert rules_options.check_offered({}, []) is None


@pytest.mark.parametrize(
    ("places", "taken", "expected"),
    [
        (None, 9, [[], [], []]),
        (2, 0, [[], [], []]),
        (2, 1, [[], [], [PLACES]]),
        (1, 1, [[PLACES], [], [PLACES]]),
        (0, 0, [[PLACES], [], [PLACES]]),
    ],
)
def test_places_for_wheelchairs(places: int | None, taken: int, expected: list[list[str]]) -> None:
    """The first and the third of the party use one."""
    session, party = a_session(wheelchair_places=places), [a_member() for _ in range(3)]
    wheels = frozenset({party[0].id, party[2].id})
    assert said(the_facts(session, party, wheelchairs={session.id: taken}, wheelchair_ids=wheels)) == expected


@pytest.mark.parametrize(
    ("text", "n"), [("0", 0), ("3", 3), ("9", 5), ("99", 5), ("", 0), ("-1", 0), ("x", 0), ("１", 0)]
)
def test_helpers_are_read_from_a_form(text: str, n: int) -> None:
    assert rules_options.read_helpers(text) == n


async def order(by: Any, session: Any, *members: Any, **wish: Any) -> Any:
    """Book for these members."""
    asked = Wish(session_ids=(session.id,), member_ids=tuple(each.id for each in members), **wish)
    return (await service.place_order(by, asked, all_or_nothing=True)).items


async def test_an_option_is_free_again_with_its_reservation(db: None) -> None:
    session = await make_session()
    pool = await make_option(session)
    by = await actor_for(await make_staff("front-desk", session.facility_code))
    first, second = [await make_member(body=session.body_code) for _ in range(2)]
    (booked,) = await order(by, session, first, options=("laptop",), helpers=2)
    assert [each.code for each in booked.options] == ["laptop"] and booked.helpers == 2
    with pytest.raises(OptionFull):
        await order(by, session, second, options=("laptop",))
    with pytest.raises(OptionUnknown):
        await order(by, session, second, options=("bus",))
    await service.cancel(by, booked.id)
    assert await queries_options.count_options([pool.id]) == {}
    (again,) = await service.book_again(by, booked.id)
    assert [each.code for each in again.options] == ["laptop"] and again.helpers == 2
    assert await queries_options.count_options([pool.id]) == {pool.id: 1}


async def test_helpers_come_once_in_an_order_and_take_no_seat(db: None) -> None:
    session = await make_session(seats=2)
    by = await actor_for(await make_staff("front-desk", session.facility_code))
    party = [await make_member(body=session.body_code) for _ in range(2)]
    await order(by, session, *party, helpers=1, wheelchair_ids=frozenset({party[1].id}))
    entries = {entry.member.id: entry for entry in await queries.list_roster(session.id)}
    assert [(entries[each.id].helpers, entries[each.id].uses_wheelchair) for each in party] == [(1, False), (0, True)]
    assert await queries.taken([session.id]) == {session.id: 2}


async def test_booked_on_the_page_with_an_option_and_a_wheelchair(client: httpx.AsyncClient, clock: Clock) -> None:
    """A workshop with a title of its own in a room: asked, booked, shown on one's bookings and on the roster."""
    facility = await make_facility()
    space = await make_space(facility, wheelchair_places=1)
    words = {"title": "ロボットをつくる", "titles": '{"en": "Build a Robot"}', "note": "上ばきを持ってきてください。"}
    account, session, child = await family(client, facility=facility, space=space.id, **words)
    await make_option(session, quota=1)
    page = f"/sessions/{session.id}"
    html = await read(client, page)
    assert "<h1>ロボットをつくる</h1>" in html and "ためしの時間" in html and "上ばきを持ってきてください。" in html
    assert "スタジオ" in html and "ノートPC（のこり 1）" in html and "車いすの場所は、のこり 1つです。" in html
    english = await read(client, page + "?lang=en")
    assert "<h1>Build a Robot</h1>" in english and "Laptop" in english and "Studio" in english
    await read(client, "/?lang=ja")
    sent = {"member": str(child.id), "option": "laptop", "wheelchair": str(child.id), "helpers": "1", "assistance": ""}
    answer = await client.post(page, data=sent)
    assert answer.status_code == 303 and answer.headers["location"].endswith("/booked")
    for shown in (answer.headers["location"], "/bookings"):
        html = await read(client, shown)
        assert "ロボットをつくる" in html and ">ノートPC<" in html and ">車いす<" in html and "付きそい 1人" in html
    await make_member(8, account=account, body=session.body_code)
    assert "ノートPC：もう全部なくなりました" in await read(client, page)
    staff = await make_staff("front-desk", facility.code)
    await sign_in(client, staff)
    html = await read(client, f"/staff/sessions/{session.id}")
    assert "ロボットをつくる" in html and ">ノートPC<" in html and ">車いす<" in html and "付きそい 1人" in html
    number = (await make_member(body=session.body_code)).number
    desk = {"number": number, "wheelchair": "1", "helpers": "0", "assistance": "", "reason": ""}
    answer = await client.post(f"/staff/sessions/{session.id}/book", data=desk)
    assert answer.status_code == 409 and "車いすの場所が1つあり" in answer.text


async def test_the_last_option_gone_meanwhile_is_said_at_its_tick(client: httpx.AsyncClient, clock: Clock) -> None:
    """Whoever ticked it while another took it: nothing booked, the sentence at the option, everything kept."""
    _, session, child = await family(client)
    pool = await make_option(session, quota=1)
    await house_db.execute("update session_option set quota = 0 where id = $1", pool.id)
    sent = {"member": str(child.id), "option": "laptop", "helpers": "0", "assistance": "窓の近く"}
    answer = await client.post(f"/sessions/{session.id}", data=sent)
    assert answer.status_code == 409 and "「ノートPC」は、この回ではもう全部なくなりました。" in answer.text
    assert 'aria-describedby="f-option-1-error"' in answer.text and "窓の近く" in answer.text
    assert await house_db.fetchval("select count(*) from reservation") == 0


async def test_options_over_the_api(client: httpx.AsyncClient) -> None:
    account = await make_account()
    session = await make_session()
    await make_option(session, quota=2)
    child = await make_member(account=account, body=session.body_code)
    await sign_in(client, account)
    wish = {"session_id": str(session.id), "member_ids": [str(child.id)]}
    unknown = await client.post("/api/v1/reservations", json={**wish, "options": ["boat"]})
    assert (unknown.status_code, unknown.json()["code"]) == (422, "option-unknown")
    asked = {**wish, "options": ["laptop"], "wheelchair": [str(child.id)], "helpers": 1}
    made = await client.post("/api/v1/reservations", json=asked)
    (item,) = made.json()["items"]
    assert (item["options"], item["wheelchair"], item["helpers"]) == (["laptop"], True, 1)
    listed = (await client.get("/api/v1/sessions", params={"facility": session.facility_code})).json()["items"][0]
    assert listed["options"] == [{"code": "laptop", "names": {"ja": "ノートPC", "en": "Laptop"}, "quota": 2, "left": 1}]
    assert (await client.post("/api/v1/reservations", json={**wish, "helpers": 6})).status_code == 400
