"""Which reading is in force, what another would give, and who says that it is the right one."""

from datetime import date
from uuid import UUID

import msgspec

from booking.access.rules import Role, require_staff
from booking.access.schemas import Actor
from booking.access.service import record_audit
from booking.facilities import queries as facilities
from booking.kit import clock, db
from booking.kit.tokens import new_id
from booking.kit.words import others_of
from booking.kpi import queries
from booking.kpi.errors import DefinitionConfirmed, DefinitionReplaced, DefinitionUnknown, NoSuchFiscalYear
from booking.kpi.rules import READERS, DefinitionStatus
from booking.kpi.rules_definitions import check_confirmation, check_definition, check_scope
from booking.kpi.schemas import CountingRules
from booking.kpi.schemas_definitions import (
    ConfirmForm,
    DefinitionForm,
    DefinitionView,
    NewDefinition,
    Preview,
    ScopeForm,
)
from booking.kpi.service_fold import refold_all
from booking.programs import queries as programs

LEAD_BODY = "100005"
"""The body whose plan it is: its administrators decide how users are counted."""
KEY = 0x6B706964


def require_decider(by: Actor) -> None:
    """Raises: NotAllowed."""
    require_staff(by, Role.BODY_ADMINISTRATOR, scopes=(LEAD_BODY,))


async def preview(by: Actor, form: DefinitionForm, fiscal_year: int) -> Preview:
    """What a reading would make of a fiscal year beside what the one in force makes of it; nothing is changed.

    Raises: DefinitionRefused, NoSuchFiscalYear, NotAllowed. Safe: one snapshot, straight from the visits.
    """
    require_decider(by)
    async with db.transaction("repeatable_read", readonly=True):
        if fiscal_year not in await queries.list_fiscal_years():
            raise NoSuchFiscalYear
        new = await _check(form)
        now = await queries.get_reported_definition()
        return Preview(
            fiscal_year=fiscal_year,
            now=await queries.answer_under(now, *clock.fiscal_span(fiscal_year)),
            then=await queries.answer_under(new, *clock.fiscal_span(fiscal_year)),
            scope=new.scope,
            unit=new.unit,
        )


async def list_definitions(by: Actor) -> list[DefinitionView]:
    """Every reading there is or was. Raises: NotAllowed."""
    require_staff(by, *READERS)
    return await queries.list_definition_views()


async def get_definition(by: Actor, code: str) -> DefinitionView:
    """A reading by its code. Raises: DefinitionUnknown, NotAllowed."""
    require_staff(by, *READERS)
    found = await queries.list_definition_views(code)
    if not found:
        raise DefinitionUnknown
    return found[0]


async def define(by: Actor, form: DefinitionForm) -> str:
    """Put a reading in force, assumed until it is confirmed; its code. Every figure is folded again under its rules.

    Raises: DefinitionRefused, NotAllowed. Safe: two at once, one after the other.
    """
    require_decider(by)
    async with db.transaction():
        await db.execute("select pg_advisory_xact_lock($1)", KEY)
        new = await _check(form)
        before = await queries.get_reported_definition()
        code = await _free_code(f"{new.scope}-{new.unit.replace('_', '-')}")
        await db.execute("update kpi_definition set is_reported = false where is_reported")
        await _insert(by, code, new)
        if rules_of(before) != rules_of(new):
            await refold_all()
        detail = {"new": msgspec.to_builtins(new), "code": code, "before": before.code}
        await record_audit(by, "kpi.definition", "kpi-definition", None, reason=new.reason, detail=detail)
    return code


async def _check(form: DefinitionForm) -> NewDefinition:
    return check_definition(form, [scope.code for scope in await queries.list_scopes()])


def rules_of(reading: CountingRules) -> CountingRules:
    """The rules of counting alone, which stored figures are made under."""
    return CountingRules(**{name: getattr(reading, name) for name in CountingRules.__struct_fields__})


async def _free_code(stem: str) -> str:
    taken = {each.code for each in await queries.list_definitions()}
    return next(code for n in range(1, len(taken) + 2) if (code := stem if n == 1 else f"{stem}-{n}") not in taken)


async def _insert(by: Actor, code: str, new: NewDefinition) -> None:
    values: dict[str, object] = {
        **msgspec.structs.asdict(new),
        "names": others_of(new.names),
        "id": new_id(),
        "code": code,
        "is_reported": True,
        "status": DefinitionStatus.ASSUMED.value,
        "valid_from_on": clock.today(),
        "author": by.name,
        "made_at": clock.now(),
    }
    names, places = ", ".join(values), ", ".join(f"${n}" for n in range(1, len(values) + 1))
    await db.execute(f"insert into kpi_definition ({names}) values ({places})", *values.values())


async def confirm(by: Actor, code: str, form: ConfirmForm) -> None:
    """Say by name, office and document that the reading in force is the right one.

    Raises: DefinitionUnknown, DefinitionReplaced, DefinitionConfirmed, DefinitionRefused, NotAllowed.
    """
    require_decider(by)
    async with db.transaction():
        await db.execute("select pg_advisory_xact_lock($1)", KEY)
        found = await queries.find_definition(code)
        if found is None:
            raise DefinitionUnknown
        if not found.is_reported:
            raise DefinitionReplaced
        if found.status is DefinitionStatus.CONFIRMED:
            raise DefinitionConfirmed
        name, office, document = check_confirmation(form)
        await db.execute(
            """update kpi_definition set status = 'confirmed', confirmed_by = $2, confirmed_office = $3, document = $4,
                 confirmed_at = $5 where code = $1""",
            *(code, name, office, document, clock.now()),
        )
        detail = {"code": code, "confirmed_by": name, "office": office, "document": document}
        await record_audit(by, "kpi.confirmed", "kpi-definition", None, detail=detail)


async def add_scope(by: Actor, form: ScopeForm) -> UUID:
    """One more selection of places and programs beside the plan's; every figure is folded again for it.

    Raises: DefinitionRefused, NotAllowed.
    """
    require_decider(by)
    async with db.transaction():
        await db.execute("select pg_advisory_xact_lock($1)", KEY)
        taken = [scope.code for scope in await queries.list_scopes()]
        known = [one.code for one in await facilities.list_facilities()]
        offered = [one.code for one in await programs.list_programs()]
        name, names, where, what = check_scope(form, taken, known, offered)
        scope_id = new_id()
        await db.execute(
            """insert into kpi_scope (id, code, name, names, facilities, programs, position, author, made_at)
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9)""",
            *(scope_id, form.code, name, msgspec.json.encode(names).decode(), where, what, len(taken), by.name),
            clock.now(),
        )
        await refold_all()
        detail = {"code": form.code, "facilities": where, "programs": what}
        await record_audit(by, "kpi.scope", "kpi-scope", scope_id, detail=detail)
    return scope_id


async def plain_answer(fiscal_year: int) -> dict[str, dict[str, int]]:
    """The figure of a fiscal year straight from the visits, under the reading in force: what the fold must equal."""
    span: tuple[date, date] = clock.fiscal_span(fiscal_year)
    return await queries.answer_under(await queries.get_reported_definition(), *span)
