"""Reads of what a facility says about getting in and being helped."""

from uuid import UUID

from booking.facilities.rules_accessibility import AccessibilityItem, Presence, in_order
from booking.facilities.schemas import AccessibilityView
from booking.kit import db
from booking.kit.words import read_words, words_sql


async def list_accessibility(facility_id: UUID) -> list[AccessibilityView]:
    """Every item of a facility, also those nobody has answered yet."""
    rows = await db.fetch(
        f"select item, presence, {words_sql('note', 'notes')} as notes from facility_accessibility where facility = $1",
        facility_id,
    )
    kept = {AccessibilityItem(row["item"]): Presence(row["presence"]) for row in rows}
    notes = {row["item"]: read_words(row["notes"]) for row in rows}
    return [
        AccessibilityView(item=item.value, presence=int(presence), note=said.get("ja"), notes=said)
        for item, presence in in_order(kept)
        for said in (notes.get(item.value, {}),)
    ]
