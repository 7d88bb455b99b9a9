"""The key with which this installation signs what leaves it: made once, kept sealed like the keys of passes."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from booking.kit import clock, db
from booking.kit.tokens import seal, unseal
from booking.kpi import rules_signing


async def get_public_key() -> str:
    """The key others check with, made when it is first asked for. Safe: of many askers one makes it."""
    found: str | None = await db.fetchval("select public_key from kpi_key")
    if found is None:
        private = Ed25519PrivateKey.generate()
        await db.execute(
            """insert into kpi_key (id, public_key, sealed_private_key, made_at) values (1, $1, $2, $3)
               on conflict (id) do nothing""",
            *(rules_signing.public_key_of(private), seal(private.private_bytes_raw()), clock.now()),
        )
        found = await db.fetchval("select public_key from kpi_key")
    return str(found)


async def sign(purpose: str, content: bytes) -> str:
    """A signature with it. Call `get_public_key` before."""
    sealed = await db.fetchval("select sealed_private_key from kpi_key")
    return rules_signing.sign(Ed25519PrivateKey.from_private_bytes(unseal(str(sealed))), purpose, content)
