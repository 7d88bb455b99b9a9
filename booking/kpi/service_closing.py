"""What is certified of a year and what is still missing, as far as the reader may see into each place."""

from collections.abc import Mapping

import msgspec

from booking.access.rules import Role, require_staff
from booking.access.schemas import Actor
from booking.facilities import queries as facilities
from booking.kit import clock, db
from booking.kit.words import say_words
from booking.kpi import queries_certifying as certified
from booking.kpi import service_certifying
from booking.kpi.errors import NoSuchBody, NoSuchPeriod
from booking.kpi.rules import READERS
from booking.kpi.rules_certifying import span_of
from booking.kpi.schemas_certifying import Certification, Gap, PeriodState
from booking.kpi.service_definitions import LEAD_BODY


async def list_certifications(by: Actor, fiscal_year: int, body: str | None = None) -> list[Certification]:
    """What of a fiscal year is certified, of one body, the plan (empty) or all the asker may see.

    Raises: NotAllowed, NoSuchPeriod.
    """
    require_staff(by, *READERS, scopes=(body,) if body else ())
    if not 2000 <= fiscal_year <= 2099:
        raise NoSuchPeriod
    hidden = await _hidden(by)
    found = await certified.list_certifications(*clock.fiscal_span(fiscal_year), body)
    return [_visible(each, hidden) for each in found if not each.body or _may_see(by, each.body)]


async def read_closing(by: Actor, text: str, body: str) -> PeriodState:
    """A month `2026-10` or year `2026` as it stands, with what is missing. Raises: NotAllowed, NoSuchPeriod,
    NoSuchBody."""
    require_staff(by, *READERS, scopes=(body,) if body else ())
    span = span_of(text, body)
    if body and body not in {each.code for each in await facilities.list_bodies()}:
        raise NoSuchBody
    if span.starts_on > clock.today():
        raise NoSuchPeriod
    async with db.transaction("repeatable_read", readonly=True):
        state = await service_certifying.read_period(span)
    return await hide(by, state)


async def list_gaps(by: Actor, fiscal_year: int, body: str) -> tuple[list[Gap], list[Gap]]:
    """Days of a year without a daily close, and those whose coverage is off, at the places the reader may see into."""
    hidden = await _hidden(by)
    span = span_of(str(fiscal_year), body)
    async with db.transaction("repeatable_read", readonly=True):
        _, unclosed, uncovered = await service_certifying.list_gaps(span)
    return (
        [each for each in unclosed if each.facility not in hidden],
        [each for each in uncovered if each.facility not in hidden],
    )


async def hide(by: Actor, state: PeriodState) -> PeriodState:
    """A state without the reasons written at places the reader may not see into."""
    hidden = await _hidden(by)
    uncovered = [each if each.facility not in hidden else _unsaid(each) for each in state.uncovered]
    kept = None if state.certification is None else _visible(state.certification, hidden)
    return msgspec.structs.replace(state, uncovered=uncovered, certification=kept)


def _unsaid(gap: Gap) -> Gap:
    """That there is a reason stays known, for without one a word is asked."""
    return msgspec.structs.replace(gap, reason="–" if gap.reason else None)


def may_certify(by: Actor, body: str) -> bool:
    """Whether somebody may certify periods of a body or (empty) of the plan."""
    return by.kind == "system" or by.may_in((body or LEAD_BODY,), Role.BODY_ADMINISTRATOR)


async def list_bodies(by: Actor) -> list[tuple[str, str]]:
    """Code and name of the bodies whose periods somebody may look at."""
    return [
        (each.code, say_words(each.names, by.language))
        for each in await facilities.list_bodies()
        if _may_see(by, each.code)
    ]


def _may_see(by: Actor, body: str) -> bool:
    return by.kind == "system" or by.may_in((body,), *READERS)


async def _hidden(by: Actor) -> dict[str, str]:
    """The facilities the reader may not see into, each with the code of its body."""
    return {
        each.code: each.body_code
        for each in await facilities.list_facilities()
        if by.kind != "system" and not by.may_in(each.scopes, *READERS)
    }


def _visible(one: Certification, hidden: Mapping[str, str]) -> Certification:
    """Of a figure in people the reason is of all places at once, so that it is said to who sees into all of them."""
    is_whole_hidden = any(one.body in ("", body) for body in hidden.values())
    differences = [
        msgspec.structs.replace(each, reason="")
        if (each.facility in hidden if each.facility else is_whole_hidden)
        else each
        for each in one.differences
    ]
    return msgspec.structs.replace(one, differences=differences)
