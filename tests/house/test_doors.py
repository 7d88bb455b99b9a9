"""Every door of the application, asked by people it is not for and with values nobody should send.

Whatever is asked: never a failure of ours, never a trace, a problem document under `/api` and a page elsewhere; the
staff's doors never open to nobody or to a resident, and nothing that changes things listens to another site's page.
"""

import json
import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx import AsyncClient, Response
from litestar import Litestar

from booking import wiring
from booking.access import service_tokens
from booking.access.schemas import SYSTEM
from booking.kit import db
from tests.house.doors import Door, doors
from tests.make import access, facilities, groups, people, programs
from tests.make.kiosks import make_waiting_kiosk
from tests.make.passes import make_pass
from tests.make.reservations import make_reservation

pytestmark = pytest.mark.anyio
HERE, ELSEWHERE = "100005", "102032"
MAY_BE_AWAY = ("/readyz", "/kiosk")
"""Doors that say 503 in a test: no check has run yet, the door app may not be built."""
STREAMS = frozenset({"/api/v1/staff/occupancy/stream", "/demo/events", "/board/{code:str}/events"})
LONG = "あ" * 10_000
HOSTILE_WORDS = ("\x00", LONG, "💣\u202e", "-1", "9" * 40, "' or 1=1 --", "../../etc/passwd", "NaN", "=1+1")
HOSTILE_BODIES: tuple[Any, ...] = ([], [[1]], "text", 7, None, {"a": {"b": [None]}}, -(10**30))
TRACE = re.compile(r"Traceback|asyncpg|litestar\.|booking/|site-packages|\.py\b")


@dataclass
class World:
    """What there is at the first body, by the names that addresses use; and who asks."""

    ids: dict[str, str]
    headers: dict[str, dict[str, str]]

    def at(self, door: Door, other: str | None = None) -> str:
        """The address of a door with things that exist, or with `other` in the place of each."""

        def named(found: re.Match[str]) -> str:
            name = found[1]
            if other is None and name not in self.ids and name.endswith("_id"):
                return str(uuid4())  # a thing there is none of
            return self.ids[name] if other is None else other

        return re.sub(r"\{(\w+):\w+\}", named, door.path)


@pytest.fixture
async def world(app: Litestar, clock: Any) -> World:
    """One of everything at the first body; a resident, a desk of the other body, an auditor's and a master's token."""
    for step in wiring.seeds():
        await step.run()
    body = next(one for one in await facilities.queries.list_bodies() if one.code == HERE)
    await facilities_elsewhere()
    place = await facilities.make_facility(body=body)
    session = await programs.make_session(facility=place)
    member = await people.make_member(body=HERE)
    booked = await make_reservation(session, member)
    group = await groups.make_group(facility=place)
    enrolled = await groups.enrol(group, member)
    resident, desk = await access.make_account(), await access.make_staff("front-desk", ELSEWHERE)
    theirs = await access.make_staff("front-desk", HERE)
    grant = await db.fetchval("select id from role_grant where account = $1", theirs.id)
    guardian = await access.make_account()
    await people.make_household(guardian)
    await people.make_guardianship(member, guardian)
    guardianship = await db.fetchval("select id from guardianship where account = $1", guardian.id)
    kiosk = await make_waiting_kiosk(place)
    await make_pass(member)
    token = await service_tokens.new_token("開発", "auditor", HERE, SYSTEM)
    master = await service_tokens.new_token("すべて", "body-administrator", None, SYSTEM)
    token_id = await db.fetchval("select id from api_token limit 1")
    ids = {
        "group_id": group.id,
        "enrolment_id": enrolled[0].id,
        "member_id": member.id,
        "reservation_id": booked.id,
        "session_id": session.id,
        "account_id": theirs.id,
        "grant_id": grant,
        "guardianship_id": guardianship,
        "kiosk_id": kiosk.kiosk_id,
        "lost_id": kiosk.kiosk_id,
        "token_id": token_id,
        "file": "datasets.json",
        "period": "2026-10",
        "code": place.code,
        "file_name": f"{booked.id}.ics",
        "fiscal_year": 2026,
        "what": "capacity",
        "body_code": HERE,
        "part": "office",
        "lost": "kiosk",
        "token": "unknown",
        "name": "booking.css",
        "path": "x",
    }
    cookie = "booking={}"
    return World(
        ids={name: str(value) for name, value in ids.items()},
        headers={
            "nobody": {},
            "resident": {"cookie": cookie.format(await access.service.open_sign_in(resident.id, "r"))},
            "desk": {"cookie": cookie.format(await access.service.open_sign_in(desk.id, "d", second_factor=True))},
            "auditor": {"authorization": f"Bearer {token}"},
            "master": {"authorization": f"Bearer {master}"},
        },
    )


async def facilities_elsewhere() -> UUID:
    """A facility of the other body."""
    body = next(one for one in await facilities.queries.list_bodies() if one.code == ELSEWHERE)
    return (await facilities.make_facility(body=body)).id


async def ask(client: AsyncClient, world: World, who: str, door: Door, **sent: Any) -> Response:
    """Knock, and hold what is true of every answer."""
    address = sent.pop("address", None) or world.at(door)
    headers = {**world.headers[who], **sent.pop("headers", {})}
    client.cookies.clear()
    answer = await client.request(door.method, address, headers=headers, **sent)
    told = f"{who}: {door.method} {address[:120]} {str(sent)[:120]} → {answer.status_code}"
    assert answer.status_code < 500 or (answer.status_code == 503 and door.path.startswith(MAY_BE_AWAY)), told
    if answer.status_code >= 400:
        kind = answer.headers.get("content-type", "")
        if door.is_api:
            assert kind.startswith("application/problem+json"), f"{told} {kind}"
            assert answer.json()["code"], told
        else:
            assert kind.startswith(("text/html", "application/problem+json")), f"{told} {kind}"
        assert not TRACE.search(answer.text), told
    assert answer.headers.get("x-content-type-options") == "nosniff", told
    if answer.headers.get("content-type", "").startswith("text/html"):
        assert "frame-ancestors" in answer.headers.get("content-security-policy", ""), told
        assert answer.headers.get("referrer-policy") in ("same-origin", "no-referrer"), told
    return answer


def plain(door: Door) -> dict[str, Any]:
    """The least a door is sent when it is used as meant."""
    if door.method == "GET":
        return {}
    return {"json": {}} if door.is_api else {"data": {}}


async def test_staff_doors_stay_shut(app: Litestar, client: AsyncClient, world: World) -> None:
    """Nobody and residents get no staff page; another body's desk changes nothing and reads no member here."""
    for door in doors(app):
        for who in ("nobody", "resident", "desk"):
            if door.path in STREAMS and (who == "desk" or not door.is_staffs):
                continue
            answer = await ask(client, world, who, door, **plain(door))
            if door.is_staffs and who != "desk":
                assert answer.status_code >= 303, f"{who}: {door}"
            names_what_is_here = "member_id" in door.path or "reservation_id" in door.path or "kiosk_id" in door.path
            names_what_is_here = names_what_is_here or (door.is_staffs and "id:" in door.path)
            if who == "desk" and names_what_is_here:
                assert answer.status_code >= (303 if door.path.startswith("/family") else 400), (
                    f"{who}: {door} → {answer.status_code}"
                )


async def test_an_auditor_changes_nothing(app: Litestar, client: AsyncClient, world: World) -> None:
    """A token that may only read is refused at everything that writes, whatever it sends."""
    before = await db.fetchval("select count(*) from audit_entry")
    own = ("/sign-", "/staff/sign-in", "/enter/", "/api/v1/sign", "/api/v1/accounts", "/api/v1/kiosk")
    for door in doors(app):
        if door.method == "GET" or door.path.startswith(own):
            continue
        sent: dict[str, Any] = {"json": {"reason": "x", "agreed": True}} if door.is_api else {"data": {}}
        answer = await ask(client, world, "auditor", door, **sent)
        assert answer.status_code >= 400, f"{door} → {answer.status_code}"
    assert await db.fetchval("select count(*) from audit_entry") == before


async def test_hostile_values_are_refused_in_words(app: Litestar, client: AsyncClient, world: World) -> None:
    """Wrong ids, NULs, ten thousand letters, arrays for objects: an answer in words, from whoever may come furthest."""
    for number, door in enumerate(doors(app)):
        if door.path in STREAMS:
            continue
        words = HOSTILE_WORDS[number % len(HOSTILE_WORDS)]
        for who in ("nobody", "resident", "master"):
            await ask(client, world, who, door, address=world.at(door, "%00%F0%9F%92%A3"))
            await ask(client, world, who, door, address=world.at(door, str(uuid4())), **plain(door))
            body = HOSTILE_BODIES[number % len(HOSTILE_BODIES)]
            if door.method != "GET":
                await ask(client, world, who, door, content=json.dumps(body), headers=JSON)
                await ask(client, world, who, door, content=b"\xff\x00{", headers={"content-type": "image/png"})
        for word in {"\x00", words}:
            await ask(client, world, "master", door, **hostile(app, door, word))


JSON = {"content-type": "application/json"}


def hostile(app: Litestar, door: Door, words: str) -> dict[str, Any]:
    """Every field that a door names in the API's description, or that its queries could, filled with the same words."""
    if door.method == "GET":
        asked = ("q", "facility", "program", "on", "from", "until", "cursor", "limit", "month", "fiscal_year", "body")
        asked += ("day", "before", "action", "first_day", "number", "did", "added", "lang", "next", "member_id")
        return {"params": dict.fromkeys(asked, words[:300])}
    if not door.is_api:
        return {"data": {"q": words, "number": words, "reason": words, "name": words, "facility": words}}
    return {"json": _filled(app, door, words)}


def _filled(app: Litestar, door: Door, words: str) -> Any:
    document = app.openapi_schema.to_schema()
    path = re.sub(r"\{(\w+):\w+\}", r"{\1}", door.path)
    found = document["paths"].get(path, {}).get(door.method.lower(), {}).get("requestBody")
    schema = next(iter(found["content"].values()))["schema"] if found else {}
    return _value(schema, document["components"]["schemas"], words)


def _value(schema: dict[str, Any], known: dict[str, Any], words: str) -> Any:
    if "$ref" in schema or "oneOf" in schema:
        inner = schema["oneOf"][0] if "oneOf" in schema else known[schema["$ref"].rpartition("/")[2]]
        return _value(inner, known, words)
    if "enum" in schema:
        return schema["enum"][0]
    if "properties" in schema:
        return {name: _value(each, known, words) for name, each in schema["properties"].items()}
    if schema.get("type") == "array":
        return [_value(schema.get("items", {}), known, words)]
    kind = str(schema.get("format") or schema.get("type"))
    return {"integer": -(2**63), "number": 1e300, "boolean": True, "null": None, "uuid": str(uuid4())}.get(kind, words)


async def test_other_sites_are_refused(app: Litestar, client: AsyncClient, world: World) -> None:
    """Whoever's cookie comes along: a form of another site's page changes nothing."""
    for door in doors(app):
        if door.method == "GET":
            continue
        for told in ({"origin": "https://evil.example"}, {"origin": "null"}, {"sec-fetch-site": "same-site"}):
            answer = await ask(client, world, "desk", door, headers=told, **plain(door))
            assert answer.status_code == 403, f"{door} {told}"


async def test_protected_members_stay_out_of_lists_and_programs(client: AsyncClient, world: World) -> None:
    """No list of a session names a protected member; a token neither asks nor agrees to see what is kept."""
    member, session = world.ids["member_id"], world.ids["session_id"]
    asked = Door("GET", "/api/v1/reservations")
    seen = await ask(client, world, "master", asked, params={"session": session})
    assert [one["member"] for one in seen.json()["items"]] == [member]
    await people.make_protected(UUID(member))
    seen = await ask(client, world, "master", asked, params={"session": session})
    assert seen.json()["items"] == []
    door = Door("POST", "/staff/members/{member_id:uuid}/disclosure")
    assert (await ask(client, world, "master", door, data={})).status_code == 403


async def test_deeds_without_a_scope_are_in_the_log_of_the_body(client: AsyncClient, world: World) -> None:
    """An auditor of a body finds the pass its own desk looked at, though the view itself names no place."""
    desk = await access.make_staff("front-desk", HERE)
    cookie = await access.service.open_sign_in(desk.id, "here", second_factor=True)
    world.headers["here"] = {"cookie": f"booking={cookie}"}
    door = Door("GET", "/api/v1/members/{member_id:uuid}/pass")
    assert (await ask(client, world, "here", door)).headers["cache-control"] == "no-store"
    log = await ask(client, world, "auditor", Door("GET", "/api/v1/privacy/views"))
    assert [(one["actor_id"], one["what"]) for one in log.json()["items"]] == [(str(desk.id), "pass")]


async def test_pages_of_links_are_kept_nowhere(client: AsyncClient, world: World) -> None:
    """Who follows a one-time link is not signed in yet; no browser keeps the page."""
    answer = await ask(client, world, "nobody", Door("GET", "/enter/{token:str}"))
    assert answer.headers["cache-control"] == "no-store"
