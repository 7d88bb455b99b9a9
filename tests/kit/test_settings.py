"""A wrong setting stops the start with one sentence that names it; no value of a secret is ever repeated."""

import pytest

from booking.kit.settings import SettingRefused, load


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BOOKING_DATABASE_URL", "mysql://somewhere/db"),
        ("BOOKING_DATABASE_DIRECT_URL", "localhost:5432"),
        ("BOOKING_PUBLIC_URL", "http://booking.example.jp"),
        ("BOOKING_PUBLIC_URL", "booking.example.jp"),
        ("BOOKING_SECRET_KEY", "too short to be one"),
        ("BOOKING_TIMEZONE", "Asia/Maebashi"),
        ("BOOKING_TIMEZONE", "../etc/passwd"),
        ("BOOKING_SMTP_URL", "mail.example.jp:25"),
        ("BOOKING_LOG_FORMAT", "xml"),
        ("BOOKING_LOG_LEVEL", "loud"),
        ("BOOKING_POOL_SIZE", "many"),
        ("BOOKING_POOL_SIZE", "0"),
        ("BOOKING_HORIZON_WEEKS", "53"),
        ("BOOKING_DEMO", "perhaps"),
        ("BOOKING_DATABSE_URL", "postgresql://host/db"),
    ],
)
def test_wrong_value_is_one_sentence_that_names_the_setting(name: str, value: str) -> None:
    with pytest.raises(SettingRefused) as refused:
        load({name: value})
    sentence = str(refused.value)
    assert name in sentence
    assert "\n" not in sentence
    assert sentence.endswith(".")


def test_secret_is_not_repeated() -> None:
    with pytest.raises(SettingRefused) as refused:
        load({"BOOKING_SECRET_KEY": "hunter2"})
    assert "hunter2" not in str(refused.value)


def test_what_is_given_is_read_and_the_rest_has_defaults() -> None:
    read = load({"BOOKING_PUBLIC_URL": "https://booking.example.jp", "BOOKING_POOL_SIZE": "3", "OTHER": "x"})
    assert (read.is_secure, read.pool_size, read.timezone, read.demo) == (True, 3, "Asia/Tokyo", False)
