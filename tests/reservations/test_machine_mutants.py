"""The machine must notice when a verb forgets something: each of these mistakes breaks a law within its examples.

They are played from numbers, not as Hypothesis likes: what is found here is found everywhere.
"""

from datetime import timedelta
from typing import Any

import pytest

from booking.facilities import service_spaces
from booking.kit.postgres_server import PostgresServer
from booking.reservations import (
    mail,
    mail_closing_day,
    queries_options,
    rules,
    rules_draws,
    service,
    service_draws,
    service_enrolments,
    service_moves,
    service_moves_asking,
    service_waiting,
)
from booking.visits import service_writing
from tests.reservations.machine import Machine
from tests.reservations.machine_mistakes import Mistake, must_notice
from tests.reservations.machine_world import World
from tests.reservations.test_machine import world as world

EXAMPLES, STEPS = 60, 25
BOOKING = {"book_one": 6, "book_some": 3, "cancel": 4, "cancel_late": 3, "wait": 2}
EXTRAS = {"book_one": 12, "book_some": 8}
NIGHT = {"book_one": 6, "cancel": 3, "cancel_late": 6, "wait": 6}
GROUPS = {"enrol": 12, "lead": 8, "answer_by_link": 16}
DRAWS = {"apply": 12, "wait": 4, "draw": 8}
DOOR = {"book_one": 6, "wait": 8, "show_pass": 12}
ROOMS = {"plan": 8, "close_day": 4}
CLOSING = {"book_one": 6, "close_day": 8}


async def nothing(*_: Any, **__: Any) -> list[Any]:
    """Do nothing."""
    return []


async def none_taken(*_: Any, **__: Any) -> dict[Any, int]:
    """Count nothing."""
    return {}


async def as_it_is(_: Any, group: Any, *__: Any) -> Any:
    """Leave a group as it is."""
    return group


def without(check: Any) -> tuple[Any, ...]:
    """The checks of an order but one."""
    return tuple(each for each in rules._CHECKS if each is not check)


def by_the_clock(now: Any, end_at: Any, *_: Any, **__: Any) -> Any:
    """Until when an offer is kept by somebody who forgot the night."""
    return min(now + timedelta(hours=24), end_at)


def last_first(waiters: Any) -> Any:
    """Those who wait, the wrong way round."""
    return rules_waiting_units(waiters)[::-1]


def by_number(_: Any, __: Any, ___: Any, entries: Any) -> Any:
    """Entries drawn in the order they came."""
    return list(entries)


rules_waiting_units = service_waiting.units_of
MISTAKES: dict[str, Mistake] = {
    "nobody is promoted on cancelling": Mistake(service, "promote", nothing, BOOKING, "in_vain"),
    "who came last is promoted first": Mistake(service_waiting, "units_of", last_first, BOOKING, "jumped"),
    "nobody looks for seats": Mistake(rules, "_CHECKS", without(rules._check_seat), BOOKING, "seats"),
    "nobody looks for other sessions": Mistake(rules, "_CHECKS", without(rules._check_overlap), BOOKING, "apart"),
    "nobody looks at the limit": Mistake(rules, "_CHECKS", without(rules._check_held), EXTRAS, "limits"),
    "options are not counted": Mistake(queries_options, "count_options", none_taken, EXTRAS, "options"),
    "wheelchairs are not counted": Mistake(queries_options, "count_wheelchairs", none_taken, EXTRAS, "wheelchairs"),
    "the trail says nothing": Mistake(service, "record_audit", nothing, BOOKING, "unaudited"),
    "nobody is told of cancelling": Mistake(mail, "tell_cancelled", nothing, BOOKING, "untold"),
    "offers end at night": Mistake(service_waiting, "offer_until", by_the_clock, NIGHT, "nights"),
    "no group opens": Mistake(service_enrolments, "open_when_reached", as_it_is, GROUPS, "gathered"),
    "who said yes is not moved": Mistake(service_moves_asking, "carry_over", nothing, GROUPS, "asked_once"),
    "a merged group keeps its people": Mistake(service_moves, "end_enrolments", nothing, GROUPS, "over"),
    "a question outlives its group": Mistake(service_moves, "settle_move", nothing, GROUPS, "over"),
    "a draw follows the list": Mistake(rules_draws, "in_order", by_number, DRAWS, "drawn"),
    "nobody who applied is told": Mistake(service_draws.mail_draws, "tell_result", nothing, DRAWS, "untold"),
    "a room is not let go": Mistake(service_spaces, "free", nothing, ROOMS, "rooms"),
    "nobody is told of a closed day": Mistake(mail_closing_day, "tell_closed", nothing, CLOSING, "untold"),
    "who comes does not use the booking": Mistake(service_writing, "arrive", nothing, DOOR, "arrived"),
}


@pytest.mark.slow
@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_machine_notices_a_mistake(
    mistake: str, server: PostgresServer, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = type("Played", (Machine,), {"server": server, "world": world})
    must_notice(machine, mistake, MISTAKES[mistake], monkeypatch, examples=EXAMPLES, steps=STEPS)
