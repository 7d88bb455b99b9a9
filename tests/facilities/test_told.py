"""What lower rooms are told about bodies and facilities: whose address mail comes from, what a role can be for."""

import pytest

from booking.facilities import queries, service
from booking.kit import db as house_db

pytestmark = pytest.mark.anyio


async def test_a_body_speaks_from_its_address_once_it_has_said_one(db: None) -> None:
    await service.seed()
    assert await queries.find_sender("nowhere") is None
    await house_db.execute("update body set sender_address = null, sender_name = null")
    assert await queries.find_sender("102032") is None
    await house_db.execute("update body set sender_address = 'yoyaku@kiryu.example.jp' where code = '102032'")
    sender = await queries.find_sender("102032")
    assert sender is not None and (sender.address, sender.name) == ("yoyaku@kiryu.example.jp", "桐生市")


async def test_roles_are_for_bodies_and_their_facilities(db: None) -> None:
    await service.seed()
    scopes = await queries.list_scopes()
    bodies = {scope.code for scope in scopes if scope.within is None}
    assert bodies == {"100005", "102032"}
    assert {scope.within for scope in scopes} - {None} == bodies
    assert {scope.code for scope in scopes} - bodies == {each.code for each in await queries.list_facilities()}
