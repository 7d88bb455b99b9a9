"""How the staff of the demo close a day: which days nobody signs, how many heads are counted, what is written."""

from datetime import date, timedelta
from random import Random

UNSIGNED_OF_100 = 3
OFF_BY = ((0, 70), (1, 14), (-1, 6), (2, 7), (-2, 3))
"""By how many heads a count differs from what is known, and how often of a hundred."""
FEW, SEVERAL = 3, 10
"""Fewer than FEW are always counted right, fewer than SEVERAL never wrong by two."""
KEPT_BEYOND_OF_100 = 8
"""Of counts beyond a tenth so many stand; the others are counted once more, and agree."""
SIGNED_AFTER_MINUTES = (5, 50)
MORE_REASONS = (
    "見学の保護者が中にいました。入館の記録はありません。",
    "パスを忘れた人がいました。入館の記録がもれました。",
    "おとなの見学者がいました。入館の記録はありません。",
)
"""Why there were more people than records."""
FEWER_REASONS = (
    "退館のときにパスをかざさなかった人がいました。",
    "休けいで外に出ている人がいました。",
)


def chance_of(seed: int, facility: str, on: date) -> Random:
    """The chance of a facility-day: the same for the same seed, whatever other days there are."""
    return Random(f"close {seed} {facility} {on}")  # noqa: S311 - plausible, not secret


def is_forgotten(seed: int, facility: str, on: date) -> bool:
    """Whether nobody signs a day."""
    return Random(f"forgotten {seed} {facility} {on}").randrange(100) < UNSIGNED_OF_100  # noqa: S311 - not secret


def count_heads(chance: Random, known: int) -> int:
    """How many heads are counted where so many are known to be inside."""
    ways, weights = zip(*OFF_BY, strict=True)
    off = 0 if known < FEW else chance.choices(ways, weights)[0]
    heads = known + (off if known >= SEVERAL else max(-1, min(1, off)))
    is_beyond = abs(known - heads) * 10 > heads
    return known if is_beyond and chance.randrange(100) >= KEPT_BEYOND_OF_100 else heads


def reason_of(chance: Random, *, heads: int, known: int) -> str:
    """What is written where a count and the records differ by more than a tenth."""
    return chance.choice(MORE_REASONS if heads > known else FEWER_REASONS)


def signed_after(chance: Random) -> timedelta:
    """How long after the end of the day somebody signs."""
    return timedelta(minutes=chance.randint(*SIGNED_AFTER_MINUTES))
