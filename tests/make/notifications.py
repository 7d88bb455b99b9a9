"""Messages, and a real mail server, for tests."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from ssl import SSLContext
from typing import Any
from uuid import UUID

from aiosmtpd.smtp import SMTP

from booking.notifications import service


@dataclass
class PostOffice:
    """A mail server that keeps what it gets; `says` and `cuts` make it answer otherwise."""

    port: int = 0
    letters: list[EmailMessage] = field(default_factory=list)
    says: dict[str, str] = field(default_factory=dict)
    """Recipient → the answer instead of taking the message."""
    cuts: int = 0
    """After taking so many messages the connection breaks before the next answer."""

    @property
    def url(self) -> str:
        """Its address as in BOOKING_SMTP_URL."""
        return f"smtp://localhost:{self.port}"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        """Take or refuse a recipient."""
        if address in self.says:
            return self.says[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Keep a message, or break off."""
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.letters.append(mail)
        if self.cuts and len(self.letters) > self.cuts:
            self.cuts = 0
            server.transport.abort()
            await asyncio.sleep(0)
        return "250 OK"


@asynccontextmanager
async def make_post_office(ssl: SSLContext | None = None, **options: Any) -> AsyncIterator[PostOffice]:
    """A mail server on a free port of this machine, in this event loop. `options` as aiosmtpd's SMTP takes them."""
    office = PostOffice()
    loop = asyncio.get_running_loop()
    known = {"hostname": "localhost", "loop": loop, **options}
    server = await loop.create_server(lambda: SMTP(office, **known), "127.0.0.1", 0, ssl=ssl)
    office.port = server.sockets[0].getsockname()[1]
    try:
        yield office
    finally:
        server.close()
        await asyncio.sleep(0)


async def make_message(to: str = "somebody@example.jp", **changes: Any) -> UUID | None:
    """A message in the outbox."""
    given = {"kind": "test", "to": to, "subject": "件名", "body": "本文\nhttp://localhost:8000/pass", "language": "ja"}
    return await service.enqueue(**{**given, **changes})
