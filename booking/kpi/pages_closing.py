"""Staff pages of closing: what is missing in each month and year, and certifying it in two steps."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from typing import IO, Annotated, Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Stream

from booking.access.rules import Role, require_staff
from booking.access.schemas import Actor
from booking.kit import clock
from booking.kit.errors import Refusal
from booking.kit.web import Asking, form, page, redirect
from booking.kpi import queries, service_certifying, service_closing, service_exporting, service_key
from booking.kpi.errors import NoSuchPeriod
from booking.kpi.rules import READERS, Period, month_key
from booking.kpi.rules_certifying import check_form, refuse_unfinished
from booking.kpi.rules_signing import fingerprint
from booking.kpi.rules_words import UNITS
from booking.kpi.schemas_certifying import CertifyForm, PeriodState, Span
from booking.kpi.service_definitions import LEAD_BODY

HOME = "/staff/kpi/closing"


def _key(span: Span) -> str:
    return month_key(span.starts_on) if span.period is Period.MONTH else str(span.starts_on.year)


@get(HOME, include_in_schema=False)
async def show_closing(
    request: Asking,
    actor: NamedDependency[Actor],
    fiscal_year: FromQuery[int | None] = None,
    body_code: Annotated[str | None, QueryParameter(name="body")] = None,
) -> Response[str]:
    """The months of a fiscal year and the year: figure, what is missing, certified or provisional."""
    require_staff(actor, *READERS)
    years = await queries.list_fiscal_years()
    year = clock.fiscal_year(clock.today()) if fiscal_year is None else fiscal_year
    if year not in years:
        raise NoSuchPeriod
    bodies = await service_closing.list_bodies(actor)
    chosen = body_code if body_code is not None else next((code for code, _ in bodies), "")
    states = await service_certifying.list_periods(actor, year, chosen)
    given: dict[str, Any] = {
        "years": [each for each in years if each <= clock.fiscal_year(clock.today())],
        "year": year,
    }
    given |= {"states": [(_key(state.span), state) for state in states]}
    given["sees_handed_over"] = service_exporting.may_export(actor, "")
    return page(request, "kpi/closing.html", bodies=bodies, body=chosen, today=clock.today(), **given)


@get(f"{HOME}/{{period:str}}", include_in_schema=False)
async def show_period(
    request: Asking,
    actor: NamedDependency[Actor],
    period: FromPath[str],
    body_code: Annotated[str, QueryParameter(name="body")] = "",
) -> Response[str]:
    """What a month or year is made of and what is missing, with the form to certify it."""
    require_staff(actor, *READERS)
    return await _period(request, actor, await service_closing.read_closing(actor, period, body_code))


async def _period(
    request: Asking, actor: Actor, state: PeriodState, is_last_step: bool = False, **more: Any
) -> Response[str]:
    body, key = state.span.body, _key(state.span)
    names = await queries.list_names(actor.language)
    kept = state.certification
    definition = kept.definition if kept else await queries.get_reported_definition(actor.language)
    return page(
        request,
        "kpi/closing_period.html",
        state=state,
        key=key,
        definition=definition,
        units=UNITS,
        names=names["facility"],
        body_name=dict(await service_closing.list_bodies(actor)).get(body, ""),
        is_over=state.span.until_on <= clock.today(),
        may_certify=service_closing.may_certify(actor, body),
        may_hand_over=_may_hand_over(actor, state),
        export_key=await _export_key(actor, state.span),
        needs_note=bool(state.unclosed or any(not gap.reason for gap in state.uncovered)),
        done=request.query_params.get("done", ""),
        is_last_step=is_last_step,
        **more,
    )


def _may_hand_over(actor: Actor, state: PeriodState) -> bool:
    kept = state.certification
    is_ours = kept is not None and kept.period is Period.YEAR and kept.origin is None and bool(kept.body)
    return is_ours and service_closing.may_certify(actor, state.span.body)


async def _export_key(actor: Actor, span: Span) -> str:
    """The key under the file of a year as it is compared; empty for who may not have the file, and for a month."""
    if span.period is not Period.YEAR or not service_exporting.may_export(actor, span.body):
        return ""
    return fingerprint(await service_key.get_public_key())


@post(f"{HOME}/check", include_in_schema=False)
async def check(request: Asking, actor: NamedDependency[Actor]) -> Response[str]:
    """Show once more what would be certified, by whom and with which word; nothing is changed."""
    data = await form(request, CertifyForm)
    require_staff(actor, Role.BODY_ADMINISTRATOR, scopes=(data.body or LEAD_BODY,))
    state = await service_closing.read_closing(actor, data.month or data.fiscal_year, data.body)
    try:
        _, _, note = check_form(data, [data.body])
        refuse_unfinished(state, clock.today(), note)
    except Refusal as refusal:
        return await _period(request, actor, state, status=refusal.status, refusal=refusal, form=data)
    return await _period(request, actor, state, form=data, is_last_step=True)


@post(HOME, include_in_schema=False)
async def certify(request: Asking, actor: NamedDependency[Actor]) -> Response[Any]:
    """Certify it."""
    data = await form(request, CertifyForm)
    try:
        await service_certifying.certify(actor, data)
    except Refusal as refusal:
        state = await service_closing.read_closing(actor, data.month or data.fiscal_year, data.body)
        return await _period(request, actor, state, status=refusal.status, refusal=refusal, form=data)
    return redirect(f"{HOME}/{data.month or data.fiscal_year}", body=data.body, done="certified")


@get(f"{HOME}/export.zip", include_in_schema=False)
async def get_export(
    actor: NamedDependency[Actor],
    fiscal_year: FromQuery[int],
    body_code: Annotated[str, QueryParameter(name="body")] = "",
) -> Stream:
    """The file an auditor recomputes a year from."""
    file = await asyncio.to_thread(tempfile.TemporaryFile)
    try:
        manifest = await service_exporting.export_year(actor, fiscal_year, body_code, file)
    except BaseException:
        file.close()
        raise
    name = f"kpi-{fiscal_year}-{body_code or 'plan'}-{manifest.standing}.zip"
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    return Stream(_pieces(file), media_type="application/zip", headers=headers)


async def _pieces(file: IO[bytes]) -> AsyncIterator[bytes]:
    with file:
        file.seek(0)
        while piece := await asyncio.to_thread(file.read, 1 << 18):
            yield piece


PAGES = (show_closing, show_period, get_export, check, certify)
