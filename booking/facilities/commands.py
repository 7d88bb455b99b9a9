"""What facilities put into a new database."""

from booking.facilities import service
from booking.kit.commands import Step


async def _seed() -> None:
    await service.seed()


async def _differ() -> list[str]:
    return [
        f"{each.subject}: missing here"
        if each.column == "code"
        else f"{each.subject} {each.column}: plan {each.planned!r}, here {each.here!r}"
        for each in await service.list_differences()
    ]


SEEDS = (Step(name="facilities", run=_seed, differ=_differ),)
