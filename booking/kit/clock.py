"""The clock: the only module that asks what time it is.

Instants are aware UTC; local days are days of the zone in settings; spans are half open.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

from booking.kit.fiscal import fiscal_span as fiscal_span
from booking.kit.fiscal import fiscal_year as fiscal_year
from booking.kit.settings import get_settings


def _system() -> datetime:
    return datetime.now(UTC)


_source: Callable[[], datetime] = _system


def use_source(source: Callable[[], datetime] | None) -> None:
    """Read time from `source` (aware datetimes) instead of the machine; None goes back to the machine."""
    global _source  # noqa: PLW0603 - one clock per process is the point of this module
    _source = source or _system


def now() -> datetime:
    """This instant, UTC, whole microseconds."""
    return _source()


def today() -> date:
    """The local day."""
    return local_date(now())


def local(instant: datetime) -> datetime:
    """The instant as local wall time."""
    return instant.astimezone(get_settings().zone)


def local_date(instant: datetime) -> date:
    """The local day an instant falls on."""
    return local(instant).date()


def at_local(day: date, wall: time) -> datetime:
    """The instant at which the wall clock shows `wall` on `day`."""
    return datetime.combine(day, wall, tzinfo=get_settings().zone).astimezone(UTC)


def day_span(day: date) -> tuple[datetime, datetime]:
    """First instant of a local day and of the next."""
    return at_local(day, time()), at_local(day + timedelta(days=1), time())
