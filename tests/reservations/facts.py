"""Facts for the rules, without a database."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from booking.kit.tokens import new_id
from booking.people.schemas import MemberView
from booking.programs.schemas import EligibilityView, SessionView
from booking.reservations.rules import holding_of
from booking.reservations.schemas import ReservationView
from booking.reservations.schemas_facts import Holding, OrderFacts

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
"""Saturday 21 November 2026, 12:00 in Tokyo."""
PROGRAM, FACILITY, BODY, PLACE = (UUID(int=number) for number in range(1, 5))


def a_session(hours: float = 24, **columns: Any) -> SessionView:
    """A session of ten web seats that starts some hours after NOW and lasts two."""
    starts_at = NOW + timedelta(hours=hours)
    given: dict[str, Any] = {
        "id": new_id(),
        "program_id": PROGRAM,
        "program_code": "make",
        "program_name": "つくる",
        "program_names": {"ja": "つくる", "en": "Make"},
        "brand": "tsukurun",
        "category": "drop-in",
        "selection": "first-come",
        "max_held": None,
        "max_per_week": None,
        "facility_id": FACILITY,
        "facility_code": "here",
        "facility_name": "ここ",
        "facility_names": {"ja": "ここ", "en": "Here"},
        "place_id": PLACE,
        "body_id": BODY,
        "body_code": "100005",
        "pattern_id": None,
        "held_on": (starts_at + timedelta(hours=9)).date(),
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=2),
        "web_seats": 10,
        "walk_in_seats": 2,
        "state": "published",
        "booking_opens_at": NOW - timedelta(days=7),
        "booking_closes_at": starts_at - timedelta(minutes=10),
        "cancel_until": starts_at - timedelta(hours=1),
        "roll_over_at": starts_at,
        "entry_opens_minutes": 30,
        "late_minutes": 15,
        "no_show_minutes": 20,
        "cancelled_at": None,
        "cancel_reason": None,
    }
    return SessionView(**{**given, **columns})


def a_member(**columns: Any) -> MemberView:
    """A child in 中学2年 (8th year) in fiscal year 2026, registered with the body."""
    given: dict[str, Any] = {
        "id": new_id(),
        "number": "00000000",
        "household_id": new_id(),
        "family_name": "群馬",
        "given_name": "太郎",
        "family_kana": "ぐんま",
        "given_kana": "たろう",
        "latin_name": None,
        "shown_name": "たろう",
        "birth_on": date(2012, 6, 1),
        "grade": 8,
        "school_stage": "junior-high",
        "grade_override": None,
        "grade_override_year": None,
        "municipality_code": None,
        "municipality_name": None,
        "school_name": None,
        "assistance": None,
        "is_protected": False,
        "seen_at_desk_at": None,
        "created_at": NOW,
        "left_at": None,
        "body_codes": ("100005",),
    }
    return MemberView(**{**given, **columns})


def a_rule(grades: tuple[int, int] | None = (7, 12), *, adults: bool = False, **columns: Any) -> EligibilityView:
    """A rule of PROGRAM in force since long ago."""
    low, high = grades or (None, None)
    given = {"id": new_id(), "program_id": PROGRAM, "valid_from_on": date(2020, 4, 1), "adults": adults}
    return EligibilityView(**{**given, "min_grade": low, "max_grade": high, **columns})


def a_holding(session: SessionView, member: MemberView, state: str = "confirmed") -> Holding:
    """A live reservation of a member."""
    return msgspec.structs.replace(holding_of(session, member.id), state=state)


def the_facts(
    sessions: SessionView | Iterable[SessionView], members: MemberView | Iterable[MemberView], **given: Any
) -> OrderFacts:
    """Facts of an order: everybody may be booked for, nothing is taken, the rule is 7th to 12th year."""
    in_order = (sessions,) if isinstance(sessions, SessionView) else tuple(sessions)
    people = (members,) if isinstance(members, MemberView) else tuple(members)
    facts: dict[str, Any] = {
        "now": NOW,
        "sessions": in_order,
        "member_ids": tuple(each.id for each in people),
        "members": {each.id: each for each in people},
        "bookable": frozenset(each.id for each in people),
        "taken": {},
        "holdings": (),
        "eligibility": {PROGRAM: (a_rule(),)},
    }
    return OrderFacts(**{**facts, **given})


def a_reservation(state: str = "confirmed", **columns: Any) -> ReservationView:
    """A reservation of tomorrow."""
    session = a_session()
    given: dict[str, Any] = {
        "id": new_id(),
        "order_id": new_id(),
        "state": state,
        "session_id": session.id,
        "member_id": new_id(),
        "member_name": "たろう",
        "program_code": session.program_code,
        "program_name": session.program_name,
        "program_names": session.program_names,
        "facility_code": session.facility_code,
        "facility_name": session.facility_name,
        "facility_names": session.facility_names,
        "facility_addresses": {"ja": "群馬県"},
        "place_code": "place",
        "body_code": session.body_code,
        "held_on": session.held_on,
        "starts_at": session.starts_at,
        "ends_at": session.ends_at,
        "cancel_until": session.cancel_until,
        "booked_at": NOW,
        "arrived_at": None,
        "cancelled_at": None,
    }
    return ReservationView(**{**given, **columns})
