"""Bodies, municipalities, places, facilities, and when they are open."""

from piccolo.constraints import Unique
from piccolo.table import Table

from booking.facilities.rules import (
    Brand,
    ClosingKind,
    ClosingNowReason,
    ClosureKind,
    FacilityKind,
    MunicipalityKind,
    OnHoliday,
    SpaceUse,
)
from booking.facilities.rules_accessibility import AccessibilityItem
from booking.kit.tables import (
    day,
    document,
    flag,
    holds,
    identifier,
    instant,
    key,
    one_of,
    ref,
    small,
    text,
    texts,
    wall_time,
    whole,
)


class Body(Table, tablename="body"):
    """A public body, controller of the personal data it collects. `code` is its 全国地方公共団体コード."""

    id = key()
    code = text(unique=True)
    name = text()
    names = document()
    sender_address = text(null=True)
    sender_name = text(null=True)
    phone = text(null=True)


class Municipality(Table, tablename="municipality"):
    """Where a member lives. Source: 全国地方公共団体コード."""

    id = key()
    code = text(unique=True)
    name = text()
    kana = text()
    kind = text()
    municipality_kind_check = one_of("kind", MunicipalityKind)


class Place(Table, tablename="place"):
    """A building or floor with one entrance that several facilities may share."""

    id = key()
    code = text(unique=True)
    name = text()
    names = document()


class Facility(Table, tablename="facility"):
    """A centre or satellite. `provisional` names the columns (and `hours`) nobody has confirmed.

    Units: from so much of the capacity on people read that it is busy, or full.
    """

    id = key()
    code = text(unique=True)
    name = text()
    names = document()
    kind = text()
    brand = text()
    body = ref(Body)
    place = ref(Place)
    municipality = ref(Municipality)
    address = text()
    addresses = document()
    phone = text(null=True)
    opened_on = day()
    capacity = whole()
    source = text()
    provisional = texts()
    entry_opens_minutes = small(default=30)
    late_minutes = small(default=15)
    no_show_minutes = small(default=20)
    shows_names = flag(default=True)
    gives_turns = flag(default=True)
    busy_percent = small(default=60)
    full_percent = small(default=100)
    desk_email = text(null=True)
    closed_now_at = instant(null=True)
    closed_now_reason = text(null=True)
    ended_on = day(null=True)
    facility_kind_check = one_of("kind", FacilityKind)
    facility_brand_check = one_of("brand", Brand)
    facility_capacity_check = holds("capacity > 0")
    facility_levels_check = holds("0 < busy_percent and busy_percent < full_percent and full_percent <= 100")
    facility_closed_now_reason_check = one_of("closed_now_reason", ClosingNowReason)


class FacilityAccessibility(Table, tablename="facility_accessibility"):
    """One accessibility item of a facility. Source: GIF DS-436, 有無コード 0 no, 1 yes, 2 not published, 9 unknown."""

    id = key()
    facility = ref(Facility, index=False)
    item = text()
    presence = small(default=9)
    note = text(null=True)
    notes = document()
    changed_by = identifier(null=True)
    changed_at = instant()
    facility_accessibility_item_check = one_of("item", AccessibilityItem)
    facility_accessibility_presence_check = holds("presence in (0, 1, 2, 9)")
    facility_accessibility_unique = Unique([facility, item])


class Space(Table, tablename="space"):
    """A room or area of a facility. `wheelchair_places`: how many wheelchairs fit at once; null: no limit."""

    id = key()
    facility = ref(Facility)
    code = text(unique=True)
    name = text()
    names = document()
    capacity = whole()
    wheelchair_places = small(null=True)
    provisional = flag()
    ended_on = day(null=True)
    space_capacity_check = holds("capacity > 0")
    space_wheelchair_check = holds("wheelchair_places is null or wheelchair_places between 0 and capacity")


class SpaceTaken(Table, tablename="space_taken"):
    """A space is used from one instant to another, by a session or a group visit (`used_by`), or kept free by staff.

    Two uses of one space never overlap: the exclusion constraint `space_taken_once` of the database refuses it.
    """

    id = key()
    space = ref(Space, index=False)
    starts_at = instant()
    ends_at = instant()
    used_for = text()
    used_by = identifier(index=True)
    space_taken_used_for_check = one_of("used_for", SpaceUse)
    space_taken_order_check = holds("starts_at < ends_at")


class OpeningHours(Table, tablename="opening_hours"):
    """Hours of one weekday (1 Monday … 7 Sunday) while valid."""

    id = key()
    facility = ref(Facility)
    weekday = small()
    opens = wall_time()
    closes = wall_time()
    valid_from_on = day()
    valid_until_on = day(null=True)
    opening_hours_weekday_check = holds("weekday between 1 and 7")
    opening_hours_order_check = holds("opens < closes")
    opening_hours_start_unique = Unique([facility, weekday, valid_from_on])


class ClosingRule(Table, tablename="closing_rule"):
    """A rule that closes days. Yearly spans are `MM-DD`, both days included, and may wrap over new year."""

    id = key()
    facility = ref(Facility)
    kind = text()
    weekday = small(null=True)
    week_of_month = small(null=True)
    on_holiday = text(null=True)
    days_after = small(null=True)
    first_day = text(null=True)
    last_day = text(null=True)
    valid_from_on = day()
    valid_until_on = day(null=True)
    provisional = flag()
    closing_rule_kind_check = one_of("kind", ClosingKind)
    closing_rule_on_holiday_check = one_of("on_holiday", OnHoliday)
    closing_rule_weekly_check = holds("kind <> 'weekly' or (weekday between 1 and 7 and on_holiday is not null)")
    closing_rule_yearly_check = holds(
        "kind <> 'yearly' or (first_day ~ '^[01][0-9]-[0-3][0-9]$' and last_day ~ '^[01][0-9]-[0-3][0-9]$')"
    )
    closing_rule_after_check = holds("kind <> 'after-holiday' or days_after between 1 and 7")


class Closure(Table, tablename="closure"):
    """A day decided by hand: closed (all day or between two times) or open against the rules."""

    id = key()
    facility = ref(Facility)
    closed_on = day(index=True)
    kind = text()
    from_time = wall_time(null=True)
    until_time = wall_time(null=True)
    reason = text()
    reasons = document()
    decided_by = identifier(null=True)
    decided_at = instant()
    revoked_at = instant(null=True)
    closure_kind_check = one_of("kind", ClosureKind)
    closure_times_check = holds(
        "(from_time is null) = (until_time is null) and (from_time is null or from_time < until_time)"
    )


class ClosingNow(Table, tablename="closing_now"):
    """A facility was closed at once (`facility.closed_now_at` says so to the door) and perhaps opened again."""

    id = key()
    facility = ref(Facility)
    reason = text()
    note = text(null=True)
    closed_at = instant()
    closed_by = identifier(null=True)
    reopened_at = instant(null=True)
    reopened_by = identifier(null=True)
    closing_now_reason_check = one_of("reason", ClosingNowReason)
