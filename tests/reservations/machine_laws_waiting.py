"""Who waits, who is offered a seat, and who is drawn: what must be true after every step of the machine."""

import hashlib
import hmac
from collections.abc import Iterator
from datetime import datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from booking.kit.tokens import unseal
from tests.reservations.machine_changes import Step
from tests.reservations.machine_laws import held
from tests.reservations.machine_picture import Picture, Row, broken, is_for, overlap, week_of

TOKYO = ZoneInfo("Asia/Tokyo")


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


def jumped(step: Step) -> Iterator[str]:
    """Nobody is given a seat while somebody who has waited longer could have had it."""
    for one in step.changed("reservations"):
        before, now = step.before.reservations.get(one), step.after.reservations[one]
        if before is None or before["state"] != "waiting" or now["state"] not in ("offered", "confirmed"):
            continue
        others = {each: row for each, row in step.after.reservations.items() if each != one}
        without = msgspec.structs.replace(step.after, reservations=others)
        for each in others.values():
            is_next = each["state"] == "waiting" and each["session"] == now["session"] and not each["is_party"]
            if is_next and _came_before(each, before) and could_have(without, each, []):
                yield f"{step.after.members[each['member']]['shown_name']} has waited longer than who got the seat"


def _came_before(one: Row, other: Row) -> bool:
    return bool((one["waiting_at"], one["id"]) < (other["waiting_at"], other["id"]))


# ---- draws ----------------------------------------------------------------------------------------------------------


def drawn(picture: Picture) -> Iterator[str]:
    """The order of a draw is the one anybody computes from its list, its number and its secret, committed to before."""
    for draw in picture.draws.values():
        secret = unseal(draw["secret"]).decode()
        if hashlib.sha256(secret.encode()).hexdigest() != draw["commitment"]:
            yield "the secret of a draw is not the one committed to"
        entries = [each for each in picture.entries.values() if each["draw"] == draw["id"]]
        entries.sort(key=lambda each: each["number"])
        lines = "".join(f"{each['number']} {_ticket(each['reservation'])} {each['seats']}\n" for each in entries)
        if draw["closed_at"] is not None and hashlib.sha256(lines.encode()).hexdigest() != draw["list_digest"]:
            yield "the list of a draw is not the one closed"
        if draw["drawn_at"] is not None:
            said = f"{draw['list_digest']}\n{draw['public_number']}\n"
            entries.sort(key=lambda each: _place(secret, f"{said}{each['number']}"))
            if [each["rank"] for each in entries] != list(range(1, len(entries) + 1)):
                yield f"drawn {[each['rank'] for each in entries]}, not in the order it computes to"


def _ticket(reservation_id: UUID) -> str:
    return hashlib.sha256(f"entry {reservation_id}".encode()).hexdigest()[:32]


def _place(secret: str, said: str) -> str:
    return hmac.new(secret.encode(), said.encode(), hashlib.sha256).hexdigest()


def entered(picture: Picture) -> Iterator[str]:
    """Nobody has a seat by draw before it was drawn, but whom staff let in; nobody is still an entry after it."""
    done = {each["session"]: each["drawn_at"] is not None for each in picture.draws.values()}
    for each in picture.reservations.values():
        by_draw = picture.sessions[each["session"]]["chosen_by"] == "draw"
        is_done = done.get(each["session"], False)
        if each["state"] == "applied" and (is_done or not by_draw):
            yield f"an entry in a draw that was held: {each['id']}"
        if by_draw and not is_done and each["state"] in ("offered", "confirmed") and not each["override_reason"]:
            yield f"a seat without a draw: {each['id']}"


ALWAYS = (nights, drawn, entered)
