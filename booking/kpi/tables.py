"""Definitions, targets, and the figures folded from visits. Derived rows can be thrown away and rebuilt."""

from piccolo.constraints import Unique
from piccolo.table import Table

from booking.facilities.tables import Facility
from booking.kit.tables import big, day, flag, holds, identifier, instant, key, one_of, ref, small, text, whole
from booking.kpi.rules import DefinitionStatus, Dimension, Scope, Unit


class KpiTarget(Table, tablename="kpi_target"):
    """A target of the plan. Source: the plan's table of indicators."""

    id = key()
    kpi = small()
    name = text()
    unit = text()
    fiscal_year = small()
    target = whole()
    kpi_target_year_unique = Unique([kpi, fiscal_year])


class KpiDefinition(Table, tablename="kpi_definition"):
    """A reading of the indicator. The one with `is_reported` goes into reports."""

    id = key()
    code = text(unique=True)
    name = text()
    name_en = text()
    scope = text()
    unit = text()
    is_reported = flag()
    status = text()
    confirmed_by = text(null=True)
    confirmed_office = text(null=True)
    document = text(null=True)
    confirmed_at = instant(null=True)
    valid_from_on = day()
    kpi_definition_scope_check = one_of("scope", Scope)
    kpi_definition_unit_check = one_of("unit", Unit)
    kpi_definition_status_check = one_of("status", DefinitionStatus)
    kpi_definition_confirmed_check = holds(
        "status = 'assumed' or (confirmed_by is not null and confirmed_office is not null and document is not null)"
    )


class KpiFigure(Table, tablename="kpi_figure"):
    """What one facility-day adds, by scope and dimension. `value` is the program, municipality, stage … or ''."""

    id = key()
    facility = ref(Facility)
    counted_on = day(index=True)
    scope = text()
    dimension = text()
    value = text()
    person_days = big()
    person_sessions = big()
    kpi_figure_scope_check = one_of("scope", Scope)
    kpi_figure_dimension_check = one_of("dimension", Dimension)
    kpi_figure_cell_unique = Unique([facility, counted_on, scope, dimension, value])


class KpiPresence(Table, tablename="kpi_presence"):
    """A person was counted at a facility on a day: what distinct people are counted from."""

    id = key()
    facility = ref(Facility)
    counted_on = day()
    person_key = identifier(index=True)
    scope = text()
    kpi_presence_scope_check = one_of("scope", Scope)
    kpi_presence_cell_unique = Unique([facility, counted_on, person_key, scope])


class KpiPerson(Table, tablename="kpi_person"):
    """A person of a fiscal year (the key is random per year) and on how many facility-days they were counted."""

    id = key()
    fiscal_year = small()
    person_key = identifier()
    scope = text()
    facility_days = whole()
    kpi_person_scope_check = one_of("scope", Scope)
    kpi_person_cell_unique = Unique([fiscal_year, scope, person_key])
