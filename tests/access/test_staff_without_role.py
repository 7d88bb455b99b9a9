"""Staff with no role left stay with the body that had them, and their unused links die with the last role."""

import pytest

from booking.access import service_links, service_staff
from booking.access.errors import LinkExpired, NotAllowed
from booking.access.schemas import Role
from booking.kit import db as house_db
from booking.kit.errors import NotFound
from tests.access.test_staff import scopes as scopes
from tests.conftest import Clock
from tests.make.access import actor_for, make_staff

pytestmark = pytest.mark.anyio


async def test_another_body_neither_sees_nor_takes_over(db: None, clock: Clock) -> None:
    gunma = await actor_for(await make_staff(Role.BODY_ADMINISTRATOR, "100005"))
    kiryu = await actor_for(await make_staff(Role.BODY_ADMINISTRATOR, "102032"))
    path = await service_staff.add_staff("new@example.jp", "新人", Role.FRONT_DESK, "100005", gunma)
    account = await house_db.fetchval("select id from account where email = 'new@example.jp'")
    grant = await house_db.fetchval("select id from role_grant where account = $1", account)
    await service_staff.end_grant(grant, gunma)

    assert account not in {each.id for each in await service_staff.list_staff(kiryu)}
    assert account in {each.id for each in await service_staff.list_staff(gunma)}
    for attempt in (service_staff.end_staff, service_staff.renew_enrolment):
        with pytest.raises(NotAllowed):
            await attempt(account, kiryu)
    with pytest.raises((LinkExpired, NotFound)):
        await service_links.get_link(path.rsplit("/", 1)[-1])
    assert await service_staff.renew_enrolment(account, gunma)
