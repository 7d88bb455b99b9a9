"""Definitions, targets, and the figures folded from visits. Derived rows can be thrown away and rebuilt."""

from piccolo.constraints import Unique
from piccolo.table import Table

from booking.facilities.tables import Body, Facility
from booking.kit.tables import (
    big,
    day,
    document,
    flag,
    holds,
    identifier,
    identifiers,
    instant,
    key,
    one_of,
    raw,
    ref,
    small,
    small_key,
    text,
    texts,
    whole,
)
from booking.kpi.rules import DefinitionStatus, Dimension, Part, Period, Places, Unit, Upload


class KpiTarget(Table, tablename="kpi_target"):
    """A target of the plan. Source: the plan's table of indicators."""

    id = key()
    kpi = small()
    name = text()
    unit = text()
    fiscal_year = small()
    target = whole()
    kpi_target_year_unique = Unique([kpi, fiscal_year])


class KpiScope(Table, tablename="kpi_scope"):
    """Which visits a reading looks at. An empty list of facilities or programs, or no brand, leaves nothing out."""

    id = key()
    code = text(unique=True)
    name = text()
    names = document()
    brand = text(null=True)
    facilities = texts()
    programs = texts()
    position = small()
    author = text(null=True)
    made_at = instant()


class KpiDefinition(Table, tablename="kpi_definition"):
    """A reading of the indicator. The one with `is_reported` is in force; none is ever changed, a new one replaces it.

    `author` and `reason` are null in the readings that come with the service.
    """

    id = key()
    code = text(unique=True)
    name = text()
    names = document()
    scope = text()
    unit = text()
    places = text(default=Places.EACH.value)
    counts_trials = flag(default=True)
    counts_groups = flag(default=True)
    counts_staff_entries = flag(default=True)
    counts_imports = flag(default=True)
    min_stay_minutes = whole(default=0)
    is_reported = flag()
    status = text()
    confirmed_by = text(null=True)
    confirmed_office = text(null=True)
    document = text(null=True)
    confirmed_at = instant(null=True)
    valid_from_on = day()
    author = text(null=True)
    reason = text(null=True)
    made_at = instant(null=True)
    kpi_definition_unit_check = one_of("unit", Unit)
    kpi_definition_places_check = one_of("places", Places)
    kpi_definition_status_check = one_of("status", DefinitionStatus)
    kpi_definition_confirmed_check = holds(
        "status = 'assumed' or (confirmed_by is not null and confirmed_office is not null and document is not null)"
    )
    kpi_definition_stay_check = holds("min_stay_minutes >= 0")


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
    kpi_figure_dimension_check = one_of("dimension", Dimension)
    kpi_figure_cell_unique = Unique([facility, counted_on, scope, dimension, value])


class KpiMonth(Table, tablename="kpi_month"):
    """The same figures added up by month, so that a year costs no more than its months."""

    id = key()
    facility = ref(Facility)
    month_on = day(index=True)
    scope = text()
    dimension = text()
    value = text()
    person_days = big()
    person_sessions = big()
    kpi_month_dimension_check = one_of("dimension", Dimension)
    kpi_month_cell_unique = Unique([facility, month_on, scope, dimension, value])


class KpiPresence(Table, tablename="kpi_presence"):
    """Who was counted at a facility on a day: what distinct people are counted from."""

    id = key()
    facility = ref(Facility)
    counted_on = day()
    scope = text()
    person_keys = identifiers()
    kpi_presence_day_unique = Unique([facility, counted_on, scope])


class KpiPerson(Table, tablename="kpi_person"):
    """A person of a fiscal year (the key is random per year) and on how many facility-days they were counted.

    `body` is empty for the whole plan, else the code of the body whose facilities are looked at.
    """

    id = key()
    fiscal_year = small()
    person_key = identifier()
    scope = text()
    body = text(default="")
    facility_days = whole()
    kpi_person_body_unique = Unique([fiscal_year, scope, body, person_key])


class KpiCertification(Table, tablename="kpi_certification"):
    """A month or year that a named person has certified: the figure, its definition and what it was made of, for ever.

    `body` is empty for the whole plan. `days` holds what every facility-day gave, `digest` the SHA-256 of the visit
    rows behind it. `origin` names the installation whose signed file brought it, null when it was certified here.
    """

    id = key()
    period = text()
    starts_on = day(index=True)
    until_on = day()
    body = text(default="")
    definition = document()
    value = big()
    figures = document()
    days = document()
    row_count = big()
    digest = text()
    certified_by = identifier(null=True)
    certified_by_name = text()
    office = text()
    note = text(null=True)
    certified_at = instant()
    origin = text(null=True)
    signature = text(null=True)
    kpi_certification_period_check = one_of("period", Period)
    kpi_certification_period_unique = Unique([period, starts_on, body])


class KpiCertifiedRows(Table, tablename="kpi_certified_rows"):
    """The very lines a certified year was counted from, deflated, in pieces that follow each other.

    They hold what a visit keeps when its person is erased, so that the figure can be worked out again for ever.
    """

    id = key()
    certification = ref(KpiCertification, index=False)
    part = text()
    position = whole()
    lines = raw()
    kpi_certified_rows_part_check = one_of("part", Part)
    kpi_certified_rows_position_unique = Unique([certification, part, position])


class KpiKey(Table, tablename="kpi_key"):
    """The Ed25519 key with which this installation signs what leaves it: made once, for ever."""

    id = small_key()
    public_key = text()
    sealed_private_key = text()
    made_at = instant()
    kpi_key_single_check = holds("id = 1")


class KpiTrustedKey(Table, tablename="kpi_trusted_key"):
    """The key of another installation whose certified totals of one body count here, and the paper that says so."""

    id = key()
    body = text()
    public_key = text()
    name = text()
    document = text()
    trusted_by_name = text()
    trusted_at = instant()
    revoked_by_name = text(null=True)
    revoked_at = instant(null=True)


class KpiDifference(Table, tablename="kpi_difference"):
    """A facility-day that gives another number than it was certified with: from when, and why.

    Distinct people do not add up: of a figure in people the whole period differs, without facility and day.
    """

    id = key()
    certification = ref(KpiCertification)
    facility = ref(Facility, null=True)
    counted_on = day(null=True)
    was = big()
    now = big()
    reason = text()
    found_at = instant()
    kpi_difference_where_check = holds("(facility is null) = (counted_on is null)")


class KpiUpload(Table, tablename="kpi_upload"):
    """A file of numbers from before this service: what it would do or has done, and who answers for it.

    `content` is sealed and kept for an hour, until it is committed or forgotten. `taken_back_at`: its visits were
    voided again.
    """

    id = key()
    body = ref(Body)
    kind = text()
    digest = text()
    content = text(null=True)
    report = document()
    method = text()
    document = text()
    author = text()
    uploaded_by = identifier(null=True)
    uploaded_at = instant()
    committed_at = instant(null=True)
    taken_back_at = instant(null=True)
    kpi_upload_kind_check = one_of("kind", Upload)


class KpiOldKey(Table, tablename="kpi_old_key"):
    """Which random key a person of an old list has in a fiscal year, found by a keyed digest of the old key alone."""

    id = key()
    body = ref(Body)
    fiscal_year = small()
    digest = text()
    person_key = identifier()
    kpi_old_key_digest_unique = Unique([body, fiscal_year, digest])


class KpiImport(Table, tablename="kpi_import"):
    """The total of a month and facility from before this service. A better one replaces it and the old one stays."""

    id = key()
    facility = ref(Facility)
    month_on = day()
    person_days = big()
    person_sessions = big(null=True)
    method = text()
    document = text()
    imported_by = identifier(null=True)
    author = text()
    imported_at = instant()
    replaced_at = instant(null=True)
    upload = ref(KpiUpload, null=True)
    kpi_import_number_check = holds("person_days >= 0 and person_sessions >= 0")


class KpiParallel(Table, tablename="kpi_parallel"):
    """Users of a facility-day counted in the old way while the service counts too."""

    id = key()
    facility = ref(Facility)
    counted_on = day()
    users = whole()
    author = text()
    made_at = instant()
    kpi_parallel_users_check = holds("users >= 0")
    kpi_parallel_day_unique = Unique([facility, counted_on])


class KpiPopulation(Table, tablename="kpi_population"):
    """How many people of 6 to 18 lived in a municipality on a day, and who says so."""

    id = key()
    municipality = text()
    as_of_on = day()
    people = whole()
    source = text()
    author = text()
    made_at = instant()
    kpi_population_people_check = holds("people >= 0")
    kpi_population_day_unique = Unique([municipality, as_of_on])


class KpiActual(Table, tablename="kpi_actual"):
    """A value of one of the plan's other indicators, entered by hand. The latest one counts, all are kept."""

    id = key()
    kpi = small()
    fiscal_year = small()
    value = whole()
    as_of_on = day()
    source = text()
    author = text()
    made_at = instant()
    kpi_actual_kpi_check = holds("kpi between 1 and 3")


class KpiRemark(Table, tablename="kpi_remark"):
    """What a report says of a year in words: 要因・課題・次年度への反映. The latest one counts, all are kept."""

    id = key()
    fiscal_year = small()
    body = text(default="")
    factors = text()
    issues = text()
    next_steps = text()
    author = text()
    made_at = instant()
