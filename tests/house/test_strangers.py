"""Every staff door, used as it is meant to be, by everybody it is not for: the one matrix of who may do what where.

The doors come from the route table and are sent what their own forms name, with ids of one facility of the first
body: its member, visit, roll call, card, kiosk. Whoever does not belong there learns no name and changes no row in
which one of those ids stands, whether they name that facility or their own.
"""

import httpx
import pytest
from litestar import Litestar

from booking.kit import db
from tests.house.doors import Door, doors
from tests.house.everything import HOUSE, Everything, make_everything

pytestmark = pytest.mark.anyio
STREAMS = ("/api/v1/staff/occupancy/stream",)
ENDS = ("/end", "/revoke", "/cancel", "/void", "/remove", "/back", "/protect")
OUTSIDE = ("nobody", "resident", "kiosk")
ELSEWHERE = ("desk elsewhere", "administrator elsewhere", "auditor elsewhere", "token elsewhere")
OF_ITS_BODY = ("/staff/calls", "/staff/members", "/staff/passes", "/staff/reservations", "/api/v1/staff/accounts")
"""Doors about members, who belong to a body and so to every desk of it."""

RECORD = (
    *("/staff/visits", "/staff/visits/add", "/staff/visits/agreed", "/staff/paper/enter"),
    *("/api/v1/staff/visits", "/api/v1/staff/visits/add"),
)
"""Doors that note at one's own facility that somebody came, whose number was typed: whoever it is, they count."""


@pytest.fixture
async def house(app: Litestar, clock: object) -> Everything:
    """One of everything at the first body, and all who knock."""
    return await make_everything()


def staffs(app: Litestar) -> list[Door]:
    """Every door of staff, those last that end something; streams never end and hold no data."""
    found = [one for one in doors(app) if one.is_staffs and one.path not in STREAMS]
    return sorted(found, key=lambda one: one.method != "GET" and (one.method == "DELETE" or one.path.endswith(ENDS)))


class Walk:
    """Somebody tries every door; what must not have happened is gathered, so that one walk tells all of it."""

    def __init__(
        self, client: httpx.AsyncClient, house: Everything, ids: set[str], secrets: tuple[str, ...] | None = None
    ) -> None:
        self.client, self.house, self.ids = client, house, ids
        self.secrets = house.secrets if secrets is None else secrets
        self.before: dict[str, str] = {}
        self.wrong: list[str] = []

    async def begin(self) -> None:
        """Note how everything is."""
        self.before = await self.house.mark(self.ids)

    async def knock(self, who: str, door: Door, facility: str) -> httpx.Response:
        """Use a door as meant; note what fails, tells or changes what it must not."""
        self.client.cookies.clear()
        address, sent = self.house.address(door), self.house.sent(door, facility)
        headers = self.house.headers[who]
        answer = await self.client.request(door.method, address, headers=headers, **sent)
        typed = () if door.method == "GET" else self.house.typed
        told = [word for word in self.secrets if word in answer.text and word not in typed]
        self.hold(answer.status_code < 500 and not told, who, door, answer, at=facility, told=told)
        if self.before and door.method != "GET" and answer.status_code < 400:
            await self._compare(who, door, answer, facility)
        return answer

    async def _compare(self, who: str, door: Door, answer: httpx.Response, facility: str) -> None:
        now = await self.house.mark(self.ids)
        changed = [name for name in now if now[name] != self.before[name]]
        self.hold(not changed, who, door, answer, at=facility, changed=changed)
        self.before = now

    def hold(self, is_right: bool, who: str, door: Door, answer: httpx.Response, **more: object) -> None:
        """Note what is not as it must be."""
        if not is_right:
            self.wrong.append(f"{who}: {door.method} {door.path} → {answer.status_code} {more or ''}")

    async def end(self) -> None:
        """Nothing was wrong, and no refused request left anything behind."""
        assert not self.wrong, "\n".join(self.wrong)
        if self.before:
            assert await self.house.mark(self.ids) == self.before


def names_the_house(door: Door) -> bool:
    """Whether its address holds something that is kept at the facility."""
    return any(f"{{{name}:" in door.path for name in HOUSE)


async def test_nobody_and_no_resident_and_no_kiosk_enters(
    app: Litestar, client: httpx.AsyncClient, house: Everything
) -> None:
    walk = Walk(client, house, house.house | house.people)
    await walk.begin()
    for door in staffs(app):
        for who in OUTSIDE:
            answer = await walk.knock(who, door, house.place.code)
            walk.hold(answer.status_code >= 300, who, door, answer)
    await walk.end()


@pytest.mark.parametrize("who", ELSEWHERE)
async def test_the_other_body_learns_nothing_and_changes_nothing(
    app: Litestar, client: httpx.AsyncClient, house: Everything, who: str
) -> None:
    walk = Walk(client, house, house.house | house.people)
    await walk.begin()
    for door in staffs(app):
        for facility in (house.place.code, house.own[who]):
            if door.path in RECORD and facility != house.place.code:
                continue
            answer = await walk.knock(who, door, facility)
            is_theirs = names_the_house(door) or "member_id" in door.path
            walk.hold(not is_theirs or answer.status_code >= 400, who, door, answer)
    await walk.end()


@pytest.mark.parametrize("who", ["desk elsewhere", "administrator elsewhere", "token elsewhere"])
async def test_whoever_comes_to_the_other_body_counts_and_is_named_to_nobody(
    app: Litestar, client: httpx.AsyncClient, house: Everything, who: str
) -> None:
    walk = Walk(client, house, house.house | house.people)
    for door in staffs(app):
        if door.path in RECORD[:2] or door.path in RECORD[4:]:
            await walk.knock(who, door, house.own[who])
    came = "select count(*) from visit v join facility f on f.id = v.facility where v.member = $1 and f.code = $2"
    assert await db.fetchval(came, house.member.id, house.own[who]) > 0
    for door in staffs(app):
        if door.method == "GET" and "roll-call" not in door.path:
            await walk.knock(who, door, house.own[who])
    await walk.end()


async def test_the_desk_next_door_keeps_out_of_the_house(
    app: Litestar, client: httpx.AsyncClient, house: Everything
) -> None:
    walk = Walk(client, house, house.house)
    await walk.begin()
    for door in staffs(app):
        if not door.path.startswith(OF_ITS_BODY):
            answer = await walk.knock("neighbour", door, house.place.code)
            walk.hold(not names_the_house(door) or answer.status_code >= 400, "neighbour", door, answer)
    await walk.end()


async def test_an_auditor_of_the_body_changes_nothing(
    app: Litestar, client: httpx.AsyncClient, house: Everything
) -> None:
    walk = Walk(client, house, house.house | house.people, secrets=())
    await walk.begin()
    for door in staffs(app):
        if door.method != "GET":
            answer = await walk.knock("auditor", door, house.place.code)
            walk.hold(answer.status_code in (400, 403, 404), "auditor", door, answer)
    await walk.end()


async def test_who_belongs_there_gets_in(app: Litestar, client: httpx.AsyncClient, house: Everything) -> None:
    """What proves the others: sent the same, the body's administrator is let in; what was ended is gone.

    A new door answers 400 or 422 here until its fields have values in `everything`.
    """
    walk = Walk(client, house, set(), secrets=())
    for door in staffs(app):
        answer = await walk.knock("administrator", door, house.place.code)
        ends = ((404, "end"), (404, "erase"), (404, "merge"), (422, "protect"))
        ended = (answer.status_code, door.path.rpartition("}/")[2]) in ends
        walk.hold(answer.status_code < 400 or answer.status_code == 409 or ended, "administrator", door, answer)
    await walk.end()
