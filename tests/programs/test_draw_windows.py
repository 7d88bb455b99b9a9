"""A draw ends before its session: when entries close, and which plans are refused."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from booking import wiring
from booking.access.schemas import SYSTEM
from booking.kit import db as house_db
from booking.kit.fiscal import working_day_after
from booking.programs import queries, rules, service_adding
from booking.programs.errors import SessionFormRefused
from booking.programs.schemas_forms import SessionForm
from tests.conftest import Clock

TOKYO = ZoneInfo("Asia/Tokyo")


@pytest.mark.parametrize(
    ("day", "found"),
    [
        (date(2026, 11, 27), date(2026, 11, 30)),  # over a weekend
        (date(2026, 9, 18), date(2026, 9, 24)),  # over 21 to 23 September, one of them 国民の休日
        (date(2026, 12, 30), date(2027, 1, 4)),
        (date(2027, 4, 28), date(2027, 4, 30)),
        (date(2027, 4, 30), date(2027, 5, 6)),  # 3 to 5 May, Monday to Wednesday
    ],
)
def test_working_day_after(day: date, found: date) -> None:
    assert working_day_after(day) == found


@pytest.mark.parametrize(
    ("held_on", "last"),
    [
        (date(2026, 12, 5), date(2026, 12, 1)),  # the number of Wednesday, two days to answer
        (date(2026, 12, 7), date(2026, 12, 3)),
        (date(2026, 12, 6), date(2026, 12, 2)),
        (date(2027, 1, 6), date(2026, 12, 29)),
        (date(2027, 5, 8), date(2027, 4, 29)),
    ],
)
def test_last_day_of_entries(held_on: date, last: date) -> None:
    assert rules.last_day_of_entries(held_on) == last
    assert rules.is_drawn_in_time(last, held_on)


async def _form(**given: object) -> SessionForm:
    for step in wiring.gather("commands", "SEEDS"):
        await step.run()
    return SessionForm(
        **{
            "program": "tumo-self-learning", "facility": "tumo-gunma", "day": "2026-12-12", "starts": "13:00",
            "ends": "15:00", "web_seats": "6", "walk_in_seats": "0", "selection": "draw", **given,
        }
    )  # fmt: skip


@pytest.mark.anyio
async def test_entries_close_before_the_number_is_out(db: None, clock: Clock) -> None:
    made = await service_adding.add_session(SYSTEM, await _form())
    session = await queries.get_session(made)
    assert session.booking_closes_at == datetime(2026, 12, 8, 17, tzinfo=TOKYO)
    assert session.booking_opens_at.astimezone(TOKYO).date() == date(2026, 12, 1)
    written = await _form(booking_opens_at="2026-11-22T09:00", booking_closes_at="2026-12-01T17:00", starts="15:00",
                          ends="16:00")  # fmt: skip
    session = await queries.get_session(await service_adding.add_session(SYSTEM, written))
    assert session.booking_opens_at == datetime(2026, 11, 22, 0, tzinfo=UTC)
    assert session.booking_closes_at == datetime(2026, 12, 1, 8, tzinfo=UTC)


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("given", "field", "code"),
    [
        ({"day": "2026-11-23"}, "booking_closes_at", "drawn-too-late"),
        ({"booking_closes_at": "2026-12-11T17:00"}, "booking_closes_at", "drawn-too-late"),
        ({"booking_closes_at": "2026-11-20T17:00"}, "booking_closes_at", "drawn-too-late"),
        ({"booking_opens_at": "2026-12-02T09:00", "booking_closes_at": "2026-12-01T17:00"}, "booking_closes_at",
         "windows-out-of-order"),
        ({"booking_closes_at": "2026-12-13T17:00"}, "booking_closes_at", "window-after-end"),
        ({"booking_closes_at": "soon"}, "booking_closes_at", "day-unreadable"),
    ],
)  # fmt: skip
async def test_plans_that_cannot_be(db: None, clock: Clock, given: dict[str, str], field: str, code: str) -> None:
    with pytest.raises(SessionFormRefused) as refused:
        await service_adding.add_session(SYSTEM, await _form(**given))
    assert refused.value.fields[field].code == code
    assert await house_db.fetchval("select count(*) from session where title is not null or selection = 'draw'") == 0
