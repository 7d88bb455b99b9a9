"""The line to the mail server: encrypted when it can be, only to whom we trust, with name and password."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from ssl import PROTOCOL_TLS_SERVER, SSLContext
from typing import Any

import msgspec
import pytest
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from booking.kit import db as house_db
from booking.kit.settings import Settings, get_settings, use_settings
from booking.notifications import post, service
from tests.conftest import Clock
from tests.make.notifications import PostOffice, make_message, make_post_office

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A certificate for localhost with its key, in one file, signed by itself."""
    key, now = generate_private_key(SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    plain = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(made.public_bytes(Encoding.PEM) + plain)
    yield path


@asynccontextmanager
async def _office(certificate: Path, settings: Settings, *, at_once: bool, **options: Any) -> AsyncIterator[PostOffice]:
    context = SSLContext(PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    tls = {"ssl": context} if at_once else {"tls_context": context, "require_starttls": True}
    async with make_post_office(**tls, **options) as office:
        scheme = "smtps" if at_once else "smtp"
        who = "booking:p%40ss@" if options else ""
        use_settings(msgspec.structs.replace(settings, smtp_url=f"{scheme}://{who}localhost:{office.port}"))
        yield office


@pytest.mark.parametrize("at_once", [True, False])
async def test_the_line_is_encrypted(
    db: None, settings: Settings, clock: Clock, certificate: Path, monkeypatch: pytest.MonkeyPatch, at_once: bool
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    async with _office(certificate, settings, at_once=at_once) as office:
        await make_message()
        assert await service.send_due() == 1
        assert len(office.letters) == 1


@pytest.mark.parametrize("at_once", [True, False])
async def test_a_server_we_do_not_trust_gets_nothing(
    db: None, settings: Settings, clock: Clock, certificate: Path, at_once: bool
) -> None:
    async with _office(certificate, settings, at_once=at_once) as office:
        await make_message()
        assert await service.send_due() == 0
        assert office.letters == []
    assert await house_db.fetchval("select state from message") == "queued"


@pytest.mark.parametrize("is_known", [True, False])
async def test_name_and_password_are_shown_on_an_encrypted_line(
    db: None,
    settings: Settings,
    clock: Clock,
    certificate: Path,
    monkeypatch: pytest.MonkeyPatch,
    is_known: bool,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    shown: list[Any] = []

    def check(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        shown.append((data.login, data.password))
        return AuthResult(success=is_known, handled=False)

    async with _office(certificate, settings, at_once=False, authenticator=check, auth_required=True):
        await make_message()
        assert await service.send_due() == int(is_known)
        assert bool(await post.reach(get_settings().smtp_url)) is not is_known
    assert shown[0] == (b"booking", b"p@ss")
    row = await house_db.fetchrow("select state, last_error from message")
    assert row is not None and row["state"] == ("sent" if is_known else "queued")
    assert "p@ss" not in str(row["last_error"])
