"""Reading a certified total from another installation, and what must agree before it counts."""

from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec

from booking.kit.fields import Fields
from booking.kit.fiscal import fiscal_span
from booking.kit.tokens import from_text, to_text
from booking.kpi.errors_handing import (
    HandedAddsOtherwise,
    HandedOtherPlace,
    HandedOtherReading,
    HandedUnreadable,
    HandedUnsigned,
    KeyIsOurs,
    KeyUnreadable,
    TrustRefused,
)
from booking.kpi.rules import Unit
from booking.kpi.rules_signing import is_signed
from booking.kpi.schemas import CountingRules, Definition, ScopeView
from booking.kpi.schemas_handing import HandedCell, HandedOver, PlaceOfBody, TrustForm

PURPOSE = "booking-kpi-hand-over"
LONGEST_NAME, LONGEST_DOCUMENT = 60, 400
LARGEST_BYTES = 20_000
"""A file goes once more through a form, where it was looked at."""
_NUL = rb"\u0000"
"""As JSON writes the one character that no text here can hold."""


def signed_part(said: HandedOver) -> bytes:
    """The bytes the signature is under."""
    return msgspec.json.encode(msgspec.structs.replace(said, signature=""))


def file_bytes(said: HandedOver) -> bytes:
    """The file: one line of JSON."""
    return msgspec.json.encode(said) + b"\n"


def read_handed(content: bytes) -> HandedOver:
    """What a file says, found to be signed by the key in it. Raises: HandedUnreadable, HandedUnsigned."""
    if len(content) > LARGEST_BYTES or _NUL in content:
        raise HandedUnreadable
    try:
        said = msgspec.json.decode(content, type=HandedOver)
        is_same = file_bytes(said).strip() == content.strip()
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise HandedUnreadable from None
    if not is_same:
        raise HandedUnreadable
    if not is_signed(said.public_key, said.signature, PURPOSE, signed_part(said)):
        raise HandedUnsigned
    return said


def check_trust(form: TrustForm, bodies: Collection[str], own_key: str) -> TrustForm:
    """Raises: TrustRefused."""
    read = Fields()
    body = read.choice("body", form.body, tuple(bodies))
    name = read.words("name", form.name, longest=LONGEST_NAME)
    document = read.words("document", form.document, longest=LONGEST_DOCUMENT)
    key = "".join(form.public_key.split())
    if not _is_key(key):
        read.refuse("public_key", KeyUnreadable())
    elif key == own_key:
        read.refuse("public_key", KeyIsOurs())
    read.refuse_if_any(TrustRefused)
    return TrustForm(body=body or "", public_key=key, name=name, document=document)


def _is_key(text: str) -> bool:
    try:
        raw = from_text(text)
    except ValueError:
        return False
    return len(raw) == 32 and to_text(raw) == text


def check_reading(said: Definition, here: Definition) -> None:
    """Figures are added up under one reading only. Raises: HandedOtherReading."""
    names = (*CountingRules.__struct_fields__, "scope", "unit")
    if any(getattr(said, name) != getattr(here, name) for name in names):
        raise HandedOtherReading


def check_cells(said: HandedOver, places: Mapping[str, PlaceOfBody]) -> None:
    """Raises: HandedOtherPlace."""
    first, until = fiscal_span(said.fiscal_year)
    seen = set()
    for cell in said.cells:
        at = (cell.facility, cell.month_on)
        if cell.facility not in places or not first <= cell.month_on < until or cell.month_on.day != 1 or at in seen:
            raise HandedOtherPlace(where=f"{cell.facility} {cell.month_on.isoformat()[:7]}")
        seen.add(at)


def check_sum(
    cells: Iterable[HandedCell],
    value: int,
    reading: Definition,
    scopes: Sequence[ScopeView],
    places: Mapping[str, PlaceOfBody],
) -> None:
    """Whether the parts come to the figure, so that they can be added to others. Raises: HandedAddsOtherwise."""
    scope = next((each for each in scopes if each.code == reading.scope), None)
    if scope is None or scope.programs or reading.unit is Unit.PEOPLE or not reading.counts_imports:
        raise HandedAddsOtherwise
    mine = [
        cell
        for cell in cells
        if scope.brand in (None, places[cell.facility].brand)
        and (not scope.facilities or cell.facility in scope.facilities)
    ]
    is_days = reading.unit is Unit.PERSON_DAYS
    if sum(cell.person_days if is_days else cell.person_sessions for cell in mine) != value:
        raise HandedAddsOtherwise
