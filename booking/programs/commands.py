"""What programs put into a new database."""

from booking.kit.commands import Step
from booking.programs import service


async def _seed() -> None:
    await service.seed()


async def _generate() -> None:
    await service.generate_sessions()


SEEDS = (Step(name="programs", run=_seed), Step(name="sessions", run=_generate))
