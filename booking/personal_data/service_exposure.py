"""Whose data could this lost device, account or token have shown: the list, and the facts for the report.

Source: 個人情報の保護に関する法律 第68条 (report to the commission, notice to the persons).
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from booking.access import service as access
from booking.access.rules import Role, may_grant, require_staff
from booking.access.schemas import Actor, Grant
from booking.access.service_staff import body_of
from booking.facilities import queries as facilities
from booking.kiosks import queries as kiosks
from booking.kit import clock
from booking.people import queries as people
from booking.people import queries_staff
from booking.people.schemas import MemberView
from booking.people.service_desk import DESK, bodies_of
from booking.personal_data import queries_exposure as queries
from booking.personal_data.errors_exposure import LostUnknown
from booking.personal_data.rules_exposure import days_of_list, is_minor, joined
from booking.personal_data.schemas_exposure import Doors, Exposed, Exposure, IssuedPass, Lost, Sight, Span, Thing, Trace

ASKERS = (Role.BODY_ADMINISTRATOR,)
AT_ONCE = 1_000


async def list_things(by: Actor) -> list[Thing]:
    """Every kiosk, account of staff and token that the asker's bodies have or had. Raises: NotAllowed."""
    require_staff(by, *ASKERS)
    return [*await _kiosks(by), *await _staff(by), *await _tokens(by)]


async def _kiosks(by: Actor) -> list[Thing]:
    return [
        Thing(
            lost=Lost.KIOSK,
            id=one.id,
            name=f"{one.name}（{'・'.join(one.facility_names)}）",
            bodies=frozenset(one.body_codes),
            seen_at=one.seen_at,
            stopped_at=one.revoked_at,
            facility_ids=await queries.find_facility_ids(one.id),
            stop=f"/staff/kiosks/{one.id}/revoke",
        )
        for one in await kiosks.list_kiosks()
        if by.kind == "system" or by.may_in(one.scopes, *ASKERS)
    ]


async def _staff(by: Actor) -> list[Thing]:
    found = []
    for account_id, name, ended_at in await queries.list_staff_ever():
        if await _is_ours(by, await queries.list_scopes_ever(account_id)):
            stop = f"/staff/staff/{account_id}/end"
            found.append(Thing(lost=Lost.STAFF, id=account_id, name=name, bodies=None, stopped_at=ended_at, stop=stop))
    return found


async def _tokens(by: Actor) -> list[Thing]:
    return [
        Thing(
            lost=Lost.TOKEN,
            id=token_id,
            name=label,
            bodies=await _reach([grant]),
            seen_at=seen_at,
            stopped_at=revoked_at,
            stop=f"/staff/tokens/{token_id}/revoke",
        )
        for token_id, label, grant, seen_at, revoked_at in await queries.list_tokens_ever()
        if await _is_ours(by, {grant.scope})
    ]


async def _is_ours(by: Actor, scopes: Iterable[str | None]) -> bool:
    return any([may_grant(by, scope, await body_of(scope)) for scope in scopes])


async def _reach(grants: Iterable[Grant]) -> frozenset[str] | None:
    """The bodies whose members these roles let somebody open; None means all."""
    scopes = [grant.scope for grant in grants if grant.role in DESK]
    if None in scopes:
        return None
    within = {one.code: one.body_code for one in await facilities.list_facilities()}
    return frozenset(within.get(scope, scope) for scope in scopes if scope is not None)


async def get_thing(by: Actor, lost: str, lost_id: UUID) -> Thing:
    """One of them. Raises: NotAllowed, LostUnknown."""
    require_staff(by, *ASKERS)
    if lost == Lost.GUARDIAN:
        return await _holder(by, lost_id)
    if lost == Lost.PASS:
        return await _pass(by, lost_id)
    found = next((one for one in await list_things(by) if (one.lost, one.id) == (lost, lost_id)), None)
    if found is None:
        raise LostUnknown
    return found


async def _holder(by: Actor, account_id: UUID) -> Thing:
    """A resident's account or a card that acts, or acted, for somebody registered here and not protected."""
    holder, bodies = await queries.find_holder(account_id), await bodies_of(by, *ASKERS)
    ever = Span(datetime.min.replace(tzinfo=clock.now().tzinfo), clock.now())
    members = await people.list_members([one.member_id for one in await queries.list_held(account_id, ever)])
    known = [one for one in members.values() if not one.is_protected]
    if holder is None or not any([await queries_staff.is_registered_in(bodies, one.id) for one in known]):
        raise LostUnknown
    return Thing(lost=Lost.GUARDIAN, id=account_id, name=holder[0], bodies=None, stopped_at=holder[1])


async def list_passes(by: Actor, member_id: UUID, *, limit: int) -> list[IssuedPass]:
    """The passes of a member, the newest first. Raises: NotAllowed, LostUnknown."""
    if not await queries_staff.is_registered_in(await bodies_of(by, *ASKERS), member_id):
        raise LostUnknown
    return await queries.list_passes(member_id, limit)


async def _pass(by: Actor, pass_id: UUID) -> Thing:
    """A pass, also one that was stopped, of somebody registered here and not protected."""
    found, bodies = await queries.find_pass(pass_id), await bodies_of(by, *ASKERS)
    member = None if found is None else await people.find_member(found.member_id)
    if found is None or member is None or member.is_protected:
        raise LostUnknown
    if not await queries_staff.is_registered_in(bodies, member.id):
        raise LostUnknown
    return Thing(
        lost=Lost.PASS,
        id=pass_id,
        name=f"{member.name} {member.number}",
        bodies=None,
        seen_at=found.shown_at,
        stopped_at=found.ended_at,
        member_id=member.id,
        stop=f"/staff/passes/{member.id}/lost",
    )


async def expose(by: Actor, thing: Thing, span: Span, *, limit: int | None = None) -> Exposure:
    """Whose data the thing could have shown in a span; those who are named here are noted as seen (`limit`: how many).

    Protected members are on no list: they are a number, as are members that only another body has registered.
    Raises: NotAllowed.
    """
    require_staff(by, *ASKERS)
    bodies = await bodies_of(by, *ASKERS)
    traces = await _traces(thing, span)
    members = await people.list_members([one.member_id for one in traces])
    day = clock.local_date(span.until)
    rows, hidden, elsewhere = [], [], 0
    for trace in traces:
        member = members.get(trace.member_id)
        if member is None:
            continue
        if bodies is not None and not bodies & set(member.body_codes):
            elsewhere += 1
        elif member.is_protected:
            hidden.append(member)
        else:
            rows.append(_exposed(trace, members[trace.member_id], minor=is_minor(member, day)))
    await _note(by, [row.member.id for row in rows][:limit], thing)
    return Exposure(
        thing=thing,
        span=span,
        rows=rows,
        protected=len(hidden),
        protected_minors=sum(is_minor(one, day) for one in hidden),
        elsewhere=elsewhere,
        doors=await _doors(by, thing, span) if thing.lost is Lost.PASS else None,
    )


async def _doors(by: Actor, thing: Thing, span: Span) -> Doors:
    """The kiosks that answered; those of other bodies are a number."""
    answered = await queries.list_doors(thing.id, span)
    ours = [one.name for one in await _kiosks(by) if one.id in answered]
    return Doors(tuple(ours), len(answered) - len(ours))


def _exposed(trace: Trace, member: MemberView, *, minor: bool) -> Exposed:
    return Exposed(member=member, sight=trace.sight, times=trace.times, last_at=trace.last_at, is_minor=minor)


async def _traces(thing: Thing, span: Span) -> list[Trace]:
    if thing.lost is Lost.KIOSK:
        days = days_of_list(clock.local_date(span.since), clock.local_date(span.until))
        return joined(await queries.list_listed(thing, days, span), ())
    if thing.lost is Lost.GUARDIAN:
        return await queries.list_held(thing.id, span)
    if thing.member_id is not None:
        return await _traces_of_pass(thing.id, thing.member_id, span)
    reach = thing.bodies if thing.lost is Lost.TOKEN else await _reach(await queries.list_grants(thing.id, span))
    possible = await queries.list_registered(reach, span) if reach is None or reach else []
    return joined(await queries.list_viewed(thing, span), possible)


async def _traces_of_pass(pass_id: UUID, member_id: UUID, span: Span) -> list[Trace]:
    """The bearer's name stands on the paper; others in what kiosks answered, or could have let the bearer choose."""
    answered = await queries.list_answered(pass_id, span)
    own = next((one for one in answered if one.member_id == member_id and one.sight is Sight.ANSWERED), None)
    bearer = own or Trace(member_id=member_id, sight=Sight.PRINTED)
    others = [one for one in answered if one.member_id != member_id]
    return joined([bearer, *others], await queries.list_offered(member_id, span))


async def _note(by: Actor, member_ids: list[UUID], thing: Thing) -> None:
    for start in range(0, len(member_ids), AT_ONCE):
        await access.record_view(by, member_ids[start : start + AT_ONCE], f"exposure-{thing.lost}", by_list=True)
    await access.record_audit(by, "exposure.listed", str(thing.lost), thing.id, detail={"named": len(member_ids)})
