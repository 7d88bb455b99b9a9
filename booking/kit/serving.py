"""Serving HTTP: the socket, the worker processes, and an end within five seconds whatever streams are open."""

import asyncio
import errno
import gc
import http.client
import multiprocessing
import os
import signal
import socket
import ssl
import threading
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from types import FrameType
from typing import Any

import uvicorn
from uvicorn.supervisors import Multiprocess

from booking.kit.errors import Refusal
from booking.kit.i18n import N_

_GRACE_SECONDS = 2
_PORT_PATIENCE_SECONDS = 2.0


class AddressInUse(Refusal):
    """Another program listens there."""

    code = "address-in-use"
    status = 409
    sentence = N_("{host} のポート {port} は、ほかのプログラムが使っています。--port で別の番号を指定してください。")


class AddressNotOurs(Refusal):
    """The operating system does not let us listen there."""

    code = "address-not-available"
    status = 409
    sentence = N_("{host} のポート {port} では待ち受けできません: {reason}。--host と --port を見直してください。")


class CertificateUnusable(Refusal):
    """The TLS files cannot be read or do not belong together."""

    code = "certificate-unusable"
    status = 409
    sentence = N_(
        "証明書 {certificate} と鍵 {key} を使えません: {reason}。PEM 形式の、組になったファイルを指定してください。"
    )


class DemoOutside(Refusal):
    """A demo prints sign-in links and shows everybody's mail; it opens nothing to the outside."""

    code = "demo-outside"
    status = 409
    sentence = N_("デモは、このパソコンの中だけで動きます。--host を外すか、127.0.0.1 を指定してください。")


class ServerDidNotStart(Refusal):
    """A worker ended before it was ready; the log says why."""

    code = "server-did-not-start"
    status = 500
    sentence = N_("サービスを始められませんでした。上に出ている記録を見てください。")


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where and how to listen."""

    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    certificate: Path | None = None
    key: Path | None = None

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach it."""
        if self.host == "localhost":
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False

    def address(self, port: int) -> str:
        """What people on this machine type; `localhost` has a camera and a service worker even without TLS."""
        return f"{'https' if self.certificate else 'http'}://localhost:{port}"


def check_certificate(place: Place) -> None:
    """Refuse TLS files that would fail only at the first connection. Raises: CertificateUnusable."""
    if place.certificate is None or place.key is None:
        return
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(place.certificate, place.key)
    except OSError as error:
        reason = error.strerror or str(error)
        raise CertificateUnusable(certificate=place.certificate, key=place.key, reason=reason) from error


def bind(place: Place) -> socket.socket:
    """A socket bound to the place, not yet listening.

    Workers of a server that was killed let go of the port within a second; so long we wait.
    Raises: AddressInUse, AddressNotOurs.
    """
    deadline = time.monotonic() + _PORT_PATIENCE_SECONDS
    while True:
        try:
            return _bound(place)
        except OSError as error:
            is_taken = error.errno == errno.EADDRINUSE
            if is_taken and time.monotonic() < deadline:
                time.sleep(0.1)
                continue
            refusal = AddressInUse if is_taken else AddressNotOurs
            raise refusal(host=place.host, port=place.port, reason=error.strerror) from error


def _bound(place: Place) -> socket.socket:
    family, kind, _, _, address = socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)[0]
    bound = socket.socket(family, kind)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
    except BaseException:
        bound.close()
        raise
    bound.set_inheritable(True)
    return bound


def serve(factory: str, place: Place, bound: socket.socket, *, when_ready: Callable[[], None]) -> None:
    """Serve the application `factory` ("module:function") until SIGTERM or SIGINT. Raises: ServerDidNotStart."""
    config = uvicorn.Config(
        factory,
        factory=True,
        workers=place.workers,
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=_GRACE_SECONDS,
        timeout_worker_healthcheck=30,
        ssl_certfile=str(place.certificate) if place.certificate else None,
        ssl_keyfile=str(place.key) if place.key else None,
    )
    threading.Thread(target=_tell_when_ready, args=(place, bound.getsockname()[1], when_ready), daemon=True).start()
    if place.workers > 1:
        supervisor = Multiprocess(config, sockets=[bound])
        supervisor.run()
        if any(worker.exitcode == uvicorn.config.STARTUP_FAILURE for worker in supervisor.processes):
            raise ServerDidNotStart
        return
    server = uvicorn.Server(config)
    server.run(sockets=[bound])
    if not server.started:
        raise ServerDidNotStart


def _tell_when_ready(place: Place, port: int, when_ready: Callable[[], None]) -> None:
    host = place.host if place.host not in ("0.0.0.0", "::") else "localhost"  # noqa: S104 - compared, not bound
    while not _is_ready(place, host, port):
        time.sleep(0.05)
    when_ready()


def _is_ready(place: Place, host: str, port: int) -> bool:
    connection: http.client.HTTPConnection = http.client.HTTPConnection(host, port, timeout=5)
    if place.certificate:
        unchecked = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        unchecked.check_hostname, unchecked.verify_mode = False, ssl.CERT_NONE
        connection = http.client.HTTPSConnection(host, port, timeout=5, context=unchecked)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


@contextmanager
def stopping_on_signals() -> Iterator[None]:
    """SIGTERM and SIGINT end the block by SystemExit(0); what the block holds is put away undisturbed."""

    def leave(_signal: int, _frame: FrameType | None) -> None:
        for ours in (signal.SIGTERM, signal.SIGINT):
            signal.signal(ours, signal.SIG_IGN)
        raise SystemExit(0)

    before = {ours: signal.signal(ours, leave) for ours in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for signalled, handler in before.items():
            signal.signal(signalled, handler)


def settle_memory() -> None:
    """Let the garbage collector forget what lives as long as the process, and come by less often (7 % of a scan)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@asynccontextmanager
async def at_work(*work: Coroutine[Any, Any, None], drain: Callable[[], None]) -> AsyncIterator[None]:
    """Run a process's lasting tasks while it serves.

    `drain` is called the moment a signal asks to end, before the server begins to wait for open responses: it must end
    event streams and lasting tasks, since the server would wait for them for ever.
    """
    loop = asyncio.get_running_loop()
    settle_memory()
    with _before_the_servers_own_signals(lambda: loop.call_soon_threadsafe(drain)):
        tasks = [asyncio.create_task(one) for one in work]
        watch = asyncio.create_task(_end_with_parent())
        try:
            yield
        finally:
            drain()
            watch.cancel()
            if tasks:
                await asyncio.wait(tasks, timeout=_GRACE_SECONDS)
            for task in tasks:
                task.cancel()
            await asyncio.gather(watch, *tasks, return_exceptions=True)


@contextmanager
def _before_the_servers_own_signals(act: Callable[[], object]) -> Iterator[None]:
    """Chain in front of the handlers that the server has installed by the time it starts the application."""
    held: dict[signal.Signals, Any] = {}
    if threading.current_thread() is threading.main_thread():
        for asked in (signal.SIGTERM, signal.SIGINT):
            held[asked] = signal.getsignal(asked)
            signal.signal(asked, _chained(act, held[asked]))
    try:
        yield
    finally:
        for asked, handler in held.items():
            signal.signal(asked, handler)


def _chained(act: Callable[[], object], then: Any) -> Callable[[int, FrameType | None], None]:
    def answer(number: int, frame: FrameType | None) -> None:
        with suppress(RuntimeError):
            act()
        if callable(then):
            then(number, frame)

    return answer


async def _end_with_parent() -> None:
    """A worker whose parent was killed would hold the port for ever."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    while os.getppid() == parent.pid:  # noqa: ASYNC110 - nothing tells a process that its parent is gone
        await asyncio.sleep(0.5)
    os.kill(os.getpid(), signal.SIGTERM)
