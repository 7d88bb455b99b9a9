"""What people put into every database: the provisional consent text of each body."""

from booking.kit.commands import Step
from booking.people.service_consent import seed_consent_texts


async def _seed() -> None:
    await seed_consent_texts()


SEEDS = (Step(name="consent texts", run=_seed),)
