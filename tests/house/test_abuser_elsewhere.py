"""The abuser asks where no account is needed, or has a friend at the other body's desk; nobody can tell anything.

At doors of residents the comparison is a child who left; at the other body's desk a number that nobody has.
"""

import re
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest

from booking.access.schemas import SYSTEM
from booking.facilities.queries import list_bodies
from booking.kit import clock as house_clock
from booking.kit import db as house_db
from booking.passes.service_cards import make_cards
from booking.people import rules
from booking.people.schemas import MemberView
from booking.people.service_protected import protect
from booking.programs.queries import get_session
from booking.programs.queries_groups import get_group
from tests.house.abuser import PIN, Child, Way, World, apart, differences, get, make_child, plain, post, send
from tests.make.access import make_account, make_staff, sign_in
from tests.make.facilities import make_facility
from tests.make.groups import enrol, make_group
from tests.make.passes import make_pass
from tests.make.people import make_consent_text, make_guardianship, make_household, make_member
from tests.make.programs import make_program, make_session
from tests.make.reservations import make_reservation
from tests.make.visits import KioskHere, kiosk_at, make_scan

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("clock")]
ELSEWHERE = "102032"
NUMBERS = re.compile(r">[^<>]*[0-9]+[^<>]*<")


def said(verdict: Any) -> tuple[Any, ...]:
    """What a kiosk shows and says aloud."""
    names = ("verdict", "code", "sentence", "name", "label", "facility", "session", "choices", "turn", "ahead")
    return tuple(getattr(verdict, name) for name in names)


# ---- at the kiosk -------------------------------------------------------------------------------------------------


async def test_a_pass_of_before_says_what_it_says_of_one_who_left(world: World) -> None:
    kiosk = await kiosk_at(world.place)
    protected, left = [await kiosk.shows(str(child.ids["pass"])) for child in (world.protected, world.left)]
    assert said(protected) == said(left)
    assert protected.verdict == "refused"
    for child in (world.protected, world.left):
        assert await house_db.fetchval("select count(*) from visit where member = $1", child.member.id) == 0


@pytest.mark.parametrize("language", ["ja", "en", "pt-BR"])
async def test_a_kiosk_greets_without_a_name_and_asks_nothing(world: World, language: str) -> None:
    """The child itself comes in by number: in no field, in no sentence stands who it is, inside, out and again."""
    kiosk = await kiosk_at(world.place)
    session = await make_session(facility=world.place, starts_at=house_clock.now(), walk_in=9)
    await make_reservation(session, world.protected.member)
    for direction in ("in", "in", "out"):
        scan = await _by_number(kiosk, world.protected.member, direction, language)
        assert scan.name == "" and not [word for word in world.protected.words if word in str(said(scan))]


async def _by_number(kiosk: KioskHere, member: MemberView, direction: str, language: str) -> Any:
    scan = make_scan(kind="number", number=member.number, direction=direction)
    return (await kiosk.sends([scan], language))[0]


async def test_the_family_of_the_abuser_at_the_kiosk_is_without_the_child(world: World) -> None:
    own = await make_member(None, account=world.abuser, household=await make_household())
    await house_db.execute("update guardianship set relation = 'self' where member = $1", own.id)
    await house_db.execute("update guardianship set may_book = true")
    kiosk = await kiosk_at(world.place)
    verdict = await kiosk.shows((await make_pass(own)).token)
    names = [choice for choice in verdict.choices if "ひみつ" in str(choice) or "さよなら" in str(choice)]
    assert not names
    assert len(verdict.choices) in (0, 1, 2)


# ---- ways in ------------------------------------------------------------------------------------------------------


async def test_the_childs_own_card_of_before_opens_what_one_who_left_opens(world: World, statements: list[str]) -> None:
    ways: dict[str, Way] = {
        "wrong pin": post("/sign-in/card", number="{number}", pin="7319"),
        "card": post("/sign-in/card", number="{number}", pin=PIN),
        "home": get("/"),
        "family": get("/family"),
        "pass": get("/pass"),
        "pass of the child": get("/pass/{member}"),
        "bookings": get("/bookings"),
        "offers": get("/offers"),
        "sessions": get("/sessions"),
        "session": get("/sessions/{free_session}"),
        "book": post("/sessions/{free_session}", member="{member}"),
        "cancel": post("/bookings/{booked}/cancel"),
        "messages": get("/messages"),
        "api members": send("/api/v1/members", "GET"),
        "api reservations": send("/api/v1/reservations", "GET"),
    }
    answers = []
    for child in (world.left, world.protected, world.left):
        world.client.cookies.clear()
        found = []
        for ask in ways.values():
            statements.clear()
            answer = await ask(world.client, child)
            assert not [word for word in child.words[:2] if word in answer.text]
            found.append((plain(answer, child), list(statements)))
        answers.append(found)
    assert [name for name, one, two in zip(ways, answers[1], answers[2], strict=True) if one != two] == []


async def test_whether_an_address_is_known_is_told_to_nobody(world: World, statements: list[str]) -> None:
    """The mother has a new address; the abuser tries it at every door that takes one."""
    doors: dict[str, Callable[[str], Awaitable[httpx.Response]]] = {
        "sign in": lambda email: world.client.post("/sign-in", data={"email": email, "next": ""}),
        "sign in, its page": lambda email: world.client.get("/sign-in/code"),
        "register": lambda email: world.client.post("/api/v1/accounts", json={"email": email}),
        "own new address": lambda email: world.client.post("/account/address", data={"email": email}),
        "staff": lambda email: world.client.post("/staff/sign-in", data={"email": email, "next": ""}),
    }
    wrong = []
    known = str(world.mother.email)
    for name, knock in doors.items():
        answers = []
        for email in (f"n0body{len(name)}@example.jp", known, f"nobody{len(name)}@example.jp"):
            statements.clear()
            answer = await knock(email)
            text = answer.text.replace(email, "ADDRESS")
            answers.append((answer.status_code, answer.headers.get("location"), text, len(statements)))
        if answers[1] != answers[2]:
            wrong.append(f"{name}: {apart(answers[1], answers[2])}")
    assert not wrong, "\n".join(wrong)


async def test_a_number_that_somebody_has_is_refused_like_one_that_nobody_has(
    world: World, statements: list[str]
) -> None:
    nobody = await nobodys(world)
    ways = {"pin": post("/sign-in/card", number="{number}", pin="7319")}
    world.client.cookies.clear()
    answers = []
    for child in (world.protected, nobody):
        answer = await ways["pin"](world.client, child)
        answers.append(plain(answer, child))
    assert answers[0] == answers[1]


async def test_registering_at_a_poster_or_the_other_desk_gives_the_ordinary_answer(
    world: World, statements: list[str]
) -> None:
    """The child's own name, school year and telephone, and a name that nobody has: the same page, the same work."""
    await make_consent_text(ELSEWHERE)
    far, desk = await far_away()
    client, member = world.client, world.protected.member
    for address, who in (
        (f"/start/{world.place.code}", None),
        (f"/start/{far.code}", None),
        ("/staff/visits/first", desk),
    ):
        client.cookies.clear()
        if who is not None:
            await sign_in(client, who)
        answers = []
        for given in ("だれか", member.given_name, "べつの"):
            form = {
                "facility": far.code,
                "family_name": member.family_name,
                "given_name": given,
                "family_kana": "ぐんま",
                "given_kana": "たろう",
                "grade": "8",
                "phone": "090-9999-0000",
                "language": "ja",
                "nonce": str(uuid4()),
                "signed": "true",
            }
            statements.clear()
            answer = await client.post(address, data=form)
            asked = [one for one in statements if "attempt_window" not in one]
            assert member.number not in answer.text
            answers.append((answer.status_code, answer.headers.get("location", "").split("/")[:3], asked))
        assert answers[1][0] == answers[2][0] in (303, 409), (address, answers[1][0])
        assert answers[1][2] == answers[2][2], address


# ---- at the other body's desk -------------------------------------------------------------------------------------


async def far_away() -> tuple[Any, Any]:
    """A facility of the other body and somebody at its desk."""
    body = next(one for one in await list_bodies() if one.code == ELSEWHERE)
    place = await make_facility(body=body)
    return place, await make_staff("front-desk", ELSEWHERE)


async def nobodys(world: World) -> Child:
    """Ids and a number that nobody has."""
    ids: dict[str, Any] = {name: uuid4() for name in world.protected.ids}
    seven = next(n for n in range(10**6) if rules.number_from(n) != world.protected.member.number)
    return Child(
        world.protected.member,
        {
            **ids,
            "number": rules.number_from(seven),
            "token": "no-such-token",
            "started": "no-such-start",
            "pass": "no-such-pass",
        },
    )


async def test_the_other_bodys_desk_cannot_tell_that_there_is_such_a_child(world: World, statements: list[str]) -> None:
    await make_consent_text(ELSEWHERE)
    far, desk = await far_away()
    program = await make_program(facility=far)
    session = await make_session(facility=far, program=program)
    group = await make_group(facility=far, min_to_open=1)
    await enrol(group, await make_member(8, body=ELSEWHERE))
    (card,) = await make_cards(SYSTEM, far.code, 1)
    member = world.protected.member
    born = {"birth_on_year": str(member.birth_on)[:4], "birth_on_month": "6", "birth_on_day": "1"}
    api = {"member_ids": ["{member}"]}
    over = {"override": "not-eligible", "reason": "たのまれた"}
    ways: dict[str, Way] = {
        "search by number": post("/staff/members", q="{number}"),
        "search by name": post("/staff/members", q="群馬"),
        "search by kana": post("/staff/members", q="ぐんま", **born),
        "print": post("/staff/passes", numbers="{number}", step="print"),
        "print by id": post("/staff/passes", member="{member}", step="print"),
        "book": post(f"/staff/sessions/{session.id}/book", number="{number}"),
        "book anyway": post(f"/staff/sessions/{session.id}/book", number="{number}", **over),
        "enrol": post(f"/staff/groups/{group.id}/enrol", number="{number}"),
        "lend a card": post("/staff/cards/lend", facility=far.code, card=card.label, number="{number}"),
        "lend a card by id": post("/staff/cards/lend", facility=far.code, card=card.label, member="{member}"),
        "member": get("/staff/members/{member}"),
        "edit": get("/staff/members/{member}/edit"),
        "protect": get("/staff/members/{member}/protect"),
        "pass": get("/staff/passes/{member}"),
        "lost": get("/staff/passes/{member}/lost"),
        "cancel": get("/staff/reservations/{booked}/cancel"),
        "leave": get("/staff/enrolments/{enrolment}/leave"),
        "agreed": post("/staff/visits/agreed", facility=far.code, member="{member}"),
        "paper": post("/staff/members/{member}/paper", body=ELSEWHERE),
        "guardian": post("/staff/members/{member}/guardians", email="a@example.jp", relation="father"),
        "no-shows": get("/staff/no-shows"),
        "calls": get("/staff/calls"),
        "views": get("/staff/views"),
        "api member": send("/api/v1/members/{member}", "GET"),
        "api pass": send("/api/v1/members/{member}/pass", "GET"),
        "api members": send("/api/v1/members", "GET"),
        "api book": send("/api/v1/reservations", session_id=str(session.id), **api),
        "api enrol": send("/api/v1/enrolments", group_id=str(group.id), **api),
        "api cancel": send("/api/v1/reservations/{booked}/cancel"),
        "api leave": send("/api/v1/enrolments/{enrolment}/leave"),
    }
    world.client.cookies.clear()
    await sign_in(world.client, desk)
    wrong = await differences(world, ways, statements, await nobodys(world), counted=False)
    exactly = await world.client.post("/staff/members", data={"q": "群馬 ひみつ", **born})
    assert exactly.status_code == 200
    assert not wrong, "\n".join(wrong)


async def test_a_list_handed_in_says_nothing_about_the_child(world: World) -> None:
    """Dry run and registration, at the own body and at the other: the child's row reads like a stranger's."""
    await make_consent_text(ELSEWHERE)
    member = world.protected.member
    for body in ("100005", ELSEWHERE):
        await sign_in(world.client, await make_staff("body-administrator", body))
        reports = []
        for name in (member.given_name, "みしらぬ"):
            row = f"{member.family_name},{name},ぐんま,たろう,{member.birth_on},090-9999-0000"
            content = f"氏,名,氏かな,名かな,生年月日,電話番号\n{row}\n".encode()
            files = {"file": ("list.csv", content, "text/csv")}
            made = await world.client.post("/staff/members/import", data={"body": body}, files=files)
            dry = await world.client.get(made.headers["location"])
            done = await world.client.post(made.headers["location"])
            after = await world.client.get(done.headers["location"])
            assert member.number not in dry.text + after.text
            reports.append([plain(one, world.protected) for one in (dry, after)])
        assert reports[0] == reports[1], (body, apart(*(one[0] for one in reports)))


# ---- what everybody can count -------------------------------------------------------------------------------------


async def test_protecting_changes_no_number_that_others_see(client: httpx.AsyncClient) -> None:
    """Seats left, positions in a line, heads of a group, crowding: the moment of protection is seen nowhere."""
    await make_consent_text()
    abuser, mother = await make_account(), await make_account()
    home = await make_household(abuser)
    neighbour = await make_account()
    behind = await make_member(8, account=neighbour, household=await make_household(neighbour))
    await make_member(8, account=abuser, household=home)
    body = next(one for one in await list_bodies() if one.code == "100005")
    place = await make_facility(body=body)
    child = await make_child(abuser, mother, place, await make_program(facility=place), "ひみつ")
    for session in ("waiting_session", "offered_session"):
        waits = await make_reservation(await get_session(child.ids[session]), behind, "waiting")  # type: ignore[arg-type]
        await house_db.execute(
            "update reservation set waiting_at = booked_at + interval '1 hour' where id = $1", waits.id
        )
    await enrol(await get_group(child.ids["group"]), behind)  # type: ignore[arg-type]
    kiosk = await kiosk_at(place)
    await kiosk.shows(kind="number", number=child.member.number)
    await sign_in(client, neighbour)
    pages = [
        *(
            "/api/v1/sessions",
            "/api/v1/groups",
            "/api/v1/occupancy",
            f"/board/{place.code}",
            f"/facilities/{place.code}",
        ),
        *(f"/sessions/{child.ids[f'{name}_session']}" for name in ("free", "booked", "waiting", "offered")),
        *("/groups", f"/groups/{child.ids['group']}", "/api/v1/enrolments"),
    ]

    async def look() -> dict[str, Any]:
        seen: dict[str, Any] = {}
        for address in pages:
            text = (await client.get(address)).text
            seen[address] = NUMBERS.findall(text) if not address.startswith("/api") else text
        position = (await client.get("/api/v1/reservations")).json()["items"]
        seen["line"] = [item for item in position if item["member"] == str(behind.id)]
        return seen

    before = await look()
    await protect(SYSTEM, child.member.id, [mother.id])
    after = await look()
    assert {name for name in before if before[name] != after[name]} == set()
    assert before["line"]


async def test_a_guardianship_added_later_shows_nothing(world: World) -> None:
    """The desk is talked into adding the abuser once more, or an account made since: not named, nothing seen."""
    other = await make_account()
    await make_household(other)
    await make_guardianship(world.protected.member, other)
    await sign_in(world.client, other)
    for address in ("/family", "/pass", "/bookings", "/offers", "/", "/api/v1/members", "/api/v1/reservations"):
        text = (await world.client.get(address)).text
        assert not [word for word in world.protected.words if word in text], address
