"""A protected child stands in no list, on no paper and in no file: every door of staff, looked through by each role.

The doors come from the route table. Where the child may be read is decided here, door by door (records 19 and 25);
everything else must not say its name, number, school or what tells how the family is reached. The same walk for a
child who is not protected proves that the lists have it: a door that names nobody is named as such, so that a new list
cannot be forgotten.
"""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from litestar import Litestar

from booking.access.schemas import SYSTEM
from booking.kit import db
from booking.people.service_protected import protect
from tests.house.doors import Door, doors
from tests.house.everything import Everything
from tests.house.everything_sent import NAMES, PHONE
from tests.house.protected import CONTACT, ROLES, SCHOOL, make_child_of_everything, secrets_of, text_of
from tests.house.test_strangers import OUTSIDE, STREAMS, staffs

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("clock")]

ROLL_CALL = ("/staff/roll-call", "/api/v1/staff/roll-call")
BY_NUMBER = ("/staff/members/{member_id:uuid}", "/staff/passes/{member_id:uuid}")
"""The desk has typed the number: the page of one child, without how the family is reached."""
NUMBERS_ALONE = ("/staff/members",)
"""Notes that two members may be one and requests for a second person: two numbers and no name."""
MANAGERS = ("/staff/calls/protected", "/staff/calls/offers/{offer_id:uuid}")
"""Whom to phone about a protected child, and one seat kept for it; the desk does not see them."""
NEVER_DUE = ("/staff/retention/people",)
"""Who has not come for years: nobody of this house. `tests/personal_data` asks it of a protected one."""
DECIDED = (*ROLL_CALL, *BY_NUMBER, *MANAGERS)

NAMES_NOBODY = (
    *(
        "/api/v1/audit",
        "/api/v1/staff/point-rules",
        "/api/v1/kpi/annual-users",
        "/api/v1/staff/utilisation",
        "/staff/occupancy/history",
        "/staff/members/erased",
        "/staff/retention",
        "/api/v1/kpi/certifications",
        "/api/v1/kpi/definitions",
        "/api/v1/privacy/views",
        "/staff/privacy/record",
        "/staff/exposure",
        "/staff/audit",
        "/staff/views",
    ),
    *("/api/v1/staff/accounts", "/api/v1/staff/tokens", "/staff/staff", "/staff/tokens", "/staff/providers"),
    *("/api/v1/staff/day-closes", "/staff/day-close", "/staff/day-closes", "/staff/jobs"),
    *("/api/v1/staff/kiosks", "/staff/kiosks", "/api/v1/staff/occupancy", "/staff/facilities", "/staff/closures"),
    *("/api/v1/staff/group-requests", "/staff/group-visits", "/staff/qualifications"),
    *("/staff/programs", "/staff/sessions", "/staff/draws", "/staff/groups", "/staff/close-now"),
    *("/staff/cards/sheet.pdf", "/staff/passes", "/staff/members/new", "/staff/members/import", "/staff/kpi"),
    "/staff/members/export",
    *("/staff/visits/add", "/staff/visits/first", "/staff/visits/poster.pdf", "/staff/paper/enter"),
)
"""Doors that name no member, whoever it is, with what is below them; a list of people is never put here."""
NAMES_SOMEBODY = (
    *("/staff/exposure/{lost:str}/{lost_id:uuid}", "/staff/exposure/{lost:str}/{lost_id:uuid}/list"),
    *("/staff/sessions/{session_id:uuid}", "/staff/groups/{group_id:uuid}", "/staff/kpi/visits"),
    "/staff/groups/{group_id:uuid}/people",
    *("/staff/groups/{group_id:uuid}/merge/{into_id:uuid}", "/staff/passes/{member_id:uuid}"),
    *("/staff/passes/{member_id:uuid}/lost", "/staff/sessions/{session_id:uuid}/roster"),
)
"""Doors below one of those that do."""
VIEWS: dict[str, tuple[dict[str, str], ...]] = {
    "/staff/visits": tuple({"view": one} for one in ("missing", "due", "here", "left", "flags", "turns")),
    "/staff/group-visits": ({"view": "open"}, {"view": "approved"}),
}
"""The tabs of a page: each is a list of its own."""
ABOUT = {"/staff/calls/offers/{reservation_id:uuid}": "offered_id"}
"""Doors about a booking in another state than the one that is confirmed."""
SEARCHES = ("/staff/members", "/staff/passes", "/staff/visits")
OF_THE_CHILD = ("member_id", "guardianship", "disclosure", "resemblance")
"""Addresses of acts upon the child itself, whose answers lead to its page."""


@pytest.fixture
async def house(app: Litestar) -> Everything:
    """A facility with everything; its member stands in every list there is."""
    return await make_child_of_everything()


async def protect_child(house: Everything) -> None:
    """Protect it as the desk does, with a contact that goes on being called."""
    kept = [row["id"] for row in await db.fetch("select id from emergency_contact where member = $1", house.member.id)]
    await protect(SYSTEM, house.member.id, [UUID(house.ids["guardian"])], kept_contacts=kept)


def asked(house: Everything, door: Door) -> Iterator[dict[str, Any]]:
    """What a door is asked with: once, or once for every tab."""
    plain = house.sent(door, house.place.code)["params"]
    for more in VIEWS.get(door.path, ({},)):
        yield {name: value for name, value in (plain | more).items() if not (more and name == "did")}


async def looks(client: httpx.AsyncClient, house: Everything, who: str, door: Door) -> tuple[int, list[str]]:
    """The status of a door, and which words about the child stand behind it."""
    client.cookies.clear()
    told, status = set(), 0
    for params in asked(house, door):
        address = house.address(door).replace(
            house.ids["reservation_id"], house.ids[ABOUT.get(door.path, "reservation_id")]
        )
        answer = await client.get(address, params=params, headers=house.headers[who])
        said = text_of(answer)
        status = answer.status_code
        told |= {word for word in secrets_of(house) if word in said}
    return status, sorted(told)


def is_below(path: str, paths: tuple[str, ...]) -> bool:
    """Whether a path is one of these, or below one of these."""
    return any(path == one or path.startswith(f"{one}/") for one in paths)


def may_tell(house: Everything, door: Door) -> tuple[str, ...]:
    """What a door may say about the child."""
    if is_below(door.path, DECIDED):
        return secrets_of(house)
    return (house.member.number,) if door.path in NUMBERS_ALONE else ()


def readable(app: Litestar) -> list[Door]:
    """Every door of staff that only reads."""
    return [one for one in staffs(app) if one.method == "GET"]


@pytest.mark.parametrize("who", [*ROLES, "body-administrator's program", "neighbour"])
async def test_no_list_no_paper_and_no_file_tells_of_the_child(
    app: Litestar, client: httpx.AsyncClient, house: Everything, who: str
) -> None:
    await protect_child(house)
    wrong = []
    for door in readable(app):
        status, told = await looks(client, house, who, door)
        more = [word for word in told if word not in may_tell(house, door)]
        if more or status >= 500:
            wrong.append(f"{who}: {door.path} → {status} tells {more}")
    assert not wrong, "\n".join(wrong)


async def test_every_list_has_a_child_who_is_not_protected(
    app: Litestar, client: httpx.AsyncClient, house: Everything
) -> None:
    """What proves the walk: a door that may name members does; a new one is decided here before it is opened.

    And whoever reads a name is noted in the log of personal data viewed.
    """
    silent, loud, unnoted = [], [], []
    for door in readable(app):
        await db.execute("delete from personal_data_view")
        status, told = await looks(client, house, "body-administrator", door)
        stem = door.path.removesuffix(".csv").removesuffix(".xlsx")
        names_nobody = door.path == "/staff" or (is_below(stem, NAMES_NOBODY) and stem not in NAMES_SOMEBODY)
        if names_nobody and told:
            loud.append(f"{door.path} tells {told}")
        if not names_nobody and not told and door.path not in (*MANAGERS, *NEVER_DUE):
            silent.append(f"{door.path} → {status}")
        if told and not await db.fetchval(
            "select count(*) from personal_data_view where member_id = $1", house.member.id
        ):
            unnoted.append(f"{door.path} tells {told}")
    assert not loud, "these name somebody: " + "\n".join(loud)
    assert not unnoted, "nobody notes that these were read: " + "\n".join(unnoted)
    assert not silent, "give these a row about the child in tests.house.protected, or name them: " + "\n".join(silent)


@pytest.mark.parametrize("who", ["front-desk", "body-administrator"])
async def test_no_search_finds_the_child(app: Litestar, client: httpx.AsyncClient, house: Everything, who: str) -> None:
    typed = [*NAMES.values(), "カナリヤ メイ", "金糸雀 鳴", house.member.number[:5], "0272231111", "canary@example.jp"]
    searches = [one for one in doors(app) if one.method == "POST" and one.path in SEARCHES]
    for is_protected in (False, True):
        found: set[str] = set()
        if is_protected:
            await protect_child(house)
        for door in searches:
            for word in typed:
                client.cookies.clear()
                blank = dict.fromkeys(door.texts, "") | {"facility": house.place.code, "q": word}
                data = {name: blank[name] for name in blank if name in door.fields}
                answer = await client.post(house.address(door), data=data, headers=house.headers[who])
                assert answer.status_code in (200, 303, 403, 404, 422), f"{door.path} {word} → {answer.status_code}"
                found |= {f"{door.path}: {one}" for one in secrets_of(house) if one in answer.text and one not in word}
        assert bool(found) != is_protected, found


async def test_no_answer_to_what_staff_do_tells_of_the_child(
    app: Litestar, client: httpx.AsyncClient, house: Everything
) -> None:
    await protect_child(house)
    wrong = []
    for door in staffs(app):
        if door.method == "GET" or any(one in door.path for one in OF_THE_CHILD) or door.path.startswith(ROLL_CALL):
            continue
        client.cookies.clear()
        headers = house.headers["body-administrator"]
        sent = house.sent(door, house.place.code)
        answer = await client.request(door.method, house.address(door), headers=headers, **sent, follow_redirects=True)
        is_decided = answer.url.path.startswith(("/staff/members", "/staff/passes/", *ROLL_CALL))
        said = text_of(answer)
        told = [one for one in secrets_of(house) if one in said and one.replace(" ", "") not in house.typed]
        if answer.status_code >= 500 or (told and not is_decided):
            wrong.append(f"{door.method} {door.path} → {answer.status_code} {answer.url.path} tells {told}")
    assert not wrong, "\n".join(wrong)


def _decided(house: Everything, who: str, path: str) -> tuple[str, ...]:
    """What somebody outside the lists may read: a kiosk the number typed into it, staff a child they ask for by id."""
    if path == "/api/v1/kiosk/day-list":
        return (house.member.number,)
    if who in OUTSIDE:
        return ()
    is_child = path.startswith("/api/v1/members/{member_id:uuid}")
    return tuple(one for one in secrets_of(house) if one not in (SCHOOL, CONTACT, PHONE)) if is_child else ()


@pytest.mark.parametrize("who", ["nobody", "resident", "kiosk", "front-desk", "body-administrator's program"])
async def test_nobody_outside_reads_of_the_child(
    app: Litestar, client: httpx.AsyncClient, house: Everything, who: str
) -> None:
    await protect_child(house)
    wrong = []
    for door in doors(app):
        if (
            door.method == "GET"
            and not door.is_staffs
            and door.path not in STREAMS
            and not door.path.endswith("events")
        ):
            answer = await client.get(house.address(door), headers=house.headers[who])
            said = text_of(answer)
            told = [one for one in secrets_of(house) if one in said]
            told = [one for one in told if one not in _decided(house, who, door.path)]
            if (answer.status_code >= 500 and door.path != "/readyz") or told:
                wrong.append(f"{who}: {door.path} → {answer.status_code} tells {told}")
    assert not wrong, "\n".join(wrong)
