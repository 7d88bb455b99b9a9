"""Certifying months and years: what is missing is shown, a named person certifies, and the figure is kept for ever."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import msgspec

from booking.access.rules import Role, require_staff
from booking.access.schemas import Actor
from booking.access.service import record_audit
from booking.facilities import queries as facilities
from booking.facilities.rules import hours_of
from booking.facilities.schemas import FacilityView
from booking.kit import clock, db
from booking.kit.tokens import new_id
from booking.kpi import queries, queries_importing
from booking.kpi import queries_certifying as certified
from booking.kpi.errors import AlreadyCertified, FigureMoved, MonthsNotCertified
from booking.kpi.rules import READERS, Period, Unit, month_key, months_of
from booking.kpi.rules_certifying import check_form, month_span, refuse_unfinished
from booking.kpi.schemas import Definition
from booking.kpi.schemas_certifying import Certification, CertifyForm, Gap, PeriodState, Span
from booking.kpi.service_definitions import LEAD_BODY
from booking.kpi.service_fold import hold_year
from booking.kpi.service_kept_rows import KeptRows, count_rows


async def read_period(span: Span) -> PeriodState:
    """A month or year of a body, or (body empty) of the plan, as it stands."""
    definition = await queries.get_reported_definition()
    open_days, unclosed, uncovered = await list_gaps(span)
    return PeriodState(
        span=span,
        value=await _value(span, definition),
        open_days=open_days,
        unclosed=unclosed,
        uncovered=uncovered,
        certification=await _find(span),
    )


async def list_gaps(span: Span) -> tuple[int, list[Gap], list[Gap]]:
    """How many facility-days of a span were open, those without a daily close, and those whose coverage is off."""
    open_days, days = await _days_to_close(span)
    mine = [each.id for each in await _facilities_of(span.body)]
    uncovered = await certified.list_uncovered(mine, span.starts_on, span.until_on)
    return open_days, await certified.list_unclosed(days), uncovered


async def list_periods(by: Actor, fiscal_year: int, body: str = "") -> list[PeriodState]:
    """The twelve months of a fiscal year and the year, as far as they have begun. Raises: NotAllowed."""
    require_staff(by, *READERS, scopes=(body,) if body else ())
    first, until = clock.fiscal_span(fiscal_year)
    months = [month_span(month_key(month)) for month in months_of(fiscal_year)]
    spans = [Span(period=Period.MONTH, starts_on=days[0], until_on=days[1], body=body) for days in months if days]
    spans.append(Span(period=Period.YEAR, starts_on=first, until_on=until, body=body))
    async with db.transaction("repeatable_read", readonly=True):
        return [await read_period(span) for span in spans if span.starts_on <= clock.today()]


async def certify(by: Actor, form: CertifyForm) -> Certification:
    """Certify a month or year: its figure, its definition and the digest of its rows are kept for ever.

    A year needs its months, the plan's year the year of every body with visits in it.
    Raises: CertifyRefused, NoSuchPeriod, NoSuchBody, NotOver, ReasonMissing, FigureMoved, MonthsNotCertified,
    AlreadyCertified, NotAllowed. Safe: a second time is refused and changes nothing.
    """
    bodies = {each.code for each in await facilities.list_bodies()}
    require_staff(by, Role.BODY_ADMINISTRATOR)
    span, office, note = check_form(form, bodies)
    require_staff(by, Role.BODY_ADMINISTRATOR, scopes=(span.body or LEAD_BODY,))
    return await db.in_transaction(lambda: _certify(by, span, office, note, form.shown), isolation="repeatable_read")


async def _certify(by: Actor, span: Span, office: str, note: str, shown: str) -> Certification:
    await queries_importing.lock_for_certifying()
    await hold_year(clock.fiscal_year(span.starts_on))
    state = await read_period(span)
    if state.certification is not None:
        raise AlreadyCertified(by=state.certification.certified_by)
    await _refuse_handed_over(span)
    refuse_unfinished(state, clock.today(), note)
    if shown and shown != str(state.value):
        raise FigureMoved(shown=shown, value=state.value)
    if span.period is Period.YEAR:
        await _refuse_open_parts(span)
    made = await _insert(by, span, office, note)
    detail = {"period": span.period, "from": span.starts_on.isoformat(), "body": span.body, "office": office}
    await record_audit(by, "kpi.certified", "kpi-certification", made, scope=span.body or None, detail=detail)
    found = await _find(span)
    assert found is not None and found.id == made
    return found


async def _find(span: Span) -> Certification | None:
    return await certified.find_certification(span.starts_on, span.body, span.period)


async def _refuse_handed_over(span: Span) -> None:
    """A year that was handed over from elsewhere is certified with its months. Raises: AlreadyCertified."""
    first, _ = clock.fiscal_span(clock.fiscal_year(span.starts_on))
    year = await certified.find_certification(first, span.body, Period.YEAR)
    if year is not None and year.origin is not None:
        raise AlreadyCertified(by=year.certified_by)


async def _refuse_open_parts(span: Span) -> None:
    """Raises: MonthsNotCertified."""
    counted = await certified.list_months_and_bodies(span.starts_on, span.until_on, span.body)
    done = await certified.list_certifications(span.starts_on, span.until_on)
    if span.body:
        parts = {each.starts_on for each in done if each.period is Period.MONTH and each.body == span.body}
        missing: list[Any] = sorted({month for month, _ in counted} - parts)
    else:
        whole = {each.body for each in done if each.period is Period.YEAR}
        open_ = {body for _, body in counted} - whole
        missing = [each.names for each in await facilities.list_bodies() if each.code in open_]
    if missing:
        raise MonthsNotCertified(missing=missing)


async def _insert(by: Actor, span: Span, office: str, note: str) -> UUID:
    definition = await queries.get_reported_definition()
    scopes = await queries.list_scopes()
    made = new_id()
    await db.execute(
        """insert into kpi_certification (id, period, starts_on, until_on, body, definition, value, figures, days,
             row_count, digest, certified_by, certified_by_name, office, note, certified_at)
           values ($1, $2, $3, $4, $5, $6, 0, '{}', '{}', 0, '', $7, $8, $9, $10, $11)""",
        *(made, span.period.value, span.starts_on, span.until_on, span.body, _json(definition)),
        *(by.id, by.name, office, note or None, clock.now()),
    )
    counted = await count_rows(span, definition, scopes, KeptRows(made) if span.period is Period.YEAR else None)
    figures = {"values": counted.values, "scopes": msgspec.to_builtins(scopes), "by_month": counted.by_month}
    await db.execute(
        """update kpi_certification set value = $2, figures = $3, days = $4, row_count = $5, digest = $6
           where id = $1""",
        *(made, counted.values[definition.scope][definition.unit], _json(figures), _json(counted.days)),
        *(counted.row_count, counted.digest),
    )
    return made


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


async def _value(span: Span, definition: Definition) -> int:
    """The figure of a span under the reading in force."""
    if definition.unit is Unit.PEOPLE:
        counted = await count_rows(span, definition, await queries.list_scopes())
        return counted.values[definition.scope][Unit.PEOPLE]
    for row in await queries.list_figures(span.starts_on, span.until_on, span.body or None):
        if row["dimension"] == "all" and row["value"] is not None and row["scope"] == definition.scope:
            return int(str(row[definition.unit]))
    return 0


async def _facilities_of(body: str) -> list[FacilityView]:
    return [each for each in await facilities.list_facilities() if body in ("", each.body_code)]


async def _days_to_close(span: Span) -> tuple[int, list[tuple[UUID, date]]]:
    """How many facility-days of a span were open until yesterday, and those whose close is due: open since the service
    knows the facility, or visited."""
    until = min(span.until_on, clock.today())
    mine = await _facilities_of(span.body)
    if span.starts_on >= until or not mine:
        return 0, []
    calendar = await facilities.load_calendar([each.id for each in mine], span.starts_on, until - timedelta(days=1))
    days = [span.starts_on + timedelta(days=n) for n in range((until - span.starts_on).days)]
    opened = {(each.id, day) for each in mine for day in days if hours_of(calendar, each.id, day).is_open}
    visited = await certified.list_visited_days([each.id for each in mine], span.starts_on, until)
    known = await certified.list_first_days([each.id for each in mine])
    due = {(place, day) for place, day in opened if place in known and day >= known[place]}
    return len(opened), sorted({*due, *visited}, key=lambda each: (each[1], each[0]))
