"""The machine's clock, set forward by what tests ask."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta

from booking.kit import clock as house_clock

MORNING = time(10)


class Moving:
    """The time the service goes by: the machine's, and so much ahead."""

    def __init__(self, ahead: timedelta = timedelta()) -> None:
        self.ahead = ahead

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


def until_morning() -> timedelta:
    """From now to ten in the morning of the next day."""
    now = datetime.now(UTC)
    return house_clock.at_local(house_clock.local_date(now) + timedelta(days=1), MORNING) - now


@contextmanager
def moved(ahead: timedelta = timedelta()) -> Iterator[Moving]:
    """The service goes by this clock until the block ends."""
    moving = Moving(ahead)
    house_clock.use_source(moving)
    try:
        yield moving
    finally:
        house_clock.use_source(None)
