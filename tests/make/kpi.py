"""Certified totals as another installation hands them over."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from booking.access.schemas import SYSTEM
from booking.kpi import rules_handing, rules_signing, service_handing
from booking.kpi.rules import DefinitionStatus, Unit
from booking.kpi.schemas import Definition
from booking.kpi.schemas_handing import HandedCell, HandedOver, TrustForm

THEIRS = Ed25519PrivateKey.generate()
DEFINITION = Definition(
    code="plan-person-days",
    name="延べ人日（計画のすべての場所）",
    scope="plan",
    unit=Unit.PERSON_DAYS,
    status=DefinitionStatus.ASSUMED,
    valid_from_on=date(2024, 4, 1),
)


def make_handed(facility: str, key: Ed25519PrivateKey = THEIRS, **given: Any) -> bytes:
    """A file of the other body's year 2026: forty person-days in October at a facility."""
    said = HandedOver(
        format="booking-kpi-hand-over",
        version=1,
        fiscal_year=2026,
        body="102032",
        definition=DEFINITION,
        value=40,
        values={"plan": {"person_days": 40, "person_sessions": 41, "people": 30}},
        cells=[HandedCell(facility, date(2026, 10, 1), 40, 41)],
        row_count=40,
        digest="0" * 64,
        certified_by="見本花子",
        office="桐生市見本課",
        note=None,
        certified_at=datetime(2027, 4, 1, 3, tzinfo=UTC),
        public_key=rules_signing.public_key_of(key),
        signature="",
    )
    said = msgspec.structs.replace(said, **given)
    signature = rules_signing.sign(key, rules_handing.PURPOSE, rules_handing.signed_part(said))
    return rules_handing.file_bytes(msgspec.structs.replace(said, signature=signature))


async def make_trusted_key(body: str = "102032", key: str = rules_signing.public_key_of(THEIRS)) -> UUID:
    """The key trusted for a body, as it may be pasted."""
    form = TrustForm(body=body, public_key=f" {key}\n", name="桐生市のサービス", document="見本 第1号")
    return await service_handing.trust_key(SYSTEM, form)
