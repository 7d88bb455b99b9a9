"""The ways in: providers, identities, passkeys, and the browsers that are signed in."""

from datetime import datetime
from uuid import UUID

from booking.access.schemas import Flow, IdentityView, PasskeyView, Proved, Provider, SignInView
from booking.kit import db

_PROVIDER = f"select {', '.join(Provider.__struct_fields__)} from sign_in_provider where ended_at is null"


async def list_providers(*, all_of_them: bool = False) -> list[Provider]:
    """The providers people can sign in with, or all that are written down, in the order of their bodies."""
    rows = await db.fetch(f"{_PROVIDER} and (is_on or $1) order by body_code, kind, created_at", all_of_them)
    return [Provider(**row) for row in rows]


async def find_provider(provider_id: UUID) -> Provider | None:
    """A provider, on or off."""
    row = await db.fetchrow(f"{_PROVIDER} and id = $1", provider_id)
    return None if row is None else Provider(**row)


async def take_flow(provider_id: UUID, state_digest: str, device: str, now: datetime) -> Flow | None:
    """What a browser was sent to a provider with; once. Safe: of two at once one gets it."""
    row = await db.fetchrow(
        "update sign_in_flow set used_at = $4 where provider = $1 and state_digest = $2 and device_digest = $3"
        " and used_at is null and expires_at > $4"
        " returning id, account as account_id, nonce_digest, verifier, next_path",
        *(provider_id, state_digest, device, now),
    )
    return None if row is None else Flow(**row)


async def find_identity(proved: Proved) -> tuple[UUID, UUID] | None:
    """The identity a provider has proved, and whose account it is."""
    row = await db.fetchrow(
        "select id, account from identity where issuer = $1 and subject = $2", proved.issuer, proved.subject
    )
    return None if row is None else (row["id"], row["account"])


async def list_identities(account_id: UUID) -> list[IdentityView]:
    """The identities of an account, the oldest first."""
    rows = await db.fetch(
        "select identity.id, provider.label, provider.kind, identity.linked_at, identity.used_at from identity"
        " join sign_in_provider provider on provider.id = identity.provider"
        " where identity.account = $1 order by identity.linked_at, identity.id",
        account_id,
    )
    return [IdentityView(**row) for row in rows]


async def list_line_users(account_id: UUID) -> list[tuple[str, str]]:
    """As which users of LINE an account is known, each with the body of the channel."""
    rows = await db.fetch(
        "select provider.body_code, identity.subject from identity"
        " join sign_in_provider provider on provider.id = identity.provider"
        " where identity.account = $1 and provider.kind = 'line' and provider.ended_at is null order by identity.id",
        account_id,
    )
    return [(row["body_code"], row["subject"]) for row in rows]


async def list_accounts_of_line_user(provider: Provider, user: str) -> list[UUID]:
    """Whose accounts a user of a body's LINE channel enters."""
    rows = await db.fetch(
        "select distinct identity.account from identity join sign_in_provider other on other.id = identity.provider"
        " where identity.subject = $1 and other.kind = 'line' and other.body_code = $2",
        *(user, provider.body_code),
    )
    return [row["account"] for row in rows]


async def lock_account(account_id: UUID) -> None:
    """Lock an account until the transaction ends, while its ways in are counted."""
    await db.execute("select from account where id = $1 for no key update", account_id)


async def count_ways_in(account_id: UUID) -> int:
    """In how many ways an account's owner can prove who they are, besides the desk."""
    return int(
        await db.fetchval(
            "select (select count(*) from account where id = $1 and email is not null)"
            " + (select count(*) from identity where account = $1) + (select count(*) from passkey where account = $1)",
            account_id,
        )
    )


async def list_passkeys(account_id: UUID) -> list[PasskeyView]:
    """The passkeys of an account, the oldest first."""
    rows = await db.fetch(
        "select id, name, created_at, used_at from passkey where account = $1 order by created_at, id", account_id
    )
    return [PasskeyView(**row) for row in rows]


async def list_credential_ids(account_id: UUID) -> list[str]:
    """What an account's passkeys are called between browser and us."""
    rows = await db.fetch("select credential_id from passkey where account = $1", account_id)
    return [row["credential_id"] for row in rows]


async def list_sign_ins(account_id: UUID, now: datetime) -> list[SignInView]:
    """The browsers that are signed in, the one used last first."""
    rows = await db.fetch(
        "select id, created_at, seen_at, expires_at from sign_in"
        " where account = $1 and ended_at is null and expires_at > $2 order by seen_at desc, id",
        *(account_id, now),
    )
    return [SignInView(**row) for row in rows]


async def take_challenge(challenge_digest: str, device: str, now: datetime) -> tuple[bool, UUID | None]:
    """Whether a challenge was given to this browser and not answered yet, and who wanted to add a passkey with it."""
    row = await db.fetchrow(
        "update passkey_challenge set used_at = $3 where challenge_digest = $1 and device_digest = $2"
        " and used_at is null and expires_at > $3 returning account",
        *(challenge_digest, device, now),
    )
    return (False, None) if row is None else (True, row["account"])


async def find_recent_move(account_id: UUID, now: datetime) -> datetime | None:
    """When the desk moved an account, while its owner may still wonder."""
    moved: datetime | None = await db.fetchval(
        "select max(moved_at) from account_move where account = $1 and notice_until > $2", account_id, now
    )
    return moved
