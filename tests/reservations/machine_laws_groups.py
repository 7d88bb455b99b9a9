"""Weekly groups: what must be true after every step of the machine."""

from collections import Counter
from collections.abc import Iterator

from tests.reservations.machine_picture import Picture, Row, is_for, overlap, takes


def crowded(picture: Picture) -> Iterator[str]:
    """Never more people in a group than it has seats."""
    for group in picture.groups.values():
        n = len(picture.in_group(group["id"]))
        if n > group["seats"]:
            yield f"{n} people in a group of {group['seats']}"


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
    """No group gathers on once its minimum is there."""
    for group in picture.groups.values():
        n = len(picture.in_group(group["id"]))
        if group["state"] == "gathering" and n >= group["min_to_open"]:
            yield f"a group of {n} gathers although {group['min_to_open']} are enough"


def kept_out(picture: Picture) -> Iterator[str]:
    """Nobody waits for a group with a seat free for them, at the latest when its sweep has run."""
    for group in picture.groups.values():
        n = len(picture.in_group(group["id"]))
        for each in picture.in_group(group["id"], "waiting"):
            if n < group["seats"] and _is_unbound(picture, each):
                yield f"{picture.members[each['member']]['shown_name']} waits for a group with a seat free"


def _is_unbound(picture: Picture, waiting: Row) -> bool:
    """Whether somebody is in no group, and has no seat in the program's sessions to come."""
    program, own = picture.groups[waiting["group_id"]]["program"], waiting["member"]
    if any(each["member"] == own and each["state"] == "enrolled" for each in picture.enrolments.values()):
        return False
    sessions = (picture.sessions[each["session"]] for each in picture.seats_of(own))
    return not any(each["ends_at"] > picture.now and each["program"] == program for each in sessions)


def over(picture: Picture) -> Iterator[str]:
    """Of a group that is over nothing is left: no people, no session to come, no question."""
    for group in picture.groups.values():
        if group["state"] not in ("ended", "merged"):
            continue
        if picture.in_group(group["id"]) or picture.in_group(group["id"], "waiting"):
            yield "people in a group that is over"
        coming = (each for each in picture.sessions.values() if each["group_id"] == group["id"])
        if any(each["starts_at"] > picture.now and each["state"] == "published" for each in coming):
            yield "a session of a group that is over"
        if any(each["group_id"] == group["id"] and each["state"] == "asked" for each in picture.moves.values()):
            yield "a question to the people of a group that is over"


def belonging(picture: Picture) -> Iterator[str]:
    """A seat that came with an enrolment is held as long as that one: nobody who has left keeps a seat to come."""
    for each in picture.reservations.values():
        if each["enrolment"] is None or not takes(each) or each["state"] == "arrived":
            continue
        is_ahead = picture.sessions[each["session"]]["starts_at"] > picture.now
        if is_ahead and picture.enrolments[each["enrolment"]]["state"] != "enrolled":
            yield f"a seat of somebody who has left: {each['id']}"


def asked_once(picture: Picture) -> Iterator[str]:
    """The people of a group are asked one thing at a time, and who said yes to another group is no longer in theirs."""
    asking = Counter(each["group_id"] for each in picture.moves.values() if each["state"] == "asked")
    yield from (f"{n} questions at once" for n in asking.values() if n > 1)
    for each in picture.answers.values():
        is_going = each["is_yes"] and picture.moves[each["move"]]["kind"] == "other-group"
        if is_going and picture.enrolments[each["enrolment"]]["state"] in ("enrolled", "waiting"):
            yield "somebody said yes and was not moved"


ALWAYS = (crowded, over, belonging, asked_once)
SWEPT = (seatless, kept_out)
"""What the sweep of groups sees to, within five minutes."""
