"""The application answers: health, a missing page for people, a missing address for the API."""

import httpx
import pytest

pytestmark = pytest.mark.anyio


async def test_ready_when_migrated(client: httpx.AsyncClient) -> None:
    assert (await client.get("/healthz")).text == "ok\n"
    assert (await client.get("/readyz")).text == "ready\n"


async def test_missing_page_is_said_in_words(client: httpx.AsyncClient) -> None:
    answer = await client.get("/no-such-page")
    assert answer.status_code == 404
    assert "text/html" in answer.headers["content-type"]
    assert "そのまま残っています" in answer.text


async def test_missing_address_is_a_problem(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/no-such-thing", headers={"accept-language": "en"})
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "not-found"


async def test_description_declares_every_error_in_one_shape(client: httpx.AsyncClient) -> None:
    document = (await client.get("/api/v1/openapi.json")).json()
    assert "not-found" in document["components"]["schemas"]["Problem"]["properties"]["code"]["enum"]
    for path, item in document["paths"].items():
        assert path.startswith("/api/")
        for operation in item.values():
            assert "503" in operation["responses"]


async def test_description_names_the_header_that_makes_a_write_safe_to_repeat(client: httpx.AsyncClient) -> None:
    document = (await client.get("/api/v1/openapi.json")).json()
    parameters = document["paths"]["/api/v1/reservations"]["post"].get("parameters", [])
    assert "Idempotency-Key" in {each["name"] for each in parameters}
