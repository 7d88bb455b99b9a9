"""How rooms declare their jobs, and what the ledger says about a run."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

import msgspec

from booking.jobs.rules import RunState


@dataclass(frozen=True, kw_only=True)
class Every:
    """Again and again, this far apart; occurrences fall on whole multiples since 1970, so all processes agree.

    Units: minutes and seconds, added up.
    """

    minutes: int = 0
    seconds: int = 0

    @property
    def period_seconds(self) -> int:
        """The distance of two occurrences in seconds."""
        return self.minutes * 60 + self.seconds


@dataclass(frozen=True)
class At:
    """Once every local day at this wall time."""

    hour: int
    minute: int = 0


@dataclass(frozen=True)
class Job:
    """A sweep with a name. `run` may return how many things it did, which the ledger notes."""

    name: str
    every: Every | At
    run: Callable[[], Awaitable[int | None]]


class JobStatus(msgspec.Struct, frozen=True, kw_only=True):
    """The last run of a job and how the last day went."""

    name: str
    due_at: datetime
    state: RunState
    started_at: datetime
    finished_at: datetime | None
    done_count: int | None
    error: str | None
    runs_in_a_day: int
    failures_in_a_day: int
