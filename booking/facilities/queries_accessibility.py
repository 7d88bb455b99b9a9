"""Reads of what a facility says about getting in and being helped."""

from uuid import UUID

from booking.facilities.rules_accessibility import AccessibilityItem, Presence, in_order
from booking.facilities.schemas import AccessibilityView
from booking.kit import db


async def list_accessibility(facility_id: UUID) -> list[AccessibilityView]:
    """Every item of a facility, also those nobody has answered yet."""
    rows = await db.fetch("select item, presence, note from facility_accessibility where facility = $1", facility_id)
    kept = {AccessibilityItem(row["item"]): Presence(row["presence"]) for row in rows}
    notes = {row["item"]: row["note"] for row in rows}
    return [
        AccessibilityView(item=item.value, presence=int(presence), note=notes.get(item.value))
        for item, presence in in_order(kept)
    ]
