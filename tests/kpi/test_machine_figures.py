"""People, corrections, erasures, readings and certifications in any order: the figure is always the plain one.

The suite plays a few examples. With `BOOKING_FIGURES=300` in the environment it plays that many, of
`BOOKING_FIGURES_STEPS` steps (50), other ones every time.
"""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from booking.kit.postgres_server import PostgresServer
from booking.kit.settings import Settings
from tests.kpi.machine_figures import Machine
from tests.kpi.machine_figures_world import BEGINS, WORLD, World, make_world
from tests.reservations.machine_world import prepare_world

EXAMPLES, STEPS = int(os.environ.get("BOOKING_FIGURES", "0")), int(os.environ.get("BOOKING_FIGURES_STEPS", "50"))
QUIET = list(HealthCheck)
SHORT = settings(max_examples=12, stateful_step_count=25, derandomize=True, deadline=None, suppress_health_check=QUIET)
LONG = settings(
    max_examples=EXAMPLES or 1, stateful_step_count=STEPS, deadline=None, suppress_health_check=QUIET, database=None
)


@pytest.fixture(scope="module")
def world(server: PostgresServer, template: str, tmp_path_factory: pytest.TempPathFactory) -> World:
    """The world every example begins with."""
    folder: Path = tmp_path_factory.mktemp("figures")
    made = Settings(database_url="postgresql://unset.invalid/unset", data_dir=folder, secret_key="t" * 40, pool_size=2)
    prepared: World = prepare_world(server, template, made, make_world, name=WORLD, begins_at=BEGINS)
    return prepared


@pytest.mark.slow
def test_whatever_happens_the_figure_is_the_plain_one(server: PostgresServer, world: World) -> None:
    machine = type("Played", (Machine,), {"server": server, "world": world})
    run_state_machine_as_test(machine, settings=LONG if EXAMPLES else SHORT)
