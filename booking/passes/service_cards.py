"""Temporary cards: made for a desk, lent for a day, given back, taken out of use.

The code of a card is a pass code whose `pass_id` is the card's id: at the door a card stands for whoever has it.
"""

from datetime import date, time
from uuid import UUID

from booking.access.rules import require_staff
from booking.access.schemas import Actor
from booking.access.service import record_audit
from booking.facilities.queries import get_facility, lock_facilities
from booking.facilities.schemas import FacilityView
from booking.kit import clock, db
from booking.kit.errors import Refusal
from booking.kit.tokens import new_id
from booking.passes import rules
from booking.passes.errors import CardCountUnusable, CardLent, CardRevoked, CardUnknown
from booking.passes.queries import find_pass, lock_card, verifying_keys
from booking.passes.queries_cards import find_card, find_card_by_label, list_labels
from booking.passes.rules_cards import MOST_AT_ONCE, next_labels, read_label
from booking.passes.rules_validity import ADULT_YEARS
from booking.passes.schemas import CardView, LoanView, PassRow
from booking.passes.service import ensure_signing_key, sign
from booking.people.rules import fiscal_year
from booking.people.service_desk import DESK, get_member_for_staff


async def _desk(by: Actor, code: str) -> FacilityView:
    place = await get_facility(code)
    require_staff(by, *DESK, scopes=place.scopes)
    return place


async def make_cards(by: Actor, facility_code: str, count: int) -> list[CardView]:
    """Make so many cards for the desk of a facility; their labels go on where the last ones ended.

    Raises: CardCountUnusable; NotAllowed. Safe: two at once wait for each other, no label is given twice.
    """
    place = await _desk(by, facility_code)
    if not 1 <= count <= MOST_AT_ONCE:
        raise CardCountUnusable(most=MOST_AT_ONCE)
    kid, now = await ensure_signing_key(), clock.now()
    since = clock.day_span(clock.today())[0]
    until = clock.at_local(date(fiscal_year(clock.today()) + ADULT_YEARS + 1, 4, 1), time())
    async with db.transaction():
        await lock_facilities([place.id])
        labels = next_labels(await list_labels(place.code), count)
        ids = [new_id() for _ in labels]
        await db.execute_many(
            "insert into temporary_card (id, scope, label, kid, valid_from_at, valid_until, made_at, made_by)"
            " values ($1, $2, $3, $4, $5, $6, $7, $8)",
            [(one, place.code, label, kid, since, until, now, by.id) for one, label in zip(ids, labels, strict=True)],
        )
        said = {"first": labels[0], "last": labels[-1]}
        await record_audit(by, "card.make", "temporary-card", None, scope=place.code, detail=said)
        return [card for card in [await find_card(one) for one in ids] if card is not None]


async def find_named(facility_code: str, typed: str) -> CardView | None:
    """The card of a desk that somebody typed the label of, or scanned the code of."""
    try:
        decoded = rules.decode(typed)
    except Refusal:
        return await find_card_by_label(facility_code, read_label(typed))
    found = await find_card(decoded.claims.pass_id)
    return found if found is not None and found.scope == facility_code else None


async def lend(by: Actor, facility_code: str, typed: str, member_id: UUID) -> LoanView:
    """Lend a card to a member until the end of the day. `typed`: its label or its scanned code.

    Raises: CardUnknown, CardRevoked, CardLent; MemberNotFound, NotAllowed.
    Safe: the card's lock lets one of two at once lend it and tells the other that it is lent; beside a revocation it is
    lent first and then ended, or refused; lent again to the same member, nothing changes.
    """
    place = await _desk(by, facility_code)
    await get_member_for_staff(by, member_id)
    named = await find_named(place.code, typed)
    if named is None:
        raise CardUnknown
    now, until = clock.now(), clock.day_span(clock.today())[1]
    async with db.transaction():
        card = await _locked(named.id)
        if card.revoked_at is not None or card.valid_until <= now:
            raise CardRevoked
        if card.member_id == member_id and card.until_at is not None:
            return LoanView(card_id=card.id, label=card.label, member_id=member_id, until_at=card.until_at)
        if card.member_id is not None:
            raise CardLent
        await db.execute(
            "update card_loan set returned_at = until_at where card = $1 and returned_at is null and until_at <= $2",
            *(card.id, now),
        )
        await db.execute(
            "insert into card_loan (id, card, member, lent_at, lent_by, until_at) values ($1, $2, $3, $4, $5, $6)",
            *(new_id(), card.id, member_id, now, by.id, until),
        )
        await record_audit(by, "card.lend", "member", member_id, scope=place.code, detail={"card": card.label})
    return LoanView(card_id=card.id, label=card.label, member_id=member_id, until_at=until)


async def give_back(by: Actor, card_id: UUID) -> CardView:
    """A card is back at its desk. Raises: CardUnknown, NotAllowed. Safe: repeated, the first return stays."""
    card = await _card(by, card_id)
    async with db.transaction():
        await lock_card(card.id)
        await _end_loan(card.id)
        await record_audit(by, "card.give-back", "temporary-card", card.id, scope=card.scope)
        return await _card(by, card_id)


async def revoke_card(by: Actor, card_id: UUID) -> CardView:
    """A card was lost: its code opens no door. Raises: CardUnknown, NotAllowed. Safe: repeated, beside a loan."""
    card = await _card(by, card_id)
    async with db.transaction():
        await lock_card(card.id)
        await _end_loan(card.id)
        await db.execute(
            "update temporary_card set revoked_at = $2 where id = $1 and revoked_at is null", card.id, clock.now()
        )
        await record_audit(by, "card.revoke", "temporary-card", card.id, scope=card.scope, reason="lost")
        return await _card(by, card_id)


async def find_holder(typed: str) -> UUID | None:
    """The member whose pass, or whose temporary card of this day, was read into a field at a desk."""
    try:
        claims = rules.verify(rules.decode(typed), await verifying_keys())
        held = await find_pass(claims.pass_id)
        rules.check_validity(claims, clock.now(), is_revoked=held is not None and held.revoked_at is not None)
    except Refusal:
        return None
    card = await find_card(claims.pass_id) if held is None else None
    return held.member_id if held is not None else card.member_id if card is not None else None


async def _card(by: Actor, card_id: UUID) -> CardView:
    card = await find_card(card_id)
    if card is None:
        require_staff(by, *DESK)
        raise CardUnknown
    await _desk(by, card.scope)
    return card


async def _locked(card_id: UUID) -> CardView:
    """The card as it is once its lock is held. Raises: CardUnknown."""
    card = await find_card(card_id) if await lock_card(card_id) else None
    if card is None:
        raise CardUnknown
    return card


async def _end_loan(card_id: UUID) -> None:
    await db.execute(
        "update card_loan set returned_at = least(until_at, $2) where card = $1 and returned_at is null",
        *(card_id, clock.now()),
    )


async def code_of(card: CardView) -> str:
    """The text of a card's code."""
    return await sign(
        PassRow(id=card.id, member_id=card.id, kid=card.kid, valid_from=card.valid_from, valid_until=card.valid_until)
    )
