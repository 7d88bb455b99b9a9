"""The API's own description: only what is under `/api`, every error in its one shape, the same bytes at every start."""

from functools import lru_cache
from typing import Any

import msgspec
from litestar import Litestar, Request, Response, get
from litestar.enums import OpenAPIMediaType
from litestar.openapi.plugins import OpenAPIRenderPlugin

from booking.kit.errors import Refusal
from booking.kit.problems import MEDIA_TYPE

IDEMPOTENCY = "Idempotency-Key"
WRITES = frozenset({"post", "put", "patch", "delete"})
MEANINGS = {
    "400": "The request could not be read.",
    "401": "Nobody is signed in, or the token is unknown.",
    "403": "Signed in, but not allowed here.",
    "404": "There is no such thing, or it is not for this person to see.",
    "409": "A rule says no; `code` says which.",
    "413": "The body is too large.",
    "415": "The kind of content is not known.",
    "422": "Fields hold what cannot be used; `fields` says which and why.",
    "429": "Tried too often; `Retry-After` says how long to wait.",
    "500": "A mistake of ours; it is in the log.",
    "503": "The database does not answer now; `Retry-After` says when to come again.",
}
FOR_READS = ("400", "401", "403", "404", "429", "500", "503")


def refusal_codes() -> list[str]:
    """Every stable code the product has, sorted."""
    found, waiting = set(), [Refusal]
    while waiting:
        kind = waiting.pop()
        found.add(kind.code)
        waiting.extend(kind.__subclasses__())
    return sorted(found)


def describe(app: Litestar) -> dict[str, Any]:
    """The OpenAPI document."""
    document: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(app.openapi_schema.to_schema()))
    document["paths"] = {path: item for path, item in document["paths"].items() if path.startswith("/api/")}
    for item in document["paths"].values():
        for method, operation in item.items():
            if isinstance(operation, dict) and "operationId" in operation:
                _declare_errors(method, operation)
                _declare_idempotency(operation)
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    schemas["Problem"] = _problem_schema()
    components["securitySchemes"] = {
        "bearer": {"type": "http", "scheme": "bearer", "description": "API token (bt_…) or kiosk token (kt_…)"},
        "cookie": {"type": "apiKey", "in": "cookie", "name": "__Host-booking"},
    }
    document["components"]["schemas"] = dict(sorted(schemas.items()))
    document["paths"] = dict(sorted(document["paths"].items()))
    return document


def _declare_errors(method: str, operation: dict[str, Any]) -> None:
    statuses = MEANINGS if method in WRITES else FOR_READS
    kept = {code: said for code, said in operation.get("responses", {}).items() if code < "400"}
    for status in statuses:
        kept[status] = {
            "description": MEANINGS[status],
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    operation["responses"] = kept


def _declare_idempotency(operation: dict[str, Any]) -> None:
    """A door whose description speaks of the header takes it."""
    if IDEMPOTENCY in operation.get("description", ""):
        header = {
            "name": IDEMPOTENCY,
            "in": "header",
            "required": False,
            "schema": {"type": "string", "maxLength": 200},
        }
        operation["parameters"] = [*operation.get("parameters", []), header]


def _problem_schema() -> dict[str, Any]:
    words = {"type": "string"}
    return {
        "type": "object",
        "title": "Problem",
        "description": "A refusal. `code` is stable; `detail` is a sentence in the asked language.",
        "required": ["type", "title", "status", "detail", "code"],
        "properties": {
            "type": words,
            "title": words,
            "status": {"type": "integer"},
            "detail": words,
            "code": {"type": "string", "enum": refusal_codes()},
            "fields": {"type": "object", "additionalProperties": words},
        },
    }


@lru_cache(maxsize=4)
def _encoded(app: Litestar) -> bytes:
    return msgspec.json.encode(describe(app))


@get("/api/v1/openapi.json", include_in_schema=False, sync_to_thread=False)
def openapi_json(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The API's description."""
    return Response(
        _encoded(request.app), media_type="application/vnd.oai.openapi+json", headers={"Cache-Control": "no-cache"}
    )


class OpenAPIDocument(OpenAPIRenderPlugin):
    """Stands in for the framework's viewers, which load scripts from elsewhere: the same description, nothing else."""

    def __init__(self) -> None:
        super().__init__(path="/openapi.json", media_type=OpenAPIMediaType.OPENAPI_JSON)

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        """Our own document: the given one knows nothing of problem documents."""
        return _encoded(request.app)
