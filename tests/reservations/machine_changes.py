"""What every change of state must leave behind: its line in the audit trail, and word to whoever is to be told."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import msgspec

from tests.reservations.machine_picture import Picture, Row
from tests.reservations.machine_world import HIDDEN

SILENT = {"reservation.released", "reservation.revived"}
"""Nobody is told that they did not come."""
BY_SERVICE = {
    "reservation.offered",
    "reservation.given",
    "reservation.offer-over",
    "reservation.wait-ended",
    "reservation.given-back",
}
"""What happens to somebody without their doing: all guardians who are told hear of it, whoever caused it."""


class Step(msgspec.Struct, frozen=True):
    """The world before a step and after it."""

    before: Picture
    after: Picture

    def new(self, kind: str) -> list[Row]:
        """Rows that this step has added."""
        before, after = getattr(self.before, kind), getattr(self.after, kind)
        return [row for row_id, row in after.items() if row_id not in before]

    def changed(self, kind: str) -> list[UUID]:
        """Rows whose state this step has changed, new ones too."""
        before, after = getattr(self.before, kind), getattr(self.after, kind)
        return [one for one, row in after.items() if one not in before or before[one]["state"] != row["state"]]


def unaudited(step: Step) -> Iterator[str]:
    """Every change of state has its line in the audit trail; of who came the visit and its scan are the trail."""
    written = {row["subject_id"] for row in step.new("audit")}
    written |= {row["reservation"] for row in step.after.visits.values()}
    for kind in ("reservations", "enrolments", "groups"):
        for one in step.changed(kind):
            if one not in written:
                was = getattr(step.before, kind).get(one)
                state = getattr(step.after, kind)[one]["state"]
                yield f"{kind} {one}: {was and was['state']} → {state}"


def untold(step: Step) -> Iterator[str]:
    """Whoever is to be told of a change has a message that names the member."""
    messages = step.new("messages")
    for line in step.new("audit"):
        row = _subject(step, line)
        if row is None or _is_silent(step, line, row):
            continue
        member = step.after.members[row["member"]]
        for address in _readers(step, line, member):
            if not any(each["to_address"] == address and member["shown_name"] in each["content"] for each in messages):
                yield f"{line['action']} of {member['shown_name']}: nothing for {address}"


def _subject(step: Step, line: Row) -> Any:
    if line["subject_kind"] == "reservation":
        return step.after.reservations[line["subject_id"]]
    return step.after.enrolments[line["subject_id"]] if line["subject_kind"] == "enrolment" else None


def _is_silent(step: Step, line: Row, row: Row) -> bool:
    """Seats that come and go with an enrolment are told with it, not one by one."""
    if line["subject_kind"] == "enrolment" or row["enrolment"] is None:
        return line["action"] in SILENT
    with_group = row["order_id"] == row["enrolment"] if line["action"] == "reservation.booked" else False
    return line["action"] in SILENT or with_group or row["enrolment"] in step.changed("enrolments")


def _readers(step: Step, line: Row, member: Row) -> list[str]:
    own = [each for each in step.after.readers if each["member"] == member["id"]]
    is_theirs = line["subject_kind"] == "reservation" and line["action"] not in BY_SERVICE
    if is_theirs and line["actor_kind"] == "account" and line["reason"] != "closed-now":
        return [each["email"] for each in own if each["account"] == line["actor_id"]]
    if line["action"] in ("reservation.cancelled", "reservation.booked") and line["actor_kind"] == "system":
        return []
    return [each["email"] for each in own if each["is_told"]]


def leaked(step: Step) -> Iterator[str]:
    """Of a protected child nobody hears but those whom staff have named."""
    protected = {each["id"] for each in step.after.members.values() if each["is_protected"]}
    allowed = {each["email"] for each in step.after.readers if each["member"] in protected}
    for each in step.new("messages"):
        if HIDDEN in f"{each['subject']} {each['content']}" and each["to_address"] not in allowed:
            yield f"{each['kind']} to {each['to_address']}"


def undone(step: Step) -> Iterator[str]:
    """A refusal has changed nothing."""
    for kind in ("sessions", "reservations", "enrolments", "groups", "audit", "messages"):
        if getattr(step.before, kind) != getattr(step.after, kind):
            yield f"{kind} changed although the answer was no"
