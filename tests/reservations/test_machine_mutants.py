"""The machine must notice when a verb forgets something: each of these mistakes breaks a law within its examples."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from booking.kit.postgres_server import PostgresServer
from booking.reservations import mail, queries_options, rules, service, service_enrolments, service_waiting
from tests.reservations.machine import Machine
from tests.reservations.machine_world import World
from tests.reservations.test_machine import world as world

ENOUGH = settings(
    max_examples=400,
    stateful_step_count=40,
    derandomize=True,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],
    report_multiple_bugs=False,
)


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


MISTAKES: dict[str, tuple[Any, str, Any]] = {
    "nobody is promoted on cancelling": (service, "promote", nothing),
    "nobody looks for seats": (rules, "_CHECKS", without(rules._check_seat)),
    "nobody looks for other sessions": (rules, "_CHECKS", without(rules._check_overlap)),
    "nobody looks at the limit": (rules, "_CHECKS", without(rules._check_held)),
    "options are not counted": (queries_options, "count_options", none_taken),
    "wheelchairs are not counted": (queries_options, "count_wheelchairs", none_taken),
    "the trail says nothing": (service, "record_audit", nothing),
    "nobody is told of cancelling": (mail, "tell_cancelled", nothing),
    "offers end at night": (service_waiting, "offer_until", by_the_clock),
    "no group opens": (service_enrolments, "open_when_reached", as_it_is),
}


@pytest.mark.slow
@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_machine_notices_a_mistake(
    mistake: str, server: PostgresServer, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(*MISTAKES[mistake])
    machine = type("Played", (Machine,), {"server": server, "world": world})
    with pytest.raises((AssertionError, BaseExceptionGroup)):
        run_state_machine_as_test(machine, settings=ENOUGH)
