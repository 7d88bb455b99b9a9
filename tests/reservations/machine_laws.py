"""What must be true after every step of the machine, read by plain SQL and judged without the code under test."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, time
from itertools import combinations
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg
import msgspec

TOKYO = ZoneInfo("Asia/Tokyo")
TAKING = ("offered", "confirmed", "arrived")
LIVE = (*TAKING, "waiting", "applied")
Row = asyncpg.Record

_READ = {
    "sessions": """
        select session.*, session."group" as group_id, coalesce(session.selection, program.selection) as chosen_by,
               program.max_held, program.max_per_week, facility.code as facility_code, body.code as body_code,
               coalesce(session.wheelchair_places, space.wheelchair_places) as places
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
    "closures": "select * from closure",
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


async def read_picture(connection: asyncpg.Connection, now: datetime) -> Picture:
    """Look at the database."""
    found = {name: await connection.fetch(sql) for name, sql in _READ.items()}
    readers = found.pop("readers")
    return Picture(now=now, readers=readers, **{name: {row["id"]: row for row in rows} for name, rows in found.items()})


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


# ---- what is scarce -------------------------------------------------------------------------------------------------


def seats(picture: Picture) -> Iterator[str]:
    """Never more seats than there are; above the web quota only who staff let in by name and with a reason."""
    for one in picture.sessions.values():
        taking = picture.taking(one["id"])
        plain = [each for each in taking if not broken(each, "session-full")]
        if len(taking) > one["web_seats"] + one["walk_in_seats"] or len(plain) > one["web_seats"]:
            yield f"{len(taking)} seats, {len(plain)} of them plain, of {one['web_seats']}+{one['walk_in_seats']}"


def options(picture: Picture) -> Iterator[str]:
    """Never more of an option than its pool holds."""
    used = Counter(each for row in picture.reservations.values() if takes(row) for each in row["options"])
    for pool in picture.options.values():
        if used[pool["id"]] > pool["quota"]:
            yield f"{used[pool['id']]} of {pool['quota']} options"


def wheelchairs(picture: Picture) -> Iterator[str]:
    """Never more wheelchairs than places."""
    for one in picture.sessions.values():
        n = sum(each["uses_wheelchair"] for each in picture.taking(one["id"]))
        if one["places"] is not None and n > one["places"]:
            yield f"{n} wheelchairs on {one['places']} places"


def rooms(picture: Picture) -> Iterator[str]:
    """A room never holds two sessions at once."""
    held = [each for each in picture.sessions.values() if each["space"] and each["state"] != "cancelled"]
    for one, other in combinations(held, 2):
        if one["space"] == other["space"] and overlap(one, other):
            yield f"a room twice: {one['starts_at']} and {other['starts_at']}"


def groups(picture: Picture) -> Iterator[str]:
    """Never more people in a group than it has seats."""
    for group in picture.groups.values():
        people = [each for each in picture.enrolments.values() if each["group_id"] == group["id"]]
        enrolled = [each for each in people if each["state"] == "enrolled"]
        if len(enrolled) > group["seats"]:
            yield f"{len(enrolled)} people in a group of {group['seats']}"


# ---- what one member may have ---------------------------------------------------------------------------------------


def one_live(picture: Picture) -> Iterator[str]:
    """At most one live reservation per member and session, one live enrolment per member and group."""
    live = Counter((r["member"], r["session"]) for r in picture.reservations.values() if r["state"] in LIVE)
    live.update(
        (e["member"], e["group_id"]) for e in picture.enrolments.values() if e["state"] in ("enrolled", "waiting")
    )
    yield from (f"{n} at once of {pair}" for pair, n in live.items() if n > 1)


def apart(picture: Picture) -> Iterator[str]:
    """Nobody has two seats at the same time, unless staff said so."""
    for member_id in picture.members:
        for one, other in combinations(picture.seats_of(member_id), 2):
            both = picture.sessions[one["session"]], picture.sessions[other["session"]]
            if overlap(*both) and not broken(one, "overlaps") and not broken(other, "overlaps"):
                yield f"two seats at once: {one['id']} {other['id']}"


def held(picture: Picture, member_id: UUID, program: UUID, *, plain: bool) -> int:
    """How many bookings of a program a member holds; an enrolment is one. `plain`: those within the limit."""
    single = [
        each
        for each in picture.seats_of(member_id)
        if each["state"] != "arrived"
        and each["enrolment"] is None
        and picture.sessions[each["session"]]["program"] == program
        and picture.sessions[each["session"]]["ends_at"] > picture.now
    ]
    enrolled = [
        each
        for each in picture.enrolments.values()
        if each["member"] == member_id
        and each["state"] == "enrolled"
        and picture.groups[each["group_id"]]["program"] == program
    ]
    return sum(not (plain and broken(each, "limit-held")) for each in (*single, *enrolled))


def limits(picture: Picture) -> Iterator[str]:
    """Nobody has more than the limits of a program, but what staff let them have."""
    programs = {each["program"]: each for each in (*picture.groups.values(), *picture.sessions.values())}
    for member_id in picture.members:
        for program, limit in programs.items():
            n = held(picture, member_id, program, plain=True)
            if limit["max_held"] is not None and n > limit["max_held"]:
                yield f"{n} held of {limit['max_held']}"
        weeks: Counter[Any] = Counter()
        for each in picture.seats_of(member_id):
            session = picture.sessions[each["session"]]
            if each["enrolment"] is None and not broken(each, "limit-week"):
                weeks[session["program"], *week_of(session), session["max_per_week"]] += 1
        yield from (f"{n} a week of {key[-1]}" for key, n in weeks.items() if key[-1] is not None and n > key[-1])


def eligible(picture: Picture) -> Iterator[str]:
    """Nobody has a seat, nor waits for one, in what is not for them."""
    for each in picture.reservations.values():
        session, member = picture.sessions[each["session"]], picture.members[each["member"]]
        if each["state"] in LIVE and not broken(each, "not-eligible") and not is_for(picture, session, member):
            yield f"{member['shown_name']} in a session that is for others"


# ---- who waits ------------------------------------------------------------------------------------------------------


def end_of(session: Row) -> datetime:
    """From when on nobody gets a freed seat of a session."""
    if session["chosen_by"] == "draw":
        return session["roll_over_at"]
    return min(session["booking_closes_at"], session["roll_over_at"])


def units(picture: Picture) -> list[list[Row]]:
    """Those who wait: one by one, or a whole party."""
    found: dict[UUID, list[Row]] = {}
    for each in picture.reservations.values():
        if each["state"] == "waiting":
            found.setdefault(each["order_id"] if each["is_party"] else each["id"], []).append(each)
    return list(found.values())


def in_vain(picture: Picture) -> Iterator[str]:
    """Nobody waits while a seat they could have is free; a party, while there are seats for all of it."""
    for unit in units(picture):
        got: list[Row] = []
        for each in sorted(unit, key=lambda row: (row["waiting_at"], row["id"])):
            if not could_have(picture, each, got):
                break
            got.append(each)
        else:
            names = [picture.members[each["member"]]["shown_name"] for each in unit]
            yield f"{names} wait for seats they could have: {[each['id'] for each in unit]}"


def could_have(picture: Picture, waiting: Row, got: list[Row]) -> bool:
    """Whether a seat is free for somebody, when the rest of the party has had theirs."""
    session, member = picture.sessions[waiting["session"]], picture.members[waiting["member"]]
    here = [*picture.taking(session["id"]), *(each for each in got if each["session"] == session["id"])]
    is_open = session["booking_opens_at"] <= picture.now < end_of(session) and session["state"] == "published"
    if not is_open or len(here) >= session["web_seats"]:
        return False
    if not broken(waiting, "not-eligible") and not is_for(picture, session, member):
        return False
    pools = [picture.options[each] for each in waiting["options"]]
    if any(sum(pool["id"] in each["options"] for each in here) >= pool["quota"] for pool in pools):
        return False
    places = session["places"]
    if waiting["uses_wheelchair"] and places is not None and sum(each["uses_wheelchair"] for each in here) >= places:
        return False
    return _is_free(
        picture, waiting, [*picture.seats_of(member["id"]), *(e for e in got if e["member"] == member["id"])]
    )


def _is_free(picture: Picture, waiting: Row, own: list[Row]) -> bool:
    """Whether nothing else of the member stands in the way: another session, a limit, not being in the group."""
    session, member_id = picture.sessions[waiting["session"]], waiting["member"]
    if not broken(waiting, "overlaps") and any(overlap(session, picture.sessions[each["session"]]) for each in own):
        return False
    in_group = any(
        each["member"] == member_id and each["group_id"] == session["group_id"] and each["state"] == "enrolled"
        for each in picture.enrolments.values()
    )
    if session["group_id"] is not None and not in_group:
        return False
    new = sum(
        picture.sessions[each["session"]]["program"] == session["program"] for each in own if each["state"] == "waiting"
    )
    n = held(picture, member_id, session["program"], plain=False) + new
    limit = session["max_held"]
    if limit is not None and not in_group and n >= limit and not broken(waiting, "limit-held"):
        return False
    week = [picture.sessions[each["session"]] for each in own]
    same = sum((each["program"], week_of(each)) == (session["program"], week_of(session)) for each in week)
    limit = session["max_per_week"]
    return limit is None or same < limit or broken(waiting, "limit-week")


def nights(picture: Picture) -> Iterator[str]:
    """No offer ends at night, nor after its seat belongs to the door."""
    for each in picture.reservations.values():
        if each["state"] != "offered":
            continue
        until = each["offered_until"]
        if until is None or not time(8) <= until.astimezone(TOKYO).time() < time(21):
            yield f"an offer until {until}"
        elif until > end_of(picture.sessions[each["session"]]):
            yield f"an offer until {until}, when its seat is the door's"


# ---- weekly groups --------------------------------------------------------------------------------------------------


def seatless(picture: Picture) -> Iterator[str]:
    """Who is in a group has a seat in each of its sessions to come that they can come to and have not skipped."""
    for each in picture.enrolments.values():
        if each["state"] != "enrolled" or picture.groups[each["group_id"]]["state"] not in ("open", "running"):
            continue
        member = picture.members[each["member"]]
        for session in picture.sessions.values():
            if session["group_id"] != each["group_id"] or session["state"] != "published":
                continue
            if session["starts_at"] <= picture.now or len(picture.taking(session["id"])) >= session["web_seats"]:
                continue
            known = any(
                (row["session"], row["member"]) == (session["id"], member["id"])
                for row in picture.reservations.values()
            )
            busy = any(overlap(session, picture.sessions[row["session"]]) for row in picture.seats_of(member["id"]))
            if not known and not busy and is_for(picture, session, member):
                yield f"{member['shown_name']} has no seat on {session['held_on']}"


def gathered(picture: Picture) -> Iterator[str]:
    """No group gathers on once its minimum is there; nobody waits for a group with a seat free for them."""
    for group in picture.groups.values():
        people = [each for each in picture.enrolments.values() if each["group_id"] == group["id"]]
        enrolled = [each for each in people if each["state"] == "enrolled"]
        if group["state"] == "gathering" and len(enrolled) >= group["min_to_open"]:
            yield f"a group of {len(enrolled)} gathers although {group['min_to_open']} are enough"


ALWAYS: tuple[Callable[[Picture], Iterable[str]], ...] = (
    *(seats, options, wheelchairs, rooms, groups),
    *(one_live, apart, limits, eligible, nights),
)
PROMPT: tuple[Callable[[Picture], Iterable[str]], ...] = (in_vain, gathered)
"""What also holds at once after a verb, and after the clock has moved once the sweeps have run."""


def breaches(picture: Picture, laws: Iterable[Callable[[Picture], Iterable[str]]]) -> list[str]:
    """Every breach of these laws."""
    return [f"{law.__name__}: {said}" for law in laws for said in law(picture)]
