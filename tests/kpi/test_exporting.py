"""An auditor's file: the certified rows whatever came after, and no change of it that is not said."""

import asyncio
import io
import sys
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from subprocess import PIPE
from typing import Any

import httpx
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from booking.access.rules import Role
from booking.access.schemas import SYSTEM, Actor, Grant
from booking.facilities.schemas import FacilityView
from booking.kit import archives
from booking.kit import clock as house_clock
from booking.kit import db as house_db
from booking.kit.errors import Refusal
from booking.kit.tokens import new_id
from booking.kpi import (
    queries_certifying,
    rules_exporting,
    rules_verifying,
    service,
    service_certifying,
    service_exporting,
    service_fold,
)
from booking.kpi.rules_signing import fingerprint
from booking.kpi.schemas_certifying import CertifyForm
from booking.kpi.schemas_exporting import Manifest
from booking.visits.service_changes import note_changes
from tests.conftest import Clock
from tests.kpi.test_figures import visit
from tests.make.access import make_staff, sign_in
from tests.make.facilities import make_body, make_facility
from tests.make.people import make_member

pytestmark = pytest.mark.anyio
OCTOBER = datetime(2026, 10, 10, 3, tzinfo=UTC)
BODY = "100005"


@pytest.fixture
async def here(db: None, clock: Clock) -> FacilityView:
    await service.seed()
    facility = await make_facility(body=await make_body(BODY), brand="tumo")
    person = new_id()
    await visit(facility, person, entered_at=OCTOBER, municipality_code="102016", school_stage="elementary")
    await visit(facility, person, entered_at=OCTOBER + timedelta(hours=2), session=None)
    await visit(facility, new_id(), entered_at=OCTOBER + timedelta(days=1), left_at=None, closed_by=None)
    await visit(facility, None, kind="group", heads=7, entered_at=OCTOBER + timedelta(days=2))
    await house_db.execute(
        """insert into kpi_import (id, facility, month_on, person_days, method, document, author, imported_at)
           values ($1, $2, '2026-04-01', 40, 'by hand', 'a list', 'a test', $3)""",
        *(new_id(), facility.id, house_clock.now()),
    )
    return facility


async def certify(clock: Clock) -> int:
    """The year 2026 of the body; its figure."""
    clock.set(datetime(2027, 4, 2, tzinfo=UTC))
    for period in ({"month": "2026-04"}, {"month": "2026-10"}, {"fiscal_year": "2026"}):
        made = await service_certifying.certify(
            SYSTEM, CertifyForm(office="見本課", body=BODY, note="紙にある", **period)
        )
    return made.value


async def export(body: str = BODY, year: int = 2026) -> bytes:
    out = io.BytesIO()
    await service_exporting.export_year(SYSTEM, year, body, out)
    return out.getvalue()


def verified(content: bytes) -> Manifest:
    return rules_verifying.verify(io.BytesIO(content))


async def test_a_certified_year_is_recomputed_whatever_came_after(here: FacilityView, clock: Clock) -> None:
    value = await certify(clock)
    first = await export()
    gone = await house_db.fetchval("update visit set voided_at = now() where kind = 'group' returning visited_on")
    await house_db.execute(
        "update visit set person_key = $1 where heads = 1 and visited_on = $2", new_id(), OCTOBER.date()
    )
    await visit(here, new_id(), entered_at=OCTOBER, created_at=house_clock.now())
    await note_changes([(here.id, gone), (here.id, OCTOBER.date())])
    await service_fold.fold_everything()
    content = await export()
    found = verified(content)
    assert (value, found.value, found.now, found.standing) == (49, 49, 43, "certified")
    assert [(each.was, each.now) for each in found.differences] == [(1, 2), (7, 0)]
    assert verified(first).value == 49
    with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(io.BytesIO(first)) as before:
        assert archive.testzip() is None
        assert archive.namelist() == list(rules_exporting.NAMES)
        for name in ("visits.tsv", "imports.tsv"):
            assert archive.read(name) == before.read(name)
        assert found.digest in archive.read("README.txt").decode()
    assert await export() == content
    assert found.certification is not None
    assert (found.certification.office, found.visits.rows, found.imports.rows) == ("見本課", 4, 1)


async def test_a_year_nobody_certified_is_provisional_everywhere(here: FacilityView) -> None:
    content = await export()
    found = verified(content)
    assert (found.standing, found.value, found.certification, found.as_of_on) == (
        "provisional",
        49,
        None,
        house_clock.today(),
    )
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in ("README.txt", "figure.sql"):
            assert "暫定" in archive.read(name).decode()
    assert verified(await export("")).value == 49


async def test_figure_sql_gives_the_figure(here: FacilityView, clock: Clock) -> None:
    there = await make_facility(body=await make_body("102032"))
    await visit(there, new_id(), entered_at=OCTOBER)
    for body, value in ((BODY, 49), ("", 50)):
        content = await export(body)
        manifest = verified(content)
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            statement = archive.read("figure.sql").decode()
        reading, span = manifest.definition, house_clock.fiscal_span(2026)
        rules: tuple[Any, ...] = (reading.places, reading.counts_trials, reading.counts_groups)
        rules = (*rules, reading.counts_staff_entries, reading.counts_imports, reading.min_stay_minutes)
        rows = await house_db.fetch(statement, *rules, *span, body)
        assert {row["scope"]: row["person_days"] for row in rows}["plan"] == manifest.value == value


async def test_a_year_certified_before_lines_were_kept(here: FacilityView, clock: Clock) -> None:
    await certify(clock)
    kept = await export()
    await house_db.execute("delete from kpi_certified_rows")
    assert await export() == kept
    await house_db.execute("update visit set heads = 8 where kind = 'group'")
    with pytest.raises(Refusal) as refused:
        await export()
    assert refused.value.code == "certified-rows-missing"


async def test_nobody_is_named_in_it(here: FacilityView, clock: Clock) -> None:
    names = {
        field
        for kind in (queries_certifying.VisitRow, queries_certifying.ImportRow)
        for field in kind.__struct_fields__
    }
    assert not names & {"member", "member_id", "number", "name", "grade", "reservation", "party"}


async def test_who_may_export(here: FacilityView) -> None:
    def somebody(role: Role, scope: str) -> Actor:
        return Actor(kind="token", name="だれか", grants=(Grant(role=role, scope=scope),))

    asked = [
        (somebody(Role.FACILITY_MANAGER, BODY), BODY, 2026, "not-allowed"),
        (somebody(Role.AUDITOR, "102032"), BODY, 2026, "not-allowed"),
        (somebody(Role.BODY_ADMINISTRATOR, "102032"), "", 2026, "not-allowed"),
        (SYSTEM, "999999", 2026, "no-such-body"),
        (SYSTEM, BODY, 2027, "no-such-fiscal-year"),
        (SYSTEM, BODY, 2019, "no-such-fiscal-year"),
    ]
    for by, body, year, code in asked:
        with pytest.raises(Refusal) as refused:
            await service_exporting.export_year(by, year, body, io.BytesIO())
        assert refused.value.code == code
    for role in (Role.AUDITOR, Role.BODY_ADMINISTRATOR):
        await service_exporting.export_year(somebody(role, BODY), 2026, "", io.BytesIO())


async def test_it_is_saved_from_the_page(client: httpx.AsyncClient, here: FacilityView, clock: Clock) -> None:
    member = await make_member(body=BODY)
    await visit(here, new_id(), entered_at=OCTOBER, member=member.id)
    await certify(clock)
    address = f"/staff/kpi/closing/export.zip?fiscal_year=2026&body={BODY}"
    await sign_in(client, await make_staff("auditor", BODY))
    page = (await client.get(f"/staff/kpi/closing/2026?body={BODY}")).text
    assert address.replace("&", "&amp;") in page
    saved = await client.get(address)
    assert (saved.status_code, saved.headers["content-type"]) == (200, "application/zip")
    assert saved.headers["content-disposition"] == 'attachment; filename="kpi-2026-100005-certified.zip"'
    found = verified(saved.content)
    assert found.value == 50
    assert fingerprint(found.public_key) in page
    views = await house_db.fetch("select member_id, what, scope from personal_data_view")
    assert [tuple(one) for one in views] == [(member.id, "kpi-export", BODY)]
    detail = await house_db.fetchval("select detail from audit_entry where action = 'kpi.exported'")
    assert found.digest in detail
    for role, status in (
        ("facility-manager", 403),
        ("operator", 403),
        ("front-desk", 403),
        ("body-administrator", 200),
    ):
        await sign_in(client, await make_staff(role, BODY))
        assert (await client.get(address)).status_code == status
        assert ("export.zip" in (await client.get(f"/staff/kpi/closing/2026?body={BODY}")).text) == (status == 200)
    assert (await client.get("/staff/kpi/closing/export.zip?fiscal_year=2019&body=100005")).status_code == 404
    assert (await client.get("/staff/kpi/closing/export.zip?fiscal_year=x")).status_code == 400
    await make_body("102032")
    await sign_in(client, await make_staff("body-administrator", "102032"))
    assert (await client.get(address)).status_code == 403
    assert (await client.get("/staff/kpi/closing/export.zip?fiscal_year=2026")).status_code == 403


def rezip(content: bytes, change: Callable[[str, bytes], bytes | None], more: dict[str, bytes] | None = None) -> bytes:
    """The same archive with other contents, as somebody with the tools would make it."""
    out = io.BytesIO()
    archive = archives.Archive(out)
    with zipfile.ZipFile(io.BytesIO(content)) as old:
        for name in old.namelist():
            changed = change(name, old.read(name))
            if changed is not None:
                archive.add(name, changed)
    for name, added in (more or {}).items():
        archive.add(name, added)
    archive.close()
    return out.getvalue()


def in_file(name: str, change: Callable[[bytes], bytes | None]) -> Callable[[str, bytes], bytes | None]:
    return lambda each, content: change(content) if each == name else content


def in_manifest(change: Callable[[Any], Any]) -> Callable[[str, bytes], bytes | None]:
    def changed(content: bytes) -> bytes:
        said = msgspec.json.decode(content)
        change(said)
        return msgspec.json.format(msgspec.json.encode(said), indent=2) + b"\n"

    return in_file("manifest.json", changed)


def _swap(content: bytes) -> bytes:
    first, second, *rest = content.splitlines(keepends=True)
    return b"".join([second, first, *rest])


def _claim(content: bytes, name: bytes, size: int) -> bytes:
    """The archive with another size in the header of a file."""
    header = content.index(name) - 30
    return content[: header + 18] + size.to_bytes(4, "little") * 2 + content[header + 26 :]


async def test_every_tampering_is_said(here: FacilityView, clock: Clock) -> None:
    await certify(clock)
    good = await export()
    verified(good)
    deflated = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good)) as old, zipfile.ZipFile(deflated, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name) if name != "visits.tsv" else b"0" * 50_000_000)
    other = msgspec.json.encode("x" * 43)
    bad = {
        "a row fewer": rezip(good, in_file("visits.tsv", lambda all: b"".join(all.splitlines(keepends=True)[1:]))),
        "a row twice": rezip(good, in_file("visits.tsv", lambda all: all + all.splitlines(keepends=True)[-1])),
        "order": rezip(good, in_file("visits.tsv", _swap)),
        "heads": rezip(good, in_file("visits.tsv", lambda all: all.replace(b"\t7\t", b"\t8\t"))),
        "municipality": rezip(good, in_file("visits.tsv", lambda all: all.replace(b"102016", b"102024"))),
        "another year": rezip(good, in_file("visits.tsv", lambda all: all.replace(b"2026-10-12", b"2027-10-12"))),
        "another body": rezip(good, in_file("visits.tsv", lambda all: all.replace(b"100005", b"102032"))),
        "no UTF-8": rezip(good, in_file("visits.tsv", lambda all: b"\xff" + all)),
        "a tab": rezip(good, in_file("visits.tsv", lambda all: all.replace(b"\tscan\t", b"\tscan\t\t", 1))),
        "no end": rezip(good, in_file("visits.tsv", lambda all: all[:-1])),
        "one endless line": rezip(good, in_file("visits.tsv", lambda all: b"x" * 300_000)),
        "spaces": rezip(good, in_file("visits.tsv", lambda all: all.replace(b"\t7\t", b"\t 7\t"))),
        "a total": rezip(good, in_file("imports.tsv", lambda all: all.replace(b"\t40", b"\t41"))),
        "no totals": rezip(good, in_file("imports.tsv", lambda all: b"")),
        "readme": rezip(good, in_file("README.txt", lambda all: all + b"!")),
        "statement": rezip(good, in_file("figure.sql", lambda all: all.replace(b"voided_at is null", b"true"))),
        "no manifest": rezip(good, in_file("manifest.json", lambda all: None)),
        "empty manifest": rezip(good, in_file("manifest.json", lambda all: b"{}")),
        "deep manifest": rezip(good, in_file("manifest.json", lambda all: b"[" * 100_000)),
        "deeper within": rezip(good, in_file("manifest.json", lambda all: b'{"definition":' * 50_000)),
        "a name twice": rezip(good, in_file("manifest.json", lambda all: all.replace(b"{", b'{"body":"x",', 1))),
        "endless number": rezip(good, in_file("manifest.json", lambda all: b'{"value":' + b"9" * 100_000 + b"}")),
        "not UTF-8 manifest": rezip(good, in_file("manifest.json", lambda all: all.replace(b"booking", b"\xff\xfe"))),
        "other spelling": rezip(good, in_file("manifest.json", lambda all: all.replace(b"\n", b"\n "))),
        "an extra file": rezip(good, lambda _, content: content, {"more.txt": b"more"}),
        "compressed, a bomb": deflated.getvalue(),
        "truncated": good[:-30],
        "cut early": good[:200],
        "a size beyond any": _claim(good, b"manifest.json", 0xFFFFFFFF),
        "before": b"MZ" + good,
        "behind": good + b"\n",
        "empty": b"",
        "no zip": b"not a zip at all" * 100,
    }
    manifest: dict[str, Callable[[Any], Any]] = {
        "value": lambda said: said.update(value=50),
        "values": lambda said: said["values"]["tumo"].update(people=9),
        "now": lambda said: said.update(now=50),
        "year": lambda said: said.update(fiscal_year=2025),
        "a year nobody has": lambda said: said.update(fiscal_year=10**9),
        "body": lambda said: said.update(body="102032"),
        "reading": lambda said: said["definition"].update(counts_groups=False),
        "a reading that gives the same": lambda said: said["definition"].update(min_stay_minutes=1),
        "a stay without end": lambda said: said["definition"].update(min_stay_minutes=10**18),
        "its name": lambda said: said["definition"].update(name="ほか"),
        "another unit": lambda said: said["definition"].update(unit="people"),
        "no such scope": lambda said: said["definition"].update(scope="moon"),
        "scope": lambda said: said["scopes"][0].update(brand="tsukurun"),
        "no scopes": lambda said: said.update(scopes=[]),
        "digest": lambda said: said.update(digest="0" * 64),
        "rows": lambda said: said["visits"].update(rows=5),
        "columns": lambda said: said["visits"].update(columns=[]),
        "who": lambda said: said["certification"].update(certified_by="だれか"),
        "when": lambda said: said["certification"].update(certified_at="2027-04-03T00:00:00Z"),
        "standing": lambda said: said.update(standing="provisional"),
        "provisional": lambda said: said.update(standing="provisional", certification=None),
        "file digest": lambda said: said["files"].update({"visits.tsv": "0"}),
        "more files": lambda said: said["files"].update(more="0"),
        "key": lambda said: said.update(public_key=msgspec.json.decode(other)),
        "signature": lambda said: said.update(signature=msgspec.json.decode(other)),
        "no signature": lambda said: said.update(signature=""),
        "another field": lambda said: said.update(more=1),
    }
    bad |= {name: rezip(good, in_manifest(change)) for name, change in manifest.items()}
    for name, content in bad.items():
        with pytest.raises(rules_verifying.Unsound):
            pytest.fail(f"{name} was not found: {verified(content)}")


async def test_no_byte_of_it_can_be_changed(here: FacilityView, clock: Clock) -> None:
    await certify(clock)
    good = await export()

    @settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
    @given(at=st.integers(0, len(good) - 1), put=st.binary(min_size=0, max_size=3), cut=st.integers(0, 3))
    def change(at: int, put: bytes, cut: int) -> None:
        content = good[:at] + put + good[at + cut :]
        if content == good:
            return
        with pytest.raises(rules_verifying.Unsound):
            verified(content)

    change()


async def test_verify_needs_nothing(here: FacilityView, clock: Clock, tmp_path: Path) -> None:
    await certify(clock)
    file = tmp_path / "year.zip"
    file.write_bytes(await export())
    command = [sys.executable, "-m", "booking", "kpi", "verify"]

    async def run() -> tuple[int | None, str, str]:
        process = await asyncio.create_subprocess_exec(*command, file, cwd=tmp_path, env=bare, stdout=PIPE, stderr=PIPE)
        out, err = await process.communicate()
        return process.returncode, out.decode(), err.decode()

    bare = {"PATH": "/usr/bin", "LANG": "ja_JP.UTF-8", "PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONUTF8": "1"}
    done = await run()
    assert (done[0], done[1].count("\n"), done[2]) == (0, 1, "")
    for word in ("2026 100005 49 person_days", "見本課", verified(file.read_bytes()).digest, "5行"):
        assert word in done[1]
    file.write_bytes(rezip(file.read_bytes(), in_manifest(lambda said: said.update(value=50))))
    done = await run()
    assert (done[0], done[1].count("\n"), "50" in done[1]) == (1, 1, True)
