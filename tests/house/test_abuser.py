"""The abuser asks for a protected child in every way an account has, and each answer is that about a child who left.

Each question is asked about one and then about the other: status, text and the statements that reach the database, in
their order, are the same, and nobody is told.
"""

import re
from uuid import uuid4

import pytest

from booking.kit import db as house_db
from tests.house.abuser import HEX, Child, Way, World, count_messages, differences, get, plain, post, send
from tests.make.people import make_consent_text

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("clock")]

WAYS: dict[str, Way] = {
    "family": get("/family"),
    "home": get("/"),
    "edit": get("/family/{member}/edit"),
    "write": post("/family/{member}/edit", given_name="x"),
    "consent": get("/family/{member}/consent/102032"),
    "record": get("/family/{member}/record"),
    "record taken": post("/family/{member}/record"),
    "api record": send("/api/v1/members/{member}/export", asker="guardian", paper="passport", asked_on="2026-11-01"),
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
    "messages": get("/messages"),
    "a message kept": get("/messages/{message}"),
    "notices": get("/account/notices"),
    "choose notices": post("/account/notices/{member}", booked="true"),
    "account": get("/account"),
    "past bookings": get("/bookings?past=1"),
    "the way back": get("/bookings?cancelled={booked}"),
    "session booked": get("/sessions/{booked_session}"),
    "session free": get("/sessions/{free_session}"),
    "session waited for": get("/sessions/{waiting_session}"),
    "session offered": get("/sessions/{offered_session}"),
    "book": post("/sessions/{free_session}", member="{member}"),
    "book again": post("/sessions/{booked_session}", member="{member}"),
    "wait": post("/sessions/{waiting_session}/wait", member="{member}"),
    "apply": post("/sessions/{free_session}/apply", member="{member}"),
    "join a group": post("/groups/{group}/enrol", member="{member}"),
    "groups": get("/groups"),
    "contact": get("/family/contact"),
    "a child more": get("/family/new"),
    "consent written": post("/family/{member}/consent/102032", agreed="true"),
    "calendar address": get("/api/v1/calendar/{calendar}.ics"),
    "calendar addresses": get("/account/calendar"),
    "a start kept": get("/start/pass/{started}"),
    "sessions for a grade": get("/sessions?grade=8&view=week"),
    "api sessions": send("/api/v1/sessions", "GET"),
    "api groups": send("/api/v1/groups", "GET"),
    "api reservations of a session": send("/api/v1/reservations?session={booked_session}", "GET"),
    "api household": send("/api/v1/household", "GET"),
    "api occupancy": send("/api/v1/occupancy", "GET"),
    "staff member": get("/staff/members/{member}"),
    "staff roster": get("/staff/sessions/{booked_session}"),
}
"""Every way to ask that an account has; `{…}` are the ids kept of the child."""


async def test_every_answer_is_that_about_a_child_who_left(world: World, statements: list[str]) -> None:
    wrong = await differences(world, WAYS, statements)
    assert not wrong, "\n".join(wrong)
    assert await count_messages() == world.told


async def test_registering_the_child_again_gives_the_ordinary_answer(world: World, statements: list[str]) -> None:
    answers = []
    for child in (world.left, world.protected, world.left):
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
        statements.clear()
        answer = await world.client.post("/api/v1/members", json=facts)
        asked = list(statements)
        assert answer.status_code == 201, answer.text
        text = HEX.sub("ID", answer.text).replace(child.member.given_name, "NAME")
        answers.append((re.sub(r'"number":"[^"]+"', "NUMBER", text), asked))
        assert child.member.number not in answer.text
    assert answers[1] == answers[2]
    assert await count_messages() == world.told


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
