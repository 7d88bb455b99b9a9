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
        **dict.fromkeys(
            (
                *(
                    "visit_id",
                    "flag_id",
                    "closure_id",
                    "rule_id",
                    "pattern_id",
                    "eligibility_id",
                    "card_id",
                    "count_id",
                ),
                *("provider_id", "identity_id", "passkey_id", "sign_in_id", "message_id", "call_id"),
            ),
            uuid4(),
        ),
        **dict.fromkeys(("disclosure_id", "resemblance_id", "closing_id", "roll_call_id", "move_id"), uuid4()),
