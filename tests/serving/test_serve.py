"""`booking serve` as people run it: one command, nothing lost, nobody in its way, every refusal one sentence."""

import http.client
import os
import re
import signal
import socket
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from booking.kit.postgres_server import PostgresServer
from tests.served import Served, environment, free_port, run, serving


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """An empty place, as `mktemp -d` makes it."""
    with tempfile.TemporaryDirectory(prefix="booking-serve-", ignore_cleanup_errors=True) as made:
        yield Path(made) / "data"
        PostgresServer(Path(made) / "data").stop()


def get(served: Served, path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=10)
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    return answer.status, body


def make_certificate(certificate: Path, key: Path) -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    today = datetime.now(UTC)
    made = x509.CertificateBuilder(
        name, name, private.public_key(), x509.random_serial_number(), today, today + timedelta(2)
    )
    certificate.write_bytes(made.sign(private, hashes.SHA256()).public_bytes(Encoding.PEM))
    key.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def test_one_command_on_an_empty_directory_and_again(data_dir: Path) -> None:
    with serving(data_dir) as served:
        served.wait_until_said(f"{served.address}/staff/")
        assert "Creating the database" in served.said
        assert get(served, "/healthz") == (200, "ok\n")
        second = run(data_dir, "serve", "--port", str(free_port()))
        assert second.returncode == 1
        assert str(data_dir) in second.stderr
        assert len(second.stderr.splitlines()) == 1
        status, seconds = served.stop()
        assert (status, seconds < 5) == (0, True)
    assert PostgresServer(data_dir).pid is None
    with serving(data_dir) as served:
        assert "Creating the database" not in served.said
        assert re.search(r"mode=|Warning", served.said) is None


def test_it_ends_at_once_although_boards_are_open(data_dir: Path) -> None:
    with serving(data_dir) as served:
        made = run(data_dir, "token", "new", "--role", "front-desk", "--label", "a board")
        token = next(word for word in made.stdout.split() if word.startswith("bt_"))
        boards = [http.client.HTTPConnection("127.0.0.1", served.port, timeout=20) for _ in range(3)]
        answers = []
        for board in boards:
            board.request("GET", "/api/v1/staff/occupancy/stream", headers={"Authorization": f"Bearer {token}"})
            answers.append(board.getresponse())
        assert [answer.status for answer in answers] == [200, 200, 200]
        assert all(b"hello" in answer.readline() + answer.readline() for answer in answers)
        status, seconds = served.stop()
        assert (status, seconds < 5) == (0, True)
        for board, answer in zip(boards, answers, strict=True):
            answer.read()
            board.close()


def test_killed_in_the_middle_it_starts_again_with_its_data(data_dir: Path) -> None:
    with serving(data_dir) as served:
        assert run(data_dir, "seed").returncode == 0
        served.kill()
    orphan = PostgresServer(data_dir).pid
    assert orphan is not None
    with serving(data_dir) as served:
        assert PostgresServer(data_dir).pid == orphan
        assert get(served, "/readyz") == (200, "ready\n")
    assert PostgresServer(data_dir).pid is None


def test_a_database_that_is_killed_comes_back_by_itself(data_dir: Path) -> None:
    with serving(data_dir) as served:
        server = PostgresServer(data_dir).pid
        assert server is not None
        os.kill(server, signal.SIGKILL)
        deadline = time.monotonic() + 10
        # A backend outlives its postmaster for a moment; then the service says 503, or has a new one already.
        while (status := get(served, "/readyz")[0]) == 200 and PostgresServer(data_dir).pid == server:
            assert time.monotonic() < deadline
        assert status in (200, 503)
        assert served.wait_until_ready(10) < 10
        assert get(served, "/readyz") == (200, "ready\n")


def test_a_demo_and_a_real_database_never_meet(data_dir: Path) -> None:
    with serving(data_dir) as served:
        served.stop()
    real = PostgresServer(data_dir)
    real.start()
    try:
        refused = run(data_dir, "serve", "--demo", env={"BOOKING_DATABASE_URL": real.dsn, "LC_ALL": "ja_JP.UTF-8"})
        assert refused.returncode == 1
        assert len(refused.stderr.splitlines()) == 1
        assert "本番用" in refused.stderr
    finally:
        real.stop()


def test_a_port_in_use_is_said_with_its_number(data_dir: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = run(data_dir, "serve", "--port", str(port))
    assert refused.returncode == 1
    assert str(port) in refused.stderr
    assert "Traceback" not in refused.stderr
    assert PostgresServer(data_dir).pid is None


@pytest.mark.parametrize(
    ("words", "env", "named"),
    [
        ((), {"BOOKING_TIMEZONE": "Asia/Gunma"}, "BOOKING_TIMEZONE"),
        ((), {"BOOKING_POOL_SIZE": "many"}, "BOOKING_POOL_SIZE"),
        ((), {"BOOKING_COLOUR": "red"}, "BOOKING_COLOUR"),
        ((), {"BOOKING_DATABASE_URL": "postgresql://postgres@127.0.0.1:1/none"}, "127.0.0.1"),
        (("--demo", "--host", "0.0.0.0"), {}, "127.0.0.1"),
        (("--tls-certificate", "/no.pem", "--tls-key", "/no.key"), {}, "/no.pem"),
        (("--host", "203.0.113.7"), {}, "203.0.113.7"),
    ],
)
def test_what_cannot_work_is_one_sentence_that_names_it(
    data_dir: Path, words: tuple[str, ...], env: dict[str, str], named: str
) -> None:
    refused = run(data_dir, "serve", "--port", str(free_port()), *words, env=env)
    assert refused.returncode == 1, refused.stderr
    assert len(refused.stderr.splitlines()) == 1
    assert named in refused.stderr


@pytest.mark.parametrize(
    "words",
    [("fly",), (), ("serve", "--port", "99999"), ("serve", "--workers", "0"), ("serve", "--tls-key", "k.pem")],
)
def test_wrong_usage_is_status_2(words: tuple[str, ...]) -> None:
    refused = run(None, *words)
    assert refused.returncode == 2
    assert "usage:" in refused.stderr


def test_sigterm_while_it_starts_leaves_nothing_running(data_dir: Path) -> None:
    port = free_port()
    starting = Served(["-m", "booking", "serve", "--port", str(port)], port, environment(data_dir))
    starting.wait_until_said("Starting the database")
    status, seconds = starting.stop()
    assert (status, seconds < 5) == (0, True)
    assert PostgresServer(data_dir).pid is None


def test_https_with_two_workers(data_dir: Path) -> None:
    data_dir.mkdir()
    certificate, key = data_dir / "cert.pem", data_dir / "key.pem"
    make_certificate(certificate, key)
    port = free_port()
    words = ["--workers", "2", "--tls-certificate", str(certificate), "--tls-key", str(key)]
    served = Served(["-m", "booking", "serve", "--port", str(port), *words], port, environment(data_dir))
    try:
        served.wait_until_said(f"https://localhost:{port}/staff/")
        served.process.kill()
        served.process.wait()
        time.sleep(0.1)
    finally:
        served.kill()
    with serving(data_dir, port=port) as again:
        again.wait_until_said("/staff/")


def test_other_commands_start_a_server_for_their_duration(data_dir: Path) -> None:
    assert run(data_dir, "migrate").returncode == 0
    assert run(data_dir, "seed").returncode == 0
    asked = run(data_dir, "doctor")
    assert asked.returncode == 1
    assert "BOOKING_SMTP_URL" in asked.stdout
    assert PostgresServer(data_dir).pid is None
