"""Days that are over, counted once and kept: what the history and the usual day are read from."""

from piccolo.constraints import Unique
from piccolo.table import Table

from booking.facilities.tables import Facility
from booking.kit.tables import day, document, identifier, instant, key, ref, small, text


class UseDay(Table, tablename="use_day"):
    """What one facility-day came to: `counts` is dimension → value → number, by the dimensions of `queries_days`."""

    id = key()
    facility = ref(Facility, index=False)
    used_on = day()
    counts = document()
    use_day_day_unique = Unique([facility, used_on])


class UsePerson(Table, tablename="use_person"):
    """When a person of a fiscal year (the key is random per year) first and last came to a facility, by brand."""

    id = key()
    facility = ref(Facility, index=False)
    fiscal_year = small()
    person_key = identifier()
    brand = text()
    first_on = day()
    last_on = day()
    first_at = instant()
    last_at = instant()
    use_person_year_unique = Unique([facility, fiscal_year, person_key, brand])
