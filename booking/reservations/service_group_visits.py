"""Group visits: a school asks, staff answer, rooms are taken, the code of the day is given.

Locks in the order of the house: the facility, then the request. A room is refereed by the exclusion constraint of
`space_taken`, the code of the day by a unique index.
"""

import hmac
import secrets
from typing import Any
from uuid import UUID

import msgspec

from booking.access.errors import TooManyAttempts
from booking.access.rules import Role, require_staff
from booking.access.schemas import Actor
from booking.access.service import limit_attempts, record_audit
from booking.facilities import service_spaces as spaces
from booking.facilities.errors import SpaceInUse
from booking.facilities.queries import find_facility, get_facility, lock_facilities
from booking.facilities.queries_spaces import list_uses
from booking.facilities.rules import SpaceUse
from booking.facilities.schemas import FacilityView
from booking.kit import clock, db
from booking.kit.i18n import N_
from booking.kit.idempotency import do_once
from booking.kit.settings import get_settings
from booking.kit.tokens import from_text, keyed_digest, new_id, to_text
from booking.programs.queries import find_session
from booking.reservations import queries_group_visits as queries
from booking.reservations import rules_group_visits as rules
from booking.reservations.errors_group_visits import (
    GroupDecisionRefused,
    GroupOutsideHours,
    GroupRequestsBusy,
    GroupRequestUnknown,
    GroupVisitBegun,
)
from booking.reservations.mail_group_visits import tell_desk, tell_group
from booking.reservations.rules_kinds import RequestState
from booking.reservations.schemas_group_visits import (
    AnswerForm,
    AnswerValues,
    GroupRequestForm,
    GroupRequestValues,
    GroupRequestView,
    VisitTime,
)
from booking.reservations.tables import GroupRequest, GroupRoom

READERS = (Role.FRONT_DESK, Role.FACILITY_MANAGER, Role.OPERATOR, Role.BODY_ADMINISTRATOR)
"""Who sees requests with the people to call: the staff of the place, nobody else."""
DECIDERS = (Role.FACILITY_MANAGER, Role.OPERATOR, Role.BODY_ADMINISTRATOR)
REQUESTS, REQUESTS_OF_ALL, REQUESTS_SECONDS = 30, 300, 600
"""So many requests from one network, and in all, in so many seconds."""
_MAC_CHARACTERS = 32


# ---- the secret address -------------------------------------------------------------------------------------------


def token_of(request_id: UUID) -> str:
    """The secret of a request: its id under the installation's key."""
    return f"{to_text(request_id.bytes)}.{keyed_digest(f'group-visit {request_id}')[:_MAC_CHARACTERS]}"


def link_of(request_id: UUID) -> str:
    """The address where the group sees its request and answers."""
    return f"{get_settings().public_url.rstrip('/')}/group-visits/{token_of(request_id)}"


def read_token(token: str) -> UUID:
    """The request a secret belongs to. Raises: GroupRequestUnknown."""
    try:
        request_id = UUID(bytes=from_text(token.partition(".")[0]))
    except ValueError:
        raise GroupRequestUnknown from None
    if not hmac.compare_digest(token_of(request_id).encode(), token.encode()):
        raise GroupRequestUnknown
    return request_id


# ---- a group asks -------------------------------------------------------------------------------------------------


async def ask(by: Actor, form: GroupRequestForm) -> UUID:
    """Keep a group's request; it gets a mail with its secret address when it gave one, the desk gets a word.

    Raises: GroupRequestRefused. Safe: with the same `nonce` again, one request.
    """
    return await _ask(by, form, None)


async def _ask(by: Actor, form: GroupRequestForm, called: str | None) -> UUID:
    facility = await find_facility(form.facility)
    places = () if facility is None or facility.ended_on is not None else (facility.code,)
    values = rules.check_request(form, clock.today(), places)
    assert facility is not None

    async def keep() -> str:
        return str(await _keep(by, facility, values, called))

    if not form.nonce:
        async with db.transaction():
            return UUID(await keep())
    return UUID(await do_once(f"group-request:{facility.code}", form.nonce, keep))


async def ask_for_them(by: Actor, form: GroupRequestForm, called: str) -> UUID:
    """The same by the staff of the place, for a group that telephoned; `called` says who.

    Raises: NotAllowed, UnknownFacility, and as `ask`.
    """
    facility = await get_facility(form.facility)
    require_staff(by, *READERS, scopes=facility.scopes)
    return await _ask(by, form, rules.check_called(called))


async def accept_at_once(by: Actor, request_id: UUID) -> GroupRequestView:
    """Approve the first wish with the rooms the service proposes. Raises: as `approve`."""
    wish = (await queries.get_request(request_id)).dates[0]
    return await _answer(by, request_id, "approve", AnswerValues(time=wish, rooms=None, may_be_outside=False, note=""))


async def _keep(by: Actor, facility: FacilityView, values: GroupRequestValues, called: str | None) -> UUID:
    request_id = new_id()
    plain: dict[str, Any] = msgspec.structs.asdict(values)
    for name in ("dates", "pupils"):
        plain[name] = msgspec.json.encode(plain[name]).decode()
    await GroupRequest.insert(
        GroupRequest(
            id=request_id,
            facility=facility.id,
            account=by.id if by.is_signed_in else None,
            state=str(RequestState.ASKED),
            created_at=clock.now(),
            staff_note="",
            called=called,
            **plain,
        )
    )
    made = await queries.get_request(request_id)
    heads = values.adults + sum(values.pupils.values())
    await _note(by, "group-visit.asked", made, heads=heads, by_telephone=called is not None)
    await tell_group("asked", made, link_of(request_id))
    if called is None:
        await tell_desk(facility, made, "asked")
    return request_id


async def limit_requests(network: str) -> None:
    """Count one more request from a network (a digest), before anything else of it. Raises: GroupRequestsBusy."""
    try:
        await limit_attempts(f"group-request:{network}", limit=REQUESTS, window_seconds=REQUESTS_SECONDS)
        await limit_attempts("group-request", limit=REQUESTS_OF_ALL, window_seconds=REQUESTS_SECONDS)
    except TooManyAttempts:
        raise GroupRequestsBusy from None


# ---- staff answer -------------------------------------------------------------------------------------------------


async def get_for_staff(by: Actor, request_id: UUID) -> GroupRequestView:
    """A request for the staff of its place. Raises: GroupRequestUnknown, NotAllowed."""
    require_staff(by, *READERS)
    request = await queries.get_request(request_id)
    require_staff(by, *READERS, scopes=request.scopes)
    return request


async def approve(by: Actor, request_id: UUID, form: AnswerForm) -> GroupRequestView:
    """Accept a group at a time: rooms are taken, the code of the day is given, the group is told.

    Raises: GroupDecisionRefused, GroupRequestSettled, SpaceInUse, GroupRequestUnknown, NotAllowed.
    Safe: of two at once one is refused.
    """
    return await _answer(by, request_id, "approve", rules.check_answer(form, clock.today()))


async def counter(by: Actor, request_id: UUID, form: AnswerForm) -> GroupRequestView:
    """Propose another time; its rooms are kept until the group answers or the proposal lapses. Raises: as `approve`."""
    return await _answer(by, request_id, "counter", rules.check_answer(form, clock.today()))


async def _answer(by: Actor, request_id: UUID, act: str, values: AnswerValues) -> GroupRequestView:
    async with db.transaction():
        facility, request = await _lock(request_id)
        require_staff(by, *DECIDERS, scopes=facility.scopes)
        state = rules.next_state(request.state, act)
        if request.state == RequestState.APPROVED and request.visit is not None:
            _require_ahead(request.visit)
        await _take_rooms(request, values)
        await _set(
            request,
            state=str(state),
            visit=values.time,
            staff_note=values.note,
            door_code=await _code(facility, request, values.time) if state == RequestState.APPROVED else None,
            decided_at=clock.now(),
            decided_by=by.id,
            answered_at=None,
            displaced_at=None,
        )
        return await _done(by, request, str(state), on=values.time.on.isoformat())


async def decline(by: Actor, request_id: UUID, reason: str) -> GroupRequestView:
    """Say no with a reason, or call an approved visit off; its rooms are free again.

    Raises: GroupDecisionRefused, GroupRequestSettled, GroupVisitBegun, GroupRequestUnknown, NotAllowed.
    """
    said = rules.check_reason(reason)
    async with db.transaction():
        facility, request = await _lock(request_id)
        require_staff(by, *DECIDERS, scopes=facility.scopes)
        return await _end(by, request, "decline", staff_note=said, decided_at=clock.now(), decided_by=by.id)


# ---- the group answers --------------------------------------------------------------------------------------------


async def withdraw(token: str) -> GroupRequestView:
    """The group does not come: rooms are free again. Raises: GroupRequestSettled, GroupVisitBegun."""
    async with db.transaction():
        facility, request = await _lock(read_token(token))
        ended = await _end(Actor(), request, "withdraw", answered_at=clock.now())
        await tell_desk(facility, ended, "withdrawn")
        return ended


async def accept(token: str) -> GroupRequestView:
    """The group takes the time proposed; its rooms are kept for it already. Raises: GroupRequestSettled."""
    async with db.transaction():
        facility, request = await _lock(read_token(token))
        state = rules.next_state(request.state, "accept")
        assert request.visit is not None
        _require_ahead(request.visit)
        code = await _code(facility, request, request.visit)
        await _set(request, state=str(state), door_code=code, answered_at=clock.now())
        accepted = await _done(Actor(), request, str(state), on=request.visit.on.isoformat())
        await tell_desk(facility, accepted, "accepted")
        return accepted


async def refuse(token: str) -> GroupRequestView:
    """The time proposed does not suit: the request is open again, staff look for another."""
    async with db.transaction():
        facility, request = await _lock(read_token(token))
        state = rules.next_state(request.state, "refuse")
        await _free(request)
        await _set(request, state=str(state), visit=None, answered_at=clock.now())
        refused = await _done(Actor(), request, "refused")
        await tell_desk(facility, refused, "refused")
        return refused


# ---- shared -------------------------------------------------------------------------------------------------------


async def _lock(request_id: UUID) -> tuple[FacilityView, GroupRequestView]:
    known = await queries.get_request(request_id)
    facility = (await lock_facilities([known.facility_id]))[known.facility_id]
    return facility, await queries.lock_group_request(request_id)


async def _end(by: Actor, request: GroupRequestView, act: str, **columns: Any) -> GroupRequestView:
    state = rules.next_state(request.state, act)
    if request.state == RequestState.APPROVED and request.visit is not None:
        _require_ahead(request.visit)
    kind = "called-off" if (request.state, act) == (RequestState.APPROVED, "decline") else str(state)
    await _free(request)
    await _set(request, state=str(state), door_code=None, displaced_at=None, **columns)
    return await _done(by, request, kind)


def _require_ahead(visit: VisitTime) -> None:
    """Raises: GroupVisitBegun."""
    if clock.at_local(visit.on, visit.starts) <= clock.now():
        raise GroupVisitBegun


async def _free(request: GroupRequestView) -> None:
    await spaces.free([request.id])
    await GroupRoom.delete().where(GroupRoom.request == request.id)


async def _take_rooms(request: GroupRequestView, values: AnswerValues) -> None:
    """Let go of what the request had and take the rooms chosen. Raises: GroupDecisionRefused, SpaceInUse."""
    await _free(request)
    outlook = await queries.read_outlook(request, values.time)
    if not outlook.is_open and not values.may_be_outside:
        raise GroupDecisionRefused(fields={"outside": GroupOutsideHours()})
    rooms = await queries.list_rooms(request.facility_id)
    chosen = values.rooms if values.rooms is not None else tuple(outlook.shares.items())
    rules.check_rooms(request.heads, request.wheelchairs, chosen, rooms)
    span = (
        clock.at_local(values.time.on, values.time.starts),
        clock.at_local(values.time.on, values.time.ends),
    )
    for space_id, heads in sorted(chosen):
        for use in await list_uses([space_id], *span):
            session = await find_session(use.used_by)
            said = N_("団体の来館") if session is None else session.title or session.program_name
            named = SpaceInUse(space=rooms[space_id].name, starts_at=use.starts_at, ends_at=use.ends_at, used_by=said)
            raise GroupDecisionRefused(fields={"room": named})
        await spaces.take(space_id, span, SpaceUse.GROUP_VISIT, request.id)
        await GroupRoom.insert(
            GroupRoom(id=new_id(), request=request.id, space=space_id, heads=heads, starts_at=span[0], ends_at=span[1])
        )


async def _code(facility: FacilityView, request: GroupRequestView, visit: VisitTime) -> str:
    taken = await queries.list_codes(facility.place_id, visit.on)
    if request.door_code is not None and request.visit is not None and request.visit.on == visit.on:
        return request.door_code
    return rules.pick_code(secrets.randbelow(10**rules.CODE_DIGITS), taken)


_NO_TIME: dict[str, Any] = {"visit_on": None, "starts": None, "ends": None}


async def _set(request: GroupRequestView, **columns: Any) -> None:
    if "visit" in columns:
        visit = columns.pop("visit")
        columns |= _NO_TIME if visit is None else {"visit_on": visit.on, "starts": visit.starts, "ends": visit.ends}
    changed: dict[Any, Any] = columns
    await GroupRequest.update(changed).where(GroupRequest.id == request.id)


async def _done(by: Actor, request: GroupRequestView, kind: str, **detail: Any) -> GroupRequestView:
    """Note and tell what became of a request."""
    changed = await queries.get_request(request.id)
    await _note(by, f"group-visit.{kind}", changed, **detail)
    await tell_group(kind, changed, link_of(request.id))
    return changed


async def _note(by: Actor, action: str, request: GroupRequestView, **detail: Any) -> None:
    await record_audit(by, action, "group-request", request.id, scope=request.facility_code, detail=detail)
