"""The abuser asks for a protected child in every way an account has, and each answer is that about a child who left.

A guardian on paper keeps every link, number and id. Two children have the same past (a pass, a booking with a brother,
a place in a line, an offer, a place in a weekly group); one is protected since, the other has left. Each question is
asked about one and then about the other: status, text and the number of statements are the same, and nobody is told.
"""

import re
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from booking.facilities.queries import list_bodies
from booking.kit import clock as house_clock
from booking.kit import db as house_db
from booking.kit.tokens import new_id
from booking.people.schemas import MemberView
from booking.reservations.rules_links import token_of
from tests.make.access import make_account, sign_in
from tests.make.facilities import make_facility
from tests.make.groups import enrol, make_group
from tests.make.passes import make_pass
from tests.make.people import make_consent_text, make_guardianship, make_household, make_member, make_protected
from tests.make.programs import make_program, make_session
from tests.make.reservations import make_reservation

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("clock")]
HEX = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


class Child:
    """One of the two, with everything the abuser has kept of them."""

    def __init__(self, member: MemberView, ids: Mapping[str, UUID | str]) -> None:
        self.member, self.ids = member, ids

    @property
    def words(self) -> tuple[str, ...]:
        """What tells who the child is."""
        return (self.member.given_name, self.member.shown_name, self.member.number)


async def make_child(abuser: Any, mother: Any, place: Any, program: Any, name: str) -> Child:
    """A child of both with a past; the home is the mother's."""
    member = await make_member(
        8, account=mother, given_name=name, shown_name=name, household=await make_household(phone="+819099990000")
    )
    await make_guardianship(member, abuser)
    ids: dict[str, UUID] = {"member": member.id, "order": new_id()}
    for key, state in (("booked", "confirmed"), ("offered", "offered"), ("waiting", "waiting"), ("free", "")):
        session = await make_session(facility=place, program=program, seats=5)
        ids[f"{key}_session"] = session.id
        if state:
            made = await make_reservation(session, member, state, order_id=ids["order"])
            ids[key] = made.id
    await house_db.execute("update reservation set booked_by_kind = 'account', booked_by = $1", abuser.id)
    await house_db.execute(
        "update reservation set waiting_at = booked_at, offered_at = $3, offered_until = $2 where id = $1",
        *(ids["offered"], house_clock.now().replace(year=2027), house_clock.now()),
    )
    link = token_of(ids["offered"], abuser.id, house_clock.now())
    group = await make_group(facility=place)
    ids["group"] = group.id
    ids["enrolment"] = (await enrol(group, member))[0].id
    await make_pass(member)
    return Child(member, {**ids, "token": link})


class World:
    """The abuser's browser, the two children, and what is asked about each."""

    def __init__(self, client: httpx.AsyncClient, protected: Child, left: Child) -> None:
        self.client, self.protected, self.left = client, protected, left


@pytest.fixture
async def world(client: httpx.AsyncClient) -> World:
    await make_consent_text()
    abuser, mother = await make_account(), await make_account()
    home = await make_household(abuser)
    await make_member(5, account=abuser, household=home)
    body = next(one for one in await list_bodies() if one.code == "100005")
    place = await make_facility(body=body)
    program = await make_program(facility=place)
    protected = await make_child(abuser, mother, place, program, "ひみつ")
    left = await make_child(abuser, mother, place, program, "さよなら")
    await make_protected(protected.member, mother)
    await house_db.execute("update member set left_at = $2 where id = $1", left.member.id, house_clock.now())
    await house_db.execute("delete from message")
    await sign_in(client, abuser)
    return World(client, protected, left)


Way = Callable[[httpx.AsyncClient, Child], Any]


def get(address: str) -> Way:
    """Open an address with the child's ids in it."""
    return lambda client, child: client.get(address.format(**child.ids))


def post(address: str, **data: Any) -> Way:
    """Send a form there."""
    return lambda client, child: client.post(
        address.format(**child.ids), data={name: str(value).format(**child.ids) for name, value in data.items()}
    )


def send(address: str, method: str = "POST", **data: Any) -> Way:
    """Ask as a program."""

    def filled(value: Any, child: Child) -> Any:
        if isinstance(value, list):
            return [filled(each, child) for each in value]
        return value.format(**child.ids) if isinstance(value, str) else value

    return lambda client, child: client.request(
        method, address.format(**child.ids), json={name: filled(value, child) for name, value in data.items()}
    )


WAYS: dict[str, Way] = {
    "family": get("/family"),
    "home": get("/"),
    "edit": get("/family/{member}/edit"),
    "write": post("/family/{member}/edit", given_name="x"),
    "consent": get("/family/{member}/consent/102032"),
    "passes": get("/pass"),
    "pass": get("/pass/{member}"),
    "pass lost": get("/pass/{member}/lost"),
    "pass reported": post("/pass/{member}/lost", reason="lost"),
    "bookings": get("/bookings"),
    "the order": get("/bookings/{booked}/booked"),
    "cancel": post("/bookings/{booked}/cancel"),
    "restore": post("/bookings/{booked}/restore"),
    "answer": post("/bookings/{offered}/answer", answer="accept"),
    "offers": get("/offers"),
    "sessions": get("/sessions"),
    "group": get("/groups/{group}"),
    "leave a group": post("/enrolments/{enrolment}/leave"),
    "api members": send("/api/v1/members", "GET"),
    "api member": send("/api/v1/members/{member}", "GET"),
    "api change": send("/api/v1/members/{member}", "PATCH", given_name="x"),
    "api consent": send("/api/v1/members/{member}/consents", body="100005", text_id="{member}", agreed=True),
    "api pass": send("/api/v1/members/{member}/pass", "GET"),
    "api pass picture": send("/api/v1/members/{member}/pass.png", "GET"),
    "api pass card": send("/api/v1/members/{member}/pass.pdf", "GET"),
    "api pass revoked": send("/api/v1/members/{member}/pass/revoke", reason="lost"),
    "api reservations": send("/api/v1/reservations", "GET"),
    "api calendar": send("/api/v1/reservations/{booked}.ics", "GET"),
    "api book": send("/api/v1/reservations", member_ids=["{member}"], session_id="{free_session}"),
    "api book again": send("/api/v1/reservations", member_ids=["{member}"], session_id="{booked_session}"),
    "api wait again": send(
        "/api/v1/reservations", member_ids=["{member}"], session_id="{waiting_session}", join_waiting_list=True
    ),
    "api cancel": send("/api/v1/reservations/{booked}/cancel"),
    "api stop waiting": send("/api/v1/reservations/{waiting}/cancel"),
    "api accept": send("/api/v1/offers/{offered}/accept"),
    "api decline": send("/api/v1/offers/{offered}/decline"),
    "mail link": get("/offers/{token}"),
    "mail link answered": post("/offers/{token}", answer="accept"),
    "api extend": send("/api/v1/offers/{offered}/extend"),
    "api enrolments": send("/api/v1/enrolments", "GET"),
    "api enrol": send("/api/v1/enrolments", member_ids=["{member}"], group_id="{group}"),
    "api leave": send("/api/v1/enrolments/{enrolment}/leave"),
}
"""Every way to ask that an account has; `{…}` are the ids kept of the child."""


@pytest.fixture
async def statements(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[list[int]]:
    """How many statements went to the database: what an answer's time is made of."""
    counted = [0]
    asked = asyncpg.connection.Connection._do_execute

    async def counting(self: Any, *args: Any, **named: Any) -> Any:
        counted[0] += 1
        return await asked(self, *args, **named)

    monkeypatch.setattr(asyncpg.connection.Connection, "_do_execute", counting)
    yield counted


def plain(answer: httpx.Response, child: Child) -> tuple[int, str, str]:
    """An answer without what differs between any two: ids, and the link it was asked by."""
    text = HEX.sub("ID", answer.text.replace(str(child.ids["token"]), "LINK"))
    return (
        answer.status_code,
        HEX.sub("ID", answer.headers.get("location", "").replace(str(child.ids["token"]), "LINK")),
        text,
    )


async def test_every_answer_is_that_about_a_child_who_left(world: World, statements: list[int]) -> None:
    wrong = []
    for name, ask in WAYS.items():
        answers = []
        await ask(world.client, world.left)
        for child in (world.protected, world.left):
            before = statements[0]
            answer = await ask(world.client, child)
            answers.append((plain(answer, child), statements[0] - before))
            told = [word for word in world.protected.words if word in answer.text]
            if told or answer.status_code >= 500:
                wrong.append(f"{name}: {answer.status_code} tells {told}")
        if answers[0] != answers[1]:
            ((one, *_), many), ((other, *_), others) = answers
            wrong.append(f"{name}: {one}, {many} statements; {other}, {others}; {_apart(answers[0][0], answers[1][0])}")
    assert not wrong, "\n".join(wrong)
    assert await house_db.fetchval("select count(*) from message") == 0


def _apart(one: tuple[Any, ...], other: tuple[Any, ...]) -> str:
    """Where two answers first differ."""
    for left, right in zip(map(str, one), map(str, other), strict=True):
        place = next(
            (at for at, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), min(len(left), len(right))
        )
        if left != right:
            return f"{left[max(place - 40, 0) : place + 60]!r} / {right[max(place - 40, 0) : place + 60]!r}"
    return ""


async def test_registering_the_child_again_gives_the_ordinary_answer(world: World) -> None:
    answers = []
    for child in (world.protected, world.left):
        facts = {
            "family_name": child.member.family_name,
            "given_name": child.member.given_name,
            "family_kana": "ぐんま",
            "given_kana": "たろう",
            "birth_on": str(child.member.birth_on),
            "municipality": "102016",
            "contact": {"relation": "father"},
            "emergency_contacts": [{"name": "父", "relation": "father", "phone": "027-223-1111"}],
            "consent": {"body": "100005", "text_id": str(await make_consent_text()), "agreed": True},
        }
        answer = await world.client.post("/api/v1/members", json=facts)
        assert answer.status_code == 201, answer.text
        text = HEX.sub("ID", answer.text).replace(child.member.given_name, "NAME")
        answers.append(re.sub(r'"number":"[^"]+"', "NUMBER", text))
        assert child.member.number not in answer.text
    assert answers[0] == answers[1]
    assert await house_db.fetchval("select count(*) from message") == 0


async def test_nothing_of_the_protected_child_has_changed(world: World) -> None:
    rows = "select id, state, cancelled_at, offered_until from reservation where member = $1 order by id"
    before = await house_db.fetch(rows, world.protected.member.id)
    for ask in WAYS.values():
        await ask(world.client, world.protected)
    assert await house_db.fetch(rows, world.protected.member.id) == before
    passes = "select count(*) from pass where member = $1 and revoked_at is null"
    assert await house_db.fetchval(passes, world.protected.member.id) == 1


async def test_who_never_existed_reads_the_same(world: World) -> None:
    nobody = Child(world.protected.member, {name: uuid4() for name in world.protected.ids})
    for name in ("edit", "pass", "api member", "api pass", "the order", "cancel", "api cancel", "api calendar"):
        known = await WAYS[name](world.client, world.protected)
        unknown = await WAYS[name](world.client, nobody)
        assert plain(known, world.protected) == plain(unknown, nobody), name
