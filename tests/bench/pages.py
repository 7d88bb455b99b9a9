"""A day's session list as a page, for somebody who is signed in: statements, weight, processor time and waiting."""

import asyncio
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import uvloop

from booking import wiring
from booking.access.rules import cookie_name
from booking.access.service import open_sign_in
from booking.kit import db, installation
from booking.kit.postgres_server import PostgresServer
from booking.kit.settings import Settings, use_settings
from tests.bench.load import Load, send_all
from tests.bench.pgbench import Recorder
from tests.bench.report import finish, own_directory, percentile, say
from tests.make.access import make_account
from tests.make.people import make_consent_text, make_member
from tests.served import Served, serving

NAME = "pages"
PATH = "/sessions"
CONNECTIONS, REQUESTS, ROUNDS, CHILDREN = 8, 400, 3, 3
TARGET = {"statements": 5, "kilobytes": 60, "cpu_ms": 12, "p95_ms": 150}
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Page:
    """What one page is: statements it asks, bytes it weighs, rows it lists."""

    statements: int
    kilobytes: float
    rows: int


def run() -> None:
    """Measure, and print the result."""
    page, rounds = uvloop.run(_run())
    p95 = [percentile(load.latencies_ms, 0.95) for load, _ in rounds]
    cpu = sorted(used for _, used in rounds)[ROUNDS // 2]
    finish(
        NAME,
        unit="ms p95",
        rounds=p95,
        target=TARGET,
        checked={
            "statements": page.statements,
            "kilobytes": page.kilobytes,
            "rows": page.rows,
            "cpu_ms": round(cpu, 2),
            "answered": sum(load.good for load, _ in rounds),
        },
        ours=rounds[0][0].summary(),
    )


async def _run() -> tuple[Page, list[tuple[Load, float]]]:
    with own_directory() as directory, serving(directory) as served:
        server = PostgresServer(directory)
        chosen = installation.chosen_settings({"BOOKING_DATA_DIR": str(directory)})
        with installation.running(chosen, progress=say):
            async with db.pool(server.dsn, 1):
                cookie = await _family()
                page = await _look(server.dsn, directory, cookie)
        rounds = [await asyncio.to_thread(_round, served, cookie) for _ in range(ROUNDS)]
    return page, rounds


async def _family() -> str:
    """A guardian with children, signed in; the cookie of that browser."""
    account = await make_account()
    await make_consent_text("100005")
    for number in range(CHILDREN):
        await make_member(5 + number, account=account, body="100005")
    return f"{cookie_name(secure=False)}={await open_sign_in(account.id, 'bench')}"


async def _look(dsn: str, directory: Path, cookie: str) -> Page:
    """Ask the page once in this process and note what it asks of the database."""
    settings = Settings(database_url=dsn, database_direct_url=dsn, data_dir=directory, secret_key="b" * 40)
    use_settings(settings)
    app = wiring.create_app()
    async with app.lifespan():
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000") as browser:
            asked: dict[str, Any] = {"headers": {"cookie": cookie, "accept-language": "ja"}}
            await browser.get(PATH, **asked)
            assert db.DB.pool is not None
            async with db.DB.pool.acquire() as proxy:
                raw: Any = proxy._con
            with Recorder(raw) as recorder:
                answer = await browser.get(PATH, **asked)
    assert answer.status_code == 200, answer.text[:500]
    for sql, _ in recorder.seen:
        say(" ".join(sql.split())[:110])
    rows = answer.text.count('class="session-time"')
    return Page(statements=len(recorder.seen), kilobytes=round(len(answer.content) / 1000, 1), rows=rows)


def _round(served: Served, cookie: str) -> tuple[Load, float]:
    head = (
        f"GET {PATH} HTTP/1.1\r\nHost: localhost:{served.port}\r\nCookie: {cookie}\r\nAccept-Language: ja\r\n"
        "Accept-Encoding: gzip\r\n\r\n"
    )
    before = _cpu_seconds(served.process.pid)
    load = send_all(served.port, [head.encode()] * REQUESTS, connections=CONNECTIONS, expected=b"")
    used = (_cpu_seconds(served.process.pid) - before) * 1000 / REQUESTS
    assert load.good == REQUESTS, load.bad_answers
    say(f"p95 {percentile(load.latencies_ms, 0.95):.1f} ms, {used:.1f} ms of processor time each")
    return load, used


def _cpu_seconds(pid: int) -> float:
    """What a process and its children, PostgreSQL apart, have used of the processor."""
    used = 0.0
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            name = Path(f"/proc/{child}/comm").read_text()
            used += 0 if name.startswith("postgres") else _cpu_seconds(int(child))
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return used + (int(fields[11]) + int(fields[12])) / TICKS
