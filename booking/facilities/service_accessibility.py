"""What staff say about getting into a facility and being helped there."""

from booking.access.rules import require_staff
from booking.access.schemas import Actor
from booking.access.service import record_audit
from booking.facilities import queries, queries_accessibility
from booking.facilities.errors import ChangedMeanwhile, FacilityFormRefused
from booking.facilities.rules_accessibility import NOTE_LIMIT, AccessibilityItem, Presence
from booking.facilities.rules_forms import version_of
from booking.facilities.schemas import AccessibilityView
from booking.facilities.schemas_forms import AccessibilityForm
from booking.facilities.service_staff import EDITORS
from booking.kit import clock, db
from booking.kit.fields import Fields
from booking.kit.tokens import new_id
from booking.kit.words import OTHERS, others_of

_STORE = """
insert into facility_accessibility (id, facility, item, presence, note, notes, changed_by, changed_at)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (facility, item) do update
   set presence = excluded.presence, note = excluded.note, notes = excluded.notes, changed_by = excluded.changed_by,
       changed_at = excluded.changed_at"""


def check_accessibility(form: AccessibilityForm) -> list[AccessibilityView]:
    """The items as answered, in their order; fewer answers than items leave the last ones as they are.

    Raises: FacilityFormRefused.
    """
    read = Fields()
    offered = [str(presence.value) for presence in Presence]
    found = []
    notes = [*form.note, *[""] * len(form.presence)]
    for at, (item, answer, note) in enumerate(zip(AccessibilityItem, form.presence, notes, strict=False)):
        texts = form.notes[at * len(OTHERS) : (at + 1) * len(OTHERS)]
        chosen = read.choice(f"presence-{item.value}", answer, offered)
        said = read.words_in_languages(
            (f"note-{item.value}", f"notes-{item.value}"), note, texts, longest=NOTE_LIMIT, is_needed=False
        )
        presence = int(chosen) if chosen in offered else int(Presence.UNKNOWN)
        found.append(AccessibilityView(item=item.value, presence=presence, note=said.get("ja"), notes=said))
    read.refuse_if_any(FacilityFormRefused)
    return found


async def change_accessibility(by: Actor, code: str, form: AccessibilityForm) -> None:
    """Store what has changed. Raises: FacilityFormRefused, ChangedMeanwhile, UnknownFacility, NotAllowed."""
    asked = check_accessibility(form)
    async with db.transaction():
        facility = await queries.get_facility(code)
        require_staff(by, *EDITORS, scopes=facility.scopes)
        await queries.lock_facilities([facility.id])
        kept = await queries_accessibility.list_accessibility(facility.id)
        if form.seen and form.seen != version_of(kept):
            raise ChangedMeanwhile
        changed = [one for one in asked if one not in kept]
        await db.execute_many(
            _STORE,
            [
                (new_id(), facility.id, one.item, one.presence, one.note, others_of(one.notes), by.id, clock.now())
                for one in changed
            ],
        )
        if changed:
            said = {one.item: one.presence for one in changed}
            await record_audit(by, "accessibility.change", "facility", facility.id, scope=facility.code, detail=said)
