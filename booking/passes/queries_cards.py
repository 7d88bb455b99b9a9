"""Temporary cards of a desk and their loans."""

from typing import Any
from uuid import UUID

import msgspec

from booking.kit import clock, db
from booking.passes.schemas import CardView, FamilyCards

_CARD = """
select card.id, card.scope, card.label, card.kid, card.valid_from_at as valid_from, card.valid_until, card.revoked_at,
       loan.member as member_id, loan.lent_at, loan.until_at,
       case when member.is_protected then '' else coalesce(member.shown_name, '') end as name,
       case when not member.is_protected then member.number end as number
  from temporary_card card
  left join card_loan loan on loan.card = card.id and loan.returned_at is null and loan.until_at > $1
  left join member on member.id = loan.member
"""


def _view(row: Any) -> CardView:
    return CardView(**row)


async def list_cards(scope: str) -> list[CardView]:
    """Every card of a desk by its label, with who has it now."""
    rows = await db.fetch(_CARD + "where card.scope = $2 order by card.label, card.id", clock.now(), scope)
    return [_view(row) for row in rows]


async def find_card(card_id: UUID) -> CardView | None:
    """One card."""
    row = await db.fetchrow(_CARD + "where card.id = $2", clock.now(), card_id)
    return None if row is None else _view(row)


async def find_card_by_label(scope: str, label: str) -> CardView | None:
    """The card of a desk with this label."""
    row = await db.fetchrow(
        _CARD + "where card.scope = $2 and lower(card.label) = lower($3)", clock.now(), scope, label
    )
    return None if row is None else _view(row)


async def find_card_of(member_id: UUID) -> CardView | None:
    """The card a member has now; the last one lent when there are several."""
    row = await db.fetchrow(_CARD + "where loan.member = $2 order by loan.lent_at desc limit 1", clock.now(), member_id)
    return None if row is None else _view(row)


async def list_labels(scope: str) -> list[str]:
    """Labels that a desk has used, so that none is used twice."""
    return [row["label"] for row in await db.fetch("select label from temporary_card where scope = $1", scope)]


async def read_family_cards(member_id: UUID) -> FamilyCards:
    """The live pass of a member, a card that is lent, and whether number and PIN open their own page."""
    row = await db.fetchrow(
        "select (select max(valid_until) from pass where member = $2 and revoked_at is null and valid_until > $1)"
        "         as pass_until, card.label as lent_label, loan.until_at as lent_until,"
        "       pin.id is not null as has_pin, coalesce(pin.locked_at is not null, false) as is_locked"
        "  from (select 1) as one"
        "  left join lateral (select card, until_at from card_loan where member = $2 and returned_at is null"
        "    and until_at > $1 order by lent_at desc limit 1) as loan on true"
        "  left join temporary_card card on card.id = loan.card"
        "  left join lateral (select credential.id, credential.locked_at from guardianship"
        "      join account on account.id = guardianship.account and account.kind = 'card'"
        "      join credential on credential.account = account.id and credential.kind = 'pin'"
        "     where guardianship.member = $2 and guardianship.relation = 'self' and guardianship.ended_at is null"
        "     limit 1) as pin on true",
        *(clock.now(), member_id),
    )
    return msgspec.convert(dict(row or {}), FamilyCards)
