"""Scans are append-only truth; visits are a fold of one person's scans and corrections of one local day."""

from piccolo.columns import BigSerial
from piccolo.constraints import Unique
from piccolo.table import Table

from booking.facilities.tables import Facility, Place
from booking.kiosks.tables import Kiosk
from booking.kit.tables import (
    big,
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
    whole,
)
from booking.people.tables import Member
from booking.programs.tables import Program, Session
from booking.reservations.tables import GroupRequest, Reservation
from booking.visits.rules_kinds import ClosedBy, EnteredBy, HeadsOf, RollMark, TurnState, VisitKind


class KioskMember(Table, tablename="kiosk_member"):
    """The random key under which one kiosk knows one member."""

    id = key()
    kiosk = ref(Kiosk)
    member = ref(Member)
    member_key = identifier()
    kiosk_member_pair_unique = Unique([kiosk, member])
    kiosk_member_key_unique = Unique([member_key])


class FormerKioskMember(Table, tablename="kiosk_member_former"):
    """A key that a kiosk may still use for a member whose two records became one; new lists come without it."""

    id = key()
    kiosk = ref(Kiosk)
    member = ref(Member)
    member_key = identifier()
    kiosk_member_former_key_unique = Unique([member_key])


class Scan(Table, tablename="scan"):
    """What was shown, when, by which kiosk, in which order, and what the kiosk told the person.

    `happened_at` is the kiosk's time put right by its offset. `kiosk` is null when staff entered it. `is_repeat`: only
    showed again what was just answered; `is_turn`: the person went the other way than last time. `party` is the name
    of a group counted by heads.
    """

    id = key()
    kiosk = ref(Kiosk, null=True, index=False)
    nonce = identifier()
    seq = big()
    scanned_at = instant()
    happened_at = instant()
    received_at = instant()
    clock_offset_ms = big(default=0)
    kind = text()
    direction = text()
    pass_id = identifier(null=True, index=True)
    member = ref(Member, null=True, index=False)
    facility = ref(Facility, null=True)
    session = ref(Session, null=True)
    heads = whole(null=True)
    heads_of = text(null=True)
    party = text(null=True)
    from_paper = flag()
    answers = document()
    offline = flag()
    told_verdict = text(null=True)
    told_code = text(null=True)
    verdict = text()
    code = text()
    answer = document()
    flags = texts()
    is_repeat = flag()
    is_turn = flag()
    by_account = identifier(null=True)
    scan_heads_of_check = one_of("heads_of", HeadsOf)
    scan_kiosk_nonce_unique = Unique([kiosk, nonce])


class Visit(Table, tablename="visit"):
    """One stay. Everything a published table uses is copied at entry, so that erasing a member changes no figure.

    `import_id`: the file from before this service that told of it.
    """

    id = key()
    member = ref(Member, null=True, index=False)
    person_key = identifier(null=True)
    kind = text()
    heads = whole(default=1)
    party = text(null=True)
    facility = ref(Facility, index=False)
    program = ref(Program, null=True)
    session = ref(Session, null=True)
    reservation = ref(Reservation, null=True)
    visited_on = day()
    entered_at = instant()
    left_at = instant(null=True)
    entered_by = text()
    closed_by = text(null=True)
    grade = small(null=True)
    school_stage = text(null=True)
    age_band = text(null=True)
    municipality_code = text(null=True)
    entry_scan = ref(Scan, null=True)
    exit_scan = ref(Scan, null=True, index=False)
    voided_at = instant(null=True)
    created_at = instant()
    import_id = identifier(null=True)
    visit_kind_check = one_of("kind", VisitKind)
    visit_entered_by_check = one_of("entered_by", EnteredBy)
    visit_closed_by_check = one_of("closed_by", ClosedBy)
    visit_heads_check = holds("heads > 0")
    visit_order_check = holds("left_at is null or left_at >= entered_at")


class Correction(Table, tablename="visit_correction"):
    """What was changed about a visit, who and why: void, set the exit, add, merge. A voided visit stays visible.

    `by_account` is null when a late scan showed that a visit was part of another.
    """

    id = key()
    visit = ref(Visit)
    kind = text()
    at = instant(null=True)
    reason = text()
    by_account = identifier(null=True)
    made_at = instant()
    visit_correction_kind_check = holds("kind in ('void', 'set-exit', 'add', 'merge')")


class DoorFlag(Table, tablename="door_flag"):
    """Something at the door that staff should look at."""

    id = key()
    code = text()
    facility = ref(Facility, null=True)
    kiosk = ref(Kiosk, null=True)
    member = ref(Member, null=True)
    scan = ref(Scan, null=True)
    visit = ref(Visit, null=True)
    raised_at = instant(index=True)
    detail = document()
    resolved_at = instant(null=True)
    resolved_by = identifier(null=True)


class Turn(Table, tablename="turn"):
    """A numbered turn (整理券) of a day, taken at a full door. Numbers run from 1 for each facility and day."""

    id = key()
    facility = ref(Facility)
    session = ref(Session, null=True)
    held_on = day()
    number = whole()
    member = ref(Member, null=True)
    scan = ref(Scan, null=True)
    state = text()
    taken_at = instant()
    called_at = instant(null=True)
    ended_at = instant(null=True)
    turn_state_check = one_of("state", TurnState)
    turn_number_check = holds("number > 0")
    turn_number_unique = Unique([facility, held_on, number])


class GroupArrival(Table, tablename="group_arrival"):
    """A group visit has come: the scan that counted its heads, and how many of it showed a pass of their own."""

    id = key()
    request = ref(GroupRequest)
    scan = ref(Scan, index=False)
    members = small(default=0)
    by_account = identifier(null=True)
    made_at = instant()
    group_arrival_members_check = holds("members >= 0")
    group_arrival_scan_unique = Unique([scan])


class HeadCount(Table, tablename="head_count"):
    """Heads that staff counted, beside what the service thought at that moment."""

    id = key()
    facility = ref(Facility)
    counted_on = day()
    counted_at = instant()
    heads = whole()
    inside = whole()
    by_account = identifier(null=True)
    made_at = instant()
    head_count_heads_check = holds("heads >= 0 and inside >= 0")


class DayClose(Table, tablename="day_close"):
    """The daily close (日報) as it was signed. Never changed: what comes later shows as a difference.

    Units: `coverage_permille` is what the service knew of every thousand heads counted.
    """

    id = key()
    facility = ref(Facility)
    closed_on = day()
    figures = document()
    coverage_permille = whole(null=True)
    reason = text(null=True)
    note = text(null=True)
    signed_by = identifier()
    signed_by_name = text()
    signed_at = instant()
    day_close_day_unique = Unique([facility, closed_on])


class RollCall(Table, tablename="roll_call"):
    """Everybody inside a place is looked for, one by one, until it is ended."""

    id = key()
    place = ref(Place)
    began_at = instant()
    began_by = identifier(null=True)
    ended_at = instant(null=True)
    ended_by = identifier(null=True)


class RollCallMark(Table, tablename="roll_call_mark"):
    """One tick of a roll call; of several for one visit the last one counts. A kiosk's come with their nonce."""

    id = key()
    roll_call = ref(RollCall)
    visit = ref(Visit)
    how = text()
    marked_at = instant()
    by_account = identifier(null=True)
    by_name = text()
    kiosk = ref(Kiosk, null=True)
    nonce = identifier()
    roll_call_mark_how_check = one_of("how", RollMark)
    roll_call_mark_nonce_unique = Unique([nonce])


class VisitChange(Table, tablename="visit_change"):
    """A facility-day whose visits changed; `kpi` folds it and moves on exactly the rows it saw."""

    id = BigSerial(primary_key=True)
    facility_id = identifier()
    visited_on = day()


class VisitChangeKept(Table, tablename="visit_change_kept"):
    """A changed facility-day that `kpi` has folded; `occupancy` folds it and deletes exactly the rows it saw."""

    id = BigSerial(primary_key=True)
    facility_id = identifier()
    visited_on = day()
