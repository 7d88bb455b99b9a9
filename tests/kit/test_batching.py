"""Natural batching: one batch in flight, no timer, and nobody pays for a neighbour."""

import asyncio
from collections.abc import Sequence

import pytest

from booking.kit.batching import Gatherer

pytestmark = pytest.mark.anyio


class Recorder:
    """Doubles numbers, remembers the batches, and refuses a negative number together with its whole batch."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.in_flight = 0
        self.most_in_flight = 0
        self.gate = asyncio.Event()
        self.gate.set()

    async def double(self, numbers: Sequence[int]) -> list[int]:
        self.batches.append(list(numbers))
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            await self.gate.wait()
            await asyncio.sleep(0)
            if any(number < 0 for number in numbers):
                raise ValueError("negative")
            return [2 * number for number in numbers]
        finally:
            self.in_flight -= 1


async def test_a_lone_call_goes_through_at_once() -> None:
    recorder = Recorder()
    assert await Gatherer(recorder.double).ask(3) == 6
    assert recorder.batches == [[3]]


async def test_what_arrives_meanwhile_is_the_next_batch_of_limited_size() -> None:
    recorder = Recorder()
    gatherer = Gatherer(recorder.double, largest=4)
    recorder.gate.clear()
    first = asyncio.create_task(gatherer.ask(0))
    await asyncio.sleep(0)
    later = [asyncio.create_task(gatherer.ask(n)) for n in range(1, 8)]
    await asyncio.sleep(0)
    recorder.gate.set()
    assert await asyncio.gather(first, *later) == [2 * n for n in range(8)]
    assert recorder.batches == [[0], [1, 2, 3, 4], [5, 6, 7]]
    assert recorder.most_in_flight == 1


async def test_a_poisoned_item_never_fails_its_neighbours() -> None:
    recorder = Recorder()
    gatherer = Gatherer(recorder.double)
    answers = await asyncio.gather(*(gatherer.ask(n) for n in (5, 1, -1, 2)), return_exceptions=True)
    assert answers[0:2] == [10, 2]
    assert isinstance(answers[2], ValueError)
    assert answers[3] == 4


async def test_without_a_database_all_are_told_and_none_is_tried_alone() -> None:
    tried = 0

    async def fail(_: Sequence[int]) -> list[int]:
        nonlocal tried
        tried += 1
        raise ConnectionError

    gatherer = Gatherer(fail, hopeless=(OSError,))
    answers = await asyncio.gather(*(gatherer.ask(n) for n in range(9)), return_exceptions=True)
    assert all(isinstance(answer, ConnectionError) for answer in answers)
    assert tried == 1


async def test_the_wrong_number_of_answers_is_an_error_and_not_a_mix_up() -> None:
    async def lose_one(numbers: Sequence[int]) -> list[int]:
        return list(numbers)[1:]

    with pytest.raises(RuntimeError, match="1 items got 0 answers"):
        await Gatherer(lose_one).ask(1)


async def test_an_item_whose_caller_left_is_still_worked() -> None:
    recorder = Recorder()
    gatherer = Gatherer(recorder.double)
    recorder.gate.clear()
    leaving = asyncio.create_task(gatherer.ask(1))
    await asyncio.sleep(0)
    staying = asyncio.create_task(gatherer.ask(2))
    also_leaving = asyncio.create_task(gatherer.ask(3))
    await asyncio.sleep(0)
    leaving.cancel()
    also_leaving.cancel()
    recorder.gate.set()
    assert await staying == 4
    await gatherer.finish()
    assert recorder.batches == [[1], [2, 3]]


async def test_lanes_do_not_wait_for_each_other() -> None:
    recorder = Recorder()
    gatherer = Gatherer(recorder.double)
    recorder.gate.clear()
    asked = [asyncio.create_task(gatherer.ask(n, lane=n % 2)) for n in range(6)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert recorder.in_flight == 2
    recorder.gate.set()
    assert await asyncio.gather(*asked) == [0, 2, 4, 6, 8, 10]
    assert recorder.most_in_flight == 2
