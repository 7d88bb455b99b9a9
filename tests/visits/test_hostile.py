"""Hostile codes and hostile kiosks at the real door: never a wrong welcome, never a 5xx, never a hang."""

from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import uuid4

import anyio
import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from booking.access.schemas import SYSTEM
from booking.kiosks import service as kiosks
from booking.kit import clock as house_clock
from booking.kit import db as house_db
from tests.make.access import make_account
from tests.make.facilities import make_facility
from tests.make.kiosks import make_kiosk
from tests.make.passes import make_pass
from tests.make.people import make_guardianship, make_household, make_member
from tests.make.programs import make_session
from tests.make.reservations import make_reservation
from tests.visits.hostile import meant, mutations, raw_of, spell

pytestmark = pytest.mark.anyio
SEED = 20_261_121
MUTATIONS = 10_000
BATCH = 500
PATIENCE_SECONDS = 60
"""So long a batch may take before it counts as hanging; how fast it is, the benchmarks say."""
ADDRESS = "/api/v1/kiosk/scans"
UNREAD = {"pass-malformed", "pass-forged", "pass-unknown-key"}


class Gate:
    """A facility with a running session, its kiosk, and a child with a booking and a pass."""

    def __init__(self, client: httpx.AsyncClient, clock: Any) -> None:
        self.client, self.clock = client, clock
        self.seq = 0

    async def open(self) -> "Gate":
        self.facility = await make_facility(name="ためし館")
        self.session = await make_session(seats=4, walk_in=9, starts_at=self.clock(), facility=self.facility)
        self.child = await make_member(8)
        await make_reservation(self.session, self.child)
        self.token = (await make_pass(self.child)).token
        self.kiosk, self.paired = await make_kiosk(self.facility)
        return self

    def scan(self, token: str | None = "good", **given: Any) -> dict[str, Any]:
        """A scan as it travels."""
        self.seq += 1
        made = {"nonce": str(uuid4()), "seq": self.seq, "scanned_at": self.clock().isoformat(), "kind": "pass"}
        return {**made, "token": self.token if token == "good" else token, **given}

    async def post(self, content: bytes | None = None, json: Any = None, token: str | None = None) -> httpx.Response:
        """One upload, within its time."""
        headers = {"authorization": f"Bearer {token or self.paired.token}", "content-type": "application/json"}
        with anyio.fail_after(PATIENCE_SECONDS):
            return await self.client.post(ADDRESS, content=content, json=json, headers=headers)

    async def show(self, *scans: dict[str, Any], token: str | None = None) -> list[dict[str, Any]]:
        """The verdicts of scans that must be answered."""
        answer = await self.post(json={"scans": list(scans)}, token=token)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["verdicts"])


@pytest.fixture
async def gate(client: httpx.AsyncClient, clock: Any) -> Gate:
    return await Gate(client, clock).open()


def is_refused(answer: httpx.Response) -> bool:
    """Whether it is a problem document with the stable code of a body that cannot be read."""
    is_problem = answer.headers["content-type"].startswith("application/problem+json")
    return is_problem and (answer.status_code, answer.json()["code"]) in {
        (400, "malformed-request"),
        (413, "request-too-large"),
    }


@pytest.mark.slow
async def test_ten_thousand_mutations_of_a_good_code(gate: Gate) -> None:
    assert (await gate.show(gate.scan()))[0]["code"] == "welcome"
    said: Counter[str] = Counter()
    shown = list(mutations(gate.token, MUTATIONS, SEED))
    for begin in range(0, MUTATIONS, BATCH):
        batch = [one for one in shown[begin : begin + BATCH] if len(one) <= 400]
        for token, verdict in zip(batch, await gate.show(*map(gate.scan, batch)), strict=True):
            good = meant(token) == gate.token
            assert (verdict["verdict"] == "welcome") == good, token
            assert good or (verdict["code"] in UNREAD and "name" not in verdict), (token, verdict)
            said[verdict["code"]] += 1
    assert set(said) == {*UNREAD, "welcome"}
    assert said["welcome"] > MUTATIONS / 20
    assert await house_db.fetchval("select count(*) from visit") == 1
    stored = "select count(*) from scan where verdict = 'refused' and kiosk = $1 and facility is null"
    assert await house_db.fetchval(stored, gate.kiosk.id) == sum(said[code] for code in UNREAD)


async def test_too_long_a_code_is_refused_and_its_neighbours_are_recorded(gate: Gate) -> None:
    long, other = gate.scan("P1" + "A" * 399), gate.scan()
    assert is_refused(await gate.post(json={"scans": [long, other]}))
    assert is_refused(await gate.post(json={"scans": [long]}))
    assert (await gate.show(other))[0]["code"] == "welcome"


async def test_refused_scans_are_kept_with_code_kiosk_and_time(gate: Gate, clock: Any) -> None:
    at = clock() - timedelta(minutes=7)
    raw = raw_of(gate.token)
    raw[30] ^= 1
    shown = {"pass-malformed": "P1", "pass-forged": spell(raw), "pass-unknown-key": spell(b"\xfe" + bytes(88))}
    said = await gate.show(*(gate.scan(token, scanned_at=at.isoformat()) for token in shown.values()))
    assert [one["code"] for one in said] == list(shown)
    rows = await house_db.fetch("select code, verdict, kiosk, happened_at, received_at from scan order by seq")
    assert [tuple(row) for row in rows] == [(code, "refused", gate.kiosk.id, at, clock()) for code in shown]


async def test_a_replayed_nonce_keeps_its_first_answer(gate: Gate) -> None:
    other = (await make_pass(await make_member(8))).token
    first = gate.scan(gate.token[:-4])
    (refused,) = await gate.show(first)
    twice = [{**first, "token": gate.token}, {**first, "token": other, "seq": 99, "kind": "number", "number": "1"}]
    assert await gate.show(*twice) == [refused, refused]
    assert await house_db.fetchval("select count(*) from visit") == 0
    assert await house_db.fetchval("select count(*) from scan") == 1


async def test_a_nonce_is_its_own_kiosks(gate: Gate) -> None:
    _, other = await make_kiosk(gate.facility)
    scan = gate.scan()
    (first,), (second,) = await gate.show(scan), await gate.show(scan, token=other.token)
    assert (first["code"], second["code"]) == ("welcome", "welcome")
    assert await house_db.fetchval("select count(*) from scan") == 2
    assert await house_db.fetchval("select count(*) from visit") == 1


async def test_no_kiosk_answers_for_another(gate: Gate) -> None:
    elsewhere = await make_facility()
    kiosk, paired = await make_kiosk(elsewhere)
    (wrong,) = await gate.show(gate.scan(), token=paired.token)
    assert (wrong["verdict"], wrong["code"]) == ("refused", "wrong-facility")
    chosen = [
        gate.scan(facility=gate.facility.code),
        gate.scan(session_id=str(gate.session.id)),
        gate.scan(answers=[f"session:{gate.session.id}"]),
        gate.scan(answers=[f"facility:{gate.facility.code}"]),
    ]
    assert {one["verdict"] for one in await gate.show(*chosen, token=paired.token)} == {"refused"}
    heads = {"kind": "heads", "heads": 9, "facility": gate.facility.code, "token": None}
    (group,) = await gate.show(gate.scan(**heads), token=paired.token)
    assert group.get("facility") != gate.facility.code
    inside = "select coalesce(sum(heads), 0) from visit where facility = $1"
    assert await house_db.fetchval(inside, gate.facility.id) == 0
    await kiosks.revoke_kiosk(SYSTEM, kiosk.id)
    answers = [
        await gate.post(json={"scans": [gate.scan()]}, token=token)
        for token in (
            paired.token,
            paired.token[:-1],
            "kt_",
            "kt_" + "A" * 5000,
            "bt_x",
            "kt_\x7f",
            f"{paired.token} x",
        )
    ]
    assert {(one.status_code, one.json()["code"]) for one in answers} == {(401, "kiosk-revoked")}
    assert await house_db.fetchval("select count(*) from scan where kiosk = $1", kiosk.id) == 6


async def test_a_family_key_is_good_at_its_own_kiosk_and_for_its_own_family(gate: Gate) -> None:
    guardian = await make_member(None)
    account = (await make_account()).id
    household = await make_household(account)
    for member in (guardian, gate.child):
        await make_guardianship(member, account)
    await house_db.execute("update guardianship set relation = 'self' where member = $1", guardian.id)
    await house_db.execute("update member set household = $1", household)
    token = (await make_pass(guardian)).token
    _, other = await make_kiosk(gate.facility)
    keys = {}
    for kiosk in (gate.paired, other):
        await gate.client.get("/api/v1/kiosk/day-list", headers={"authorization": f"Bearer {kiosk.token}"})
    for row in await house_db.fetch("select kiosk, member_key from kiosk_member where member = $1", gate.child.id):
        keys[row["kiosk"]] = str(row["member_key"])
    mine, theirs = keys.pop(gate.kiosk.id), keys.popitem()[1]
    stranger = (await make_pass(await make_member(None))).token
    said = await gate.show(
        gate.scan(token, member_key=theirs),
        gate.scan(stranger, member_key=mine),
        gate.scan(token, member_key=str(gate.child.id)),
        gate.scan(token, member_key="mk_\x00'; drop table scan"),
        gate.scan(token, member_key=mine),
    )
    assert [one["code"] for one in said] == ["see-desk"] * 4 + ["welcome"]
    assert await house_db.fetchval("select count(*) from visit") == 1


def texts(gate: Gate) -> dict[str, bytes]:
    """Bodies no kiosk of ours would send."""
    good = gate.scan()
    nonce, at = good["nonce"], good["scanned_at"]
    head = f'{{"scans":[{{"nonce":"{nonce}","seq":1,"scanned_at":"{at}","kind":"pass"'
    return {
        "deep lists": b'{"scans":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        "deep objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        "deep and unknown": head.encode() + b',"more":' + b"[" * 100_000 + b"]" * 100_000 + b"}]}",
        "deep answers": head.encode() + b',"answers":' + b"[" * 50_000 + b"]" * 50_000 + b"}]}",
        "deep and cut off": b"[" * 1_000_000,
        "huge whole number": head.replace('"seq":1', f'"seq":{"9" * 100_000}').encode() + b"}]}",
        "huge exponent": head.replace('"seq":1', '"seq":1e999999999').encode() + b"}]}",
        "not a number": head.replace('"seq":1', '"seq":NaN').encode() + b"}]}",
        "lone surrogate": head.encode() + b',"token":"\\ud800"}]}',
        "surrogate in a name": head.encode() + b',"\\udfff":1}]}',
        "raw surrogate": head.encode() + b',"token":"\xed\xa0\x80"}]}',
        "not UTF-8": head.encode() + b',"token":"\xff\xfe"}]}',
        "UTF-16": (head + "}]}").encode("utf-16"),
        "a mark before": b"\xef\xbb\xbf" + head.encode() + b"}]}",
        "two documents": (head + "}]}").encode() * 2,
        "raw NUL": head.encode() + b',"token":"a\x00b"}]}',
        "ten megabytes": head.encode() + b',"token":"' + b"A" * 10_000_000 + b'"}]}',
        "ten megabytes of space": b" " * 10_000_000 + (head + "}]}").encode(),
        "nothing": b"",
        "null": b"null",
    }


async def test_hostile_documents_are_refused(gate: Gate) -> None:
    for name, body in texts(gate).items():
        answer = await gate.post(content=body)
        assert is_refused(answer), (name, answer.status_code, answer.text[:300])
    assert await house_db.fetchval("select count(*) from scan") == 0
    assert (await gate.show(gate.scan()))[0]["code"] == "welcome"


async def test_wrong_types_are_refused(gate: Gate) -> None:
    good = gate.scan()
    wrong: list[Any] = [None, True, 1.5, -1, 2**53 + 1, 2**70, "", "x", "x" * 401, [], {}, [[]], {"a": 1}, [None] * 21]
    for name in ("nonce", "seq", "scanned_at", "kind", "direction", "clock_offset_ms", "heads", "told", "answers"):
        for value in wrong:
            answer = await gate.post(json={"scans": [{**good, name: value}]})
            is_fine = answer.status_code == 200 and (name, value) in ALLOWED
            assert is_fine or is_refused(answer), (name, value, answer.text)
    assert is_refused(await gate.post(json={"scans": [gate.scan() for _ in range(501)]}))
    assert is_refused(await gate.post(json={"scans": good}))
    assert is_refused(await gate.post(json=[good]))


ALLOWED: list[tuple[str, Any]] = [
    ("clock_offset_ms", -1),
    ("heads", None),
    ("told", None),
    ("answers", []),
]


async def test_the_last_of_equal_keys_counts(gate: Gate) -> None:
    scan = gate.scan()
    body = (
        f'{{"scans":[{{"nonce":"{scan["nonce"]}","seq":7,"seq":8,"scanned_at":"{scan["scanned_at"]}","kind":"pass",'
        f'"token":"{gate.token}","token":"P1"}}]}}'
    )
    answer = await gate.post(content=body.encode())
    assert answer.json()["verdicts"][0]["code"] == "pass-malformed"
    assert await house_db.fetchval("select seq from scan") == 8


async def test_impossible_times_never_harm_the_neighbours(gate: Gate, clock: Any) -> None:
    odd = [
        {"scanned_at": "0001-01-01T00:00:00Z"},
        {"scanned_at": "0001-01-01T00:00:00+14:00"},
        {"scanned_at": "9999-12-31T23:59:59.999999-12:00"},
        {"scanned_at": "9999-12-31T23:59:59Z", "clock_offset_ms": 2**53},
        {"scanned_at": "0001-01-01T00:00:00Z", "clock_offset_ms": -(2**53)},
        {"clock_offset_ms": 2**53},
        {"clock_offset_ms": -(2**53)},
        {"scanned_at": "1970-01-01T00:00:00Z"},
        {"scanned_at": "2026-11-21T12:00:00+23:59"},
        {"seq": 2**53},
    ]
    children = [(await make_pass(await make_member(8))).token for _ in range(len(odd) + 2)]
    scans = [gate.scan(children[0])]
    scans += [gate.scan(token, **fault) for token, fault in zip(children[1:], odd, strict=False)]
    scans.append(gate.scan(children[-1]))
    said = await gate.show(*scans)
    assert (said[0]["code"], said[-1]["code"]) == ("welcome-walk-in", "welcome-walk-in")
    flagged = ["clock-wrong" in one.get("flags", ()) for one in said]
    assert flagged == [False] + [True] * 8 + [False] * 3
    assert await house_db.fetchval("select count(*) from scan") == len(scans)
    assert await house_db.fetchval("select max(happened_at) from scan") <= clock()


async def test_texts_no_database_takes(gate: Gate) -> None:
    nul = "a\x00b"
    odd = [
        {"kind": "number", "number": nul},
        {"kind": "number", "number": "１２３４ ５６７８"},
        {"kind": "number", "number": "٣" * 8},
        {"kind": "number"},
        {"token": None},
        {"kind": "heads"},
        {"kind": "heads", "heads": 2, "facility": nul},
        {"kind": "heads", "heads": 2, "facility": gate.facility.code, "party": nul, "heads_of": "group"},
        {"facility": nul},
        {"answers": [nul, "session:", "session:x", "facility:", "member:", ":", "💥"]},
        {"told": {"verdict": "welcome", "code": nul}},
        {"told": {"verdict": "refused", "code": "\x00"}},
        {"member_key": nul},
        {"token": nul},
    ]
    for fault in odd:
        before, after = gate.scan(), gate.scan()
        answer = await gate.post(json={"scans": [before, gate.scan(**fault), after]})
        if answer.status_code != 200:
            assert is_refused(answer), (fault, answer.text)
            assert (await gate.post(json={"scans": [gate.scan(**fault)]})).status_code == 400, fault
        said = await gate.show(before, after)
        assert {one["verdict"] for one in said} <= {"welcome", "goodbye"}, fault
    assert await house_db.fetchval("select count(*) from scan where position(chr(1) in code) > 0") == 0


def _scans() -> Any:
    """Any scan the shape lets through, plausible or not."""
    text = some.text(max_size=60)
    code = some.text(min_size=1, max_size=64)
    instants = some.datetimes(timezones=some.timezones()).map(lambda one: one.isoformat()) | some.sampled_from(
        ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-11-21T12:00:00+09:00", "2026-11-21T02:59:00Z"]
    )
    answer = some.sampled_from(["welcome", "goodbye", "refused", "ask"])
    return some.fixed_dictionaries(
        {
            "nonce": some.uuids().map(str),
            "seq": some.integers(1, 2**53),
            "scanned_at": instants,
            "kind": some.sampled_from(["pass", "number", "heads"]),
        },
        optional={
            "clock_offset_ms": some.integers(-(2**53), 2**53) | some.integers(-10_000, 10_000),
            "direction": some.sampled_from(["auto", "in", "out"]),
            "token": text | some.just("GOOD"),
            "number": text | some.just("NUMBER"),
            "member_key": code | some.uuids().map(str) | some.just("KEY"),
            "session_id": some.uuids().map(str) | some.just("SESSION"),
            "facility": code | some.just("FACILITY"),
            "heads": some.integers(1, 500),
            "heads_of": some.sampled_from(["group", "walk-in", "guardian", "visitor"]),
            "party": text,
            "answers": some.lists(code | some.sampled_from(["session:SESSION", "facility:FACILITY"]), max_size=20),
            "offline": some.booleans(),
            "told": some.fixed_dictionaries({"verdict": answer, "code": code}),
        },
    )


@pytest.mark.slow
async def test_whatever_a_kiosk_sends_is_answered(gate: Gate) -> None:
    key = str(uuid4())
    await house_db.execute(
        "insert into kiosk_member (id, kiosk, member, member_key) values (gen_random_uuid(), $1, $2, $3)",
        *(gate.kiosk.id, gate.child.id, key),
    )
    words = {"GOOD": gate.token, "NUMBER": gate.child.number, "KEY": key, "SESSION": str(gate.session.id)}
    words["FACILITY"] = gate.facility.code
    batches: list[list[dict[str, Any]]] = []

    @settings(max_examples=150, database=None, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
    @given(some.lists(_scans(), min_size=1, max_size=8))
    def collect(scans: list[dict[str, Any]]) -> None:
        batches.append(scans)

    collect()
    for scans in batches:
        for scan in scans:
            for name in ("token", "number", "member_key", "session_id", "facility"):
                scan[name] = words.get(scan.get(name, ""), scan.get(name))
            scan["answers"] = [
                one.replace("SESSION", words["SESSION"]).replace("FACILITY", words["FACILITY"])
                for one in scan.get("answers", [])
            ]
        last = gate.scan()
        answer = await gate.post(json={"scans": [*scans, last]})
        if answer.status_code == 200:
            assert [one["nonce"] for one in answer.json()["verdicts"]] == [
                *(one["nonce"] for one in scans),
                last["nonce"],
            ]
        else:
            assert is_refused(answer), (scans, answer.text)
            for scan in scans:
                alone = await gate.post(json={"scans": [scan]})
                assert alone.status_code == 200 or is_refused(alone), (scan, alone.text)
            await gate.show(last)
        assert await house_db.fetchval("select count(*) from scan where nonce = $1", last["nonce"]) == 1
    assert (
        await house_db.fetchval("select count(*) from visit where member = $1 and left_at is null", gate.child.id) <= 1
    )


@pytest.mark.parametrize("hours", [True, False])
async def test_an_entry_of_another_day_never_stops_the_queue(gate: Gate, clock: Any, hours: bool) -> None:
    if not hours:
        await house_db.execute("delete from opening_hours")
    assert (await gate.show(gate.scan()))[0]["code"] == "welcome"
    told = {"told": {"verdict": "welcome", "code": "welcome"}, "offline": True}
    days = [clock() - timedelta(days=back) for back in (1, 40, 3)]
    said = await gate.show(*(gate.scan(scanned_at=at.isoformat(), **told) for at in days))
    assert {one["verdict"] for one in said} == {"welcome"}
    rows = await house_db.fetch("select visited_on, left_at from visit order by visited_on")
    assert [(row["visited_on"], row["left_at"] is None) for row in rows] == [
        *((house_clock.local_date(at), False) for at in sorted(days)),
        (house_clock.local_date(clock()), True),
    ]


async def test_what_can_never_be_recorded_holds_up_no_queue(gate: Gate) -> None:
    first = gate.scan("nothing that is a pass")
    assert (await gate.post(json={"scans": [first]})).status_code == 200
    # A constraint nobody has foreseen: no second refusal of this kind can be stored, however often it is sent.
    await house_db.execute("create unique index contrived on scan (code)")
    stuck, good = gate.scan("nothing that is a pass either"), gate.scan()
    both = await gate.post(json={"scans": [stuck, good]})
    assert (both.status_code, both.json()["code"]) == (400, "malformed-request")
    alone = await gate.post(json={"scans": [stuck]})
    assert (alone.status_code, alone.json()["code"]) == (400, "malformed-request")
    assert (await gate.post(json={"scans": [good]})).json()["verdicts"][0]["code"] == "welcome"
    assert await house_db.fetchval("select count(*) from scan") == 2
