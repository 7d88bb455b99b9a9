"""The verbs of the whole house for the shell: serve, jobs, migrate, seed, doctor. Rooms add theirs in `commands.py`."""

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import Awaitable
from pathlib import Path

import asyncpg
import msgspec

from booking import wiring
from booking.jobs.runner import Runner
from booking.kit import db, doctor, installation, logs, serving
from booking.kit.commands import Command, Step, between, language_of, say, tell
from booking.kit.errors import Refusal
from booking.kit.i18n import N_, translate
from booking.kit.migrations import MigrationRefused, migrate
from booking.kit.serving import Place
from booking.kit.settings import SettingRefused, Settings, get_settings, use_settings

_POOL_SIZE = 4


def run(command: Command, args: argparse.Namespace) -> int:
    """Run a command to its exit status; whatever refuses ends it with one clear sentence."""
    language = language_of(os.environ)
    try:
        if command.database:
            return asyncio.run(_with_database(command, args)) or 0
        answer = command.run(args)
        return (asyncio.run(_awaited(answer)) if isinstance(answer, Awaitable) else answer) or 0
    except Refusal as refusal:
        details = [f"{name}: {field.say(language)}" for name, field in refusal.fields.items()]
        return _fail(refusal.say(language), *details)
    except (SettingRefused, MigrationRefused) as refusal:
        return _fail(str(refusal))
    except KeyboardInterrupt:
        return 1
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        lost = not isinstance(error, OSError) or isinstance(error, ConnectionError | TimeoutError)
        sentence = N_("データベースにつながりません: {reason}") if lost else N_("続けられません: {reason}")
        return _fail(translate(sentence, language, reason=error))


def _fail(*lines: str) -> int:
    for line in lines:
        sys.stderr.write(line + "\n")
    return 1


async def _awaited(answer: Awaitable[int | None]) -> int | None:
    return await answer


def _chosen(*, demo: bool = False) -> Settings:
    chosen = installation.chosen_settings(os.environ, demo=demo)
    logs.configure(chosen)
    return chosen


async def _with_database(command: Command, args: argparse.Namespace) -> int | None:
    chosen = _chosen(demo=command.demo)
    with installation.running(chosen, progress=lambda _: None) as settings:
        if command.demo:
            await installation.refuse_other_kind(settings.database_direct_url, "demo")
        if not chosen.database_url:
            await migrate(settings.database_direct_url)
        async with db.pool(settings.database_url, _POOL_SIZE):
            await installation.refuse_old_schema()
            if command.demo:
                await installation.be_born("demo")
                await _sow(wiring.seeds())
            answer = command.run(args)
            return await answer if isinstance(answer, Awaitable) else answer


def _configure_serve(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default %(default)s)")
    parser.add_argument("--port", type=between(0, 65535), default=8000, help="port to listen on (default %(default)s)")
    parser.add_argument("--workers", type=between(1, 64), default=1, help="worker processes (default %(default)s)")
    parser.add_argument("--demo", action="store_true", help="a small living data set in a database of its own")
    parser.add_argument("--tls-certificate", type=Path, metavar="FILE", help="PEM certificate chain")
    parser.add_argument("--tls-key", type=Path, metavar="FILE", help="PEM private key of the certificate")


def _serve(args: argparse.Namespace) -> int:
    """Start everything, say the addresses, and serve until SIGTERM."""
    if (args.tls_certificate is None) != (args.tls_key is None):
        args.parser.error("--tls-certificate and --tls-key go together")
    place = Place(
        host=args.host, port=args.port, workers=args.workers, certificate=args.tls_certificate, key=args.tls_key
    )
    chosen = _chosen(demo=args.demo)
    if chosen.demo and not place.is_loopback:
        raise serving.DemoOutside
    serving.check_certificate(place)
    with (
        serving.stopping_on_signals(),
        installation.running(chosen, progress=_tell_progress, hold=True) as settings,
        serving.bind(place) as bound,
    ):
        here = os.environ.get("BOOKING_PUBLIC_URL") or place.address(bound.getsockname()[1])
        complete = msgspec.structs.replace(settings, public_url=here)
        use_settings(complete)
        installation.export(complete, os.environ)
        lines = asyncio.run(_prepare(complete))
        _tell_progress(N_("サービスを始めています"))
        serving.serve("booking.wiring:create_served_app", place, bound, when_ready=lambda: _tell_addresses(lines))
    return 0


def _tell_progress(sentence: str) -> None:
    say(f"… {translate(sentence, language_of(os.environ))}")


async def _prepare(settings: Settings) -> list[tuple[str, str]]:
    """Bring the database to where requests can be answered; the addresses to print, each with its label."""
    kind: installation.Kind = "demo" if settings.demo else "real"
    await installation.refuse_other_kind(settings.database_direct_url, kind)
    _tell_progress(N_("データベースの形を新しくしています"))
    await migrate(settings.database_direct_url)
    async with db.pool(settings.database_url, _POOL_SIZE):
        await installation.be_born(kind)
        _tell_progress(N_("計画の基礎データを入れています"))
        await _sow(wiring.seeds())
        if settings.demo:
            _tell_progress(N_("デモの人たちを入れています"))
            await _sow(wiring.demos())
        return await _addresses(settings)


async def _sow(steps: list[Step]) -> None:
    for step in steps:
        await step.run()


async def _addresses(settings: Settings) -> list[tuple[str, str]]:
    here = settings.public_url.rstrip("/")
    pages = [
        (N_("利用者のページ"), "/"),
        (N_("職員のページ"), "/staff/"),
        (N_("受付端末"), "/kiosk/"),
        (N_("API の説明"), "/api/docs"),
    ]
    if settings.demo:
        pages.append((N_("1台でためすページ"), "/demo/"))
        for welcome in wiring.welcomes():
            pages.extend((one.label, one.path) for one in await welcome())
    return [(label, here + path) for label, path in pages]


def _tell_addresses(lines: list[tuple[str, str]]) -> None:
    tell(N_("サービスが動いています。終えるときは Ctrl+C を押してください。"))
    for label, address in lines:
        say(f"  {address}  {translate(label, language_of(os.environ))}")


def _migrate(_args: argparse.Namespace) -> int:
    with installation.running(_chosen(), progress=_tell_progress) as settings:
        asyncio.run(migrate(settings.database_direct_url))
    tell(N_("データベースの形は、この版のものです。"))
    return 0


def _configure_seed(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--diff", action="store_true", help="insert nothing; list what differs from the plan")


async def _seed(args: argparse.Namespace) -> None:
    if args.diff:
        await _list_differences()
        return
    await _sow(wiring.seeds())
    tell(N_("基礎データを入れました。すでにあるものは変えていません。"))


async def _list_differences() -> None:
    """Say in one line each what is missing here or has been changed by staff."""
    found = [line for step in wiring.seeds() if step.differ is not None for line in await step.differ()]
    for line in found:
        say(line)
    if not found:
        tell(N_("計画の基礎データと同じです。"))


async def _jobs(_args: argparse.Namespace) -> None:
    runner = Runner(wiring.jobs(), get_settings().database_direct_url)
    loop = asyncio.get_running_loop()
    for asked in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(asked, runner.stop)
    tell(N_("自動の作業を受け持ちます。終えるときは Ctrl+C を押してください。"))
    await runner.run()


async def _doctor(_args: argparse.Namespace) -> int:
    """Ask every check; 1 when one of them has something to say."""
    is_well = True
    for check in (*doctor.CHECKS, *wiring.checks()):
        wrong = await check.ask()
        is_well = is_well and wrong is None
        tell(N_("良好   {name}") if wrong is None else N_("要確認 {name}"), name=check.name)
        if wrong is not None:
            tell(wrong)
    return 0 if is_well else 1


COMMANDS = (
    Command(name="serve", help="run everything until Ctrl+C", run=_serve, configure=_configure_serve, database=False),
    Command(name="jobs", help="run the jobs alone, for production", run=_jobs),
    Command(name="migrate", help="bring the database's schema up to date", run=_migrate, database=False),
    Command(
        name="seed",
        help="insert the plan's reference data, by code, never updating",
        run=_seed,
        configure=_configure_seed,
    ),
    Command(name="doctor", help="check settings, database, clock, mail, keys and disk; say what to do", run=_doctor),
)
