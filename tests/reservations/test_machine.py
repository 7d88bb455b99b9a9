"""Bookings, draws, groups, the door, closures and time in any order on the real database, judged after each step.

The suite plays a few examples. With `BOOKING_MACHINE=300` in the environment it plays that many, of
`BOOKING_MACHINE_STEPS` steps (50), other ones every time.
"""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from booking.kit.postgres_server import PostgresServer
from booking.kit.settings import Settings
from tests.reservations.machine import Machine
from tests.reservations.machine_world import World, prepare

EXAMPLES, STEPS = int(os.environ.get("BOOKING_MACHINE", "0")), int(os.environ.get("BOOKING_MACHINE_STEPS", "50"))
QUIET = list(HealthCheck)
SHORT = settings(max_examples=30, stateful_step_count=25, derandomize=True, deadline=None, suppress_health_check=QUIET)
LONG = settings(
    max_examples=EXAMPLES or 1, stateful_step_count=STEPS, deadline=None, suppress_health_check=QUIET, database=None
)


@pytest.fixture(scope="module")
def world(server: PostgresServer, template: str, tmp_path_factory: pytest.TempPathFactory) -> World:
    """The world every example begins with."""
    folder: Path = tmp_path_factory.mktemp("machine")
    made = Settings(database_url="postgresql://unset.invalid/unset", data_dir=folder, secret_key="t" * 40, pool_size=2)
    return prepare(server, template, made)


@pytest.mark.slow
def test_whatever_happens_in_whatever_order_everything_holds(server: PostgresServer, world: World) -> None:
    machine = type("Played", (Machine,), {"server": server, "world": world})
    run_state_machine_as_test(machine, settings=LONG if EXAMPLES else SHORT)
