"""What a run cost: CPU of the service and of PostgreSQL, and where the service's time went."""

import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.report import say

_PROFILE_SECONDS = 4
_FRAME = re.compile(r"^(.*) \((.*?)(?::\d+)?\)$")


@contextmanager
def cpu_of(service_pid: int, postgres_pid: int | None) -> Iterator[dict[str, float]]:
    """Seconds of CPU that the service and PostgreSQL use during the block."""
    used: dict[str, float] = {}
    before = _cpu_seconds(service_pid, postgres_pid)
    yield used
    used |= {name: after - before[name] for name, after in _cpu_seconds(service_pid, postgres_pid).items()}


def _cpu_seconds(service_pid: int, postgres_pid: int | None) -> dict[str, float]:
    used = {"service": 0.0, "postgres": 0.0}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        pid, parent, seconds = int(stat.parent.name), int(fields[1]), (int(fields[11]) + int(fields[12])) / 100
        if pid == service_pid:
            used["service"] += seconds
        elif postgres_pid in (pid, parent):
            used["postgres"] += seconds
    return used


@contextmanager
def profiled(pid: int) -> Iterator[None]:
    """Look at a process during the block, when py-spy is installed, and say where its time went."""
    spy = shutil.which("py-spy") or shutil.which("py-spy", path=str(Path(sys.executable).parent))
    if spy is None:
        say("no profile: py-spy is not installed")
        yield
        return
    with tempfile.TemporaryDirectory(prefix="booking-profile-") as folder:
        file = Path(folder) / "stacks"
        command = [
            spy,
            "record",
            "-n",
            "-r",
            "250",
            "-d",
            str(_PROFILE_SECONDS),
            "-f",
            "raw",
            "-o",
            file,
            "-p",
            str(pid),
        ]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as spying:
            yield
            spying.wait(60)
        if file.exists():
            _say_shares(file.read_text().splitlines())


def _say_shares(stacks: list[str]) -> None:
    alone: Counter[str] = Counter()
    within: Counter[str] = Counter()
    parts: Counter[str] = Counter()
    for line in stacks:
        trace, _, count = line.rpartition(" ")
        frames = [frame for frame in trace.split(";") if not frame.startswith(("process ", "thread "))]
        if not frames:
            continue
        parts[_part(frames)] += int(count)
        alone[_short(frames[-1])] += int(count)
        within.update(dict.fromkeys({_short(frame) for frame in frames}, int(count)))
    every = sum(parts.values()) or 1
    say("where the service's time went (share of samples, by the innermost part of the house or library):")
    for name, count in parts.most_common(12):
        say(f"  {count / every:6.1%}  {name}")
    say("by function, itself / with what it calls:")
    for name, count in alone.most_common(18):
        say(f"  {count / every:6.1%} {within[name] / every:6.1%}  {name}")


def _short(frame: str) -> str:
    found = _FRAME.match(frame)
    if found is None:
        return frame
    file = re.sub(r".*(site-packages|lib/python3\.\d+)/", "", found[2])
    return f"{file} {found[1]}"


def _part(frames: list[str]) -> str:
    short = _short(frames[-1]).split(" ")[0]
    pieces = short.split("/")
    if "booking" in pieces[:-1]:
        return "/".join(pieces[pieces.index("booking") :][:2])
    return pieces[0]
