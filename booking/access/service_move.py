"""The desk gives an account back to an owner who lost phone or mail, after seeing an identity paper.

Everything by which it was entered ends. The old address is told and may stop the account for a day; then only the desk
opens it again. Never for staff: their administrator sends a new link.
"""

from datetime import timedelta
from uuid import UUID

import msgspec

from booking.access import queries, queries_ways
from booking.access.errors import (
    AccountEnded,
    AddressTaken,
    LinkExpired,
    LinkUsed,
    PaperNeeded,
    StaffNotMoved,
)
from booking.access.rules import AccountKind, LinkPurpose, Paper, fold_address
from booking.access.schemas import SYSTEM, AccountView, Actor
from booking.access.service import end_all_sign_ins, new_sign_in_link, record_audit
from booking.access.service_private import end_all_addresses
from booking.kit import clock, db
from booking.kit.errors import InvalidForm, Refusal
from booking.kit.i18n import N_, translate
from booking.kit.settings import get_settings
from booking.kit.tokens import digest, new_id, new_secret
from booking.notifications.rules import Channel
from booking.notifications.service import enqueue
from booking.notifications.service_sending import revive

NOTICE_LASTS = timedelta(hours=24)
SUBJECT = N_("受付で、アカウントが移されました")
TEXT = N_(
    "受付で本人を確かめて、あなたのアカウントを新しい連絡先に移しました。このアドレスでは、もうサインインできません。\n\n"
    "あなたがたのんだのではないときは、24時間のうちに、次のページでアカウントを止めてください。\n{link}\n"
)
LINE_TEXT = N_(
    "受付で本人を確かめて、あなたのアカウントを新しい連絡先に移しました。このLINEでは、もうサインインできません。\n\n"
    "あなたがたのんだのではないときは、24時間のうちに、次のページでアカウントを止めてください。\n{link}\n"
)
NEW_TEXT = N_(
    "受付で本人を確かめて、アカウントをこのアドレスに移しました。これからは、このアドレスでサインインできます。\n\n"
    "おぼえがないときは、何もしないで、受付に知らせてください。\n"
)
LINKED_TEXT = N_(
    "受付で移したアカウントに、新しいサインインの方法がつながりました。\n\n"
    "おぼえがないときは、受付に知らせてください。\n"
)


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """A move to which the old address may still object."""

    id: UUID
    account_id: UUID


async def move_account(account_id: UUID, *, email: str, paper: str, scope: str | None, by: Actor) -> str:
    """Move an account to a mail address, or (empty) to whatever its owner links: the path of a one-time way in.

    Raises: InvalidForm with WrongAddress, AddressTaken, PaperNeeded; StaffNotMoved, AccountEnded. The caller has
    checked that `by` works where the members are registered. Safe: the account is locked.
    """
    async with db.transaction():
        await queries_ways.lock_account(account_id)
        account = await _movable(account_id)
        address = await _check(account, email, paper)
        now, token = clock.now(), new_secret()
        lines = await queries_ways.list_line_users(account_id)
        await db.execute("delete from identity where account = $1", account_id)
        await db.execute("delete from passkey where account = $1", account_id)
        await end_all_sign_ins(account_id)
        await end_all_addresses(account_id)
        await db.execute("update account set email = $2, disabled_at = null where id = $1", account_id, address)
        await db.execute(
            "insert into account_move (id, account, moved_at, moved_by, paper, scope, token_digest, notice_until)"
            " values ($1, $2, $3, $4, $5, $6, $7, $8)",
            *(new_id(), account_id, now, by.id or new_id(), paper, scope, digest(token), now + NOTICE_LASTS),
        )
        if address is not None:
            await revive(Channel.MAIL, address)
        if account.email is not None and account.email != address:
            await _tell_old(account.email, account.language, token)
        for body_code, user in lines:
            await _tell_old(user, account.language, token, channel=Channel.LINE, body_code=body_code)
        if address is not None and account.email != address:
            await _tell_new(address, account.language)
        await record_audit(by, "account-moved", "account", account_id, scope=scope, detail={"paper": paper})
        return await new_sign_in_link(account_id, LinkPurpose.MOVED, by)


async def _movable(account_id: UUID) -> AccountView:
    account = await queries.find_account(account_id)
    if account is None or account.kind is not AccountKind.RESIDENT:
        raise StaffNotMoved
    stopped = "select count(*) from account_move where account = $1 and stopped_at is not null"
    if account.disabled_at is not None and not await db.fetchval(stopped, account_id):
        raise AccountEnded
    return account


async def _check(account: AccountView, email: str, paper: str) -> str | None:
    wrong: dict[str, Refusal] = {}
    address: str | None = None
    if paper not in tuple(Paper):
        wrong["paper"] = PaperNeeded()
    if email.strip():
        try:
            address = fold_address(email)
            other = await queries.find_account_by_email(address)
            if other is not None and other.id != account.id:
                wrong["email"] = AddressTaken()
        except Refusal as refusal:
            wrong["email"] = refusal
    if wrong:
        raise InvalidForm(fields=wrong)
    return address


async def _tell_old(
    address: str, language: str, token: str, *, channel: Channel = Channel.MAIL, body_code: str | None = None
) -> None:
    """An old address, or an old user of LINE, reads how to stop the account; who is in the family stands nowhere."""
    link = f"{get_settings().public_url.rstrip('/')}/moved/{token}"
    await enqueue(
        kind="account-moved",
        to=address,
        channel=channel,
        body_code=body_code,
        subject=translate(SUBJECT, language),
        body=translate(TEXT if channel is Channel.MAIL else LINE_TEXT, language, link=link),
        language=language,
        not_after=clock.now() + NOTICE_LASTS,
        priority=1,
    )


async def _tell_new(address: str, language: str) -> None:
    await enqueue(
        kind="account-moved-here",
        to=address,
        subject=translate(SUBJECT, language),
        body=translate(NEW_TEXT, language),
        language=language,
        not_after=clock.now() + NOTICE_LASTS,
        priority=1,
    )


async def tell_linked(account_id: UUID, language: str) -> None:
    """A way in that was linked after a move hears of the move as well, within the transaction that links it."""
    moved_at = await queries_ways.find_recent_move(account_id, clock.now())
    if moved_at is not None:
        await enqueue(
            kind="account-moved-here",
            reader=account_id,
            subject=translate(SUBJECT, language),
            body=translate(LINKED_TEXT, language),
            language=language,
            not_after=clock.now() + NOTICE_LASTS,
            priority=1,
        )


async def get_move(token: str) -> Move:
    """The move a link of the old address speaks of, for a day. Raises: LinkExpired, LinkUsed."""
    row = await db.fetchrow(
        "select id, account, stopped_at, notice_until from account_move where token_digest = $1", digest(token)
    )
    if row is None or row["notice_until"] <= clock.now():
        raise LinkExpired
    if row["stopped_at"] is not None:
        raise LinkUsed
    return Move(id=row["id"], account_id=row["account"])


async def stop(token: str) -> UUID:
    """Stop an account whose move the old address denies, until the desk has seen its owner: whose it is.

    Raises: LinkExpired, LinkUsed. Safe: of two at once one is refused.
    """
    move, now = await get_move(token), clock.now()
    once = "update account_move set stopped_at = $2 where id = $1 and stopped_at is null returning id"
    async with db.transaction():
        if await db.fetchval(once, move.id, now) is None:
            raise LinkUsed
        await db.execute("update account set disabled_at = $2 where id = $1", move.account_id, now)
        await end_all_sign_ins(move.account_id)
        await end_all_addresses(move.account_id)
        await db.execute(
            "update sign_in_link set used_at = $2 where account = $1 and used_at is null", move.account_id, now
        )
        await record_audit(SYSTEM, "move-denied", "account", move.account_id)
    return move.account_id
