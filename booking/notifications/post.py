"""The mail server: one conversation for a batch, and what its answers mean.

Its own answers are never stored or logged as text: they repeat addresses. What is kept is the number and our words.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit

import aiosmtplib
import msgspec

from booking.kit import clock
from booking.kit.settings import get_settings
from booking.notifications.schemas import Letter, Sender

TIMEOUT_SECONDS = 20
POLICY = "5.7."
"""A refusal of this class is about us or the text (relaying, spam), not about the address. Source: RFC 3463, 3.8."""
HOUSE_NAME = "TUMO GUNMA・tsukurun"


class Answer(msgspec.Struct, frozen=True):
    """What became of a message: taken, or refused with the server's number (None: no answer) and our words.

    `is_dead`: nobody is reached at this address any more, whatever is sent there.
    """

    taken: bool
    code: int | None = None
    reason: str = ""
    is_dead: bool = False


HandOver = Callable[[Letter, str, Sender], Awaitable[Answer]]


def house_sender(public_url: str) -> Sender:
    """The address for messages of no body, or of one that has not said its own."""
    return Sender(f"no-reply@{urlsplit(public_url).hostname}", HOUSE_NAME)


def compose(letter: Letter, address: str, sender: Sender) -> EmailMessage:
    """The message as it travels. Its id is the Message-ID, so that a second sending is recognised as the first."""
    mail = EmailMessage()
    name, _, domain = sender.address.rpartition("@")
    mail["From"] = Address(sender.name, name, domain)
    mail["To"] = Address(addr_spec=address)
    mail["Subject"] = letter.subject
    mail["Date"] = format_datetime(clock.now())
    mail["Message-ID"] = f"<{letter.id}@{domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["Content-Language"] = {"ja-easy": "ja"}.get(letter.language, letter.language)
    mail.set_content(letter.content)
    return mail


def client(smtp_url: str) -> aiosmtplib.SMTP:
    """A client for an address: `smtps://` speaks TLS at once, `smtp://` as soon as the server offers it."""
    url = urlsplit(smtp_url)
    secure = url.scheme == "smtps"
    return aiosmtplib.SMTP(
        hostname=url.hostname or "localhost",
        port=url.port or (465 if secure else 587 if url.username else 25),
        username=unquote(url.username) if url.username else None,
        password=unquote(url.password) if url.password else None,
        use_tls=secure,
        start_tls=False if secure else None,
        timeout=TIMEOUT_SECONDS,
        local_hostname=urlsplit(get_settings().public_url).hostname,
    )


@asynccontextmanager
async def office(smtp_url: str) -> AsyncIterator[HandOver]:
    """A conversation with the mail server, opened at the first message and again when it broke off."""
    smtp = client(smtp_url)

    async def hand_over(letter: Letter, address: str, sender: Sender) -> Answer:
        try:
            mail = compose(letter, address, sender)
        except (ValueError, IndexError, UnicodeError):
            return Answer(False, 550, "the address or subject cannot be written as mail")
        try:
            if not smtp.is_connected:
                await smtp.connect()
            await smtp.send_message(mail)
        except (aiosmtplib.SMTPException, OSError) as error:
            return _refused(error)
        return Answer(True)

    try:
        yield hand_over
    finally:
        if smtp.is_connected:
            try:
                await smtp.quit()
            except (aiosmtplib.SMTPException, OSError):
                smtp.close()


def _refused(error: Exception) -> Answer:
    """Only an answer about the address or the text is an answer about the message; all else is the server's trouble."""
    code: int | None = None
    is_dead = False
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        code = error.recipients[0].code
        is_dead = code >= 500 and not error.recipients[0].message.startswith(POLICY)
    elif isinstance(error, aiosmtplib.SMTPDataError):
        code = error.code
    if code is not None and code >= 400:
        return Answer(False, code, f"the mail server answered {code}", is_dead)
    number = f" {error.code}" if isinstance(error, aiosmtplib.SMTPResponseException) else ""
    return Answer(False, None, f"no conversation with the mail server ({type(error).__name__}{number})")


async def reach(smtp_url: str) -> str:
    """Empty when the mail server answers and knows us, else what is wrong, in our words."""
    smtp = client(smtp_url)
    try:
        await smtp.connect()
        await smtp.noop()
        await smtp.quit()
    except (aiosmtplib.SMTPException, OSError) as error:
        return _refused(error).reason
    return ""
