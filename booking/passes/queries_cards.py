"""Temporary cards of a desk and their loans."""

from typing import Any
from uuid import UUID

from booking.kit import clock, db
from booking.passes.schemas import CardView

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
