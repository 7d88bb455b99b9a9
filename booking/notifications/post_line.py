"""LINE's Messaging API: a notice that there is something to read, and a link. No name and no content ever goes there.

Residents' personal data must not lie with LINE. Source: guideline of 2021-04-30 (Cabinet Secretariat, PPC and others).
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import cache
from typing import Any
from urllib.parse import quote

import httpx

from booking.kit.i18n import N_, translate
from booking.kit.settings import get_settings
from booking.notifications.post import Answer
from booking.notifications.rules import Topic
from booking.notifications.schemas import Letter, Route

TIMEOUT_SECONDS = 10
ACCEPTED = 409
"""This message has been taken before: its id travels as the retry key."""
NEVER = 550
"""What LINE will never take, in the numbers of mail servers by which `rules.is_final` judges."""
PushOver = Callable[[Letter, Route], Awaitable[Answer]]
WORDS = {
    Topic.BOOKED: N_("予約のお知らせがあります"),
    Topic.CHANGE: N_("予約のお知らせがあります"),
    Topic.REMINDER: N_("予約のお知らせがあります"),
}
OTHERWISE = N_("お知らせがあります")


def text_of(letter: Letter) -> str:
    """All that LINE gets to see: that there is a message, and where its reader finds it after signing in.

    Who can sign in no more reads the message itself: its writer says nothing of a person in it.
    """
    if letter.reader is None:
        return letter.content
    said = translate(WORDS.get(letter.topic, OTHERWISE) if letter.topic else OTHERWISE, letter.language)
    return f"{said}\n{get_settings().public_url.rstrip('/')}/messages/{letter.id}"


@cache
def _tls() -> Any:
    return httpx.create_ssl_context()


@asynccontextmanager
async def counter() -> AsyncIterator[PushOver]:
    """A conversation with LINE for a batch."""
    async with httpx.AsyncClient(timeout=TIMEOUT_SECONDS, verify=_tls(), trust_env=False) as http:

        async def hand_over(letter: Letter, route: Route) -> Answer:
            try:
                return await _push(http, letter, route)
            except httpx.HTTPError as error:
                return Answer(False, None, f"no conversation with LINE ({type(error).__name__})")

        yield hand_over


async def _push(http: httpx.AsyncClient, letter: Letter, route: Route) -> Answer:
    """A push to somebody who has blocked us is taken all the same; only their profile says so, by not being there."""
    ours = {"Authorization": f"Bearer {route.token}"}
    seen = await http.get(f"{route.api}/v2/bot/profile/{quote(route.address, safe='')}", headers=ours)
    if seen.status_code in (403, 404):
        return Answer(False, NEVER, f"LINE answered {seen.status_code} for the reader", is_dead=True)
    if seen.status_code != 200:
        return _not_now(seen.status_code)
    sent = await http.post(
        f"{route.api}/v2/bot/message/push",
        headers={**ours, "X-Line-Retry-Key": str(letter.id)},
        json={"to": route.address, "messages": [{"type": "text", "text": text_of(letter)}]},
    )
    if sent.status_code in (200, ACCEPTED):
        return Answer(True)
    if sent.status_code in (400, 404):
        return Answer(False, NEVER, f"LINE answered {sent.status_code}", is_dead=sent.status_code == 404)
    return _not_now(sent.status_code)


def _not_now(status: int) -> Answer:
    """The channel's trouble (its key, its plan, its month's limit), not the reader's: tried again later."""
    return Answer(False, None, f"LINE answered {status}")
