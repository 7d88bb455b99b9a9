"""LINE tells us who has blocked the channel: messages go another way at once, and the desk asks for one."""

from uuid import UUID

from booking.access import queries_ways
from booking.access.rules import ProviderKind
from booking.access.schemas import Provider
from booking.kit import clock, db
from booking.kit.errors import NotFound
from booking.kit.settings import provider_secret
from booking.notifications.rules import Channel
from booking.notifications.service_sending import bury, revive
from booking.people.errors_line import LineNotSigned
from booking.people.rules import CallReason
from booking.people.rules_line import Heard, is_signed, read_hook
from booking.people.service_reach import ask_to_phone

BLOCKED = "LINE said that the reader blocked us"


async def hear(provider_id: UUID, body: bytes, signature: str) -> int:
    """Note what a body's LINE channel says; of how many people it was news.

    Raises: NotFound where no channel is heard, LineNotSigned, LineUnreadable. Safe: repeated, and in any order: of
    blocking and coming back the later one holds.
    """
    provider = await queries_ways.find_provider(provider_id)
    secret = provider_secret(provider.hook_secret_name) if provider and provider.hook_secret_name else ""
    if provider is None or provider.kind != ProviderKind.LINE or not secret:
        raise NotFound
    if not is_signed(body, signature, secret):
        raise LineNotSigned
    return sum([await _note(provider, one) for one in read_hook(body, clock.now())])


async def _note(provider: Provider, heard: Heard) -> bool:
    async with db.transaction():
        if heard.is_reached:
            await revive(Channel.LINE, heard.user, heard.at)
            return False
        accounts = await queries_ways.list_accounts_of_line_user(provider, heard.user)
        if not accounts or not await bury(Channel.LINE, heard.user, BLOCKED, heard.at):
            return False
        for account_id in accounts:
            await ask_to_phone(account_id, CallReason.LINE_BLOCKED, body_code=provider.body_code)
        return True
