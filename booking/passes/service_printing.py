"""Cards to print: of members, and of a desk's temporary cards. Whose card was printed is in the audit trail."""

from collections.abc import Sequence
from uuid import UUID

from booking.access.schemas import Actor
from booking.access.service import record_audit
from booking.facilities.schemas import FacilityView
from booking.kit import db
from booking.kit.i18n import N_, translate
from booking.passes import service
from booking.passes.drawing import spaced
from booking.passes.errors import NobodyToPrint, TooManyToPrint
from booking.passes.queries_cards import list_cards
from booking.passes.schemas import CardView, PassView
from booking.passes.service_cards import code_of
from booking.passes.sheets import Card, print_cards
from booking.people.schemas import MemberView

MOST_AT_ONCE = 300
"""Thirty sheets: what a desk prints in one go before a term begins."""
TITLE = N_("入館カード")
SHEET = N_("仮カード")
NUMBER = N_("読めないときの番号")
LOST = N_("なくしたときは、受付に話してください。")
BACK = N_("帰るときに、受付に返してください。")
ALT = N_("入館パスのQRコード")


async def print_pass(by: Actor, member: MemberView, language: str) -> bytes:
    """One member's card on a sheet."""
    return await print_passes(by, [member], language)


async def print_passes(by: Actor, members: Sequence[MemberView], language: str) -> bytes:
    """Cards of members, ten to a sheet: all of them or none. The caller has seen that they may be shown.

    Raises: NobodyToPrint, TooManyToPrint.
    """
    if not members:
        raise NobodyToPrint
    if len(members) > MOST_AT_ONCE:
        raise TooManyToPrint(count=len(members), most=MOST_AT_ONCE)
    cards = []
    for member in members:
        shown = await (service.lengthen_pass(member.id, by) if by.is_staff else service.issue_pass(member.id, by))
        cards.append(_card(member, shown, language))
    if by.is_staff:
        async with db.transaction():
            for member in members:
                await record_audit(by, "pass.print", "member", member.id, scope=next(iter(member.body_codes), None))
    return await print_cards(cards, title=translate(TITLE, language), language=language)


def _card(member: MemberView, shown: PassView, language: str) -> Card:
    """The chosen name; none on the card of a protected member, which may be seen by anybody."""
    return Card(
        token=shown.token,
        alt=translate(ALT, language),
        head="TUMO GUNMA・tsukurun",
        name="" if member.is_protected else member.shown_name,
        number_head=translate(NUMBER, language),
        number=spaced(shown.number),
        foot=translate(LOST, language),
    )


async def print_temporary(place: FacilityView, language: str, only: Sequence[UUID] = ()) -> bytes:
    """The temporary cards of a desk that still work, or some of them. Raises: NobodyToPrint."""
    cards = [one for one in await list_cards(place.code) if one.revoked_at is None and (not only or one.id in only)]
    if not cards:
        raise NobodyToPrint
    made = [await _temporary(one, place, language) for one in cards]
    return await print_cards(made, title=f"{translate(SHEET, language)} {place.name}", language=language)


async def _temporary(card: CardView, place: FacilityView, language: str) -> Card:
    return Card(
        token=await code_of(card),
        alt=translate(ALT, language),
        head=place.name,
        name=translate(SHEET, language),
        number_head="",
        number=card.label,
        foot=translate(BACK, language),
    )
