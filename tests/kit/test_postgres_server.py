"""The embedded server: one command to start, nothing lost, nobody in each other's way."""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import asyncpg
import pytest

from booking.kit.postgres_refusals import DataDirectoryInUse
from booking.kit.postgres_server import PostgresServer, embedded

ROOT = Path(__file__).parents[2]


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A directory only its owner may enter, as `mktemp -d` makes it."""
    with tempfile.TemporaryDirectory(prefix="booking-test-", ignore_cleanup_errors=True) as made:
        directory = Path(made) / "data"
        yield directory
        server = PostgresServer(directory)
        if server.pid is not None:
            os.kill(server.pid, signal.SIGKILL)
            wait_until(lambda: server.pid is None)


def wait_until(holds: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.02)


def ask(dsn: str, *statements: str) -> object:
    async def run() -> object:
        connection = await asyncpg.connect(dsn)
        try:
            for statement in statements[:-1]:
                await connection.execute(statement)
            return await connection.fetchval(statements[-1])
        finally:
            await connection.close()

    return asyncio.run(run())


def run_python(script: str, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script, *words], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def test_first_start_makes_the_database_and_says_so(data_dir: Path) -> None:
    said: list[str] = []
    with embedded(data_dir, progress=said.append) as server:
        assert ask(server.dsn, "SELECT current_database()") == "booking"
        assert ask(server.dsn, "CREATE EXTENSION btree_gist", "SELECT 'あ' < 'い' COLLATE \"C\"") is True
        assert ask(server.dsn, "SHOW fsync") == "on"
    assert len(said) == 2
    assert server.pid is None


def test_data_survives_an_ordinary_restart(data_dir: Path) -> None:
    with embedded(data_dir) as server:
        ask(server.dsn, "CREATE TABLE kept AS SELECT 7 AS n", "SELECT 1")
    with embedded(data_dir) as server:
        assert ask(server.dsn, "SELECT n FROM kept") == 7


def test_second_serve_on_one_directory_is_refused_with_its_path(data_dir: Path) -> None:
    with embedded(data_dir, hold=True) as server:
        with pytest.raises(DataDirectoryInUse) as refusal, embedded(data_dir, hold=True):
            pass
        assert str(data_dir) in str(refusal.value.params["path"])
        assert ask(server.dsn, "SELECT 1") == 1


def test_a_command_joins_the_running_server_and_leaves_it_running(data_dir: Path) -> None:
    with embedded(data_dir, hold=True) as server:
        pid = server.pid
        with embedded(data_dir) as command:
            assert command.pid == pid
        assert server.pid == pid
        assert ask(server.dsn, "SELECT 1") == 1


def test_a_server_started_by_a_command_goes_on_while_serve_needs_it(data_dir: Path) -> None:
    command = PostgresServer(data_dir)
    command.start()
    with embedded(data_dir, hold=True) as server:
        command.stop()
        assert ask(server.dsn, "SELECT 1") == 1
    assert server.pid is None


WRITER = """
import asyncio, sys, asyncpg
from booking.kit.postgres_server import PostgresServer
server = PostgresServer(sys.argv[1])
server.start(hold=True)
async def write():
    connection = await asyncpg.connect(server.dsn)
    await connection.execute("CREATE TABLE written (n int)")
    for n in range(10_000_000):
        await connection.execute("INSERT INTO written VALUES ($1)", n)
        print(n, flush=True)
asyncio.run(write())
"""


@pytest.mark.parametrize("also_the_server", [True, False], ids=["everything", "the-process-alone"])
def test_acknowledged_rows_survive_sigkill(data_dir: Path, also_the_server: bool) -> None:
    server = PostgresServer(data_dir)
    with run_python(WRITER, str(data_dir)) as writer:
        assert writer.stdout is not None
        acknowledged = [int(writer.stdout.readline()) for _ in range(200)]
        orphan = server.pid
        assert orphan is not None
        if also_the_server:
            os.kill(orphan, signal.SIGKILL)
        writer.kill()
        rest = writer.stdout.read().splitlines(keepends=True)
        acknowledged += [int(line) for line in rest if line.endswith("\n")]
    with embedded(data_dir, hold=True) as again:
        assert (again.pid == orphan) is not also_the_server
        assert ask(again.dsn, "SELECT count(*) FROM written") >= len(acknowledged)
        assert ask(again.dsn, "SELECT max(n) FROM written") >= acknowledged[-1]
    assert again.pid is None


def test_a_server_that_dies_under_serve_is_started_again(data_dir: Path) -> None:
    with embedded(data_dir, hold=True) as server:
        ask(server.dsn, "CREATE TABLE kept AS SELECT 7 AS n", "SELECT 1")
        before = server.pid
        assert before is not None
        os.kill(before, signal.SIGKILL)
        wait_until(lambda: server.pid not in (None, before) and server._is_ready(), 10)
        assert ask(server.dsn, "SELECT n FROM kept") == 7
    assert server.pid is None


def test_a_lock_file_naming_somebody_elses_process_is_stale(data_dir: Path) -> None:
    with embedded(data_dir):
        pass
    (data_dir / "postgres" / "postmaster.pid").write_text(f"{os.getpid()}\n")
    with embedded(data_dir) as server:
        assert server.pid != os.getpid()
        assert ask(server.dsn, "SELECT 1") == 1


def test_a_power_cut_during_the_first_start_leaves_nothing_half_made(data_dir: Path) -> None:
    unfinished = data_dir / "postgres.unfinished"
    unfinished.mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text("18\n")
    with embedded(data_dir) as server:
        assert ask(server.dsn, "SELECT 1") == 1


def test_a_data_directory_with_a_very_long_path(data_dir: Path) -> None:
    with embedded(data_dir / ("d" * 120)) as server:
        assert len(str(server.socket_directory)) < 90
        assert ask(server.dsn, "SELECT 1") == 1


STARTER = """
import sys
from booking.kit.postgres_server import embedded
with embedded(sys.argv[1]) as server:
    print(server.pid, flush=True)
    sys.stdin.readline()
"""


def test_processes_that_start_at_once_share_one_server(data_dir: Path) -> None:
    with ExitStack() as stack:
        commands = [stack.enter_context(run_python(STARTER, str(data_dir))) for _ in range(3)]
        pids = {command.stdout.readline() for command in commands if command.stdout}
        assert len(pids) == 1
        assert "" not in pids
        for command in commands:
            command.communicate("\n")
    assert PostgresServer(data_dir).pid is None


@pytest.mark.skipif(not list(Path("/usr/lib/postgresql").glob("*/bin/initdb")), reason="no PostgreSQL on this system")
def test_the_systems_own_server_is_used_where_there_is_no_wheel(data_dir: Path, monkeypatch) -> None:
    with monkeypatch.context() as without_wheel:
        without_wheel.setattr("importlib.util.find_spec", lambda _name: None)
        with embedded(data_dir) as server:
            made_by = ask(server.dsn, "SHOW server_version_num")
    with embedded(data_dir) as server:
        assert ask(server.dsn, "SHOW server_version_num") == made_by
        assert ask(server.dsn, "SELECT datcollate FROM pg_database WHERE datname = 'booking'") == "C.UTF-8"
