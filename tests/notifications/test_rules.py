"""When a message is tried again, and when it is given up."""

from datetime import timedelta

from booking.notifications import rules


def test_waits_double_up_to_an_hour() -> None:
    assert [rules.retry_after(n) for n in (1, 2, 3)] == [timedelta(seconds=s) for s in (30, 60, 120)]
    assert rules.retry_after(500) == timedelta(hours=1)


def test_what_is_a_last_word() -> None:
    assert rules.is_final(550, 1)
    assert not rules.is_final(451, 1)
    assert rules.is_final(451, rules.MOST_ATTEMPTS)
    assert not rules.is_final(None, 1000)
