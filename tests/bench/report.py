"""What every benchmark reports in its last line, and the server of its own that it measures."""

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from booking.kit.postgres_server import PostgresServer
from tests.served import ROOT


def say(text: str) -> None:
    """A line of progress; the result alone goes to standard output's last line."""
    print(text, flush=True)


def machine() -> str:
    """What this was measured on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    python = platform.python_version()
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GiB, Python {python}"


def commit() -> str:
    """The commit measured, with `+` when the tree differs from it."""
    try:
        name, changed = (_git("rev-parse", "--short", "HEAD"), _git("status", "--porcelain"))
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return name + ("+" if changed else "")


def _git(*words: str) -> str:
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which that share of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def finish(
    name: str,
    *,
    rounds: Sequence[float],
    target: Mapping[str, Any],
    checked: Mapping[str, Any],
    unit: str | None = None,
    **more: Any,
) -> None:
    """Print the result: `ratio`, or with a unit `value`, the median of the rounds."""
    result: dict[str, Any] = {"name": name, "value" if unit else "ratio": round(statistics.median(rounds), 3)}
    if unit:
        result["unit"] = unit
    result |= {"rounds": [round(one, 3) for one in rounds], **more, "target": dict(target), "checked": dict(checked)}
    result |= {"commit": commit(), "machine": machine()}
    sys.stdout.write(json.dumps(result, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def noon_zone() -> dict[str, str]:
    """The setting of a time zone in which it is about noon: no visit of a bench or test crosses midnight."""
    return {"BOOKING_TIMEZONE": f"Etc/GMT{datetime.now(UTC).hour - 12:+d}"}


@contextmanager
def own_directory() -> Iterator[Path]:
    """An empty data directory; a server left running in it is stopped."""
    with tempfile.TemporaryDirectory(prefix="booking-bench-", ignore_cleanup_errors=True) as made:
        directory = Path(made) / "data"
        yield directory
        server = PostgresServer(directory)
        if server.pid is not None:
            server.start()
            server.stop()
