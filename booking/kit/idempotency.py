"""Answering a write once: the same key from the same asker gets the first answer again, for a day.

The key's row is written in the transaction of the write itself. Equal requests that arrive at the same moment wait at
the unique index for the first one to commit, then read its answer.
"""

import hashlib
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response

from booking.kit import clock, db
from booking.kit.errors import Refusal
from booking.kit.i18n import N_
from booking.kit.problems import MEDIA_TYPE, problem
from booking.kit.tokens import new_id
from booking.kit.web import language_of

KEPT = timedelta(hours=24)
LONGEST_KEY = 200

_CLAIM = """
insert into idempotency_key (id, actor, idempotency_key, request_digest, status, content, created_at)
values ($1, $2, $3, $4, 0, '', $5)
on conflict (actor, idempotency_key) do update
  set id = excluded.id, request_digest = excluded.request_digest, status = 0, content = '',
      created_at = excluded.created_at
  where idempotency_key.created_at <= $6
returning id"""
_FORGET = """
delete from idempotency_key using unnest($1::text[]) as gone (id)
where position(gone.id in actor) > 0 or position(gone.id in content) > 0"""


class IdempotencyKeyReused(Refusal):
    """The key was used for another request within a day."""

    code = "idempotency-key-reused"
    status = 422
    sentence = N_(
        "同じ Idempotency-Key で、ちがう内容が送られました。今回の内容は何も保存していません。"
        "新しいキーを付けて、送り直してください。"
    )


class IdempotencyKeyUnusable(Refusal):
    """The key is empty, too long, or holds what is not printable ASCII."""

    code = "idempotency-key-unusable"
    status = 422
    sentence = N_("Idempotency-Key は、1〜200文字の英数字と記号にしてください。まだ何も保存していません。")


@dataclass(frozen=True)
class Answer:
    """What a write answers: status and body, kept word for word."""

    status: int
    content: str

    @property
    def is_refusal(self) -> bool:
        """Whether the content is a problem document."""
        return self.status >= 400


@dataclass(frozen=True)
class Asked:
    """Who asks, under which key, for what, in which language a refusal is kept."""

    actor: str
    key: str
    request: bytes
    language: str = "ja"

    @property
    def digest(self) -> str:
        """What tells this request from another one under the same key."""
        return hashlib.sha256(self.request).hexdigest()


async def answer_once(asked: Asked, work: Callable[[], Awaitable[Answer]]) -> Answer:
    """Do `work` in one transaction with its key, or give the answer it got before.

    A refusal is kept like any other answer: one key has one answer. What broke (500, 503) is not kept.
    Raises: IdempotencyKeyReused, IdempotencyKeyUnusable. Safe: any number of equal requests at once have one effect.
    """
    if not (1 <= len(asked.key) <= LONGEST_KEY and asked.key.isascii() and asked.key.isprintable()):
        raise IdempotencyKeyUnusable
    now = clock.now()
    async with db.transaction():
        claim = await db.fetchval(_CLAIM, new_id(), asked.actor, asked.key, asked.digest, now, now - KEPT)
        if claim is None:
            return await _kept(asked)
        answer = await _answer(asked, work)
        await db.execute(
            "update idempotency_key set status = $2, content = $3 where id = $1", claim, answer.status, answer.content
        )
        return answer


async def do_once(actor: str, key: str, work: Callable[[], Awaitable[str]]) -> str:
    """Do what a form asks for, once for each time the form was shown; sent again, say what came of it the first time.

    `key` is the random value hidden in the form; what refuses or breaks keeps nothing, so that the form can be sent
    again. Safe: any number of equal requests at once have one effect.
    """
    now = clock.now()
    async with db.transaction():
        claim = await db.fetchval(_CLAIM, new_id(), actor, key, "form", now, now - KEPT)
        if claim is None:
            return str(
                await db.fetchval(
                    "select content from idempotency_key where actor = $1 and idempotency_key = $2", actor, key
                )
            )
        done = await work()
        await db.execute("update idempotency_key set status = 200, content = $2 where id = $1", claim, done)
        return done


async def _answer(asked: Asked, work: Callable[[], Awaitable[Answer]]) -> Answer:
    try:
        async with db.transaction():
            return await work()
    except Refusal as refusal:
        if refusal.status >= 500:
            raise
        return Answer(refusal.status, msgspec.json.encode(problem(refusal, asked.language)).decode())


async def _kept(asked: Asked) -> Answer:
    row = await db.fetchrow(
        "select request_digest, status, content from idempotency_key where actor = $1 and idempotency_key = $2",
        *(asked.actor, asked.key),
    )
    if row is None or row["request_digest"] != asked.digest:
        raise IdempotencyKeyReused
    return Answer(row["status"], row["content"])


async def forget_about(ids: Iterable[UUID]) -> None:
    """Forget the answers given to these people or about them. Safe: repeated."""
    await db.execute(_FORGET, [str(one) for one in ids])


async def sweep() -> int:
    """Forget keys older than a day; how many. Safe: repeated, and beside requests that use them."""
    done = await db.execute("delete from idempotency_key where created_at <= $1", clock.now() - KEPT)
    return int(done.rpartition(" ")[2])


async def respond_once(
    request: Request[Any, Any, Any], asker: str, work: Callable[[], Awaitable[Answer]]
) -> Response[Any]:
    """Answer a write of the API: once per `Idempotency-Key` when the request has one, else every time.

    `asker` names who asks, such as `account:<id>`. Raises: as `answer_once`, and as `work` without a key.
    """
    key = request.headers.get("idempotency-key")
    if key is None:
        answer = await work()
    else:
        said = f"{request.method} {request.url.path}\n".encode() + await request.body()
        answer = await answer_once(Asked(asker, key, said, language_of(request)), work)
    return Response(
        answer.content.encode(),
        status_code=answer.status,
        media_type=MEDIA_TYPE if answer.is_refusal else "application/json",
        headers={"cache-control": "no-store"},
    )
