"""Many members with passes and bookings at many facilities, each with a kiosk: what the door's benches need."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from booking.kit import clock
from booking.kit.tokens import digest, new_id, unseal
from booking.passes.rules import encode
from booking.passes.schemas import PassClaims
from booking.passes.service import ensure_signing_key
from booking.people.rules import number_from
from tests.bench.pgbench import uuid_for, uuid_of

MEMBER, PASS, RESERVATION, HOUSEHOLD, PERSON, SESSION, FACILITY, KIOSK, PROGRAM = range(9)
_COLUMNS = {
    "household": "id phone preferred language created_at",
    "member": "id number household family_name given_name family_kana given_kana shown_name birth_on municipality"
    " seen_at_desk_at created_at",
    "registration": "id member body consent_text on_paper registered_at consented_at",
    "person_key": "id member fiscal_year key",
    "pass": "id member kid valid_from_at valid_until issued_at",
    "reservation": "id session member state order_id booked_at booked_by_kind",
}


@dataclass(frozen=True)
class Crowd:
    """So many members, spread over so many facilities."""

    members: int
    facilities: int
    started_at: datetime

    def place_of(self, member: int) -> int:
        """The facility where this member has a booking."""
        return member % self.facilities

    def token(self, facility: int) -> str:
        """The bearer token of the kiosk there."""
        return f"kt_bench{facility}"

    def known(self, member: int) -> dict[Any, str]:
        """What varies with the member in the statements of a scan, as SQL over the script's `n` and `f`."""
        place = self.place_of(member)
        found: dict[Any, str] = {uuid_for(kind, member): uuid_of(kind, ":n") for kind in range(PERSON + 1)}
        found |= {uuid_for(kind, place): uuid_of(kind, ":f") for kind in (SESSION, FACILITY, KIOSK)}
        found[uuid_for(PROGRAM, 0)] = uuid_of(PROGRAM, "0")
        return found | {digest(self.token(place)): "encode(sha256(convert_to('kt_bench' || :f::int, 'UTF8')), 'hex')"}


async def populate(connection: asyncpg.Connection, crowd: Crowd, *, has_history: bool = True) -> list[str]:
    """Put the crowd into a migrated and seeded database; the pass codes of the members, really signed.

    Everybody has come four times before, unless the bench makes a past of its own.
    """
    kid = await ensure_signing_key()
    sealed = await connection.fetchval("select sealed_private_key from signing_key where kid = $1", kid)
    private = Ed25519PrivateKey.from_private_bytes(unseal(sealed))
    await _make_places(connection, crowd)
    codes = await _make_members(connection, crowd, kid, private)
    if has_history:
        await _make_history(connection)
    await connection.execute("vacuum analyze")
    return codes


async def _make_places(connection: asyncpg.Connection, crowd: Crowd) -> None:
    now, long_ago = crowd.started_at, date(2020, 4, 1)
    body = await connection.fetchval("select id from body order by code limit 1")
    town = await connection.fetchval("select id from municipality order by code limit 1")
    program = uuid_for(PROGRAM, 0)
    await connection.execute(
        "insert into program (id, code, name, description, brand, category, selection, body,"
        " booking_opens_time) values ($1, 'bench', 'ためし', '', 'tsukurun', 'drop-in', 'first-come', $2, $3)",
        *(program, body, time(9)),
    )
    await connection.execute(
        "insert into eligibility (id, program, valid_from_on, min_grade, max_grade, adults)"
        " values ($1, $2, $3, 1, 12, true)",
        *(new_id(), program, long_ago),
    )
    starts = now + timedelta(minutes=10)
    for number in range(crowd.facilities):
        place, facility, kiosk = new_id(), uuid_for(FACILITY, number), uuid_for(KIOSK, number)
        await connection.execute("insert into place (id, code, name) values ($1, $2, $2)", place, f"bench-{number}")
        await connection.execute(
            "insert into facility (id, code, name, kind, brand, body, place, municipality, address, opened_on,"
            " capacity, source) values ($1, $2, $2, 'satellite', 'tsukurun', $3, $4, $5, '', $6, 100000, 'bench')",
            *(facility, f"bench-{number}", body, place, town, long_ago),
        )
        await connection.executemany(
            "insert into opening_hours (id, facility, weekday, opens, closes, valid_from_on)"
            " values ($1, $2, $3, $4, $5, $6)",
            [(new_id(), facility, weekday, time(0), time(23, 59), long_ago) for weekday in range(1, 8)],
        )
        await connection.execute(
            "insert into kiosk (id, name, token_digest, direction, language, created_at, paired_at)"
            " values ($1, 'bench', $2, 'auto', 'ja', $3, $3)",
            *(kiosk, digest(crowd.token(number)), now),
        )
        await connection.execute(
            "insert into kiosk_facility (id, kiosk, facility) values ($1, $2, $3)", new_id(), kiosk, facility
        )
        await connection.execute(
            "insert into session (id, program, facility, held_on, starts_at, ends_at, web_seats, walk_in_seats, state,"
            " booking_opens_at, booking_closes_at, cancel_until, roll_over_at, created_at)"
            " values ($1, $2, $3, $4, $5, $6, 100000, 0, 'published', $7, $5, $5, $5, $7)",
            *(uuid_for(SESSION, number), program, facility, clock.local_date(starts)),
            *(starts, starts + timedelta(hours=2), now - timedelta(days=7)),
        )


async def _make_members(
    connection: asyncpg.Connection, crowd: Crowd, kid: int, private: Ed25519PrivateKey
) -> list[str]:
    now = crowd.started_at.replace(microsecond=0)
    since, until = now - timedelta(days=30), now + timedelta(days=365)
    body = await connection.fetchval("select id from body order by code limit 1")
    town = await connection.fetchval("select id from municipality order by code limit 1")
    consent = await _consent_text(connection, body)
    year = clock.fiscal_year(clock.local_date(now))
    birth, names = date(year - 12, 6, 1), ("群馬", "太郎", "ぐんま", "たろう", "たろう")
    rows: dict[str, list[tuple[Any, ...]]] = {table: [] for table in _COLUMNS}
    for n in range(crowd.members):
        member, household, session = uuid_for(MEMBER, n), uuid_for(HOUSEHOLD, n), uuid_for(SESSION, crowd.place_of(n))
        number = number_from(9_000_000 + n)
        rows["household"].append((household, "+819012345678", "mail", "ja", since))
        rows["member"].append((member, number, household, *names, birth, town, since, since))
        rows["registration"].append((new_id(), member, body, consent, True, since, since))
        rows["person_key"].append((new_id(), member, year, uuid_for(PERSON, n)))
        rows["pass"].append((uuid_for(PASS, n), member, kid, since, until, since))
        rows["reservation"].append((uuid_for(RESERVATION, n), session, member, "confirmed", new_id(), since, "account"))
    for table, columns in _COLUMNS.items():
        await connection.copy_records_to_table(table, columns=columns.split(), records=rows[table])
    return [encode(PassClaims(kid, uuid_for(PASS, n), since, until), private) for n in range(crowd.members)]


async def _consent_text(connection: asyncpg.Connection, body: UUID) -> UUID:
    found = await connection.fetchval("select id from consent_text where body = $1 limit 1", body)
    if found is None:
        found = new_id()
        await connection.execute(
            "insert into consent_text (id, body, version, valid_from_on, text_ja) values ($1, $2, 1, $3, '同意文')",
            *(found, body, date(2020, 4, 1)),
        )
    return UUID(str(found))


async def _make_history(connection: asyncpg.Connection) -> None:
    """Visits of former days, so that PostgreSQL plans as it does where people have come for a while."""
    await connection.execute(
        "insert into visit (id, member, person_key, kind, facility, visited_on, entered_at, left_at, entered_by,"
        " closed_by, created_at) select gen_random_uuid(), booked.member, person_key.key, 'member', session.facility,"
        " session.held_on - day, session.starts_at - day * interval '1 day',"
        " session.starts_at - day * interval '1 day' + interval '1 hour', 'scan', 'scan', session.created_at"
        " from reservation booked join session on session.id = booked.session"
        " join person_key on person_key.member = booked.member cross join generate_series(1, 4) as day"
    )


async def forget_visits(connection: asyncpg.Connection) -> None:
    """Everybody is outside again and every booking waits for its owner."""
    await connection.execute("delete from door_flag")
    await connection.execute("delete from visit_change")
    await connection.execute("delete from visit where entry_scan is not null")
    await connection.execute("delete from scan")
    await connection.execute("update reservation set state = 'confirmed', arrived_at = null where state = 'arrived'")
    for table in ("visit", "scan", "reservation", "visit_change"):
        await connection.execute(f"vacuum analyze {table}")
    await connection.execute("checkpoint")


async def count_admitted(connection: asyncpg.Connection) -> dict[str, int]:
    """What the database holds after a run."""
    return {
        "visits": await connection.fetchval("select count(*) from visit where left_at is null and voided_at is null"),
        "people": await connection.fetchval("select count(distinct member) from visit where left_at is null"),
        "scans": await connection.fetchval("select count(*) from scan where verdict = 'welcome'"),
        "arrived": await connection.fetchval("select count(*) from reservation where state = 'arrived'"),
        "flags": await connection.fetchval("select count(*) from door_flag"),
    }


def scan_document(code: str, number: int) -> dict[str, Any]:
    """A scan as a kiosk sends it."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    return {
        "nonce": str(uuid4()),
        "seq": number + 1,
        "scanned_at": now,
        "clock_offset_ms": 0,
        "kind": "pass",
        "direction": "auto",
        "token": code,
        "offline": False,
    }


def request_of(port: int, token: str, scans: Sequence[dict[str, Any]]) -> bytes:
    """The bytes of a request that uploads scans."""
    body = json.dumps({"scans": list(scans)}).encode()
    head = (
        "POST /api/v1/kiosk/scans HTTP/1.1\r\n"
        f"Host: localhost:{port}\r\n"
        f"Authorization: Bearer {token}\r\n"
        "Content-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
