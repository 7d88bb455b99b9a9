"""Whose turn it is, and until when a seat is kept, from values alone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from booking.reservations import rules_waiting
from booking.reservations.rules_waiting import extended_until, is_night, offer_until

TOKYO = ZoneInfo("Asia/Tokyo")


def tokyo(text: str) -> datetime:
    """`11-21 12:00` in Tokyo, as an instant."""
    return datetime.strptime(f"2026-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=TOKYO).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "end_at", "until"),
    [
        ("11-21 12:00", "11-28 09:30", "11-22 12:00"),
        ("11-21 08:00", "11-28 09:30", "11-22 08:00"),
        ("11-21 20:59", "11-28 09:30", "11-22 20:59"),
        ("11-21 21:00", "11-28 09:30", "11-23 08:00"),
        ("11-21 23:30", "11-28 09:30", "11-23 08:00"),
        ("11-21 00:30", "11-28 09:30", "11-22 08:00"),
        ("11-21 07:59", "11-28 09:30", "11-22 08:00"),
        ("12-31 22:00", "12-31 22:30", None),
        ("11-21 12:00", "11-22 09:30", "11-22 09:30"),
        ("11-21 22:00", "11-22 09:30", "11-22 09:30"),
        ("11-22 07:30", "11-22 09:30", "11-22 09:30"),
        ("11-22 09:20", "11-22 09:30", "11-22 09:30"),
        ("11-21 15:00", "11-22 07:45", "11-21 20:00"),
        ("11-21 19:59", "11-22 07:45", "11-21 20:00"),
        ("11-21 20:00", "11-22 07:45", None),
        ("11-21 23:00", "11-22 07:45", None),
        ("11-22 07:00", "11-22 07:45", None),
        ("11-21 12:00", "11-21 21:30", "11-21 20:00"),
        ("11-21 20:30", "11-21 21:30", None),
        ("11-22 09:30", "11-22 09:30", None),
        ("11-22 10:00", "11-22 09:30", None),
        ("11-21 21:30", "11-23 08:00", "11-23 08:00"),
        ("11-21 21:30", "11-23 07:59", "11-22 20:00"),
    ],
)
def test_until_when_a_seat_is_kept(now: str, end_at: str, until: str | None) -> None:
    """A day; in the morning when that is night; never past the end, nor in the night before it."""
    assert offer_until(tokyo(now), tokyo(end_at), TOKYO) == (None if until is None else tokyo(until))


@pytest.mark.parametrize(
    ("until", "end_at", "longer"),
    [
        ("11-22 12:00", "11-28 09:30", "11-23 12:00"),
        ("11-22 08:00", "11-28 09:30", "11-23 08:00"),
        ("11-22 12:00", "11-22 15:00", "11-22 15:00"),
        ("11-22 09:30", "11-22 09:30", None),
        ("11-21 20:00", "11-22 07:45", None),
    ],
)
def test_until_when_it_is_kept_longer(until: str, end_at: str, longer: str | None) -> None:
    assert extended_until(tokyo(until), tokyo(end_at), TOKYO) == (None if longer is None else tokyo(longer))


def test_no_offer_ends_at_night_nor_past_its_end() -> None:
    """Every half hour of two days, for ends at every half hour of three."""
    first = tokyo("11-21 00:00")
    for at in range(96):
        for end in range(144):
            now, end_at = first + timedelta(minutes=30 * at), first + timedelta(minutes=30 * end)
            until = offer_until(now, end_at, TOKYO)
            if until is None:
                assert end_at <= now or is_night(end_at, TOKYO)
            else:
                assert now < until <= end_at and not is_night(until, TOKYO)
                assert until <= now + rules_waiting.OFFER_LASTS + timedelta(hours=11)
