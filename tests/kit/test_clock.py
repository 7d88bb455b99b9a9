"""Local days, spans and fiscal years; identifiers that sort; seals that only our key opens."""

from datetime import UTC, date, datetime, time

import msgspec
import pytest

from booking.kit import clock as house_clock
from booking.kit import tokens
from booking.kit.settings import Settings, get_settings, use_settings
from tests.conftest import NOON, Clock


@pytest.fixture(autouse=True)
def settings_of_this_test() -> None:
    use_settings(Settings(secret_key="a" * 40))


def test_local_days(clock: Clock) -> None:
    assert house_clock.today() == date(2026, 11, 21)
    clock.set(datetime(2026, 11, 21, 15, 0, tzinfo=UTC))
    assert house_clock.today() == date(2026, 11, 22)
    assert house_clock.at_local(date(2026, 11, 22), time(9)) == datetime(2026, 11, 22, 0, 0, tzinfo=UTC)
    first, until = house_clock.day_span(date(2026, 11, 22))
    assert (first, until) == (datetime(2026, 11, 21, 15, tzinfo=UTC), datetime(2026, 11, 22, 15, tzinfo=UTC))
    assert house_clock.local(NOON).hour == 12


@pytest.mark.parametrize(
    ("day", "year"),
    [(date(2027, 3, 31), 2026), (date(2027, 4, 1), 2027), (date(2026, 12, 31), 2026), (date(2027, 1, 1), 2026)],
)
def test_fiscal_year(day: date, year: int) -> None:
    assert house_clock.fiscal_year(day) == year
    first, until = house_clock.fiscal_span(year)
    assert first <= day < until


def test_identifiers_sort_and_are_version_seven() -> None:
    made = [tokens.new_id() for _ in range(200)]
    assert len(set(made)) == 200
    assert {(each.version, each.variant) for each in made} == {(7, "specified in RFC 4122")}
    assert sorted(made) == made


def test_identifiers_keep_their_order_when_the_machines_clock_goes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    before = tokens.new_id()
    past = tokens.time.time_ns() - 60 * 10**9
    monkeypatch.setattr(tokens.time, "time_ns", lambda: past)
    made = [tokens.new_id() for _ in range(5000)]
    assert sorted([before, *made]) == [before, *made]


def test_seal_opens_only_with_the_key_it_was_made_with() -> None:
    sealed = tokens.seal(b"secret")
    assert tokens.unseal(sealed) == b"secret"
    assert "secret" not in sealed
    use_settings(msgspec.structs.replace(get_settings(), secret_key="b" * 40))
    with pytest.raises(ValueError, match="BOOKING_SECRET_KEY"):
        tokens.unseal(sealed)


def test_secrets_carry_their_prefix_and_text_goes_there_and_back() -> None:
    assert tokens.new_secret("bt_").startswith("bt_")
    assert tokens.from_text(tokens.to_text(bytes(range(50)))) == bytes(range(50))
