"""From a scan on its way in to a reading the rules understand."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from booking.kit.clock import day_span, local_date
from booking.visits.rules_credentials import read_door_code, read_member_key, read_number, read_pass
from booking.visits.schemas import Scan, Told
from booking.visits.schemas_facts import Asked, CardFact, Door, Facts, GroupFact, PassFact, Shown
from booking.visits.schemas_state import Reading

LONGEST_OUTAGE = timedelta(days=60)
"""A kiosk forgets its list after 14 days; a scan that says it is older than this has a clock that was never set."""
STORABLE = range(1900, 2300)


def read_scan(asked: Asked, keys: Mapping[int, bytes], now: datetime) -> Shown:
    """Read what was shown, as far as that needs no database."""
    scan = _clean(asked.scan)
    at = _happened_at(scan, now)
    is_unthinkable = at is None
    if at is None:
        scan, at = replace(scan, scanned_at=now, clock_offset_ms=0), now
    on = local_date(at)
    shown = Shown(
        asked=asked, scan=scan, at=at, on=on, day_ends_at=day_span(on)[1], is_clock_unthinkable=is_unthinkable
    )
    if scan.member_key is not None:
        shown = replace(shown, member_key=read_member_key(scan.member_key))
    if scan.kind == "heads" and scan.door_code is not None:
        code, problem = read_door_code(scan.door_code, on)
        return replace(shown, door_code=code, problem=problem)
    if asked.member_id is not None or scan.kind == "heads":
        return shown
    if scan.kind == "number":
        number = read_number(scan.number or "")
        return replace(shown, number=number, problem=None if number else "number-unknown")
    read = read_pass(scan.token or "", keys)
    if read.claims is None:
        return replace(shown, problem=read.problem)
    claims = read.claims
    return replace(
        shown,
        pass_id=claims.pass_id,
        kid=claims.kid,
        valid_from=claims.valid_from,
        valid_until=claims.valid_until,
        problem=read.problem,
    )


def _happened_at(scan: Scan, now: datetime) -> datetime | None:
    """When it happened by the service's clock; None when the kiosk's clock cannot be right."""
    try:
        at = min(scan.scanned_at + timedelta(milliseconds=scan.clock_offset_ms), now)
    except OverflowError:
        return None
    return at if at > now - LONGEST_OUTAGE and scan.scanned_at.year in STORABLE else None


def _clean(scan: Scan) -> Scan:
    """Without the character that no database takes as text."""
    told = scan.told
    if told is not None and "\x00" in told.code:
        told = Told(told.verdict, told.code.replace("\x00", "") or "unknown")
    answers = [one.replace("\x00", "") for one in scan.answers]
    facility = scan.facility.replace("\x00", "") if scan.facility is not None else None
    party = scan.party.replace("\x00", "") if scan.party is not None else None
    code = scan.door_code.replace("\x00", "") if scan.door_code is not None else None
    if (told, answers, facility, party, code) == (
        scan.told,
        scan.answers,
        scan.facility,
        scan.party,
        scan.door_code,
    ):
        return scan
    return replace(scan, told=told, answers=answers, facility=facility, party=party, door_code=code)


class Known(Struct, frozen=True):
    """The facts about credentials, each by what was shown."""

    passes: dict[UUID, PassFact]
    cards: dict[UUID, CardFact]
    numbers: dict[str, UUID]
    keys: dict[tuple[UUID, UUID], UUID]
    revoked_kids: frozenset[int]
    groups: tuple[GroupFact, ...] = ()


def known_from(facts: Facts) -> Known:
    """The facts of a batch, ready to be looked up."""
    return Known(
        passes={one.id: one for one in facts.passes},
        cards={one.id: one for one in facts.cards},
        numbers={
            **{one.number: one.member for one in facts.former},
            **{one.number: one.id for one in facts.people},
        },
        keys={(one.kiosk, one.member_key): one.member for one in facts.keys},
        revoked_kids=frozenset(facts.revoked_kids),
        groups=facts.groups,
    )


def reading_of(shown: Shown, door: Door, known: Known, now: datetime) -> tuple[Reading, UUID | None]:
    """A scan with its person looked up, and the id of the member it is for."""
    holder, problem, is_revoked = _holder(shown, known)
    group = group_of(shown, door, known.groups)
    subject = _subject(shown, door, known)
    person = subject if shown.scan.member_key is not None else holder
    reading = Reading(
        scan=shown.scan,
        facilities=door.facility_codes,
        holder=str(holder) if holder is not None else None,
        subject=str(subject) if subject is not None else None,
        group=str(group.id) if group is not None else None,
        problem=problem,
        valid_from=shown.valid_from,
        valid_until=shown.valid_until,
        is_revoked=is_revoked,
        is_by_staff=shown.asked.by_account is not None and not shown.asked.from_paper,
        received_at=now,
    )
    return reading, person


def group_of(shown: Shown, door: Door, groups: Iterable[GroupFact]) -> GroupFact | None:
    """The group visit whose code was shown at a door on its day."""
    key = (shown.door_code, shown.on)
    mine = (one for one in groups if one.facility in door.facility_ids and (one.door_code, one.visit_on) == key)
    return next(mine, None)


def _holder(shown: Shown, known: Known) -> tuple[UUID | None, str | None, bool]:
    """Who shows it, the code of what is wrong with it, and whether pass or key was revoked."""
    if shown.asked.member_id is not None:
        return shown.asked.member_id, None, False
    if shown.problem is not None or shown.scan.kind == "heads":
        return None, shown.problem, False
    if shown.scan.kind == "number":
        found = known.numbers.get(shown.number or "")
        return found, None if found is not None else "number-unknown", False
    fact = known.passes.get(shown.pass_id) if shown.pass_id is not None else None
    if fact is None:
        return _borrower(shown, known)
    return fact.member, None, fact.is_revoked or shown.kid in known.revoked_kids


def _borrower(shown: Shown, known: Known) -> tuple[UUID | None, str | None, bool]:
    """Whom a temporary card stood for when it was shown."""
    card = known.cards.get(shown.pass_id) if shown.pass_id is not None else None
    if card is None:
        return None, "pass-unknown", False
    lent_to = next((one.member for one in card.loans if one.lent_at <= shown.at < one.until_at), None)
    is_revoked = card.is_revoked or shown.kid in known.revoked_kids
    return lent_to, None if lent_to is not None or is_revoked else "card-not-lent", is_revoked


def _subject(shown: Shown, door: Door, known: Known) -> UUID | None:
    """The member a key of this kiosk stands for."""
    if shown.member_key is None or door.kiosk is None or shown.scan.kind == "heads":
        return None
    return known.keys.get((door.kiosk.id, shown.member_key))
