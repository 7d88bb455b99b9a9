"""The door app's files, as a browser asks for them."""

from pathlib import Path

import httpx
import pytest

from booking.kit import paths

pytestmark = pytest.mark.anyio


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "dist" / "assets").mkdir(parents=True)
    (tmp_path / "dist" / "index.html").write_text("<!doctype html><title>door</title>", encoding="utf-8")
    (tmp_path / "dist" / "sw.js").write_text("self", encoding="utf-8")
    (tmp_path / "dist" / "assets" / "reader-1.wasm").write_bytes(b"\0asm" * 500)
    (tmp_path / "secret.js").write_text("no", encoding="utf-8")
    monkeypatch.setattr(paths, "KIOSK", tmp_path / "dist")
    return tmp_path


async def test_the_page_is_strict(client: httpx.AsyncClient, built: Path) -> None:
    for address in ("/kiosk/", "/kiosk"):
        found = await client.get(address)
        assert found.status_code == 200
        assert found.headers["content-type"].startswith("text/html")
        policy = found.headers["content-security-policy"]
        assert "script-src 'self' 'wasm-unsafe-eval'" in policy
        assert "unsafe-inline" not in policy
        assert found.headers["cache-control"] == "no-cache"


async def test_files_are_packed_kept_and_asked_for_again(client: httpx.AsyncClient, built: Path) -> None:
    wasm = await client.get("/kiosk/assets/reader-1.wasm")
    assert wasm.headers["content-type"] == "application/wasm"
    assert wasm.headers["content-encoding"] == "gzip"
    assert wasm.content == b"\0asm" * 500
    assert "immutable" in wasm.headers["cache-control"]
    worker = await client.get("/kiosk/sw.js")
    assert worker.headers["cache-control"] == "no-cache"
    again = await client.get("/kiosk/sw.js", headers={"If-None-Match": worker.headers["etag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("name", ["nothing.js", "../secret.js", "%2e%2e/secret.js", "assets", "\0"])
async def test_nothing_else_is_given(client: httpx.AsyncClient, built: Path, name: str) -> None:
    assert (await client.get(f"/kiosk/{name.replace(chr(0), '%00')}")).status_code == 404


async def test_an_installation_without_the_app_says_so(
    client: httpx.AsyncClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paths, "KIOSK", tmp_path)
    found = await client.get("/kiosk/")
    assert found.status_code == 503
    assert "npm run build" in found.text
