"""Links with which an offer is answered without signing in: signed, good for one account and one offer, and no other.

The text holds random ids and a time, nothing of a person.
"""

import hmac
from datetime import UTC, datetime
from uuid import UUID

import msgspec

from booking.kit.tokens import from_text, keyed_digest, to_text
from booking.reservations.errors_offers import OfferLinkUnusable

_SIGNED_BYTES = 16


class OfferLink(msgspec.Struct, frozen=True):
    """What a link says: which offer, made when, to whom."""

    reservation_id: UUID
    account_id: UUID
    offered_at: datetime


def token_of(reservation_id: UUID, account_id: UUID, offered_at: datetime) -> str:
    """The token in an account's link to an offer."""
    said = reservation_id.bytes + account_id.bytes + int(offered_at.timestamp()).to_bytes(4, "big")
    return to_text(said + _sign(said))


def read_token(token: str) -> OfferLink:
    """What a token says. Raises: OfferLinkUnusable."""
    try:
        raw = from_text(token)
    except ValueError:
        raise OfferLinkUnusable from None
    said, signed = raw[:-_SIGNED_BYTES], raw[-_SIGNED_BYTES:]
    if len(said) != 36 or not hmac.compare_digest(signed, _sign(said)):
        raise OfferLinkUnusable
    at = datetime.fromtimestamp(int.from_bytes(said[32:], "big"), UTC)
    return OfferLink(UUID(bytes=said[:16]), UUID(bytes=said[16:32]), at)


def is_for(link: OfferLink, offered_at: datetime | None) -> bool:
    """Whether a link is for the offer made at this moment, and not for an earlier one."""
    return offered_at is not None and int(offered_at.timestamp()) == int(link.offered_at.timestamp())


def _sign(said: bytes) -> bytes:
    return bytes.fromhex(keyed_digest(f"offer link {said.hex()}"))[:_SIGNED_BYTES]
