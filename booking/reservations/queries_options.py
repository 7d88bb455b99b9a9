"""Reads of what comes with seats: options asked for, places for wheelchairs."""

from collections.abc import Iterable
from uuid import UUID

from booking.kit import db
from booking.programs import queries as programs
from booking.reservations.rules import TAKING_A_SEAT
from booking.reservations.rules_options import pools_of
from booking.reservations.schemas_facts import OptionPool

_TAKING = [str(state) for state in sorted(TAKING_A_SEAT)]


async def count_options(pool_ids: Iterable[UUID]) -> dict[UUID, int]:
    """How many live reservations have asked for each of these pools."""
    rows = await db.fetch(
        "select reservation_option.option, count(*) as n from reservation_option"
        "  join reservation on reservation.id = reservation_option.reservation"
        " where reservation_option.option = any($1) and reservation.state = any($2) group by 1",
        *(list(pool_ids), _TAKING),
    )
    return {row["option"]: row["n"] for row in rows}


async def list_pools(session_ids: Iterable[UUID]) -> dict[UUID, tuple[OptionPool, ...]]:
    """The options of each of these sessions with how many are taken; sessions without any are left out."""
    options = await programs.list_options(session_ids)
    return pools_of(options, await count_options(each.id for each in options)) if options else {}


async def count_wheelchairs(session_ids: Iterable[UUID]) -> dict[UUID, int]:
    """How many seats of each session are taken by people in a wheelchair; sessions without any are left out."""
    rows = await db.fetch(
        "select session, count(*) as n from reservation"
        " where session = any($1) and uses_wheelchair and state = any($2) group by 1",
        *(list(session_ids), _TAKING),
    )
    return {row["session"]: row["n"] for row in rows}
