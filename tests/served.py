"""The real thing in a process of its own: `booking serve` and other commands, for tests, races and benchmarks."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]
BOOKING = ("-m", "booking")


def free_port() -> int:
    """A port nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(data_dir: Path | None, more: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a command: none of the caller's settings, English at the shell."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BOOKING_")}
    kept |= {"LC_ALL": "C.UTF-8", "PYTHONUNBUFFERED": "1", "PYTHONWARNINGS": "default"}
    return kept | ({"BOOKING_DATA_DIR": str(data_dir)} if data_dir else {}) | dict(more or {})


class Served:
    """A running command: where it answers and what it has said."""

    def __init__(self, command: Sequence[str], port: int, env: Mapping[str, str]) -> None:
        self.port = port
        self.address = f"http://localhost:{port}"
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            [sys.executable, *command],
            cwd=ROOT,
            env=dict(env),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))

    @property
    def said(self) -> str:
        """Everything written so far."""
        return "\n".join(self.lines)

    def is_ready(self) -> bool:
        """Whether `/readyz` says so."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def wait_until_ready(self, seconds: float = 60) -> float:
        """Wait for `/readyz`; the seconds it took."""
        began = time.monotonic()
        while not self.is_ready():
            if self.process.poll() is not None or time.monotonic() - began > seconds:
                self.kill()
                raise AssertionError(f"the service did not start:\n{self.said}")
            time.sleep(0.02)
        return time.monotonic() - began

    def wait_until_said(self, words: str, seconds: float = 30) -> str:
        """Wait for a line that holds these words; that line."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for line in self.lines:
                if words in line:
                    return line
            time.sleep(0.02)
        raise AssertionError(f"{words!r} was not said:\n{self.said}")

    def stop(self, seconds: float = 10) -> tuple[int, float]:
        """Ask it to end (SIGTERM); its exit status and the seconds it took."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(seconds)
        took = time.monotonic() - began
        self._close()
        return status, took

    def kill(self) -> None:
        """End it without a chance to say goodbye."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._close()

    def _close(self) -> None:
        self._reader.join(5)
        if self.process.stdout is not None:
            self.process.stdout.close()


@contextmanager
def serving(
    data_dir: Path | None,
    *words: str,
    env: Mapping[str, str] | None = None,
    program: Sequence[str] = BOOKING,
    port: int | None = None,
) -> Iterator[Served]:
    """`booking serve` on a free port, ready; ended at the end of the block."""
    port = port or free_port()
    served = Served([*program, "serve", "--port", str(port), *words], port, environment(data_dir, env))
    try:
        served.wait_until_ready()
        yield served
    finally:
        if served.process.poll() is None:
            try:
                served.stop()
            finally:
                served.kill()


def run(data_dir: Path | None, *words: str, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """One command to its end."""
    return subprocess.run(
        [sys.executable, *BOOKING, *words],
        cwd=ROOT,
        env=environment(data_dir, env),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
