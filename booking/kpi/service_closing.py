"""What is certified of a year and what is still missing, as far as the reader may see into each place."""

from collections.abc import Sequence

import msgspec

from booking.access.rules import Role, require_staff
from booking.access.schemas import Actor
from booking.facilities import queries as facilities
from booking.kit import clock, db
from booking.kit.words import say_words
from booking.kpi import queries_certifying as certified
from booking.kpi import service_certifying
from booking.kpi.errors import NoSuchBody, NoSuchPeriod
from booking.kpi.rules import READERS, Period, month_key
from booking.kpi.rules_certifying import span_of
from booking.kpi.schemas_certifying import Certification, Gap, PeriodState, Standing
from booking.kpi.service_definitions import LEAD_BODY


async def find_standings(fiscal_year: int, body: str = "") -> dict[str, Standing]:
    """Whether each number of a year is certified, by `2026-10` and `2026`; of one body or (empty) of the plan.

    A month of the plan is certified by itself or when that month of every body with visits or totals in it is.
    """
    span = clock.fiscal_span(fiscal_year)
    found: dict[str, list[Certification]] = {}
    for one in await certified.list_certifications(*span):
        whole = one.body == body
        if whole or (not body and one.period is Period.MONTH):
            key = month_key(one.starts_on) if one.period is Period.MONTH else str(fiscal_year)
            found.setdefault(key, []).append(one)
    counted = await certified.list_counted_bodies(*span)
    return {key: _standing(each, body, counted.get(key, set())) for key, each in found.items()}


def _standing(found: Sequence[Certification], body: str, counted: set[str]) -> Standing:
    own = [each for each in found if each.body == body]
    parts = own or found
    if not own and not {each.body for each in found} >= counted:
        return Standing()
    last = max(parts, key=lambda each: each.certified_at)
    return Standing(
        is_certified=True,
        readings=frozenset(each.definition.code for each in parts),
        value=sum(each.value for each in parts),
        now=sum(each.now for each in parts),
        certified_by=last.certified_by,
        certified_at=last.certified_at,
    )


async def list_certifications(by: Actor, fiscal_year: int, body: str | None = None) -> list[Certification]:
    """What of a fiscal year is certified, of one body, the plan (empty) or all the asker may see.

    Raises: NotAllowed, NoSuchPeriod.
    """
    require_staff(by, *READERS, scopes=(body,) if body else ())
    if not 2000 <= fiscal_year <= 2099:
        raise NoSuchPeriod
    seen = await _seen(by)
    found = await certified.list_certifications(*clock.fiscal_span(fiscal_year), body)
    return [_visible(each, seen) for each in found if not each.body or _may_see(by, each.body)]


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
    seen = await _seen(by)
    span = span_of(str(fiscal_year), body)
    async with db.transaction("repeatable_read", readonly=True):
        _, unclosed, uncovered = await service_certifying.list_gaps(span)
    return [each for each in unclosed if each.facility in seen], [each for each in uncovered if each.facility in seen]


async def hide(by: Actor, state: PeriodState) -> PeriodState:
    """A state without the reasons written at places the reader may not see into."""
    seen = await _seen(by)
    uncovered = [each if each.facility in seen else _unsaid(each) for each in state.uncovered]
    kept = None if state.certification is None else _visible(state.certification, seen)
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


async def _seen(by: Actor) -> set[str]:
    return {
        each.code
        for each in await facilities.list_facilities()
        if by.kind == "system" or by.may_in(each.scopes, *READERS)
    }


def _visible(one: Certification, seen: set[str]) -> Certification:
    differences = [
        each if each.facility in seen else msgspec.structs.replace(each, reason="") for each in one.differences
    ]
    return msgspec.structs.replace(one, differences=differences)
