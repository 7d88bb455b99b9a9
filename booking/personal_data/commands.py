"""What this room gives every database."""

from booking.kit.commands import Step
from booking.personal_data import service_retention


async def _seed() -> None:
    await service_retention.seed_terms()


SEEDS = (Step(name="retention", run=_seed),)
