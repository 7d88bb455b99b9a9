"""The sealed sheet of a kiosk's list: who is on it and whom to call, readable with the staff number alone."""

from typing import Any

import httpx
import msgspec
import pytest

from booking.access.schemas import SYSTEM
from booking.kiosks import service_pin
from booking.kit import db as house_db
from booking.kit.sealing import Sealed, open_with
from booking.kit.tokens import new_id
from booking.visits.schemas_day_list import StaffPerson, StaffSheet
from tests.make.access import make_account
from tests.make.facilities import make_facility
from tests.make.kiosks import make_kiosk
from tests.make.people import make_guardianship, make_household, make_member, make_protected
from tests.make.programs import make_session
from tests.make.reservations import make_reservation

pytestmark = pytest.mark.anyio


class Here:
    """A kiosk whose list has one child with two guardians."""

    def __init__(self, client: httpx.AsyncClient, kiosk: Any, token: str) -> None:
        self.client, self.kiosk, self.headers = client, kiosk, {"authorization": f"Bearer {token}"}

    async def asks(self) -> tuple[str, dict[str, Any]]:
        """The list and its ETag."""
        answer = await self.client.get("/api/v1/kiosk/day-list", headers=self.headers)
        return answer.headers["etag"], answer.json()

    async def reads(self) -> list[StaffPerson]:
        """What the sheet says to somebody who knows the number."""
        lock = await service_pin.find_staff_lock(self.kiosk.id)
        assert lock is not None
        _, said = await self.asks()
        plain = open_with(lock.pin, msgspec.convert(said["staff"], Sealed))
        return list(msgspec.json.decode(plain, type=StaffSheet).people)


@pytest.fixture
async def world(client: httpx.AsyncClient, clock: Any) -> tuple[Here, Any, Any, Any]:
    facility = await make_facility()
    session = await make_session(seats=4, starts_at=clock(), facility=facility)
    mother, father = await make_account(), await make_account()
    home = await make_household(mother, phone="+819011112222")
    await make_household(father, phone="+819033334444")
    child = await make_member(5, home, mother, assistance="車いす")
    await make_guardianship(child, father)
    await make_reservation(session, child)
    kiosk, paired = await make_kiosk(facility)
    return Here(client, kiosk, paired.token), child, mother, father


async def add_contact(member: Any, phone: str, rank: int = 1) -> None:
    await house_db.execute(
        "insert into emergency_contact (id, member, name, relation, phone, rank) values ($1, $2, $3, $4, $5, $6)",
        *(new_id(), member.id, "群馬 祖母", "grandparent", phone, rank),
    )


async def test_the_sheet_says_whom_to_call_in_order(world: tuple[Here, Any, Any, Any]) -> None:
    here, child, _mother, _father = world
    await add_contact(child, "+81279999999")
    (person,) = await here.reads()
    _, said = await here.asks()
    assert person.member_key == said["members"][0]["member_key"]
    assert (person.name, person.kana, person.number) == ("群馬 太郎", "ぐんま たろう", child.number)
    assert (person.grade, person.assistance) == (5, "車いす")
    assert [one.phone for one in person.phones] == ["090-1111-2222", "090-3333-4444", "(0279)99-9999"]
    assert [one.relation for one in person.phones] == ["母", "母", "祖父・祖母"]
    text = str(said)
    for hidden in ("1111", "群馬", "車いす", "母"):
        assert hidden not in text


async def test_who_has_no_right_is_not_called(world: tuple[Here, Any, Any, Any]) -> None:
    here, child, _mother, father = world
    where = "where member = $1 and account = $2"
    await house_db.execute(f"update guardianship set is_told = false, may_consent = false {where}", child.id, father.id)
    (person,) = await here.reads()
    assert [one.phone for one in person.phones] == ["090-1111-2222"]
    await house_db.execute(f"update guardianship set is_told = true, state = 'claimed' {where}", child.id, father.id)
    (person,) = await here.reads()
    assert [one.phone for one in person.phones] == ["090-1111-2222", "090-3333-4444"]


async def test_of_a_protected_child_only_the_named_ones_are_called(world: tuple[Here, Any, Any, Any]) -> None:
    here, child, mother, _father = world
    await add_contact(child, "+81279999999")
    await make_protected(child, mother)
    (person,) = await here.reads()
    assert [one.phone for one in person.phones] == ["090-1111-2222"]
    assert person.name == "群馬 太郎"
    await house_db.execute("update protected_viewer set ended_at = now()")
    (person,) = await here.reads()
    assert person.phones == ()


async def test_the_list_changes_with_what_the_sheet_says_and_with_its_number(
    world: tuple[Here, Any, Any, Any],
) -> None:
    here, child, mother, _father = world
    seen = [(await here.asks())[0]]
    assert (await here.asks())[0] == seen[0]
    home = "update household set phone = '+819055556666' where id = (select household from household_account"
    for change in (
        f"{home} where account = '{mother.id}')",
        f"update member set assistance = 'なし' where id = '{child.id}'",
        "update account set name = 'べつの名前'",
        "update guardianship set ended_at = now() where account <> '" + str(mother.id) + "'",
    ):
        await house_db.execute(change)
        seen.append((await here.asks())[0])
    await add_contact(child, "+81279999999")
    seen.append((await here.asks())[0])
    await make_protected(child)
    seen.append((await here.asks())[0])
    await house_db.execute("update member set is_protected = false")
    await service_pin.set_staff_pin(SYSTEM, here.kiosk.id)
    seen.append((await here.asks())[0])
    assert len(set(seen)) == len(seen)
    (person,) = await here.reads()
    assert person.assistance == "なし"


async def test_a_kiosk_without_a_number_has_no_sheet(world: tuple[Here, Any, Any, Any]) -> None:
    here, *_ = world
    await house_db.execute("update kiosk set staff_pin_sealed = null, staff_pin_salt = null")
    assert (await here.asks())[1]["staff"] is None


async def test_a_facility_that_hides_names_hides_them_from_the_list(world: tuple[Here, Any, Any, Any]) -> None:
    here, *_ = world
    _, said = await here.asks()
    assert (said["configuration"]["shows_names"], said["members"][0]["shown_name"]) == (True, "たろう")
    await house_db.execute("update facility set shows_names = false")
    _, said = await here.asks()
    assert (said["configuration"]["shows_names"], said["members"][0]["shown_name"]) == (False, "")
    beat = {"version": "1", "kiosk_time": "2026-11-21T03:00:00Z"}
    answer = await here.client.post("/api/v1/kiosk/heartbeat", json=beat, headers=here.headers)
    assert answer.json()["configuration"]["shows_names"] is False
