"""Options of a program: what can be asked for with a seat, and how many each session has."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import msgspec

from booking.access.rules import require_staff
from booking.access.schemas import Actor
from booking.access.service import record_audit
from booking.facilities.errors import ChangedMeanwhile
from booking.facilities.rules_forms import version_of
from booking.facilities.service_staff import EDITORS
from booking.kit import clock, db
from booking.kit.tokens import new_id
from booking.kit.words import others_of
from booking.programs import queries, queries_options, service_lines
from booking.programs.errors import UnknownOption
from booking.programs.queries_taken import count_options_taken
from booking.programs.rules_forms import check_option
from booking.programs.schemas import ProgramOptionView, ProgramView
from booking.programs.schemas_forms import OptionForm, OptionValues, Outcome
from booking.programs.tables import ProgramOption, SessionOption


async def offer(session_ids: Iterable[UUID]) -> None:
    """Give sessions that were just made what their programs offer, within the caller's transaction. Safe: repeated."""
    missing = await queries_options.list_not_offered(session_ids)
    await db.execute_many(
        "insert into session_option (id, session, option, quota) values ($1, $2, $3, $4)"
        " on conflict (session, option) do nothing",
        [(new_id(), *row) for row in missing],
    )


async def _lock(by: Actor, code: str) -> ProgramView:
    program = await queries.get_program(code)
    require_staff(by, *EDITORS, scopes=(program.body_code,))
    return (await queries.lock_programs([program.id]))[program.id]


async def _option_of(program: ProgramView, option_id: UUID) -> ProgramOptionView:
    options = await queries_options.list_program_options(program.id, clock.today())
    found = next((one for one in options if one.id == option_id), None)
    if found is None:
        raise UnknownOption
    return found


def _columns(values: OptionValues) -> dict[Any, Any]:
    columns: dict[Any, Any] = msgspec.structs.asdict(values)
    return {**columns, "names": others_of(values.names)}


async def add_option(by: Actor, code: str, form: OptionForm) -> UUID:
    """Offer something with every seat of a program, also in the sessions that are there and have not begun.

    Raises: ProgramFormRefused, OptionCodeTaken, UnknownProgram, NotAllowed.
    """
    async with db.transaction():
        program = await _lock(by, code)
        values, option_id = check_option(form, is_new=True), new_id()
        await ProgramOption.insert(ProgramOption(id=option_id, program=program.id, code=form.code, **_columns(values)))
        await offer(await queries.list_session_ids_of_program(program.id, clock.today(), clock.now()))
        detail = {"option": form.code, "new": msgspec.to_builtins(values)}
        await record_audit(by, "program.option.add", "program", program.id, scope=program.body_code, detail=detail)
    return option_id


async def change_option(by: Actor, code: str, option_id: UUID, form: OptionForm) -> Outcome:
    """Change an option's names and quota, also in the sessions to come; where more are taken it stays as it was.
    Whoever waits for a seat with it gets one at once where there is one now.

    Raises: ProgramFormRefused, ChangedMeanwhile, UnknownOption, UnknownProgram, NotAllowed.
    """
    async with db.transaction():
        program = await _lock(by, code)
        values = check_option(form)
        option = await _option_of(program, option_id)
        if form.seen != version_of(option):
            raise ChangedMeanwhile
        await ProgramOption.update(_columns(values)).where(ProgramOption.id == option_id)
        outcome = await _set_quotas(program, option, values.quota)
        detail = {"option": option.code, "new": msgspec.to_builtins(values), "kept": outcome.kept}
        await record_audit(by, "program.option.change", "program", program.id, scope=program.body_code, detail=detail)
        return outcome


async def _set_quotas(program: ProgramView, option: ProgramOptionView, quota: int) -> Outcome:
    """The new quota for those sessions to come that had the old one, where no more are taken."""
    if quota == option.quota:
        return Outcome(changed=0, kept=0)
    sessions = await queries.list_session_ids_of_program(program.id, clock.today(), clock.now())
    await service_lines.lock_ahead(sessions)
    pools = [one for one in await queries.lock_options(sessions) if one.option_id == option.id]
    pools = [one for one in pools if one.quota == option.quota]
    taken = await count_options_taken(pool.id for pool in pools)
    fitting = [pool.id for pool in pools if taken[pool.id] <= quota]
    if fitting:
        await SessionOption.update({SessionOption.quota: quota}).where(SessionOption.id.is_in(fitting))
        await service_lines.serve(pool.session_id for pool in pools if pool.id in set(fitting))
    return Outcome(changed=len(fitting), kept=len(pools) - len(fitting))


async def end_option(by: Actor, code: str, option_id: UUID) -> None:
    """Offer something no longer; who has asked for it in a session to come keeps it.

    Raises: UnknownOption, UnknownProgram, NotAllowed.
    """
    async with db.transaction():
        program = await _lock(by, code)
        option = await _option_of(program, option_id)
        ended: dict[Any, Any] = {"ended_on": clock.today()}
        await ProgramOption.update(ended).where(ProgramOption.id == option_id)
        sessions = await queries.list_session_ids_of_program(program.id, clock.today(), clock.now())
        pools = [one.id for one in await queries.lock_options(sessions) if one.option_id == option.id]
        for pool_id, taken in (await count_options_taken(pools)).items():
            await SessionOption.update({SessionOption.quota: taken}).where(SessionOption.id == pool_id)
        detail = {"option": option.code}
        await record_audit(by, "program.option.end", "program", program.id, scope=program.body_code, detail=detail)
