"""The reference: pgbench running the very statements that the service was seen to run."""

import re
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg

from booking.kit.postgres_binaries import choose_binaries
from booking.kit.postgres_server import DATABASE, SUPERUSER, PostgresServer
from tests.bench.report import percentile


@dataclass(frozen=True)
class Statement:
    """One statement as it was run: its text, its parameters and their types in PostgreSQL."""

    sql: str
    args: tuple[Any, ...]
    types: tuple[str, ...]


@dataclass
class Script:
    """A pgbench script made of recorded statements.

    `known` says which recorded values vary with the script's variables, and how to compute them there; any other UUID
    becomes a new one in every transaction.
    """

    known: Mapping[Any, str]
    fresh: dict[UUID, str]

    def literal(self, value: Any, kind: str) -> str:
        """A recorded parameter as SQL."""
        if isinstance(value, list | tuple):
            return f"array[{', '.join(self.literal(one, kind.removesuffix('[]')) for one in value)}]::{kind}"
        if value is None:
            return f"null::{kind}"
        if value in self.known:
            return f"({self.known[value]})"
        if isinstance(value, UUID):
            return self.fresh.setdefault(value, uuid_of(9, f":u{len(self.fresh)}"))
        return f"{_spelt(value)}::{kind}"

    def text(self, statements: Sequence[Statement], head: str, *, ending: str = "end;") -> str:
        """The whole script: one transaction, with its last word."""
        bodies = []
        for statement in statements:
            kinds, args = statement.types, statement.args
            if kinds and not args:  # prepared for many rows, of which there were none
                continue
            filled = re.sub(
                r"\$(\d+)", lambda m, k=kinds, a=args: self.literal(a[int(m[1]) - 1], k[int(m[1]) - 1]), statement.sql
            )
            bodies.append(filled.strip().rstrip(";") + ";")
        fresh = "".join(f"\\set u{number} random(1, 140737488355327)\n" for number in range(len(self.fresh)))
        return head + fresh + "\n".join(["begin;", *bodies, ending]) + "\n"


def uuid_of(kind: int, number: str) -> str:
    """SQL for the benches' own UUIDs: a kind and a number, as `uuid_for` makes them."""
    return f"('{kind:08x}-0000-7000-8000-' || lpad(to_hex({number}::bigint), 12, '0'))::uuid"


def uuid_for(kind: int, number: int) -> UUID:
    """The same in Python."""
    return UUID(f"{kind:08x}-0000-7000-8000-{number:012x}")


class Recorder:
    """Notes the statements that run over a connection while it is told to."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self.seen: list[tuple[str, tuple[Any, ...]]] = []

    def __enter__(self) -> "Recorder":
        self.connection.add_query_logger(self._note)
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.remove_query_logger(self._note)

    def _note(self, query: asyncpg.connection.LoggedQuery) -> None:
        if query.query.strip(" ;").split(" ")[0].upper() not in ("BEGIN", "COMMIT", "ROLLBACK"):
            args = tuple(query.args or ())
            is_many = bool(args) and isinstance(args[0], tuple)
            self.seen += [(query.query, one) for one in args] if is_many else [(query.query, args)]

    async def statements(self) -> list[Statement]:
        """What was seen, with the parameters' types."""
        found = []
        for sql, args in self.seen:
            prepared = await self.connection.prepare(sql)
            kinds = tuple(kind.name for kind in prepared.get_parameters())
            found.append(Statement(sql, args, kinds))
        return found


def _spelt(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(value)
    text = value.isoformat() if isinstance(value, datetime | date) else str(value)
    # A colon would be a variable of pgbench's.
    return "E'" + text.replace("\\", "\\\\").replace("'", "''").replace(":", "\\072").replace("\n", "\\n") + "'"


@dataclass(frozen=True)
class Reference:
    """What pgbench measured."""

    per_second: float
    p50_ms: float
    p99_ms: float
    done: int

    def summary(self) -> dict[str, float]:
        """The figures a report names."""
        return {
            "per_second": round(self.per_second, 1),
            "p50_ms": round(self.p50_ms, 2),
            "p99_ms": round(self.p99_ms, 2),
        }


def pgbench(server: PostgresServer, script: str | Sequence[tuple[str, int]], *, clients: int, each: int) -> Reference:
    """Run a script `each` times on every client, prepared. Variables: `client_id`, and `i`, counting from 1.

    Several scripts, each with its weight, are mixed.
    """
    scripts = [(script, 1)] if isinstance(script, str) else script
    program = choose_binaries(server.cluster).directory / "pgbench"
    with tempfile.TemporaryDirectory(prefix="booking-pgbench-") as folder:
        files = []
        for number, (text, weight) in enumerate(scripts):
            file = Path(folder) / f"script{number}.sql"
            file.write_text(text)
            files += ["-f", f"{file}@{weight}"]
        command = [program, "-n", "-M", "prepared", "-c", str(clients), "-j", "1", "-t", str(each), "-D", "i=0"]
        place = ["-h", str(server.socket_directory), "-U", SUPERUSER]
        ran = subprocess.run(
            [*command, *files, "-l", "--log-prefix", f"{folder}/log", *place, DATABASE],
            capture_output=True,
            text=True,
            check=False,
        )
        if ran.returncode:
            raise RuntimeError(f"pgbench failed:\n{ran.stderr}\n{scripts}")
        lines = [line.split() for log in Path(folder).glob("log*") for line in log.read_text().splitlines()]
    took = [int(fields[2]) / 1000 for fields in lines]
    found = re.search(r"tps = ([\d.]+) \(without", ran.stdout)
    assert found is not None, ran.stdout
    return Reference(float(found[1]), percentile(took, 0.5), percentile(took, 0.99), len(took))
