"""What people do with their own account: end other browsers, choose the language, prove another mail address."""

from uuid import UUID

from booking.access import queries, queries_ways
from booking.access.errors import AddressTaken, LabelNeeded, NotAllowed
from booking.access.rules import AccountKind, require_account
from booking.access.schemas import Actor, Browser
from booking.access.service import end_all_sign_ins, record_audit
from booking.access.service_sign_in import guess_code, request_code, use_code
from booking.kit import clock, db
from booking.kit.errors import NotFound
from booking.kit.i18n import LANGUAGES, N_, translate
from booking.notifications.rules import Channel
from booking.notifications.service import enqueue
from booking.notifications.service_sending import revive

SUBJECT = N_("アカウントのメールアドレスが変わりました")
TEXT = N_(
    "あなたのアカウントのメールアドレスが、新しいものに変わりました。このアドレスには、もうお知らせを送りません。\n\n"
    "おぼえがないときは、すぐに受付へ知らせてください。\n"
)


def _own(by: Actor) -> UUID:
    require_account(by)
    if by.id is None or by.account_kind is AccountKind.CARD:
        raise NotAllowed
    return by.id


async def end_other_sign_ins(by: Actor) -> None:
    """Sign the account out on every other browser. Raises: NotAllowed. Safe: repeated."""
    if by.id is None or by.sign_in_id is None:
        raise NotAllowed
    async with db.transaction():
        await end_all_sign_ins(by.id, but=by.sign_in_id)
        await record_audit(by, "other-sign-ins-ended", "account", by.id)


async def end_one_sign_in(sign_in_id: UUID, by: Actor) -> None:
    """Sign the account out on one browser. Raises: NotFound. Safe: repeated."""
    ended = await db.fetchval(
        "update sign_in set ended_at = coalesce(ended_at, $3) where id = $1 and account = $2 returning id",
        *(sign_in_id, by.id, clock.now()),
    )
    if ended is None:
        raise NotFound


async def choose_language(language: str, by: Actor) -> None:
    """Say in which language the account reads. Raises: NotAllowed, LabelNeeded."""
    if by.id is None:
        raise NotAllowed
    if language not in LANGUAGES:
        raise LabelNeeded
    await db.execute("update account set language = $2 where id = $1", by.id, language)


async def ask_new_address(typed: str, by: Actor, browser: Browser) -> None:
    """Mail digits to an address the account wants to have. Raises: NotAllowed, WrongAddress, TooManyAttempts."""
    await request_code(typed, browser, for_account=_own(by))


async def prove_new_address(typed: str, by: Actor, browser: Browser) -> None:
    """Take the address whose digits these are; the old one is told. Only its owner has learned whose it is not.

    Raises: NotAllowed, TooManyAttempts, CodeExpired, WrongCode, AddressTaken. Safe: concurrent.
    """
    account_id = _own(by)
    guess_id, email = await guess_code(typed, browser, for_account=account_id)
    async with db.transaction():
        await queries_ways.lock_account(account_id)
        await use_code(guess_id)
        account, other = await queries.find_account(account_id), await queries.find_account_by_email(email)
        if account is None or (other is not None and other.id != account_id):
            raise AddressTaken
        await db.execute("update account set email = $2 where id = $1", account_id, email)
        await revive(Channel.MAIL, email)
        if account.email is not None and account.email != email:
            await tell_old_address(account.email, account.language)
        await record_audit(by, "address-changed", "account", account_id)


async def tell_old_address(address: str, language: str) -> None:
    """Tell an address that it is none of the account's any more."""
    await enqueue(
        kind="address-changed",
        to=address,
        subject=translate(SUBJECT, language),
        body=translate(TEXT, language),
        language=language,
        priority=2,
    )
