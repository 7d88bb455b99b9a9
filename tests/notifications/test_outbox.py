"""The outbox against a real mail server: takes, refuses, says not now, is away, dies in the middle."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import msgspec
import pytest
from httpx import AsyncClient

from booking.kit import db as house_db
from booking.kit.settings import Settings, use_settings
from booking.notifications import service, service_sending
from booking.notifications.schemas import Sender
from tests.conftest import Clock
from tests.make.notifications import PostOffice, make_message, make_post_office

pytestmark = pytest.mark.anyio


@pytest.fixture
async def office(settings: Settings) -> AsyncIterator[PostOffice]:
    """A mail server that this installation knows."""
    async with make_post_office() as made:
        use_settings(msgspec.structs.replace(settings, smtp_url=made.url))
        yield made


async def _states() -> list[tuple[str, int]]:
    rows = await house_db.fetch("select state, attempts from message order by id")
    return [(row["state"], row["attempts"]) for row in rows]


async def test_a_message_travels_with_its_own_id(db: None, office: PostOffice, clock: Clock) -> None:
    message_id = await make_message(subject="予約\nしました")
    assert await service.send_due() == 1
    (mail,) = office.letters
    assert mail["Message-ID"] == f"<{message_id}@localhost>"
    assert mail["Subject"] == "予約 しました"
    assert "本文" in mail.get_content()
    assert mail["From"].addresses[0].addr_spec == "no-reply@localhost"
    assert await _states() == [("sent", 1)]
    assert await service.send_due() == 0


async def test_nothing_is_told_that_did_not_happen(db: None, office: PostOffice, clock: Clock) -> None:
    with pytest.raises(ZeroDivisionError):
        async with house_db.transaction():
            await make_message()
            raise ZeroDivisionError
    assert await service.send_due() == 0


async def test_the_same_message_twice_is_one(db: None, office: PostOffice, clock: Clock) -> None:
    assert await make_message(dedup="x") is not None
    assert await make_message(dedup="x") is None
    assert await service.send_due() == 1


async def test_each_body_speaks_from_its_own_address(
    db: None, office: PostOffice, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service_sending, "_find_sender", [])

    async def find(code: str) -> Sender | None:
        return Sender("yoyaku@kiryu.example.jp", "桐生市") if code == "102032" else None

    service.use_senders(find)
    await make_message(body_code="102032")
    await make_message(body_code="100005")
    await service.send_due()
    assert [str(mail["From"].addresses[0].addr_spec) for mail in office.letters] == [
        "yoyaku@kiryu.example.jp",
        "no-reply@localhost",
    ]


async def test_the_urgent_goes_first(db: None, office: PostOffice, clock: Clock) -> None:
    await make_message("later@example.jp")
    await make_message("now@example.jp", priority=0)
    await service.send_due()
    assert [mail["To"] for mail in office.letters] == ["now@example.jp", "later@example.jp"]


async def test_never_is_final_and_its_neighbour_goes(
    db: None, office: PostOffice, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    office.says["gone@example.jp"] = "550 5.1.1 <gone@example.jp> unknown"
    await make_message("gone@example.jp")
    await make_message("here@example.jp")
    assert await service.send_due() == 1
    assert await _states() == [("failed", 1), ("sent", 1)]
    assert await house_db.fetchval("select last_error from message where state = 'failed'") == (
        "the mail server answered 550"
    )
    assert "gone@example.jp" not in capsys.readouterr().out


async def test_not_now_is_tried_again_later_and_given_up_at_last(db: None, office: PostOffice, clock: Clock) -> None:
    office.says["busy@example.jp"] = "451 4.7.1 come back later"
    await make_message("busy@example.jp")
    await service.send_due()
    assert await _states() == [("queued", 1)]
    await service.send_due()
    assert await _states() == [("queued", 1)]
    clock.advance(seconds=30)
    await service.send_due()
    assert await _states() == [("queued", 2)]
    for _ in range(10):
        clock.advance(hours=1)
        await service.send_due()
    assert await _states() == [("failed", 12)]


async def test_a_message_comes_through_after_not_now(db: None, office: PostOffice, clock: Clock) -> None:
    office.says["busy@example.jp"] = "451 later"
    await make_message("busy@example.jp")
    await service.send_due()
    office.says.clear()
    clock.advance(minutes=1)
    assert await service.send_due() == 1


async def test_a_server_that_is_away_costs_no_message(db: None, settings: Settings, clock: Clock) -> None:
    async with make_post_office() as gone:
        url = gone.url
    use_settings(msgspec.structs.replace(settings, smtp_url=url))
    for number in range(3):
        await make_message(f"p{number}@example.jp")
    for _ in range(20):
        assert await service.send_due() == 0
        clock.advance(hours=1)
    assert {state for state, _ in await _states()} == {"queued"}
    async with make_post_office() as back:
        use_settings(msgspec.structs.replace(settings, smtp_url=back.url))
        assert await service.send_due() == 3


async def test_a_server_that_dies_in_the_middle_loses_nothing(db: None, office: PostOffice, clock: Clock) -> None:
    for number in range(4):
        await make_message(f"p{number}@example.jp")
    office.cuts = 2
    assert await service.send_due() == 2
    assert [state for state, _ in await _states()] == ["sent", "sent", "queued", "queued"]
    clock.advance(minutes=1)
    assert await service.send_due() == 2
    # The third was taken before the line broke: it came twice, and says so by its id.
    ids = [mail["Message-ID"] for mail in office.letters]
    assert len(ids) == 5 and len(set(ids)) == 4


async def test_two_runners_send_each_message_once(db: None, office: PostOffice, clock: Clock) -> None:
    for number in range(120):
        await make_message(f"p{number}@example.jp")
    assert sum(await asyncio.gather(service.send_due(), service.send_due())) == 120
    assert len({mail["Message-ID"] for mail in office.letters}) == len(office.letters) == 120


async def test_a_runner_that_died_gives_its_messages_back(db: None, office: PostOffice, clock: Clock) -> None:
    await make_message()
    await house_db.execute(
        "update message set attempts = 1, next_attempt_at = $1", clock.instant + timedelta(minutes=30)
    )
    assert await service.send_due() == 0
    clock.advance(minutes=30)
    assert await service.send_due() == 1


async def test_too_late_is_dropped(db: None, office: PostOffice, clock: Clock) -> None:
    await make_message(not_after=clock.instant + timedelta(minutes=30))
    await make_message("keeps@example.jp")
    clock.advance(minutes=30)
    assert await service.send_due() == 1
    assert [state for state, _ in await _states()] == ["dropped", "sent"]


async def test_an_address_that_is_none_hurts_nobody_else(db: None, office: PostOffice, clock: Clock) -> None:
    await make_message("no address\r\nBcc: x@example.jp")
    await make_message()
    assert await service.send_due() == 1
    assert [state for state, _ in await _states()] == ["failed", "sent"]


async def test_without_a_mail_server_messages_wait(db: None, clock: Clock) -> None:
    await make_message()
    assert await service.send_due() == 0
    assert await _states() == [("queued", 0)]


async def test_two_weeks_later_nothing_personal_is_left(db: None, office: PostOffice, clock: Clock) -> None:
    await make_message()
    await service.send_due()
    clock.advance(days=13)
    await make_message("new@example.jp")
    assert await service.wipe_old_messages() == 0
    clock.advance(days=1)
    assert await service.wipe_old_messages() == 1
    assert await service.wipe_old_messages() == 0
    rows = await house_db.fetch("select to_address, subject, content from message order by id")
    assert tuple(rows[0]) == (None, None, None)
    assert rows[1]["to_address"] == "new@example.jp"


async def test_the_mailbox_is_only_in_a_demo(client: AsyncClient, settings: Settings, clock: Clock) -> None:
    await make_message("guardian@example.jp")
    assert (await client.get("/demo/mailbox")).status_code == 404
    use_settings(msgspec.structs.replace(settings, demo=True, smtp_url="smtp://localhost:1"))
    assert await service.send_due() == 1
    answer = await client.get("/demo/mailbox")
    assert answer.status_code == 200
    assert "guardian@example.jp" in answer.text and 'href="http://localhost:8000/pass"' in answer.text
