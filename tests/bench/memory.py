"""What the whole stack (server, jobs, PostgreSQL) keeps in memory: idle, busy, and once a rush is over."""

import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import uvloop

from booking.kit.db import IDLE_SECONDS
from booking.kit.postgres_server import PostgresServer
from tests.bench.load import send_all
from tests.bench.report import finish, own_directory, say
from tests.bench.scale import EACH, WARMING, begin, grow, requests_of
from tests.served import serving

NAME = "memory"
VISITS = 1_000_000
ROUNDS, CONNECTIONS = 3, 16
TARGET = {"mebibytes": 400}


def run(visits: int = VISITS) -> None:
    """Measure, and print the result."""
    with own_directory() as directory:
        ground = uvloop.run(begin(directory))
        uvloop.run(grow(ground, visits))
        with serving(directory) as served:
            found = [_weigh("idle", served.process.pid, PostgresServer(directory).pid)]
            answered = 0
            for turn in range(ROUNDS + 1):
                for requests in requests_of(ground, served, EACH if turn else WARMING).values():
                    load = send_all(
                        served.port, requests, connections=CONNECTIONS, expected=b"", good_statuses=(200, 201)
                    )
                    assert load.good == len(requests), load.bad_answers
                    answered += load.good
                found.append(_weigh(f"round {turn}", served.process.pid, PostgresServer(directory).pid))
            time.sleep(IDLE_SECONDS + 15)
            after = _weigh(f"{IDLE_SECONDS} s later", served.process.pid, PostgresServer(directory).pid)
    busy = [sum(each.values()) for each in found[1:]]
    finish(
        NAME,
        unit="MiB",
        rounds=[sum(after.values())],
        target=TARGET,
        visits=visits,
        idle=found[0] | {"all": round(sum(found[0].values()), 1)},
        busy=[round(each, 1) for each in busy],
        after=after | {"all": round(sum(after.values()), 1)},
        checked={"answered": answered, "is_met": sum(after.values()) <= TARGET["mebibytes"]},
    )


def _weigh(when: str, service: int, postgres: int | None) -> dict[str, float]:
    """Mebibytes of the service's processes and of PostgreSQL's; a page that several share counts once."""
    of_postgres = set(_family(postgres)) if postgres is not None else set()
    of_service = set(_family(service)) - of_postgres
    found = {
        name: round(sum(_proportional_kib(pid) for pid in pids) / 1024, 1)
        for name, pids in (("service", of_service), ("postgres", of_postgres))
    }
    say(f"{when}: {found}")
    return found


def _family(pid: int) -> Iterator[int]:
    """A process and everything it started; what has ended meanwhile keeps nothing."""
    yield pid
    children: list[str] = []
    with suppress(FileNotFoundError, ProcessLookupError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            children += (task / "children").read_text().split()
    for child in children:
        yield from _family(int(child))


def _proportional_kib(pid: int) -> int:
    """What a process keeps, its share of what it shares with others. Source: Linux, smaps_rollup, Pss."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
