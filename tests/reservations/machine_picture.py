"""Everything the laws of the machine look at, read by plain SQL, and what is said of it without the code under test."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

TAKING = ("offered", "confirmed", "arrived")
LIVE = (*TAKING, "waiting", "applied")
Row = asyncpg.Record

_READ = {
    "sessions": """
        select session.*, session."group" as group_id, coalesce(session.selection, program.selection) as chosen_by,
               program.max_held, program.max_per_week, facility.code as facility_code, body.code as body_code,
               coalesce(session.wheelchair_places, space.wheelchair_places) as places,
               coalesce(program.entry_opens_minutes, facility.entry_opens_minutes) as early_minutes,
               coalesce(program.no_show_minutes, facility.no_show_minutes) as no_show_minutes
          from session join program on program.id = session.program join facility on facility.id = session.facility
          join body on body.id = facility.body left join space on space.id = session.space""",
    "rules": "select * from eligibility",
    "reservations": """
        select reservation.*, array(select option from reservation_option
                                     where reservation_option.reservation = reservation.id) as options
          from reservation""",
    "options": "select * from session_option",
    "enrolments": 'select enrolment.*, "group" as group_id from enrolment',
    "groups": """
        select weekly_group.*, program.max_held, body.code as body_code
          from weekly_group join program on program.id = weekly_group.program
          join facility on facility.id = weekly_group.facility join body on body.id = facility.body""",
    "members": """
        select member.*, array(select body.code from registration join body on body.id = registration.body
                                where registration.member = member.id and registration.ended_at is null) as bodies
          from member""",
    "moves": 'select group_move.*, "group" as group_id from group_move',
    "answers": "select * from group_move_answer",
    "draws": "select * from draw",
    "entries": "select * from draw_entry",
    "rooms": "select * from space_taken",
    "visits": """
        select visit.*, coalesce(scan.offline, false) as is_offline
          from visit left join scan on scan.id = visit.entry_scan where visit.voided_at is null""",
    "closures": "select * from closure where revoked_at is null",
    "closings": "select * from closing_now",
    "audit": "select * from audit_entry",
    "messages": "select * from message",
    "readers": """
        select guardianship.member, guardianship.account, account.email, guardianship.may_book,
               guardianship.is_told and guardianship.state = 'confirmed' as is_told
          from guardianship join account on account.id = guardianship.account
          join member on member.id = guardianship.member
         where guardianship.ended_at is null and (not member.is_protected or exists (
               select 1 from protected_viewer viewer
                where viewer.member = member.id and viewer.account = account.id and viewer.ended_at is null))""",
}


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the laws look at, at one instant."""

    now: datetime
    sessions: dict[UUID, Any]
    rules: dict[UUID, Any]
    reservations: dict[UUID, Any]
    options: dict[UUID, Any]
    enrolments: dict[UUID, Any]
    groups: dict[UUID, Any]
    members: dict[UUID, Any]
    moves: dict[UUID, Any]
    answers: dict[UUID, Any]
    rooms: dict[UUID, Any]
    visits: dict[UUID, Any]
    draws: dict[UUID, Any]
    entries: dict[UUID, Any]
    closures: dict[UUID, Any]
    closings: dict[UUID, Any]
    audit: dict[UUID, Any]
    messages: dict[UUID, Any]
    readers: list[Any]

    def taking(self, session_id: UUID) -> list[Row]:
        """Who takes a seat of a session."""
        return [each for each in self.reservations.values() if each["session"] == session_id and takes(each)]

    def seats_of(self, member_id: UUID) -> list[Row]:
        """The seats of a member, of all times."""
        return [each for each in self.reservations.values() if each["member"] == member_id and takes(each)]

    def revived(self) -> set[UUID]:
        """Reservations that came back when it turned out late that their holders had come: nobody argues with that."""
        return {each["subject_id"] for each in self.audit.values() if each["action"] == "reservation.revived"}

    def in_group(self, group_id: UUID, state: str = "enrolled") -> list[Row]:
        """The people of a weekly group, or those who wait for it."""
        return [e for e in self.enrolments.values() if (e["group_id"], e["state"]) == (group_id, state)]


_STANDING = ("rules", "members", "readers")
"""What no step changes."""
_GROWING = ("audit", "messages")
"""What only grows, in the order of its ids."""


async def read_picture(connection: asyncpg.Connection, now: datetime, before: Picture | None = None) -> Picture:
    """Look at the database; of what is known from a look before only at what may have changed."""
    found: dict[str, Any] = {}
    for name, sql in _READ.items():
        known = getattr(before, name, None)
        if known is not None and name in _STANDING:
            found[name] = known
        elif known and name in _GROWING:
            rows = await connection.fetch(f"{sql} where id > $1 order by id", next(reversed(known)))
            found[name] = {**known, **{row["id"]: row for row in rows}} if rows else known
        else:
            rows = await connection.fetch(sql + (" order by id" if name in _GROWING else ""))
            found[name] = rows if name == "readers" else {row["id"]: row for row in rows}
    return Picture(now=now, **found)


def takes(reservation: Row) -> bool:
    """Whether it takes a seat."""
    return reservation["state"] in TAKING


def broken(reservation: Row, code: str) -> bool:
    """Whether staff set this rule aside for it, with a reason."""
    return code in (reservation["overridden"] or []) and bool(reservation["override_reason"])


def grade_of(birth_on: date, day: date) -> int:
    """The school year on a day. Who is born on 1 April belongs to those who are a year older."""
    first = birth_on.year + (6 if (birth_on.month, birth_on.day) <= (4, 1) else 7)
    return (day.year if day.month >= 4 else day.year - 1) - first + 1


def is_for(picture: Picture, session: Row, member: Row) -> bool:
    """Whether a session is for a member by school year and registration, as of its day."""
    rule = next(
        each
        for each in picture.rules.values()
        if each["program"] == session["program"]
        and each["valid_from_on"] <= session["held_on"]
        and (each["valid_until_on"] is None or session["held_on"] < each["valid_until_on"])
    )
    grade = grade_of(member["birth_on"], session["held_on"])
    fits = rule["adults"] if grade > 12 else rule["min_grade"] is not None and rule["min_grade"] <= grade
    fits = fits and (grade > 12 or grade <= rule["max_grade"])
    return fits and session["body_code"] in member["bodies"] and member["left_at"] is None


def overlap(one: Row, other: Row) -> bool:
    """Whether two sessions have a moment in common."""
    return bool(one["starts_at"] < other["ends_at"] and other["starts_at"] < one["ends_at"])


def week_of(session: Row) -> tuple[int, int]:
    """The ISO week of a session."""
    return session["held_on"].isocalendar()[:2]
