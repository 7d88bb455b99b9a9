"""What comes with a seat: options with a quota of their own per session, places for wheelchairs. From values alone."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from booking.kit.errors import Refusal
from booking.programs.schemas import OptionView, SessionView
from booking.reservations.errors_bookings import OptionFull, OptionUnknown, WheelchairPlacesTaken
from booking.reservations.schemas_facts import OptionPool, OrderFacts

MOST_HELPERS = 5


def pools_of(options: Iterable[OptionView], taken: Mapping[UUID, int]) -> dict[UUID, tuple[OptionPool, ...]]:
    """The options of each session, with how many of each live reservations have asked for."""
    found: dict[UUID, list[OptionPool]] = {}
    for each in options:
        pool = OptionPool(
            id=each.id,
            session_id=each.session_id,
            code=each.code,
            names=each.names,
            quota=each.quota,
            taken=taken.get(each.id, 0),
        )
        found.setdefault(each.session_id, []).append(pool)
    return {session_id: tuple(pools) for session_id, pools in found.items()}


def wanted(pools: Iterable[OptionPool], codes: Sequence[str]) -> list[OptionPool]:
    """Those of a session's options that are asked for; what another session of the order offers is no fault here."""
    return [pool for pool in pools if pool.code in codes]


def check_offered(pools: Mapping[UUID, Sequence[OptionPool]], codes: Sequence[str]) -> Refusal | None:
    """The refusal of a code that no session of the order offers, or None."""
    offered = {pool.code for each in pools.values() for pool in each}
    return None if offered.issuperset(codes) else OptionUnknown()


def option_refusal(pools: Iterable[OptionPool], codes: Sequence[str], given: Mapping[UUID, int]) -> Refusal | None:
    """Why one of the options asked for cannot be had; `given` counts what pairs before this one took."""
    for pool in wanted(pools, codes):
        if pool.taken + given.get(pool.id, 0) >= pool.quota:
            return OptionFull(option=pool.names, choice=pool.code)
    return None


def wheelchair_refusal(places: int | None, taken: int) -> Refusal | None:
    """Why there is no place for one more wheelchair. `places`: None where nobody has set a limit."""
    return None if places is None or taken < places else WheelchairPlacesTaken(n=places)


def uses_of(facts: OrderFacts, session: SessionView, member_id: UUID) -> list[UUID]:
    """What a granted pair uses up besides its seat: pools by their ids, a place for a wheelchair by the session's."""
    pools = wanted(facts.pools.get(session.id, ()), facts.options)
    return [*(pool.id for pool in pools), *([session.id] if member_id in facts.wheelchair_ids else [])]


def read_helpers(text: str) -> int:
    """How many helpers come along, as a form says it; nothing usable is nobody."""
    return min(int(text), MOST_HELPERS) if text.isdecimal() and text.isascii() and len(text) < 3 else 0
