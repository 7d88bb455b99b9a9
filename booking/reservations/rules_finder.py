"""How a list of sessions reads: which days, whom a row is for, what state it is in. From values alone."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum

from booking.people.rules import grade_on, is_adult_on
from booking.people.schemas import MemberView
from booking.programs.rules import Selection, SessionState, is_eligible
from booking.programs.schemas import EligibilityView
from booking.reservations.rules import seats_of
from booking.reservations.schemas_finding import ListedSession, PlaceListed

WEEK = 7
ROWS = 40
"""Rows of a page of a day's list: with the frame they stay under 60 kB."""
ADULT = "adult"
LOOK_BACK_DAYS, LOOK_AHEAD_DAYS = 7, 120
FEW_SHARE = 0.2


class Standing(StrEnum):
    """What a row says first of its session."""

    YOURS = "yours"
    WAITING = "waiting"
    OPEN = "open"
    FEW = "few"
    FULL = "full"
    SOON = "soon"
    DOOR = "door"
    LOTTERY = "lottery"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    OVER = "over"


def standing_of(listed: ListedSession, now: datetime) -> Standing:
    """The state of a session as its row says it, most important first."""
    session = listed.session
    if session.state == SessionState.CANCELLED:
        return Standing.CANCELLED
    if now >= session.ends_at:
        return Standing.OVER
    if listed.mine:
        return Standing.YOURS
    if session.selection == Selection.DRAW:
        return Standing.LOTTERY
    return Standing.WAITING if listed.mine_waiting else _free_standing(listed, now)


def _free_standing(listed: ListedSession, now: datetime) -> Standing:
    session = listed.session
    if now < session.booking_opens_at:
        return Standing.SOON
    return _seat_standing(listed, now)


def _seat_standing(listed: ListedSession, now: datetime) -> Standing:
    session = listed.session
    if now >= session.roll_over_at:
        return Standing.DOOR
    if now >= session.booking_closes_at:
        return Standing.CLOSED
    left = seats_of(session, listed.taken, now).left
    if left == 0:
        return Standing.FULL
    return Standing.FEW if left <= max(1, int(session.web_seats * FEW_SHARE)) else Standing.OPEN


def read_day(text: str, today: date) -> date | None:
    """A day somebody asked for, if it is one that can be shown."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    first, last = today - timedelta(days=LOOK_BACK_DAYS), today + timedelta(days=LOOK_AHEAD_DAYS)
    return day if first <= day <= last else None


def week_from(asked_first: date | None, asked_day: date | None, today: date) -> tuple[date, ...]:
    """Seven days: from the one asked for, or such that they begin today or hold the day asked for."""
    first = asked_first or today
    if asked_day is not None and not first <= asked_day < first + timedelta(days=WEEK):
        first = asked_day
    return tuple(first + timedelta(days=n) for n in range(WEEK))


def counts_of(places: Iterable[PlaceListed], facility: str, program: str, days: Sequence[date]) -> dict[date, int]:
    """How many sessions each day has, at one facility and of one program (by their codes) or of all of them."""
    found = dict.fromkeys(days, 0)
    for place in places:
        for count in place.counts:
            if facility in ("", place.code) and program in ("", count.program):
                found[count.day] += count.n
    return found


def programs_of(places: Iterable[PlaceListed]) -> dict[str, dict[str, str]]:
    """The names of every program there is in the week, by its code."""
    return {count.program: count.names for place in places for count in place.counts}


def day_of(asked: date | None, counts: dict[date, int]) -> date:
    """The day to show: the one asked for, else the first of the week that has sessions, else the first."""
    return asked or next((day for day, count in counts.items() if count), next(iter(counts)))


def is_for(rules: tuple[EligibilityView, ...], who: str, day: date) -> bool:
    """Whether a session is for a school year (`1` to `12`) or adults (`adult`); anybody when nothing is asked."""
    if who == ADULT:
        return is_eligible(rules, None, True, day)
    return not is_grade(who) or is_eligible(rules, int(who), False, day)


def is_grade(who: str) -> bool:
    """Whether a filter names a school year."""
    return who.isdecimal() and who.isascii() and 1 <= int(who) <= 12


def who_is(member: MemberView, on: date) -> str:
    """The filter that finds sessions for this member."""
    grade = grade_on(member, on)
    return str(grade) if grade else ADULT if is_adult_on(member, on) else ""


def chosen(
    listed: Iterable[ListedSession], who: str | MemberView, *, only_free: bool, now: datetime
) -> list[ListedSession]:
    """The sessions that fit the filters, those of a day that are over at its end.

    Of a member, by the school year on the session's own day.
    """
    free = (Standing.OPEN, Standing.FEW, Standing.YOURS)

    def fits(each: ListedSession) -> bool:
        on = each.session.held_on
        asked = who if isinstance(who, str) else who_is(who, on)
        return is_for(each.eligibility, asked, on) and (not only_free or standing_of(each, now) in free)

    return sorted(filter(fits, listed), key=lambda each: (each.session.held_on, each.session.ends_at <= now))


def find_asked(who: str, members: Iterable[MemberView]) -> str | MemberView:
    """Whom a search is for: one of the reader's own family by id, else the school year or adults as asked."""
    known = who if who == ADULT or is_grade(who) else ""
    return next((member for member in members if str(member.id) == who), known)
