"""One installation: from the settings to a database that answers, and what kind of database it was born as."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal

import asyncpg
import msgspec

from booking.kit import clock, db, settings
from booking.kit.errors import Refusal
from booking.kit.i18n import N_
from booking.kit.migrations import missing_migrations
from booking.kit.postgres_server import embedded
from booking.kit.settings import Settings
from booking.kit.tokens import new_secret

Kind = Literal["real", "demo"]
Progress = Callable[[str], None]


class RealDatabase(Refusal):
    """A demo must never touch a database that people rely on."""

    code = "database-is-real"
    status = 409
    sentence = N_("このデータベースは本番用です。何も変えていません。デモには、別のデータベースを使ってください。")


class DemoDatabase(Refusal):
    """Fictional people must never be counted."""

    code = "database-is-a-demo"
    status = 409
    sentence = N_(
        "このデータベースはデモ用です。何も変えていません。--demo を付けるか、別のデータベースを使ってください。"
    )


class SchemaNotCurrent(Refusal):
    """The database was made by another version."""

    code = "schema-not-current"
    status = 409
    sentence = N_("データベースの形が、この版のものではありません。先に booking migrate を実行してください。")


def chosen_settings(environ: Mapping[str, str], *, demo: bool = False) -> Settings:
    """The settings of this start; a demo lives in a folder of its own. Raises: SettingRefused."""
    chosen = settings.load(environ)
    if demo or chosen.demo:
        return msgspec.structs.replace(chosen, demo=True, data_dir=chosen.data_dir / "demo")
    return chosen


@contextmanager
def running(chosen: Settings, *, progress: Progress, hold: bool = False) -> Iterator[Settings]:
    """Settings with every address and secret filled in, while the embedded server (if none is given) runs.

    `hold` claims the data directory for `serve`. Raises: DataDirectoryInUse and what else keeps a server from starting.
    """
    if chosen.database_url:
        yield _complete(chosen, chosen.database_url)
        return
    with embedded(chosen.data_dir, hold=hold, progress=progress) as server:
        yield _complete(chosen, server.dsn)


def _complete(chosen: Settings, dsn: str) -> Settings:
    complete = msgspec.structs.replace(
        chosen,
        database_url=dsn,
        database_direct_url=chosen.database_direct_url or dsn,
        secret_key=chosen.secret_key or _kept_secret(chosen.data_dir / "secret-key"),
    )
    settings.use_settings(complete)
    return complete


def _kept_secret(file: Path) -> str:
    """The secret made at the first start. Safe: two processes that make it at once agree on one."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileNotFoundError):
        return file.read_text().strip()
    making = file.with_name(f"{file.name}.{os.getpid()}")
    with os.fdopen(os.open(making, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as draft:
        draft.write(new_secret() + "\n")
        draft.flush()
        os.fsync(draft.fileno())
    with suppress(FileExistsError):
        os.link(making, file)
    making.unlink()
    return file.read_text().strip()


def export(complete: Settings, environ: "os._Environ[str]") -> None:
    """Hand the settings on to the worker processes."""
    for name, value in msgspec.structs.asdict(complete).items():
        environ[settings.PREFIX + name.upper()] = str(value).lower() if isinstance(value, bool) else str(value)


async def refuse_other_kind(dsn: str, kind: Kind) -> None:
    """Refuse a database born as the other kind, before anything in it is changed.

    Raises: RealDatabase, DemoDatabase.
    """
    connection = await asyncpg.connect(dsn, timeout=10)
    try:
        if await connection.fetchval("SELECT to_regclass('installation')") is not None:
            _check(await connection.fetchval("SELECT kind FROM installation"), kind)
    finally:
        await connection.close()


async def be_born(kind: Kind) -> None:
    """Write down what this database is, once and for ever. Raises: RealDatabase, DemoDatabase."""
    sql = "INSERT INTO installation (id, kind, born_at) VALUES (1, $1, $2) ON CONFLICT DO NOTHING"
    await db.execute(sql, kind, clock.now())
    _check(await db.fetchval("SELECT kind FROM installation"), kind)


async def refuse_old_schema() -> None:
    """Raises: SchemaNotCurrent."""
    if await missing_migrations():
        raise SchemaNotCurrent


def _check(born: str | None, kind: Kind) -> None:
    if born is not None and born != kind:
        raise RealDatabase if born == "real" else DemoDatabase
