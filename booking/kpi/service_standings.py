"""Whether a number is certified or provisional: the one place that says it of every number."""

from booking.facilities import queries as facilities
from booking.kit import clock
from booking.kpi import queries_certifying as certified
from booking.kpi import queries_standings
from booking.kpi.rules import month_key, months_of
from booking.kpi.rules_standings import Certified, place_key
from booking.kpi.schemas_certifying import Standing


async def find_standings(fiscal_year: int, body: str = "") -> dict[str, Standing]:
    """Which numbers of a year are certified, by `2026`, `2026-10` and `2026-10 tumo-gunma`; what is not there is
    provisional. Of one body, or (empty) of the plan with the facilities of every body.

    A month of the plan is certified by itself or when that month of every body with visits or totals in it is; a month
    of a facility with that of its body; a year handed over from elsewhere with all its months.
    """
    span = clock.fiscal_span(fiscal_year)
    parts = await queries_standings.list_parts(*span)
    if not parts:
        return {}
    bodies = {each.code: each.body_code for each in await facilities.list_facilities()}
    moved = await queries_standings.list_moved(*span)
    known = Certified(parts, moved, await certified.list_imports(*span, ""), bodies)
    counted = {} if body else await certified.list_counted_bodies(*span)
    found = {str(fiscal_year): known.year(body)}
    for month in months_of(fiscal_year):
        found[month_key(month)] = known.month(month, body, counted.get(month_key(month), set()))
        for facility, of in bodies.items():
            if body in ("", of):
                found[place_key(month, facility)] = known.facility_month(month, facility)
    return {key: standing for key, standing in found.items() if standing.is_certified}
