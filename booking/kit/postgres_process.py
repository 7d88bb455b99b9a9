"""How the embedded server's processes are run and recognised: as whom, under which names, alive or not."""

import os
import pwd
import signal
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

_MAY_WE_ENCRYPT = struct.pack("!ii", 8, 80877103)


def server_user(cluster: Path) -> pwd.struct_passwd | None:
    """Whom the server runs as: PostgreSQL refuses root, so root's server runs as `postgres` or `nobody`."""
    if os.geteuid() != 0:
        return None
    if cluster.exists():
        return pwd.getpwuid(cluster.stat().st_uid)
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            return pwd.getpwnam(name)
    return pwd.getpwuid(65534)


@contextmanager
def as_user(owner: pwd.struct_passwd | None, *places: Path) -> Iterator[tuple[dict[str, Any], list[str]]]:
    """How to run a command as the server's user, and under which names it finds the places.

    That user may not be able to walk there (a data directory under /root): root opens the directories and hands them
    over, and no permission on the way has to be changed.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    how: dict[str, Any] = {"env": environment | {"LC_ALL": "C", "TZ": "UTC"}, "cwd": "/"}
    if owner is None:
        yield how, [str(place) for place in places]
        return
    handles = [os.open(place, os.O_RDONLY | os.O_DIRECTORY) for place in places]
    who = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": [], "pass_fds": tuple(handles)}
    try:
        yield how | who, [f"/proc/self/fd/{handle}" for handle in handles]
    finally:
        for handle in handles:
            os.close(handle)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Let a signal wait that would end us between starting a child and knowing it; the child sets its own mask."""
    held = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, held)


def make_private(directory: Path, owner: pwd.struct_passwd | None) -> None:
    """A directory only the server's user may enter."""
    directory.mkdir(mode=0o700, exist_ok=True)
    if owner is not None:
        os.chown(directory, owner.pw_uid, owner.pw_gid)


def sync_directory(directory: Path) -> None:
    """Make a rename in the directory survive a power cut."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def first_number(file: Path) -> int | None:
    """The number in the first line of a file, if there is one."""
    with suppress(OSError, ValueError):
        return int(file.read_text().split("\n", 1)[0])
    return None


def runs_in(pid: int, directory: Path) -> bool:
    """Whether that process lives and is the PostgreSQL server that works in that directory."""
    process = Path(f"/proc/{pid}")
    if not Path("/proc/self").exists():
        with suppress(OSError):
            os.kill(pid, 0)
            return True
        return False
    try:
        name, state = _name_and_state(process)
        if state in "ZX" or name != "postgres":
            return False
        return (process / "cwd").samefile(directory)
    except PermissionError:
        # Root in a container may not ask where another user's process works; whose it is must do.
        return process.stat().st_uid == directory.stat().st_uid
    except OSError:
        return False


def _name_and_state(process: Path) -> tuple[str, str]:
    said = (process / "stat").read_text()
    return said[said.index("(") + 1 : said.rindex(")")], said[said.rindex(")") + 2]


def answers(directory: Path) -> bool:
    """Whether a server answers on the socket there: one that is dying still has its number and its files."""
    with socket.socket(socket.AF_UNIX) as asking, suppress(OSError):
        asking.settimeout(2)
        asking.connect(str(directory / ".s.PGSQL.5432"))
        asking.sendall(_MAY_WE_ENCRYPT)
        return asking.recv(1) in (b"S", b"N")
    return False


def last_line(file: Path) -> str:
    """The last line with words in it; empty when the file cannot be read."""
    with suppress(OSError):
        lines = file.read_text(errors="replace").splitlines()
        return next((line for line in reversed(lines) if line.strip()), "")
    return ""
