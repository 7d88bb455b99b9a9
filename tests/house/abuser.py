"""A guardian on paper who keeps every link and number; a protected child, and one with the same past who has left."""

import re
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

import httpx

from booking.access import service_private
from booking.access.schemas import SYSTEM
from booking.facilities.queries import list_bodies
from booking.facilities.schemas import FacilityView
from booking.kit import clock as house_clock
from booking.kit import db as house_db
from booking.kit.tokens import new_id, seal
from booking.notifications.service import enqueue
from booking.passes import service as passes
from booking.people.schemas import MemberView
from booking.people.service_guardians import set_card
from booking.people.service_protected import protect
from booking.reservations.rules_links import token_of
from tests.make.access import actor_for, make_account, sign_in
from tests.make.facilities import make_facility
from tests.make.groups import enrol, make_group
from tests.make.passes import make_pass
from tests.make.people import make_consent_text, make_guardianship, make_household, make_member
from tests.make.programs import make_program, make_session
from tests.make.reservations import make_reservation

HEX = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
PIN = "8052"


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
    await set_card(SYSTEM, member.id, PIN)
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
    shown = await make_pass(member)
    started = seal(shown.id.bytes + int(house_clock.day_span(house_clock.today())[1].timestamp()).to_bytes(8))
    told = await enqueue(kind="test", subject=name, body=name, language="ja", reader=abuser.id, about=[member.id])
    ids["message"] = told or new_id()
    kept = {"token": link, "started": started, "number": member.number, "pass": shown.token}
    return Child(member, {**ids, **kept})


class World:
    """The abuser's browser, the two children, and what is asked about each."""

    def __init__(self, client: httpx.AsyncClient, abuser: Any, mother: Any, place: FacilityView) -> None:
        self.client, self.abuser, self.mother, self.place = client, abuser, mother, place
        self.told = 0
        """How many messages there were before the abuser asked."""

    protected: Child
    left: Child


async def make_world(client: httpx.AsyncClient) -> World:
    """Both children with their past; then one is protected by the desk, with a new pass, and the other leaves."""
    await make_consent_text()
    abuser, mother = await make_account(), await make_account()
    home = await make_household(abuser)
    await make_member(5, account=abuser, household=home)
    body = next(one for one in await list_bodies() if one.code == "100005")
    place = await make_facility(body=body)
    program = await make_program(facility=place)
    world = World(client, abuser, mother, place)
    secret = await service_private.new_address(await actor_for(abuser))
    world.protected = await make_child(abuser, mother, place, program, "ひみつ")
    world.left = await make_child(abuser, mother, place, program, "さよなら")
    for child in (world.protected, world.left):
        child.ids = {**child.ids, "calendar": secret}
    await protect(SYSTEM, world.protected.member.id, [mother.id])
    await passes.reissue_pass(world.protected.member.id, SYSTEM, "other")
    await passes.revoke_pass(world.left.member.id, SYSTEM, "other")
    await house_db.execute("update member set left_at = $2 where id = $1", world.left.member.id, house_clock.now())
    world.told = await count_messages()
    await sign_in(client, abuser)
    return world


async def count_messages() -> int:
    """How many messages there are."""
    return int(await house_db.fetchval("select count(*) from message"))


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


def plain(answer: httpx.Response, child: Child) -> tuple[int, str, str]:
    """An answer without what differs between any two: ids, and what it was asked by."""

    def without(text: str) -> str:
        for name in ("token", "started", "number", "pass"):
            text = text.replace(str(child.ids[name]), name.upper())
        return HEX.sub("ID", text)

    return answer.status_code, without(answer.headers.get("location", "")), without(answer.text)


def apart(one: tuple[Any, ...], other: tuple[Any, ...]) -> str:
    """Where two answers first differ."""
    for left, right in zip(map(str, one), map(str, other), strict=True):
        place = next(
            (at for at, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), min(len(left), len(right))
        )
        if left != right:
            return f"{left[max(place - 40, 0) : place + 60]!r} / {right[max(place - 40, 0) : place + 60]!r}"
    return ""


async def differences(
    world: World, ways: Mapping[str, Way], statements: list[str], other: Child | None = None, *, counted: bool = True
) -> list[str]:
    """In which ways what is said of the protected child, or what it takes to say it, is not that of the other one.

    `counted`: the statements are compared as well.
    """
    wrong, second = [], other or world.left
    for name, ask in ways.items():
        await ask(world.client, second)
        answers = []
        for child in (world.protected, second):
            statements.clear()
            answer = await ask(world.client, child)
            answers.append((plain(answer, child), list(statements)))
            told = [word for word in world.protected.words if word in plain(answer, child)[2]]
            if told or answer.status_code >= 500:
                wrong.append(f"{name}: {answer.status_code} tells {told}")
        (one, first), (two, then) = answers
        if one != two:
            wrong.append(f"{name}: {one[0]}, {two[0]}; {apart(one, two)}")
        elif counted and first != then:
            more = [each.strip()[:90] for each in first if each not in then]
            fewer = [each.strip()[:90] for each in then if each not in first]
            wrong.append(f"{name}: {len(first)} and {len(then)} statements; only of one {more}, of the other {fewer}")
    return wrong
