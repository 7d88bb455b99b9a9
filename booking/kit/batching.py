"""Natural batching: while one batch is being written, whatever arrives forms the next one.

There is no timer: a lone call goes through at once, and a busy server does fewer commits, not more.
"""

import asyncio
import contextvars
from collections import deque
from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Generic, TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")


class Gatherer(Generic[Item, Answer]):
    """Gathers single calls into batches: in each lane at most one batch is in flight.

    `work` answers a batch with one answer per item, in order. When it fails for a batch, every item is tried alone, so
    that a poisoned one never fails its neighbours; a failure listed in `hopeless` (no database) fails them all at once.
    `work` must therefore be all or nothing.

    Safe: an item whose caller went away is still worked.
    """

    def __init__(
        self,
        work: Callable[[Sequence[Item]], Awaitable[Sequence[Answer]]],
        *,
        largest: int = 64,
        hopeless: tuple[type[BaseException], ...] = (),
    ) -> None:
        self._work = work
        self._largest = largest
        self._hopeless = hopeless
        self._lanes: dict[Hashable, deque[tuple[Item, asyncio.Future[Answer]]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def ask(self, item: Item, *, lane: Hashable = None) -> Answer:
        """The answer to one item, worked together with its neighbours in the lane."""
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        waiting = self._lanes.get(lane)
        if waiting is not None:
            waiting.append((item, future))
        else:
            self._lanes[lane] = deque([(item, future)])
            # An empty context: a batch serves many callers and must not inherit the transaction of one of them.
            task = asyncio.get_running_loop().create_task(self._drive(lane), context=contextvars.Context())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return await future

    async def finish(self) -> None:
        """Wait until everything asked so far has its answer."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    async def _drive(self, lane: Hashable) -> None:
        waiting = self._lanes[lane]
        try:
            while waiting:
                batch = [waiting.popleft() for _ in range(min(self._largest, len(waiting)))]
                await self._answer(batch)
        finally:
            del self._lanes[lane]
            for _, future in waiting:
                future.cancel()

    async def _answer(self, batch: Sequence[tuple[Item, "asyncio.Future[Answer]"]]) -> None:
        try:
            answers = await self._work([item for item, _ in batch])
            if len(answers) != len(batch):
                raise RuntimeError(f"{len(batch)} items got {len(answers)} answers")
        except asyncio.CancelledError:
            for _, future in batch:
                future.cancel()
            raise
        except Exception as error:
            if len(batch) > 1 and not isinstance(error, self._hopeless):
                for one in batch:
                    await self._answer([one])
                return
            for _, future in batch:
                if not future.done():
                    future.set_exception(error)
            return
        for (_, future), answer in zip(batch, answers, strict=True):
            if not future.done():
                future.set_result(answer)
