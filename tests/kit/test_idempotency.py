"""One key, one effect, one answer."""

import asyncio
from datetime import timedelta

import pytest

from booking.kit import db as house_db
from booking.kit import idempotency
from booking.kit.errors import Busy, InvalidForm
from booking.kit.idempotency import Answer, Asked
from tests.conftest import Clock

pytestmark = pytest.mark.anyio
ASKED = Asked(actor="account:1", key="k-1", request=b"{}")


class Work:
    """Something that must happen once; it leaves a row that a rollback takes away."""

    def __init__(self) -> None:
        self.runs = 0

    async def __call__(self) -> Answer:
        """Do it."""
        self.runs += 1
        await house_db.execute("insert into installation (id, kind, born_at) values (1, 'real', now())")
        await asyncio.sleep(0.05)
        return Answer(201, f'{{"run":{self.runs}}}')


async def test_the_same_key_gets_the_same_answer(db: None, clock: Clock) -> None:
    """And the work is not done again; another asker's key is another key."""
    work = Work()
    first = await idempotency.answer_once(ASKED, work)
    assert await idempotency.answer_once(ASKED, work) == first == Answer(201, '{"run":1}')
    assert work.runs == 1
    await house_db.execute("delete from installation")
    await idempotency.answer_once(Asked(actor="account:2", key="k-1", request=b"{}"), work)
    assert work.runs == 2


async def test_fifty_equal_requests_at_once_have_one_effect(db: None, clock: Clock) -> None:
    """All of them get the answer of the one that worked."""
    work = Work()
    answers = await asyncio.gather(*(idempotency.answer_once(ASKED, work) for _ in range(50)))
    assert set(answers) == {Answer(201, '{"run":1}')}
    assert await house_db.fetchval("select count(*) from installation") == 1


async def test_another_request_under_the_key_is_refused(db: None, clock: Clock) -> None:
    """Whatever it asked for, it is not done."""
    await idempotency.answer_once(ASKED, Work())
    with pytest.raises(idempotency.IdempotencyKeyReused):
        await idempotency.answer_once(Asked(actor="account:1", key="k-1", request=b'{"other":1}'), Work())


async def test_a_refusal_is_an_answer_too(db: None, clock: Clock) -> None:
    """It is kept, and what the work had written is gone."""
    work = Work()

    async def refuse() -> Answer:
        await work()
        raise InvalidForm

    first = await idempotency.answer_once(ASKED, refuse)
    assert first.status == 422 and first.is_refusal and "invalid-form" in first.content
    assert await idempotency.answer_once(ASKED, Work()) == first
    assert await house_db.fetchval("select count(*) from installation") == 0


@pytest.mark.parametrize("error", [Busy, RuntimeError])
async def test_what_broke_is_not_kept(db: None, clock: Clock, error: type[Exception]) -> None:
    """The same key can be asked again."""

    async def fail() -> Answer:
        raise error

    with pytest.raises(error):
        await idempotency.answer_once(ASKED, fail)
    assert (await idempotency.answer_once(ASKED, Work())).status == 201


async def test_a_key_is_free_again_after_a_day(db: None, clock: Clock) -> None:
    """The sweep forgets old rows; before it comes, an old row is simply taken over."""
    work = Work()
    await idempotency.answer_once(ASKED, work)
    clock.advance(hours=23)
    assert await idempotency.sweep() == 0
    clock.advance(hours=1)
    await house_db.execute("delete from installation")
    assert await idempotency.answer_once(ASKED, work) == Answer(201, '{"run":2}')
    clock.advance(days=1)
    assert (await idempotency.sweep(), await idempotency.sweep()) == (1, 0)
    assert timedelta(hours=24) == idempotency.KEPT


@pytest.mark.parametrize("key", ["", "x" * 201, "日本", "a\nb"])
async def test_an_unusable_key_is_refused(db: None, key: str) -> None:
    """Before anything is done."""
    with pytest.raises(idempotency.IdempotencyKeyUnusable):
        await idempotency.answer_once(Asked(actor="account:1", key=key, request=b""), Work())
