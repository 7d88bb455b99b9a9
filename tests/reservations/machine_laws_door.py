"""Rooms and the door: what must be true after every step of the machine."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from itertools import combinations

from tests.reservations.machine_picture import Picture, Row, overlap


def rooms(picture: Picture) -> Iterator[str]:
    """A room is never used twice at once; every session that is held has its own, and one that is off has none."""
    for one, other in combinations(picture.rooms.values(), 2):
        if one["space"] == other["space"] and overlap(one, other):
            yield f"a room twice: {one['starts_at']} and {other['starts_at']}"
    taken = {(each["used_by"], each["space"]): (each["starts_at"], each["ends_at"]) for each in picture.rooms.values()}
    for each in picture.sessions.values():
        is_held = each["space"] is not None and each["state"] != "cancelled"
        if is_held and taken.get((each["id"], each["space"])) != (each["starts_at"], each["ends_at"]):
            yield f"a session without its room: {each['starts_at']}"
        if each["state"] == "cancelled" and any(used_by == each["id"] for used_by, _ in taken):
            yield f"a room kept for a session that is off: {each['starts_at']}"


def inside(picture: Picture) -> Iterator[str]:
    """Nobody is at two places, nor twice at one."""
    n = Counter(each["member"] for each in picture.visits.values() if each["left_at"] is None)
    yield from (f"{count} open visits of one person" for count in n.values() if count > 1)


def arrived(picture: Picture) -> Iterator[str]:
    """A booking is used by a visit, and what a visit uses is used."""
    used = Counter(each["reservation"] for each in picture.visits.values() if each["reservation"] is not None)
    for each in picture.reservations.values():
        if each["state"] == "arrived" and not used[each["id"]]:
            yield f"arrived without a visit: {each['id']}"
        if each["state"] == "confirmed" and used[each["id"]]:
            yield f"a visit without its booking used: {each['id']}"


def walked_in(picture: Picture) -> Iterator[str]:
    """Never more people in a session than it has seats, but those whom a door without network had let in."""
    late = picture.revived()
    for one in picture.sessions.values():
        taking = [each for each in picture.taking(one["id"]) if each["id"] not in late]
        here = [each for each in picture.visits.values() if each["session"] == one["id"] and not each["is_offline"]]
        own = {each["member"] for each in picture.taking(one["id"])}
        walks = {each["member"] for each in here if each["reservation"] is None} - own
        if walks and len(taking) + len(walks) > one["web_seats"] + one["walk_in_seats"]:
            yield f"{len(taking)} seats and {len(walks)} walked in, of {one['web_seats']}+{one['walk_in_seats']}"


def wronged(picture: Picture) -> Iterator[str]:
    """Nobody who came in time loses the seat as one who did not come."""
    for each in picture.reservations.values():
        if each["state"] == "released" and any(_was_there(picture, each, visit) for visit in picture.visits.values()):
            yield f"released although {picture.members[each['member']]['shown_name']} had come"


def _was_there(picture: Picture, released: Row, visit: Row) -> bool:
    session = picture.sessions[released["session"]]
    opens = session["starts_at"] - timedelta(minutes=session["early_minutes"])
    until = session["starts_at"] + timedelta(minutes=session["no_show_minutes"])
    is_theirs = (visit["member"], visit["facility"]) == (released["member"], session["facility"])
    in_time = opens <= visit["entered_at"] < until and visit["session"] in (None, session["id"])
    return is_theirs and in_time


ALWAYS = (rooms, inside, arrived, walked_in, wronged)
