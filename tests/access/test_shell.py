"""The shell's verbs and sweeps of this room, and what doctor asks about mail."""

import argparse
from datetime import timedelta

import msgspec
import pytest

from booking.access import commands, service, service_sign_in
from booking.access.schemas import Role
from booking.kit import db as house_db
from booking.kit.errors import InvalidForm
from booking.kit.settings import Settings, use_settings
from booking.notifications import commands as mail_commands
from tests.conftest import Clock
from tests.make.access import make_account, make_browser
from tests.make.notifications import make_message, make_post_office

pytestmark = pytest.mark.anyio


def _parsed(name: str, *words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    next(each for each in commands.COMMANDS if each.name == name).configure(parser)
    return parser.parse_args(words)


async def test_the_first_member_of_staff_comes_from_the_shell(
    db: None, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    verb = commands.COMMANDS[0]
    assert await verb.run(_parsed("staff add", "--email", "chief@example.jp", "--role", "body-administrator")) is None
    assert capsys.readouterr().out.startswith("http://localhost:8000/enter/")
    assert await house_db.fetchval("select name from account") == "chief"
    with pytest.raises(InvalidForm):
        await verb.run(_parsed("staff add", "--email", "x@example.jp", "--role", "auditor", "--body", "nowhere"))


async def test_a_token_is_printed_once(db: None, clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    await commands.COMMANDS[1].run(_parsed("token new", "--role", "auditor", "--label", "掲示板"))
    token = capsys.readouterr().out.strip()
    assert (await service.actor_of_token(token)).has_role(Role.AUDITOR)


async def test_a_body_and_a_facility_exclude_each_other() -> None:
    with pytest.raises(SystemExit):
        _parsed("token new", "--role", "auditor", "--label", "x", "--body", "1", "--facility", "2")


async def test_what_has_served_its_time_is_forgotten(db: None, clock: Clock) -> None:
    account = await make_account()
    await service_sign_in.request_code("a@example.jp", make_browser())
    await service.end_sign_in(await service.actor_of_cookie(await service.open_sign_in(account.id, "old")))
    assert await service_sign_in.forget_old() == 0
    clock.advance(days=2)
    assert await service_sign_in.forget_old() == 1
    await service.open_sign_in(account.id, "new")
    clock.advance(days=367)
    assert await service_sign_in.forget_old() > 1
    left = await house_db.fetch("select device from sign_in union all select name from attempt_window")
    assert [row["device"] for row in left] == ["new"]


async def test_doctor_sees_whether_mail_goes_out(db: None, settings: Settings, clock: Clock) -> None:
    server, waiting = (check.ask for check in mail_commands.CHECKS)
    assert await server() is None and await waiting() is None
    async with make_post_office() as office:
        use_settings(msgspec.structs.replace(settings, smtp_url=office.url))
        assert await server() is None
    assert "BOOKING_SMTP_URL" in str(await server())
    await make_message()
    clock.advance(minutes=31)
    assert "booking jobs" in str(await waiting())
    use_settings(msgspec.structs.replace(settings, smtp_url=office.url, demo=True))
    assert await server() is None and await waiting() is None
    assert timedelta(minutes=30) == mail_commands.LONG
