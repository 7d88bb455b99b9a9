"""Where the year is going: open days to come, and what they are worth if they are like the last eight weeks."""

from datetime import date, timedelta

from booking.facilities import queries as facilities
from booking.facilities.rules import hours_of
from booking.kit import clock
from booking.kpi import queries, rules_projection
from booking.kpi.rules import Unit
from booking.kpi.schemas import Definition, Projection


async def project(definition: Definition, value: int, left: list[date], body_code: str | None) -> Projection | None:
    """The figure at the end of the running year; None for people, who come again, and with less than a year of data."""
    if definition.unit is Unit.PEOPLE:
        return None
    window = rules_projection.window_of(clock.today())
    by_day = await queries.list_day_values(definition.scope, definition.unit, *window, body_code)
    seen = await list_open_days(*window, body_code)
    return rules_projection.project(value, by_day, seen, left, await queries.find_first_day(definition.scope))


async def list_open_days(from_on: date, until_on: date, body_code: str | None = None) -> list[date]:
    """Days of a span on which at least one facility, of a body or of all, is open."""
    if from_on >= until_on:
        return []
    everywhere = [each.id for each in await facilities.list_facilities() if body_code in (None, each.body_code)]
    calendar = await facilities.load_calendar(everywhere, from_on, until_on - timedelta(days=1))
    days = (from_on + timedelta(days=n) for n in range((until_on - from_on).days))
    return [on for on in days if any(hours_of(calendar, facility, on).is_open for facility in everywhere)]
