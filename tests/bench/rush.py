"""2,000 members want one of 400 seats at the same moment, through HTTP, against the same statements in pgbench.

Everybody asks from one address, each signed in as a guardian of an own household, for one of 20 sessions with 20 seats.
The reference runs what the service was seen to run for a seat that is given and for one that is refused, mixed as they
are in the burst.
"""

import asyncio
import json
import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import uvloop

from booking.access.schemas import AccountKind, Actor
from booking.kit import clock, db, installation
from booking.kit.errors import Refusal
from booking.kit.postgres_server import PostgresServer
from booking.kit.tokens import digest, new_id
from booking.people.rules import number_from
from booking.reservations import service
from tests.bench.load import Load, send_all
from tests.bench.pgbench import Recorder, Reference, Script, pgbench, uuid_for, uuid_of
from tests.bench.report import finish, own_directory, percentile, say
from tests.served import Served, serving

NAME = "rush"
MEMBERS, SESSIONS, SEATS, SAMPLES = 2_000, 20, 20, 6
BOOKED = SESSIONS * SEATS
REFUSED = MEMBERS - BOOKED
CONNECTIONS = 500
CLIENTS = 32
ROUNDS = 3
TARGET = {"ratio": 0.3, "booked": BOOKED}
MEMBER, HOUSEHOLD, ACCOUNT, SESSION, PROGRAM, FACILITY = range(20, 26)
_COLUMNS = {
    "account": "id kind email name language created_at",
    "sign_in": "id account token_digest created_at seen_at expires_at device",
    "household": "id phone preferred language created_at",
    "member": "id number household family_name given_name family_kana given_kana shown_name birth_on municipality"
    " seen_at_desk_at created_at",
    "guardianship": "id member account relation state created_at confirmed_at",
    "registration": "id member body consent_text on_paper registered_at consented_at",
}


@dataclass(frozen=True)
class Round:
    """What one round measured."""

    reference: Reference
    ours: Load
    checked: dict[str, int]


def run() -> None:
    """Measure, and print the result."""
    rounds = uvloop.run(_run())
    middle = sorted(rounds, key=lambda one: one.ours.per_second / one.reference.per_second)[len(rounds) // 2]
    finish(
        NAME,
        rounds=[one.ours.per_second / one.reference.per_second for one in rounds],
        reference=middle.reference.summary(),
        ours=middle.ours.summary() | {"seconds": round(middle.ours.seconds, 2), **_apart(middle.ours)},
        target=TARGET,
        checked=middle.checked,
    )


def _apart(load: Load) -> dict[str, dict[str, float]]:
    """Bookings and refusals, each by itself."""
    found = {}
    for name, status in (("bookings", 201), ("refusals", 409)):
        took = load.of_status(status)
        found[name] = {
            "per_second": round(len(took) / load.seconds, 1),
            "p50_ms": round(percentile(took, 0.5), 1),
            "p99_ms": round(percentile(took, 0.99), 1),
        }
    return found


async def _run() -> list[Round]:
    with own_directory() as directory, serving(directory) as served:
        server = PostgresServer(directory)
        chosen = installation.chosen_settings({"BOOKING_DATA_DIR": str(directory)})
        connection = await asyncpg.connect(server.dsn)
        with installation.running(chosen, progress=say):
            async with db.pool(server.dsn, 1):
                await populate(connection)
                scripts = [(await _script(full=False), BOOKED), (await _script(full=True), REFUSED)]
            rounds = [await _round(server, served, connection, scripts) for _ in range(ROUNDS)]
        await connection.close()
    return rounds


async def _round(
    server: PostgresServer, served: Served, connection: asyncpg.Connection, scripts: list[tuple[str, int]]
) -> Round:
    await _forget(connection)
    reference = await asyncio.to_thread(pgbench, server, scripts, clients=CLIENTS, each=MEMBERS // CLIENTS)
    await _forget(connection)
    ours = await asyncio.to_thread(_send, served)
    checked = await _count(connection) | {
        "answered": ours.requests,
        "told_booked": len(ours.of_status(201)),
        "told_full": len(ours.of_status(409)),
    }
    wanted = {"reservations": BOOKED, "most_in_a_session": SEATS, "most_of_a_member": 1, "audited": BOOKED}
    wanted |= {"mailed": BOOKED, "answered": MEMBERS, "told_booked": BOOKED, "told_full": REFUSED}
    assert checked == wanted, (checked, ours.bad_answers)
    apart = _apart(ours)
    say(
        f"pgbench {reference.per_second:.0f}/s, ours {ours.per_second:.0f}/s"
        f" ({ours.per_second / reference.per_second:.2f}), all answered in {ours.seconds:.2f} s; {apart}"
    )
    return Round(reference, ours, checked)


def _send(served: Served) -> Load:
    order = random.Random(1)
    members = list(range(MEMBERS))
    order.shuffle(members)
    requests = [request_for(served, number) for number in members]
    return send_all(served.port, requests, connections=CONNECTIONS, expected=b"", good_statuses=(201, 409))


def request_for(served: Served, number: int) -> bytes:
    """The bytes of a guardian's booking."""
    wish = {
        "session_id": str(uuid_for(SESSION, number % SESSIONS)),
        "member_ids": [str(uuid_for(MEMBER, number))],
        "all_or_nothing": True,
    }
    body = json.dumps(wish).encode()
    head = (
        "POST /api/v1/reservations HTTP/1.1\r\n"
        f"Host: localhost:{served.port}\r\nOrigin: {served.address}\r\n"
        f"Cookie: booking=rush{number}\r\nAccept-Language: ja\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def _count(connection: asyncpg.Connection) -> dict[str, int]:
    """What the database holds after a burst."""
    held = "from reservation where state = 'confirmed'"
    most = "select coalesce(max(n), 0) from (select count(*) as n {} group by {}) as counted"
    return {
        "reservations": await connection.fetchval(f"select count(*) {held}"),
        "most_in_a_session": await connection.fetchval(most.format(held, "session")),
        "most_of_a_member": await connection.fetchval(most.format(held, "member")),
        "audited": await connection.fetchval("select count(*) from audit_entry where action = 'reservation.booked'"),
        "mailed": await connection.fetchval("select count(*) from message where kind = 'reservation-booked'"),
    }


async def _forget(connection: asyncpg.Connection) -> None:
    """Nobody has a seat any more."""
    for table in ("reservation", "message", "audit_entry"):
        await connection.execute(f"delete from {table}")
        await connection.execute(f"vacuum analyze {table}")
    await connection.execute("checkpoint")


# ---- the reference ------------------------------------------------------------------------------------------------


async def _script(*, full: bool) -> str:
    """The statements of one order, as the service was just seen to run them: given, or refused because it is full."""
    assert db.DB.pool is not None
    session_id = uuid_for(SESSION, 0)
    if full:
        await db.execute("update session set web_seats = 0 where id = $1", session_id)
    number = MEMBERS
    for number in range(MEMBERS + SAMPLES * full, MEMBERS + SAMPLES * full + SAMPLES):
        async with db.DB.pool.acquire() as proxy:
            raw: Any = proxy._con
        with Recorder(raw) as recorder:
            refusal = await _order(number, session_id)
        assert (refusal == "session-full") == full, refusal
    await db.execute("update session set web_seats = $2 where id = $1", session_id, SEATS)
    statements = await recorder.statements()
    texts = {arg for one in statements for arg in one.args if isinstance(arg, str) and f"rush{number}@" in arg}
    script = Script(_known(number, texts), {})
    return script.text(statements, _HEAD, ending="rollback;" if full else "end;")


_HEAD = f"\\set i :i + 1\n\\set n (:i - 1) * {CLIENTS} + :client_id\n\\set f :n % {SESSIONS}\n"


def _known(number: int, texts: set[str]) -> dict[Any, str]:
    """What varies with the member, as SQL over the script's `n` and `f`; texts that name an address get the number."""
    found: dict[Any, str] = {uuid_for(kind, number): uuid_of(kind, ":n") for kind in (MEMBER, HOUSEHOLD, ACCOUNT)}
    found |= {uuid_for(kind, 0): uuid_of(kind, "0") for kind in (PROGRAM, FACILITY)}
    found[uuid_for(SESSION, 0)] = uuid_of(SESSION, ":f")
    return found | dict.fromkeys(texts, "'rush' || :n::int || '@example.invalid'")


async def _order(number: int, session_id: UUID) -> str:
    """The code of the refusal, or nothing."""
    by = Actor(
        kind="account",
        id=uuid_for(ACCOUNT, number),
        name="rush",
        account_kind=AccountKind.RESIDENT,
    )
    try:
        await service.book(by, [session_id], [uuid_for(MEMBER, number)])
    except Refusal as refusal:
        return refusal.code
    return ""


# ---- the crowd ----------------------------------------------------------------------------------------------------


async def populate(connection: asyncpg.Connection) -> None:
    """Put the guardians, their children and the sessions into a migrated and seeded database."""
    now = datetime.now(UTC)
    body = await connection.fetchval("select id from body order by code limit 1")
    town = await connection.fetchval("select id from municipality order by code limit 1")
    await _make_sessions(connection, now, body, town)
    consent = new_id()
    await connection.execute(
        "insert into consent_text (id, body, version, valid_from_on, text_ja) values ($1, $2, 99, $3, '同意文')",
        *(consent, body, date(2020, 4, 1)),
    )
    since, until = now - timedelta(days=30), now + timedelta(days=30)
    birth, names = date(clock.today().year - 12, 6, 1), ("群馬", "太郎", "ぐんま", "たろう", "たろう")
    rows: dict[str, list[tuple[Any, ...]]] = {table: [] for table in _COLUMNS}
    for n in range(MEMBERS + 2 * SAMPLES):
        account, household, member = uuid_for(ACCOUNT, n), uuid_for(HOUSEHOLD, n), uuid_for(MEMBER, n)
        number = number_from(8_000_000 + n)
        rows["account"].append((account, "resident", f"rush{n}@example.invalid", "rush", "ja", since))
        rows["sign_in"].append((new_id(), account, digest(f"rush{n}"), since, now, until, "rush"))
        rows["household"].append((household, "+819012345678", "mail", "ja", since))
        rows["member"].append((member, number, household, *names, birth, town, since, since))
        rows["guardianship"].append((new_id(), member, account, "mother", "confirmed", since, since))
        rows["registration"].append((new_id(), member, body, consent, True, since, since))
    for table, columns in _COLUMNS.items():
        await connection.copy_records_to_table(table, columns=columns.split(), records=rows[table])
    await connection.execute("vacuum analyze")


async def _make_sessions(connection: asyncpg.Connection, now: datetime, body: UUID, town: UUID) -> None:
    program, facility, place = uuid_for(PROGRAM, 0), uuid_for(FACILITY, 0), new_id()
    await connection.execute(
        "insert into program (id, code, name, description, brand, category, selection, body,"
        " booking_opens_time, max_held, max_per_week)"
        " values ($1, 'rush', 'ためし', '', 'tsukurun', 'drop-in', 'first-come', $2, $3, 2, 2)",
        *(program, body, time(9)),
    )
    await connection.execute(
        "insert into eligibility (id, program, valid_from_on, min_grade, max_grade, adults)"
        " values ($1, $2, $3, 1, 12, false)",
        *(new_id(), program, date(2020, 4, 1)),
    )
    await connection.execute("insert into place (id, code, name) values ($1, 'rush', 'rush')", place)
    await connection.execute(
        "insert into facility (id, code, name, kind, brand, body, place, municipality, address, opened_on,"
        " capacity, source)"
        " values ($1, 'rush', 'rush', 'satellite', 'tsukurun', $2, $3, $4, '', $5, 1000, '-')",
        *(facility, body, place, town, date(2020, 4, 1)),
    )
    for number in range(SESSIONS):
        starts = now + timedelta(days=3, minutes=number)
        await connection.execute(
            "insert into session (id, program, facility, held_on, starts_at, ends_at, web_seats, walk_in_seats, state,"
            " booking_opens_at, booking_closes_at, cancel_until, roll_over_at, created_at)"
            " values ($1, $2, $3, $4, $5, $6, $7, 0, 'published', $8, $5, $5, $5, $8)",
            *(uuid_for(SESSION, number), program, facility, clock.local_date(starts), starts),
            *(starts + timedelta(hours=2), SEATS, now - timedelta(days=7)),
        )
