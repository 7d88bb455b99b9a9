"""Reservations: one member, one session, one state; weekly enrolments, draws, school groups, and points."""

from piccolo.constraints import Unique
from piccolo.table import Table

from booking.access.tables import Account
from booking.facilities.tables import Body, Facility, Space
from booking.kit.tables import (
    answer,
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
from booking.people.tables import Member
from booking.programs.tables import Group, Program, Session, SessionOption
from booking.reservations.rules import ReservationState
from booking.reservations.rules_kinds import (
    EnrolmentState,
    EntryOutcome,
    MoveKind,
    MoveState,
    PointReason,
    RequestState,
)


class Enrolment(Table, tablename="enrolment"):
    """A member belongs to a weekly group, or waits for a seat in it. At most one live row per member and group.

    `other_times`: at which other times the member could come, as `{"weekday", "starts", "ends"}`, asked at enrolment.
    """

    id = key()
    group = ref(Group)
    member = ref(Member)
    state = text()
    other_times = document()
    enrolled_at = instant()
    enrolled_by_kind = text()
    enrolled_by = identifier(null=True)
    overridden = texts()
    override_reason = text(null=True)
    ended_at = instant(null=True)
    ended_by = identifier(null=True)
    enrolment_state_check = one_of("state", EnrolmentState)


class Reservation(Table, tablename="reservation"):
    """A member's place in a session. At most one live row per member and session (partial unique index).

    `is_party`: the whole order is wanted or none of it. `helpers` come along and take no seat. `offered_until`: until
    when a freed seat is kept for whoever waited; it can be extended once. What somebody erased had booked stays as
    nobody's, for the counts of its session.
    """

    id = key()
    session = ref(Session)
    member = ref(Member, null=True)
    state = text()
    enrolment = ref(Enrolment, null=True)
    order_id = identifier(index=True)
    is_party = flag()
    booked_at = instant()
    booked_by_kind = text()
    booked_by = identifier(null=True)
    overridden = texts()
    override_reason = text(null=True)
    assistance = text(null=True)
    uses_wheelchair = flag()
    helpers = small(default=0)
    waiting_at = instant(null=True)
    offered_at = instant(null=True)
    offered_until = instant(null=True)
    extended_at = instant(null=True)
    moved_from = ref("self", null=True)
    arrived_at = instant(null=True)
    cancelled_at = instant(null=True)
    cancelled_by = identifier(null=True)
    released_at = instant(null=True)
    reservation_helpers_check = holds("helpers between 0 and 5")
    reservation_state_check = one_of("state", ReservationState)


class ReservationOption(Table, tablename="reservation_option"):
    """An option that came with a reservation. It is free again when the reservation is."""

    id = key()
    reservation = ref(Reservation)
    option = ref(SessionOption)
    reservation_option_pair_unique = Unique([reservation, option])


class Draw(Table, tablename="draw"):
    """The draw of a session. `commitment` is the digest of the sealed secret, published when entries open.

    `public_name` says in advance which public number of which day (`public_on`) will be mixed in. `seats`: how many
    were drawn, once it was run.
    """

    id = key()
    session = ref(Session, index=False)
    secret = text()
    commitment = text()
    public_name = text()
    public_names = document()
    public_on = day()
    public_number = text(null=True)
    confirm_hours = small(default=72)
    seats = small(null=True)
    opened_at = instant()
    closed_at = instant(null=True)
    list_digest = text(null=True)
    drawn_at = instant(null=True)
    drawn_by = identifier(null=True)
    draw_session_unique = Unique([session])


class DrawEntry(Table, tablename="draw_entry"):
    """One entry of a closed list: its number and seats, and after the draw its rank and what became of it.

    A party is one entry, under the first of its reservations.
    """

    id = key()
    draw = ref(Draw, index=False)
    number = whole()
    reservation = ref(Reservation)
    seats = small(default=1)
    rank = whole(null=True)
    outcome = text(null=True)
    draw_entry_number_unique = Unique([draw, number])
    draw_entry_outcome_check = one_of("outcome", EntryOutcome)


class GroupMove(Table, tablename="group_move"):
    """What the leader of a weekly group asks its people: come to another group, or meet at another time.

    `times`: the new weekly times as `{"weekday", "starts", "ends"}`.
    """

    id = key()
    group = ref(Group)
    kind = text()
    to_group = ref(Group, null=True)
    times = document()
    from_on = day(null=True)
    note = text()
    notes = document()
    state = text()
    asked_at = instant()
    asked_by = identifier(null=True)
    answer_until = instant()
    settled_at = instant(null=True)
    settled_by = identifier(null=True)
    group_move_kind_check = one_of("kind", MoveKind)
    group_move_state_check = one_of("state", MoveState)


class GroupMoveAnswer(Table, tablename="group_move_answer"):
    """What one enrolled member (or the guardian) says to a move. Null: not answered yet."""

    id = key()
    move = ref(GroupMove, index=False)
    enrolment = ref(Enrolment)
    is_yes = answer()
    answered_at = instant(null=True)
    answered_by = identifier(null=True)
    group_move_answer_pair_unique = Unique([move, enrolment])


class GroupRequest(Table, tablename="group_request"):
    """A school or other group asks to visit. `door_code` is the code of the day, once it is approved.

    `dates`: up to three wishes in order; `pupils`: school year → number. `displaced_at`: the moment of the closing that
    took its day. `called`: who telephoned, and what was said, where staff wrote the request down.
    """

    id = key()
    facility = ref(Facility)
    program = ref(Program, null=True)
    account = ref(Account, null=True)
    organisation = text()
    contact_name = text()
    email = text(null=True)
    phone = text()
    language = text()
    dates = document()
    pupils = document()
    adults = small(default=0)
    wheelchairs = small(default=0)
    assistance = text()
    bus_count = small(default=0)
    note = text()
    state = text()
    created_at = instant()
    visit_on = day(null=True)
    starts = wall_time(null=True)
    ends = wall_time(null=True)
    staff_note = text()
    door_code = text(null=True)
    decided_at = instant(null=True)
    decided_by = identifier(null=True)
    answered_at = instant(null=True)
    displaced_at = instant(null=True)
    called = text(null=True)
    group_request_state_check = one_of("state", RequestState)


class GroupRoom(Table, tablename="group_room"):
    """Part of a group visit in one room: how many of it, from when to when."""

    id = key()
    request = ref(GroupRequest)
    space = ref(Space)
    heads = small()
    starts_at = instant()
    ends_at = instant()
    group_room_heads_check = holds("heads > 0")


class PointRule(Table, tablename="point_rule"):
    """How a body counts seats that were not used. `counts_minors` is off unless the body turns it on."""

    id = key()
    body = ref(Body, index=False)
    is_on = flag()
    counts_minors = flag()
    no_show_points = small(default=2)
    late_cancel_points = small(default=1)
    late_cancel_minutes = small(default=60)
    limit_points = small(default=4)
    counted_days = small(default=90)
    pause_days = small(default=30)
    point_rule_body_unique = Unique([body])


class Point(Table, tablename="point"):
    """Points of a member for one reservation; taken back when it turns out that the person came."""

    id = key()
    member = ref(Member)
    body = ref(Body)
    reservation = ref(Reservation, index=False)
    reason = text()
    points = small()
    given_at = instant()
    taken_back_at = instant(null=True)
    taken_back_by = identifier(null=True)
    point_reason_check = one_of("reason", PointReason)
    point_reservation_unique = Unique([reservation])
