"""What is scarce and what one member may have, true after every step of the machine."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import combinations
from typing import Any
from uuid import UUID

from tests.reservations.machine_picture import LIVE, Picture, broken, is_for, overlap, takes, week_of

# ---- what is scarce -------------------------------------------------------------------------------------------------


def seats(picture: Picture) -> Iterator[str]:
    """Never more seats than there are; above the web quota only who staff let in by name and with a reason."""
    for one in picture.sessions.values():
        late = picture.revived()
        taking = [each for each in picture.taking(one["id"]) if each["id"] not in late]
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


Law = Callable[[Picture], Iterable[str]]
ALWAYS: tuple[Law, ...] = (seats, options, wheelchairs, one_live, apart, limits, eligible)


def breaches(picture: Picture, laws: Iterable[Law]) -> list[str]:
    """Every breach of these laws."""
    return [f"{law.__name__}: {said}" for law in laws for said in law(picture)]
