"""The figure for who asks: the plan's totals for all its bodies, and what they are made of for each its own."""

from datetime import timedelta

import msgspec

from booking.access.rules import Role, require_staff
from booking.access.schemas import Actor
from booking.facilities import queries as facilities
from booking.kit import clock
from booking.kit.suppression import EXACT_FROM
from booking.kpi import queries, rules, service
from booking.kpi import queries_certifying as certified
from booking.kpi.errors import NoSuchBody
from booking.kpi.rules import Period
from booking.kpi.schemas import AnnualUsers, Behind, CertifiedFigure, PublishedUsers
from booking.kpi.schemas_certifying import Certification
from booking.kpi.service_standings import find_standings

READERS = (Role.FRONT_DESK, Role.FACILITY_MANAGER, Role.OPERATOR, Role.BODY_ADMINISTRATOR, Role.AUDITOR)
FEW = 10
"""Fewer users of another body are in no total that others read: they could be worked out from it."""
_YEARLY = ("by_facility", "by_program", "by_municipality", "by_school_stage", "by_entry")
_PARTS = ("by_facility", "by_program", "by_month", "by_municipality", "by_school_stage", "by_entry", "distribution")


async def list_bodies_of(by: Actor, *roles: Role) -> list[str]:
    """Codes of the bodies all or one of whose facilities somebody works for, in order."""
    found = {each.body_code for each in await facilities.list_facilities() if by.may_in(each.scopes, *roles)}
    return sorted(found | {each.code for each in await facilities.list_bodies() if by.may_in((each.code,), *roles)})


async def read_annual_users(by: Actor, fiscal_year: int, body: str | None = None) -> AnnualUsers:
    """The figure of a body, or of the plan with the breakdowns of the asker's own body.

    Raises: NoSuchFiscalYear, NoSuchBody, NotAllowed. Safe: other bodies' people are in totals only, and not when they
    are few.
    """
    require_staff(by, *READERS)
    every = {each.code for each in await facilities.list_bodies()}
    mine = await list_bodies_of(by, *READERS)
    if body is not None:
        if body not in every:
            raise NoSuchBody
        if body not in mine:
            require_staff(by, *READERS, scopes=(body,))
        own = await service.get_annual_users(fiscal_year, body_code=body, language=by.language)
        return await _with_certification(own, body)
    whole = await service.get_annual_users(fiscal_year, language=by.language)
    if by.kind != "system" and set(mine) != every:
        own = await service.get_annual_users(fiscal_year, body_code=mine[0], language=by.language)
        whole = _only_own_parts(whole, own, mine[0])
    return await _with_certification(whole, "")


def _only_own_parts(whole: AnnualUsers, own: AnnualUsers, body: str) -> AnnualUsers:
    """The plan's totals with one body's breakdowns; a total in which others are few keeps to the body's own."""
    held = {
        scope: [unit for unit, value in by_unit.items() if 0 < value - own.values[scope][unit] < FEW]
        for scope, by_unit in whole.values.items()
    }
    values = {
        scope: {unit: (own.values[scope] if unit in held[scope] else by_unit)[unit] for unit in by_unit}
        for scope, by_unit in whole.values.items()
    }
    heads = {scope: (own if held[scope] else whole).not_countable[scope] for scope in held}
    value = values[whole.definition.scope][whole.definition.unit]
    return msgspec.structs.replace(
        whole,
        value=value,
        values=values,
        own_values=own.values,
        not_countable=heads,
        readings_met=rules.readings_met(values, whole.target),
        needed_per_day=rules.needed_per_day(value, whole.target, whole.remaining_open_days),
        projection=own.projection if whole.definition.unit in held[whole.definition.scope] else whole.projection,
        breakdowns_of=body,
        held_back={scope: units for scope, units in held.items() if units},
        **{part: getattr(own, part) for part in _PARTS},
    )


async def what_opens(by: Actor, figure: AnnualUsers) -> Behind:
    """Which numbers of a figure open the visits behind them: those of which the asker may see every visit."""
    places = await facilities.list_facilities()
    seen = {each.code for each in places if by.may_in(each.scopes, *rules.READERS)}
    of_body = {each.code for each in places if figure.breakdowns_of in (None, each.body_code)}
    return Behind(facilities=sorted(seen & of_body), whole=bool(of_body) and of_body <= seen)


async def _with_certification(figure: AnnualUsers, body: str) -> AnnualUsers:
    """With what of it is certified: as a whole, and line by line."""
    made = await certified.list_certifications(figure.from_on, figure.from_on + timedelta(days=1), None, Period.YEAR)
    whole = next((each for each in made if each.body == body), None)
    bodies = {each.body for each in made if each.definition.code == figure.definition.code}
    own = figure.breakdowns_of or ""
    for part in _YEARLY:
        for cell in getattr(figure, part):
            cell.certified = own in bodies
    if bodies:
        places = {each.code: each.body_code for each in await facilities.list_facilities()}
        for cell in figure.by_facility:
            cell.certified = own in bodies or places.get(cell.code) in bodies
    months = await certified_months(figure.fiscal_year, own, figure.definition.code)
    for cell in figure.by_month:
        cell.certified = cell.code in months
    return msgspec.structs.replace(
        figure,
        certified=body in bodies,
        certified_scopes=await certified.list_certified_scopes(whole.id) if whole and body in bodies else [],
        own_certified=own in bodies,
        certification=None if whole is None else _short(whole),
    )


async def certified_months(fiscal_year: int, body: str, reading: str) -> set[str]:
    """Which months of a year are certified under a reading, of a body or (empty) of the plan."""
    found = await find_standings(fiscal_year, body)
    return {key for key, one in found.items() if one.is_certified and one.readings <= {reading}}


async def list_certified_years(body: str) -> set[int]:
    """Which years of a body or (empty) of the plan are certified under the reading in force."""
    known = await queries.list_fiscal_years()
    if not known:
        return set()
    span = clock.fiscal_span(known[0])[0], clock.fiscal_span(known[-1])[1]
    reading = (await queries.get_reported_definition()).code
    made = await certified.list_certifications(*span, body, Period.YEAR)
    return {clock.fiscal_year(each.starts_on) for each in made if each.definition.code == reading}


def _short(found: Certification) -> CertifiedFigure:
    return CertifiedFigure(
        value=found.value,
        definition=found.definition.code,
        certified_by=found.certified_by,
        office=found.office,
        certified_at=found.certified_at,
    )


async def _leaves_few(fiscal_year: int, found: Certification) -> bool:
    kept = await _find(fiscal_year, "")
    whole = (await service.get_annual_users(fiscal_year)).values.get(found.definition.scope, {})
    totals = [whole.get(found.definition.unit, 0)]
    if kept is not None and kept.definition.unit is found.definition.unit:
        totals.append(kept.value)
    return any(0 < total - found.value < FEW for total in totals)


async def _find(fiscal_year: int, body: str) -> Certification | None:
    from_on, _ = clock.fiscal_span(fiscal_year)
    return await certified.find_certification(from_on, body, Period.YEAR)


async def find_published(fiscal_year: int, body: str | None = None) -> PublishedUsers | None:
    """What everybody may read of a year: the certified figure, and nothing before it is certified.

    A small one is never read exactly (the open data rounds it), nor a body's that beside the plan's would say how few
    came to the places of others.
    """
    if fiscal_year not in await queries.list_fiscal_years():
        return None
    found = await _find(fiscal_year, body or "")
    if found is None or found.value < EXACT_FROM or (body and await _leaves_few(fiscal_year, found)):
        return None
    short = _short(found)
    return PublishedUsers(
        fiscal_year=fiscal_year,
        target=await queries.find_target(fiscal_year) if body is None else None,
        definition=msgspec.structs.replace(found.definition, author=None, reason=None),
        value=found.value,
        certified=True,
        certification=msgspec.structs.replace(short, certified_by=found.office),
    )
