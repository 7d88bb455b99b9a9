"""The draw (抽選): a list that is closed, a number nobody could know before, an order that anybody can recompute.

Before entries open a secret is committed to by its digest, and a public number of a later day is named. The order of
the closed list is HMAC-SHA256(secret, digest of the list ‖ public number ‖ entry number): whoever runs the draw can
choose neither. From values alone.
"""

import hashlib
import hmac
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec

from booking.kit.errors import Refusal
from booking.kit.fields import Fields
from booking.programs.rules import Selection
from booking.reservations import errors, errors_draws
from booking.reservations.rules_kinds import EntryOutcome
from booking.reservations.rules_waiting import WAITABLE
from booking.reservations.schemas_draws import DrawForm, DrawPlan, DrawRecord, DrawView, Entry
from booking.reservations.schemas_facts import Decision

FORMAT = "booking-draw-1"
PUBLIC_NAMES = {
    "ja": "日経平均株価の終値（円、小数第2位まで）",
    "ja-easy": "にっけい へいきん かぶかの おわりの かず（てんの あと 2つまで）",
    "en": "closing value of the Nikkei 225 (yen, two decimals)",
    "pt-BR": "valor de fechamento do índice Nikkei 225 (ienes, duas casas decimais)",
    "vi": "giá đóng cửa của chỉ số Nikkei 225 (yên, hai chữ số thập phân)",
    "es": "valor de cierre del índice Nikkei 225 (yenes, dos decimales)",
    "zh-Hans": "日经平均股价的收盘价（日元，保留两位小数）",
    "tl": "panghuling halaga ng Nikkei 225 (yen, dalawang desimal)",
}
"""The number that is named unless staff choose another: everybody can look it up, and nobody here can move it."""
LONGEST_NAME, LONGEST_NUMBER = 120, 40
CONFIRM_HOURS = 72
APPLICABLE = WAITABLE | {errors.SessionByDraw.code}
"""What does not keep anybody from applying: it is judged when the seats are given."""
_SEPARATOR = "\n"


# ---- applying -----------------------------------------------------------------------------------------------------


def refusal_to_apply(decision: Decision) -> Refusal | None:
    """Why one may not apply for a seat that is drawn, or None."""
    return next((each for each in decision.refusals if each.code not in APPLICABLE), None)


def who_applies(decisions: Sequence[Decision], *, together: bool) -> list[Decision]:
    """The pairs of an order that are entries of a draw.

    Raises: DrawAlone for an order wanted whole over several sessions: every draw is run by itself.
    """
    drawn = [each for each in decisions if each.session.selection == Selection.DRAW]
    if together and drawn and len({each.session.id for each in decisions}) > 1:
        raise errors_draws.DrawAlone
    return [each for each in drawn if refusal_to_apply(each) is None]


# ---- the numbers --------------------------------------------------------------------------------------------------


def commitment_of(secret: str) -> str:
    """What is published of a secret before entries open: its SHA-256, in hex."""
    return hashlib.sha256(secret.encode()).hexdigest()


def ticket_of(reservation_id: UUID) -> str:
    """How an entry stands in the published list: nobody but its owner can tell whose it is."""
    return hashlib.sha256(f"entry {reservation_id}".encode()).hexdigest()[:32]


def list_digest_of(entries: Iterable[Entry]) -> str:
    """The digest of a closed list: one line for each entry in order, its number, ticket and seats."""
    lines = (f"{each.number} {each.ticket} {each.seats}{_SEPARATOR}" for each in entries)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def place_of(secret: str, list_digest: str, public_number: str, number: int) -> str:
    """What an entry is ordered by."""
    said = f"{list_digest}{_SEPARATOR}{public_number}{_SEPARATOR}{number}"
    return hmac.new(secret.encode(), said.encode(), hashlib.sha256).hexdigest()


def in_order(secret: str, list_digest: str, public_number: str, entries: Iterable[Entry]) -> list[Entry]:
    """The entries as they are drawn."""
    return sorted(entries, key=lambda each: place_of(secret, list_digest, public_number, each.number))


def fold_number(typed: str) -> str:
    """The public number as it goes into the draw: half width, without spaces and commas."""
    return "".join(unicodedata.normalize("NFKC", typed).replace(",", "").split())


def check_plan(form: DrawForm, closes_on: date) -> DrawPlan:
    """Which public number of which day is mixed in, as staff decide before entries open. Raises: DrawFormRefused."""
    found: dict[str, Refusal] = {}
    read, typed = Fields(), " ".join(form.public_name.split())
    names = read.words_in_languages(
        ("public_name", "public_names"), typed, form.public_names, longest=LONGEST_NAME, is_needed=False
    )
    found.update(read.refused)
    if not typed:
        found["public_name"] = errors_draws.DrawNumberUnnamed()
    try:
        on = date.fromisoformat(form.public_on)
    except ValueError:
        on = closes_on
    if on <= closes_on:
        found["public_on"] = errors_draws.DrawDayTooEarly()
    hours = int(form.confirm_hours) if form.confirm_hours.isdecimal() and form.confirm_hours.isascii() else 0
    if not 1 <= hours <= 240:
        found["confirm_hours"] = errors_draws.DrawHoursImpossible()
    if found:
        raise errors_draws.DrawFormRefused(fields=found)
    return DrawPlan(public_names=names, public_on=on, confirm_hours=hours)


def refusal_to_run(draw: DrawView, number: str, now: datetime, today: date) -> Refusal | None:
    """Why a draw cannot be run now with this number, or None."""
    if draw.drawn_at is not None:
        return errors_draws.DrawDone()
    if draw.closed_at is None:
        return errors_draws.DrawEntriesOpen(closes_at=draw.closes_at)
    if today < draw.public_on:
        return errors_draws.DrawNumberNotOut(day=draw.public_on)
    if now >= draw.roll_over_at:
        return errors_draws.DrawTooLate()
    return None if number and len(number) <= LONGEST_NUMBER else errors_draws.DrawNumberMissing()


# ---- the record ---------------------------------------------------------------------------------------------------


def excluded_in(order: Sequence[Entry], outcomes: Mapping[int, str | None], seats: int) -> dict[int, str]:
    """Who could not be given a seat although one was free in turn: withdrawn, or held up by another booking."""
    excluded: dict[int, str] = {}
    left = seats
    for each in order:
        outcome = outcomes[each.number]
        if outcome is None:
            excluded[each.number] = "withdrawn"
        elif outcome == EntryOutcome.WON:
            left -= each.seats
        elif each.seats <= left:
            excluded[each.number] = "other-booking"
    return excluded


def faults_of(record: DrawRecord) -> list[str]:
    """What in a record does not follow from the rest of it; nothing when the draw was run as it says."""
    found = []
    if record.format != FORMAT:
        return [f"format: expected {FORMAT}, found {record.format}"]
    if record.secret is None or record.public_number is None:
        return ["the draw has not been run yet: there is no result to recompute"]
    if commitment_of(record.secret) != record.commitment:
        found.append("commitment: the secret is not the one committed to before entries opened")
    entries = [Entry(number=each.number, ticket=each.ticket, seats=each.seats) for each in record.entries]
    if [each.number for each in entries] != list(range(1, len(entries) + 1)):
        found.append("entries: the numbers are not 1, 2, 3 …")
    if list_digest_of(entries) != record.list_digest:
        found.append("list_digest: it is not the digest of these entries")
    order = in_order(record.secret, record.list_digest or "", record.public_number, entries)
    by_number = {each.number: each for each in record.entries}
    left = record.seats
    for rank, each in enumerate(order, start=1):
        said = by_number[each.number]
        wins = said.excluded is None and each.seats <= left
        outcome = None if said.excluded == "withdrawn" else str(EntryOutcome.WON if wins else EntryOutcome.WAITING)
        left -= each.seats if wins else 0
        if (said.rank, said.outcome) != (rank, outcome):
            found.append(f"entry {each.number}: rank {rank} and {outcome}, not {said.rank} and {said.outcome}")
    return found


def read_record(raw: bytes) -> DrawRecord:
    """A record as its file holds it. Raises: DrawRecordUnreadable."""
    try:
        return msgspec.json.decode(raw, type=DrawRecord)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise errors_draws.DrawRecordUnreadable from None


def to_file(record: DrawRecord) -> bytes:
    """A record as a file people can read."""
    text: bytes = msgspec.json.format(msgspec.json.encode(record), indent=2)
    return text + b"\n"
