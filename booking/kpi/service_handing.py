"""Certified totals between installations: handed over signed, trusted by key, looked at, then counted in the plan."""

from collections import defaultdict
from datetime import date
from uuid import UUID

import msgspec

from booking.access.rules import Role, require_staff
from booking.access.schemas import Actor
from booking.access.service import record_audit
from booking.facilities import queries as facilities
from booking.kit import clock, db
from booking.kit.tokens import new_id
from booking.kpi import queries, queries_handing, queries_importing, rules_handing, service_key
from booking.kpi import queries_certifying as certified
from booking.kpi.errors import AlreadyCertified, NoSuchBody
from booking.kpi.errors_handing import (
    HandedByUnknown,
    HandedCountsHere,
    HandedOtherYear,
    HandedTooLate,
    KeyNotTrusted,
    KeyTrusted,
    NotCertifiedYet,
)
from booking.kpi.rules import Period
from booking.kpi.rules_signing import fingerprint
from booking.kpi.schemas_certifying import Certification
from booking.kpi.schemas_handing import HandedCell, HandedOver, HandedView, PlaceOfBody, TrustedKey, TrustForm
from booking.kpi.service_definitions import LEAD_BODY

READERS = (Role.BODY_ADMINISTRATOR, Role.AUDITOR)
METHOD = "署名つきの確定値"
"""How these totals were counted, as the list of imported totals says it."""


async def hand_over(by: Actor, fiscal_year: int, body: str) -> bytes:
    """The certified total of a body's year as a signed file for another installation.

    Raises: NoSuchBody, NotCertifiedYet, HandedAddsOtherwise, NotAllowed. Safe: the same year gives the same bytes.
    """
    require_staff(by, Role.BODY_ADMINISTRATOR, scopes=(body,))
    if body not in {each.code for each in await facilities.list_bodies()}:
        raise NoSuchBody
    public_key = await service_key.get_public_key()
    async with db.transaction():
        first, _ = clock.fiscal_span(fiscal_year)
        found = await certified.find_certification(first, body, Period.YEAR)
        if found is None or found.origin is not None:
            raise NotCertifiedYet
        scopes, values = await certified.get_figures(found.id)
        cells = await _cells(found)
        rules_handing.check_sum(cells, found.value, found.definition, scopes, await _places(body))
        said = HandedOver(
            format="booking-kpi-hand-over",
            version=1,
            fiscal_year=fiscal_year,
            body=body,
            definition=found.definition,
            value=found.value,
            values=values,
            cells=cells,
            row_count=found.row_count,
            digest=found.digest,
            certified_by=found.certified_by,
            office=found.office,
            note=found.note,
            certified_at=found.certified_at,
            public_key=public_key,
            signature="",
        )
        signature = await service_key.sign(rules_handing.PURPOSE, rules_handing.signed_part(said))
        detail = {"fiscal_year": fiscal_year, "value": found.value}
        await record_audit(by, "kpi.handed-over", "kpi-certification", found.id, scope=body, detail=detail)
    return rules_handing.file_bytes(msgspec.structs.replace(said, signature=signature))


async def _cells(found: Certification) -> list[HandedCell]:
    """What each facility and month gave, visits and totals from before the service together."""
    sums: dict[tuple[str, date], list[int]] = defaultdict(lambda: [0, 0])
    for key, units in (await queries_handing.get_months(found.id)).items():
        month, _, facility = key.partition(" ")
        cell = sums[facility, date.fromisoformat(f"{month}-01")]
        cell[0] += units.get("person_days", 0)
        cell[1] += units.get("person_sessions", 0)
    if found.definition.counts_imports:
        for row in await certified.list_imports(found.starts_on, found.until_on, found.body):
            cell = sums[row.facility, row.month_on]
            cell[0] += row.person_days
            cell[1] += row.person_sessions
    return [HandedCell(facility, month_on, *cell) for (facility, month_on), cell in sorted(sums.items())]


async def _places(body: str) -> dict[str, PlaceOfBody]:
    return {
        each.code: PlaceOfBody(id=each.id, code=each.code, brand=each.brand)
        for each in await facilities.list_facilities()
        if each.body_code == body
    }


async def list_keys(by: Actor) -> list[TrustedKey]:
    """The keys that are or were trusted. Raises: NotAllowed."""
    require_staff(by, *READERS, scopes=(LEAD_BODY,))
    return await queries_handing.list_keys()


async def list_taken_over(by: Actor) -> list[Certification]:
    """The totals from elsewhere that count here, the last year first. Raises: NotAllowed."""
    require_staff(by, *READERS, scopes=(LEAD_BODY,))
    found = await certified.list_certifications(date(2000, 4, 1), date(2100, 4, 1), period=Period.YEAR)
    return [each for each in reversed(found) if each.origin is not None]


async def trust_key(by: Actor, form: TrustForm) -> UUID:
    """Let what a key signs count as the certified total of a body. Raises: TrustRefused, KeyTrusted, NotAllowed."""
    require_staff(by, Role.BODY_ADMINISTRATOR, scopes=(LEAD_BODY,))
    bodies = [each.code for each in await facilities.list_bodies()]
    said = rules_handing.check_trust(form, bodies, await service_key.get_public_key())
    made = new_id()
    async with db.transaction():
        await queries_handing.lock_keys()
        if await queries_handing.find_key(said.body, said.public_key) is not None:
            raise KeyTrusted
        await db.execute(
            """insert into kpi_trusted_key (id, body, public_key, name, document, trusted_by_name, trusted_at)
               values ($1, $2, $3, $4, $5, $6, $7)""",
            *(made, said.body, said.public_key, said.name, said.document, by.name, clock.now()),
        )
        detail = {"body": said.body, "key": fingerprint(said.public_key), "document": said.document}
        await record_audit(by, "kpi.key-trusted", "kpi-trusted-key", made, scope=LEAD_BODY, detail=detail)
    return made


async def revoke_key(by: Actor, key_id: UUID) -> None:
    """Trust a key no more; what it has signed before goes on counting. Raises: KeyNotTrusted, NotAllowed."""
    require_staff(by, Role.BODY_ADMINISTRATOR, scopes=(LEAD_BODY,))
    async with db.transaction():
        done = await db.execute(
            """update kpi_trusted_key set revoked_at = $2, revoked_by_name = $3
               where id = $1 and revoked_at is null""",
            *(key_id, clock.now(), by.name),
        )
        if done != "UPDATE 1":
            raise KeyNotTrusted
        await record_audit(by, "kpi.key-revoked", "kpi-trusted-key", key_id, scope=LEAD_BODY)


async def look_at(by: Actor, content: bytes) -> HandedView:
    """What a file would bring, once nothing stands against it; nothing is changed.

    Raises: HandedUnreadable, HandedUnsigned, HandedByUnknown, HandedOtherYear, NoSuchBody, HandedOtherReading,
    HandedOtherPlace, HandedAddsOtherwise, AlreadyCertified, HandedCountsHere, HandedTooLate, NotAllowed.
    """
    require_staff(by, Role.BODY_ADMINISTRATOR, scopes=(LEAD_BODY,))
    async with db.transaction():
        return await _check(content)


async def _check(content: bytes) -> HandedView:
    said = rules_handing.read_handed(content)
    trusted = await queries_handing.find_key(said.body, said.public_key)
    if trusted is None:
        raise HandedByUnknown(key=fingerprint(said.public_key))
    if said.body not in {each.code for each in await facilities.list_bodies()}:
        raise NoSuchBody
    first, until = clock.fiscal_span(said.fiscal_year)
    if said.fiscal_year not in await queries.list_fiscal_years() or until > clock.today():
        raise HandedOtherYear(year=said.fiscal_year)
    places = await _places(said.body)
    rules_handing.check_reading(said.definition, await queries.get_reported_definition())
    rules_handing.check_cells(said, places)
    rules_handing.check_sum(said.cells, said.value, said.definition, await queries.list_scopes(), places)
    before = await certified.find_certification(first, said.body, Period.YEAR)
    if before is not None:
        raise AlreadyCertified(by=before.certified_by)
    if await queries_handing.counts_here(said.body, first, until):
        raise HandedCountsHere
    if await queries_handing.is_plan_certified(first, until):
        raise HandedTooLate
    sums: dict[str, int] = defaultdict(int)
    for cell in said.cells:
        sums[cell.facility] += cell.person_days
    return HandedView(said=said, key_name=trusted.name, by_facility=sorted(sums.items()))


def text_of(found: HandedView) -> str:
    """The file that was looked at, as the form takes it along."""
    return rules_handing.file_bytes(found.said).decode().strip()


async def take_over(by: Actor, content: bytes) -> UUID:
    """Let a certified total from elsewhere count in the plan, for ever.

    Raises: as `look_at`. Safe: a second time is refused, also beside a certification or an import of totals.
    """
    require_staff(by, Role.BODY_ADMINISTRATOR, scopes=(LEAD_BODY,))
    body = rules_handing.read_handed(content).body
    async with db.transaction():
        await queries_handing.lock_keys()
        await queries_importing.lock_totals([each.id for each in (await _places(body)).values()])
        found = await _check(content)
        made = await _insert(found)
        await _count(by, found)
        detail = {"fiscal_year": found.said.fiscal_year, "value": found.said.value, "key": found.key_name}
        await record_audit(by, "kpi.taken-over", "kpi-certification", made, scope=LEAD_BODY, detail=detail)
    return made


async def _insert(found: HandedView) -> UUID:
    said, made = found.said, new_id()
    first, until = clock.fiscal_span(said.fiscal_year)
    months = {
        f"{cell.month_on.isoformat()[:7]} {cell.facility}": {
            "person_days": cell.person_days,
            "person_sessions": cell.person_sessions,
        }
        for cell in said.cells
    }
    scopes = msgspec.to_builtins(await queries.list_scopes())
    figures = msgspec.json.encode({"values": said.values, "scopes": scopes, "by_month": months}).decode()
    await db.execute(
        """insert into kpi_certification (id, period, starts_on, until_on, body, definition, value, figures, days,
             row_count, digest, certified_by_name, office, note, certified_at, origin, signature)
           values ($1, 'year', $2, $3, $4, $5, $6, $7, '{}', $8, $9, $10, $11, $12, $13, $14, $15)""",
        *(made, first, until, said.body, msgspec.json.encode(said.definition).decode(), said.value, figures),
        *(said.row_count, said.digest, said.certified_by, said.office, said.note, said.certified_at),
        *(found.key_name, said.signature),
    )
    return made


async def _count(by: Actor, found: HandedView) -> None:
    """Put what each facility and month gave among the totals that figures read."""
    said = found.said
    cells = [cell for cell in said.cells if cell.person_days or cell.person_sessions]
    await db.execute(
        """insert into kpi_import (id, facility, month_on, person_days, person_sessions, method, document, author,
             imported_by, imported_at)
           select c.id, f.id, c.month_on, c.days, c.sessions, $6, $7, $8, $9, $10
           from unnest($1::uuid[], $2::text[], $3::date[], $4::bigint[], $5::bigint[])
             as c(id, code, month_on, days, sessions) join facility f on f.code = c.code""",
        *([new_id() for _ in cells], [cell.facility for cell in cells], [cell.month_on for cell in cells]),
        *([cell.person_days for cell in cells], [cell.person_sessions for cell in cells]),
        *(METHOD, f"{found.key_name} SHA-256 {said.digest}", f"{said.office} {said.certified_by}", by.id, clock.now()),
    )
