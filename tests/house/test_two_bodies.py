"""Two bodies, two controllers: what is read of figures, crowding and personal data holds no row of the other's places.

The doors come from the route table, so a new one is walked too. Each is asked as staff of the second body ask it, about
their own places; what there is of the first body's carries words that nobody else says.
"""

from dataclasses import dataclass, field

import httpx
import pytest
from litestar import Litestar

from booking.access.schemas import SYSTEM
from booking.kit import clock, db
from booking.kit.tokens import new_id
from booking.kpi import service_importing, service_populations
from booking.kpi.schemas_importing import CellForm
from tests.house.doors import Door, doors
from tests.house.everything import Everything, make_everything
from tests.house.everything_sent import OLD, POPULATIONS
from tests.house.protected import text_of
from tests.house.test_strangers import STREAMS

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("clock")]
WALKED = (
    *("/staff/kpi", "/api/v1/kpi", "/staff/occupancy", "/api/v1/staff/occupancy", "/api/v1/staff/utilisation"),
    *("/staff/board", "/staff/privacy", "/api/v1/privacy", "/staff/members/erased", "/staff/members/{member_id:uuid}"),
    *("/api/v1/members/{member_id:uuid}", "/staff/views", "/staff/audit", "/api/v1/audit", "/staff/exposure"),
)
"""Where figures, crowding and personal data are read."""
WHO = ("administrator elsewhere", "auditor elsewhere", "desk elsewhere", "token elsewhere")
PLACE, PROGRAM, REASON, METHOD = "やまばとの館", "やまばとの工房", "やまばとの都合", "やまばとの数え方"
"""Words of the first body's rows: a facility, a program, a reason, the method of an imported total."""
OF_THE_PLAN = ("/staff/kpi/scopes/new", "/staff/kpi/definitions")
"""Doors whose words are the plan's: the places and programs there are to choose from, without a row of anybody."""
NAMES_PLACES = ("/staff/kpi/closing/{period:str}", "/staff/kpi/report.")
"""The plan as a whole names its places: days without a daily close without the reasons written there, and the report,
whose counts are the public's (records 10 and 54)."""


@dataclass
class Asked:
    """What was asked by whom, and what must not have been answered."""

    wrong: list[str] = field(default_factory=list)
    answered: set[str] = field(default_factory=set)


@pytest.fixture
async def house(app: Litestar) -> Everything:
    """One of everything at the first body, in words of its own, closed, corrected and counted before."""
    made = await make_everything()
    await db.execute("update facility set name = $2, names = '{}' where id = $1", made.place.id, PLACE)
    await db.execute("update program set name = $2, names = '{}' where code = $1", made.ids["program"], PROGRAM)
    await db.execute(
        """insert into day_close (id, facility, closed_on, figures, coverage_permille, reason, signed_by,
             signed_by_name, signed_at) values ($1, $2, $3, '{}', 700, $4, $1, '見本', now())""",
        *(new_id(), made.place.id, clock.today().replace(day=1), REASON),
    )
    cell = {"month": "2026-06", "person_days": "41", "person_sessions": ""}
    old = {**OLD, "method": METHOD}
    await service_importing.enter_total(SYSTEM, CellForm(facility=made.place.code, **cell, **old))
    source = (clock.today().isoformat(), "見本の統計", "見本課")
    await service_populations.upload_populations(SYSTEM, POPULATIONS, *source)
    return made


def walked(app: Litestar) -> list[Door]:
    """The doors that are read, but for streams, which never end."""
    return [
        door
        for door in doors(app)
        if door.method == "GET" and door.path.startswith(WALKED) and door.path not in STREAMS
    ]


@pytest.mark.parametrize("who", WHO)
async def test_no_row_of_the_other_body_is_read(
    app: Litestar, client: httpx.AsyncClient, house: Everything, who: str
) -> None:
    asked = Asked()
    secrets = (*house.secrets, PLACE, PROGRAM, REASON, METHOD, house.place.code)
    for door in walked(app):
        for body in ({}, {"body": "102032"}):
            params = {"facility": house.own[who], "fiscal_year": "2026", **body}
            client.cookies.clear()
            answer = await client.get(house.address(door), headers=house.headers[who], params=params)
            if answer.status_code == 200:
                asked.answered.add(door.path)
            known = {PLACE} if door.path.startswith(NAMES_PLACES) else secrets if door.path in OF_THE_PLAN else ()
            text = text_of(answer)
            told = [word for word in secrets if word in text and word not in known]
            if answer.status_code >= 500 or told:
                asked.wrong.append(f"{door.path} → {answer.status_code} {told}")
    assert not asked.wrong, "\n".join(asked.wrong)
    assert {"/staff/kpi", "/api/v1/kpi/annual-users"} <= asked.answered


async def test_the_first_bodys_own_staff_read_them(app: Litestar, client: httpx.AsyncClient, house: Everything) -> None:
    """What proves the walk: asked the same by its own administrator, the doors say every one of these words."""
    said: set[str] = set()
    for door in walked(app):
        client.cookies.clear()
        params = {"facility": house.place.code, "fiscal_year": "2026", "body": "100005"}
        answer = await client.get(house.address(door), headers=house.headers["administrator"], params=params)
        said |= {word for word in (PLACE, PROGRAM, REASON, METHOD) if word in answer.text}
    assert said == {PLACE, PROGRAM, REASON, METHOD}
