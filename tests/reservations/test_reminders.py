"""Reminders: the evening before, as each account chose; once, never at night, never of what was just booked."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from booking.kit import db as house_db
from booking.notifications.rules import Topic
from booking.people import service_notices
from booking.people.service_notices import Wish
from booking.reservations import service_reminders
from tests.conftest import Clock
from tests.make.access import actor_for, make_account
from tests.make.people import make_member, make_protected
from tests.make.programs import make_session
from tests.make.reservations import make_reservation

pytestmark = pytest.mark.anyio
EVENING = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
"""18:00 in Tokyo."""


async def booked(clock: Clock) -> tuple[Any, Any]:
    """A child with a seat tomorrow at noon, and its guardian."""
    account = await make_account("a@example.jp", name="a")
    member = await make_member(account=account)
    session = await make_session(starts_at=clock.instant + timedelta(days=1))
    await make_reservation(session, member)
    return account, member


async def letters() -> list[Any]:
    return list(await house_db.fetch("select * from message where kind = 'reservation-reminder' order by id"))


async def test_the_evening_before_once(db: None, clock: Clock) -> None:
    account, member = await booked(clock)
    assert await service_reminders.remind() == 0
    clock.set(EVENING)
    assert await service_reminders.remind() == 1
    await service_reminders.remind()
    (one,) = await letters()
    assert (one["reader"], one["topic"], one["about"]) == (account.id, "reminder", [str(member.id)])
    assert member.shown_name in one["content"] and "11月22日" in one["subject"]


async def test_not_at_night(db: None, clock: Clock) -> None:
    await booked(clock)
    clock.set(EVENING + timedelta(hours=3))
    assert await service_reminders.remind() == 0


async def test_not_of_what_was_booked_after_the_moment(db: None, clock: Clock) -> None:
    clock.set(EVENING + timedelta(minutes=1))
    account = await make_account("a@example.jp", name="a")
    member = await make_member(account=account)
    await make_reservation(await make_session(starts_at=clock.instant + timedelta(hours=20)), member)
    assert await service_reminders.remind() == 0


async def test_the_morning_when_chosen_and_never_when_not_wanted(db: None, clock: Clock) -> None:
    account, member = await booked(clock)
    by = await actor_for(account)
    wish = Wish(topic=Topic.REMINDER, is_on=True, remind_at="morning")
    await service_notices.choose_notices(by, member.id, [wish])
    clock.set(EVENING)
    assert await service_reminders.remind() == 0
    clock.set(EVENING + timedelta(hours=14))
    assert await service_reminders.remind() == 1
    await service_notices.choose_notices(by, member.id, [Wish(topic=Topic.REMINDER, is_on=False)])
    await forget()
    assert await service_reminders.remind() == 0


async def forget() -> None:
    await house_db.execute("delete from message")


async def test_nobody_is_reminded_of_a_child_they_no_longer_see(db: None, clock: Clock) -> None:
    _, member = await booked(clock)
    await make_protected(member)
    clock.set(EVENING)
    assert await service_reminders.remind() == 0
