"""What staff change of facilities in the browser. Every verb locks the facility, so that two changes never mix."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from booking.access.rules import Role, require_staff
from booking.access.schemas import Actor
from booking.access.service import record_audit
from booking.facilities import queries
from booking.facilities.errors import ChangedMeanwhile, UnknownClosingRule, UnknownClosure
from booking.facilities.rules import hours_on, is_valid
from booking.facilities.rules_forms import check_closing_rule, check_facility, check_hours, version_of
from booking.facilities.schemas import (
    ClosingRuleView,
    ClosureView,
    FacilityView,
    WeekdayHours,
)
from booking.facilities.schemas_forms import (
    ClosingRuleForm,
    DayDecision,
    FacilityForm,
    HoursForm,
    NewHours,
)
from booking.facilities.tables import ClosingRule, Closure, Facility, OpeningHours
from booking.kit import clock, db
from booking.kit.tokens import new_id
from booking.kit.words import others_of

EDITORS = (Role.FACILITY_MANAGER, Role.BODY_ADMINISTRATOR)
"""Who may change a facility of theirs."""
CONFIRMABLE = ("capacity", "hours", "opened_on")


async def _lock(by: Actor, code: str) -> FacilityView:
    """The facility, locked, for somebody who may change it. Raises: UnknownFacility, NotAllowed."""
    facility = await queries.get_facility(code)
    require_staff(by, *EDITORS, scopes=facility.scopes)
    return (await queries.lock_facilities([facility.id]))[facility.id]


async def _note(by: Actor, action: str, facility: FacilityView, **detail: Any) -> None:
    await record_audit(by, action, "facility", facility.id, scope=facility.code, detail=detail)


async def change_facility(by: Actor, code: str, form: FacilityForm) -> None:
    """Change names, address, capacity, telephone and door times.

    Raises: FacilityFormRefused, ChangedMeanwhile, NotAllowed.
    """
    change = check_facility(form)
    async with db.transaction():
        facility = await _lock(by, code)
        if form.seen != version_of(facility):
            raise ChangedMeanwhile
        wanted = msgspec.structs.asdict(change)
        new: dict[Any, Any] = {name: to for name, to in wanted.items() if to != getattr(facility, name)}
        if new:
            documents: dict[Any, Any] = {name: others_of(new[name]) for name in ("names", "addresses") if name in new}
            await Facility.update({**new, **documents}).where(Facility.id == facility.id)
            old = {name: getattr(facility, name) for name in new}
            await _note(by, "facility.change", facility, old=old, new=new)


async def confirm(by: Actor, code: str, what: str) -> None:
    """Say that a provisional value is right as it is. Raises: NotAllowed. Safe: repeated."""
    async with db.transaction():
        facility = await _lock(by, code)
        if what in CONFIRMABLE and what in facility.provisional:
            left = [name for name in facility.provisional if name != what]
            await Facility.update({"provisional": left}).where(Facility.id == facility.id)
            await _note(by, "facility.confirm", facility, what=what)


async def change_hours(by: Actor, code: str, form: HoursForm) -> None:
    """Change the hours of the week from a day on. Hours with a last day give way to those before afterwards.

    Raises: FacilityFormRefused, ChangedMeanwhile, NotAllowed.
    """
    async with db.transaction():
        facility = await _lock(by, code)
        today = clock.today()
        rows = await queries.list_hours([facility.id], today)
        if form.seen != version_of(rows):
            raise ChangedMeanwhile
        new = check_hours(form, today, rows)
        changed = [weekday for weekday in new.week if await _set_weekday(facility.id, rows, new, weekday)]
        if changed:
            await _note(by, "facility.hours", facility, new=msgspec.to_builtins(new), weekdays=changed)


async def _set_weekday(facility_id: UUID, rows: list[WeekdayHours], new: NewHours, weekday: int) -> bool:
    """Write one weekday's hours; whether anything had to change."""
    wanted = new.week[weekday]
    current = hours_on(rows, new.first_on).get(weekday)
    if wanted == (None if current is None else (current.opens, current.closes)):
        return False
    if new.last_on is None:
        await _end_hours(rows, weekday, new.first_on)
    if wanted is not None:
        until = None if new.last_on is None else new.last_on + timedelta(days=1)
        await db.execute(
            "insert into opening_hours (id, facility, weekday, opens, closes, valid_from_on, valid_until_on)"
            " values ($1, $2, $3, $4, $5, $6, $7) on conflict (facility, weekday, valid_from_on) do update"
            " set opens = excluded.opens, closes = excluded.closes, valid_until_on = excluded.valid_until_on",
            *(new_id(), facility_id, weekday, *wanted, new.first_on, until),
        )
    return True


async def _end_hours(rows: list[WeekdayHours], weekday: int, day: date) -> None:
    """End what holds on a day; rows that begin on that very day go, those that begin later stay."""
    for row in rows:
        if row.weekday == weekday and is_valid(row, day):
            if row.valid_from_on == day:
                await OpeningHours.delete().where(OpeningHours.id == row.id)
            else:
                await OpeningHours.update({"valid_until_on": day}).where(OpeningHours.id == row.id)


async def add_closing_rule(by: Actor, code: str, form: ClosingRuleForm) -> UUID:
    """Add a rule that closes days from a day on. Raises: FacilityFormRefused, NotAllowed."""
    new = check_closing_rule(form, clock.today())
    rule_id = new_id()
    async with db.transaction():
        facility = await _lock(by, code)
        values = msgspec.structs.asdict(new)
        await ClosingRule.insert(ClosingRule(id=rule_id, facility=facility.id, provisional=False, **values))
        await _note(by, "facility.closing-rule.add", facility, rule=str(rule_id), new=msgspec.to_builtins(new))
    return rule_id


async def end_closing_rule(by: Actor, code: str, rule_id: UUID) -> None:
    """Let a closing rule close nothing from today on. Raises: UnknownClosingRule, NotAllowed."""
    async with db.transaction():
        facility = await _lock(by, code)
        rule = await _closing_rule(facility, rule_id)
        until = max(clock.today(), rule.valid_from_on)
        await ClosingRule.update({"valid_until_on": until}).where(ClosingRule.id == rule.id)
        await _note(by, "facility.closing-rule.end", facility, rule=str(rule.id), until=until.isoformat())


async def confirm_closing_rule(by: Actor, code: str, rule_id: UUID) -> None:
    """Say that a provisional closing rule is right as it is. Raises: UnknownClosingRule, NotAllowed."""
    async with db.transaction():
        facility = await _lock(by, code)
        rule = await _closing_rule(facility, rule_id)
        if rule.provisional:
            await ClosingRule.update({"provisional": False}).where(ClosingRule.id == rule.id)
            await _note(by, "facility.closing-rule.confirm", facility, rule=str(rule.id))


async def _closing_rule(facility: FacilityView, rule_id: UUID) -> ClosingRuleView:
    for rule in await queries.list_closing_rules([facility.id], clock.today()):
        if rule.id == rule_id:
            return rule
    raise UnknownClosingRule


async def decide_day(by: Actor, facility: FacilityView, decision: DayDecision, now: datetime) -> UUID:
    """Write that a facility is closed or open on a day, within the caller's transaction.

    Who calls has locked the facility and looked after the sessions of that day. `now` also marks those sessions.
    """
    closure_id = new_id()
    await Closure.insert(
        Closure(
            id=closure_id,
            facility=facility.id,
            closed_on=decision.day,
            kind=decision.kind,
            from_time=decision.from_time,
            until_time=decision.until_time,
            reason=decision.reason,
            reasons=others_of(decision.reasons),
            decided_by=by.id,
            decided_at=now,
        )
    )
    said = msgspec.to_builtins(decision)
    await record_audit(
        by, "facility.decide-day", "facility", facility.id, scope=facility.code, reason=decision.reason, detail=said
    )
    return closure_id


async def revoke_closure(by: Actor, facility: FacilityView, closure_id: UUID) -> ClosureView:
    """Take back a day decided by hand, within the caller's transaction. Raises: UnknownClosure."""
    days = await queries.list_closures([facility.id], clock.today(), date.max)
    closure = next((each for each in days if each.id == closure_id), None)
    if closure is None:
        raise UnknownClosure
    await Closure.update({"revoked_at": clock.now()}).where(Closure.id == closure_id)
    await _note(by, "facility.revoke-day", facility, closure=str(closure_id), day=closure.closed_on.isoformat())
    return closure
