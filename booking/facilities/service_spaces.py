"""Rooms: what staff change of them, and who takes one for how long.

The exclusion constraint `space_taken_once` is the referee: two uses of one room never overlap, whoever writes them.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from booking.access.rules import require_staff
from booking.access.schemas import Actor
from booking.access.service import record_audit
from booking.facilities import queries, queries_spaces
from booking.facilities.errors import ChangedMeanwhile, SpaceHasUses, UnknownSpace
from booking.facilities.rules import SpaceUse
from booking.facilities.rules_forms import version_of
from booking.facilities.rules_spaces import check_space
from booking.facilities.schemas import FacilityView, SpaceView
from booking.facilities.schemas_forms import SpaceForm, SpaceValues
from booking.facilities.service_staff import EDITORS
from booking.facilities.tables import Space
from booking.kit import clock, db
from booking.kit.tokens import new_id
from booking.kit.words import others_of

_heard: list[Callable[[UUID], Awaitable[None]]] = []


def use_room_hearers(hearers: Iterable[Callable[[UUID], Awaitable[None]]]) -> None:
    """From now on these hear of a room that was changed, in the same transaction: this room knows no session."""
    _heard[:] = hearers


async def _lock(by: Actor, code: str) -> FacilityView:
    facility = await queries.get_facility(code)
    require_staff(by, *EDITORS, scopes=facility.scopes)
    return (await queries.lock_facilities([facility.id]))[facility.id]


async def _space_of(facility: FacilityView, space_id: UUID) -> SpaceView:
    """A room in use at the facility. Raises: UnknownSpace."""
    space = await queries_spaces.get_space(space_id)
    if space.facility_id != facility.id or (space.ended_on is not None and space.ended_on <= clock.today()):
        raise UnknownSpace
    return space


def _columns(values: SpaceValues) -> dict[Any, Any]:
    columns: dict[Any, Any] = msgspec.structs.asdict(values)
    return {**columns, "names": others_of(values.names)}


async def add_space(by: Actor, code: str, form: SpaceForm) -> UUID:
    """Add a room to a facility. Raises: FacilityFormRefused, SpaceCodeTaken, UnknownFacility, NotAllowed."""
    async with db.transaction():
        facility = await _lock(by, code)
        values, space_id = check_space(form, is_new=True), new_id()
        await Space.insert(Space(id=space_id, facility=facility.id, code=form.code, **_columns(values)))
        said = msgspec.to_builtins(values)
        await record_audit(by, "space.add", "space", space_id, scope=facility.code, detail={"new": said})
    return space_id


async def change_space(by: Actor, code: str, space_id: UUID, form: SpaceForm) -> None:
    """Change a room's names, how many fit in and how many wheelchairs; sessions that are there keep their seats.

    Raises: FacilityFormRefused, ChangedMeanwhile, UnknownSpace, UnknownFacility, NotAllowed.
    """
    async with db.transaction():
        facility = await _lock(by, code)
        values = check_space(form)
        space = await _space_of(facility, space_id)
        if form.seen != version_of(space):
            raise ChangedMeanwhile
        await Space.update(_columns(values)).where(Space.id == space_id)
        detail = {"old": msgspec.to_builtins(space), "new": msgspec.to_builtins(values)}
        await record_audit(by, "space.change", "space", space_id, scope=facility.code, detail=detail)
        for hear in _heard:
            await hear(space_id)


async def end_space(by: Actor, code: str, space_id: UUID) -> None:
    """Take a room out of use from today on. Raises: SpaceHasUses, UnknownSpace, UnknownFacility, NotAllowed."""
    async with db.transaction():
        facility = await _lock(by, code)
        await _space_of(facility, space_id)
        if uses := await queries_spaces.count_uses(space_id, clock.now()):
            raise SpaceHasUses(n=uses)
        ended: dict[Any, Any] = {"ended_on": clock.today()}
        await Space.update(ended).where(Space.id == space_id)
        await record_audit(by, "space.end", "space", space_id, scope=facility.code)


async def take(space_id: UUID, span: tuple[datetime, datetime], used_for: SpaceUse, used_by: UUID) -> None:
    """Use a room for a span, within the caller's transaction. Raises (at the latest when it ends): SpaceInUse."""
    await db.execute(
        "insert into space_taken (id, space, starts_at, ends_at, used_for, used_by) values ($1, $2, $3, $4, $5, $6)",
        *(new_id(), space_id, *span, str(used_for), used_by),
    )


async def take_where_free(wishes: Sequence[tuple[UUID, datetime, datetime, UUID]], used_for: SpaceUse) -> set[UUID]:
    """Use rooms, each (room, from, until, by whom), where nothing else does; who got theirs.

    Within the caller's transaction. Safe: concurrent; the constraint decides, whoever is second gets none.
    """
    return set(await _take_free(wishes, used_for))


async def count_taken_where_free(wishes: Sequence[tuple[UUID, datetime, datetime, UUID]], used_for: SpaceUse) -> int:
    """The same, where one may want several rooms: how many of them were free and are taken now."""
    return len(await _take_free(wishes, used_for))


async def _take_free(wishes: Sequence[tuple[UUID, datetime, datetime, UUID]], used_for: SpaceUse) -> list[UUID]:
    if not wishes:
        return []
    spaces, starts, ends, users = (list(column) for column in zip(*sorted(wishes), strict=True))
    rows = await db.fetch(
        "insert into space_taken (id, space, starts_at, ends_at, used_for, used_by)"
        " select one.id, one.space, one.starts_at, one.ends_at, $6, one.used_by"
        "   from unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::timestamptz[], $5::uuid[])"
        "     as one (id, space, starts_at, ends_at, used_by)"
        " on conflict do nothing returning used_by",
        *([new_id() for _ in spaces], spaces, starts, ends, users, str(used_for)),
    )
    return [row["used_by"] for row in rows]


async def free(used_by: Iterable[UUID]) -> None:
    """Let go of every room these sessions or visits use, within the caller's transaction. Safe: repeated."""
    await db.execute("delete from space_taken where used_by = any($1)", list(used_by))
