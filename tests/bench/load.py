"""A client that costs little: prepared requests over keep-alive connections, as fast as they are answered."""

import asyncio
import multiprocessing
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

import uvloop

from tests.bench.report import percentile

_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)


@dataclass(frozen=True)
class Load:
    """What a run of requests came to."""

    requests: int
    worth: int
    seconds: float
    latencies_ms: Sequence[float]
    good: int
    bad_answers: Sequence[str]
    client_cpu_us: float
    statuses: Sequence[int] = ()

    @property
    def per_second(self) -> float:
        """What was asked for, a second: requests, or what they carried."""
        return self.worth / self.seconds

    def of_status(self, status: int) -> list[float]:
        """How long each answer of this status took, in milliseconds."""
        return [took for took, found in zip(self.latencies_ms, self.statuses, strict=True) if found == status]

    def summary(self) -> dict[str, float]:
        """The figures a report names."""
        return {
            "per_second": round(self.per_second, 1),
            "p50_ms": round(percentile(self.latencies_ms, 0.5), 2),
            "p99_ms": round(percentile(self.latencies_ms, 0.99), 2),
        }


class _Caller(asyncio.Protocol):
    """One connection: sends the next request when the last one is answered."""

    def __init__(self, waiting: list[bytes], expected: bytes, done: "asyncio.Future[None]") -> None:
        self.waiting = waiting
        self.expected = expected
        self.good_statuses: tuple[int, ...] = (200,)
        self.statuses: list[int] = []
        self.done = done
        self.buffer = b""
        self.latencies: list[float] = []
        self.good = 0
        self.bad: list[str] = []

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self._next()

    def _next(self) -> None:
        if not self.waiting:
            self.transport.close()
            return
        self.sent_at = time.perf_counter()
        self.transport.write(self.waiting.pop())

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, found, body = self.buffer.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if not found or (length is not None and len(body) < int(length[1])):
            return
        self.latencies.append((time.perf_counter() - self.sent_at) * 1000)
        self.statuses.append(int(head[9:12]))
        if self.statuses[-1] in self.good_statuses and self.expected in body:
            self.good += 1
        elif len(self.bad) < 3:
            self.bad.append((head[:40] + b" " + body[:600]).decode(errors="replace"))
        self.buffer = b""
        self._next()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_result(None)


async def _call(
    port: int, requests: list[bytes], connections: int, expected: bytes, worth: int, good_statuses: tuple[int, ...]
) -> Load:
    loop = asyncio.get_running_loop()
    waiting = list(reversed(requests))
    callers: list[_Caller] = []
    began, cpu = time.perf_counter(), time.process_time()
    for _ in range(connections):
        caller = _Caller(waiting, expected, loop.create_future())
        caller.good_statuses = good_statuses
        callers.append(caller)
        await loop.create_connection(lambda caller=caller: caller, "127.0.0.1", port)
    for caller in callers:
        await caller.done
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    latencies = [one for caller in callers for one in caller.latencies]
    return Load(
        requests=len(latencies),
        worth=worth,
        seconds=seconds,
        latencies_ms=latencies,
        good=sum(caller.good for caller in callers),
        bad_answers=[one for caller in callers for one in caller.bad][:3],
        client_cpu_us=round(cpu / max(1, worth) * 1e6, 1),
        statuses=[one for caller in callers for one in caller.statuses],
    )


def _work(answer: Connection, *asked: Any) -> None:
    answer.send(uvloop.run(_call(*asked)))


def send_all(
    port: int,
    requests: list[bytes],
    *,
    connections: int,
    expected: bytes,
    worth: int | None = None,
    good_statuses: tuple[int, ...] = (200,),
) -> Load:
    """Send every request once from a process of its own; an answer is good with such a status and `expected` in it.

    `worth` is what all of them carry together, when that is not one each.
    """
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    asked = (port, requests, connections, expected, worth or len(requests), good_statuses)
    process = context.Process(target=_work, args=(there, *asked))
    process.start()
    there.close()
    try:
        load: Load = here.recv()
    finally:
        process.join()
    return load
