"""The API's reference for people, made from its OpenAPI document: plain HTML, readable without scripts or a build."""

import re
from collections.abc import Iterable
from typing import Any

import msgspec
from markupsafe import Markup, escape

Node = dict[str, Any]
METHODS = ("get", "post", "put", "patch", "delete")


class Field(msgspec.Struct, frozen=True):
    """A parameter, or a field of a schema."""

    name: str
    where: str
    kind: Markup
    is_required: bool
    description: str


class Operation(msgspec.Struct, frozen=True):
    """One thing an address does."""

    anchor: str
    method: str
    path: str
    summary: str
    description: str
    parameters: list[Field]
    body: Markup
    answers: list[tuple[str, str, Markup]]


class Shape(msgspec.Struct, frozen=True):
    """A named schema."""

    name: str
    description: str
    fields: list[Field]
    kind: Markup


class Reference(msgspec.Struct, frozen=True):
    """Everything the page shows: operations by the first word of their path, shapes, the codes of refusals."""

    groups: dict[str, list[Operation]]
    shapes: list[Shape]
    codes: list[str]


def describe(document: Node) -> Reference:
    """The document as the page shows it."""
    groups: dict[str, list[Operation]] = {}
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                groups.setdefault(_group(path), []).append(_operation(method, path, item[method]))
    schemas: Node = document["components"]["schemas"]
    codes: list[str] = schemas["Problem"]["properties"]["code"]["enum"]
    return Reference(groups, [_shape(name, schema) for name, schema in schemas.items()], codes)


def _group(path: str) -> str:
    words = [word for word in path.removeprefix("/api/v1/").split("/") if not word.startswith("{")]
    return " ".join(words[: 2 if words[0] in ("staff", "kiosk") else 1])


def _operation(method: str, path: str, told: Node) -> Operation:
    parameters = [
        Field(each["name"], each["in"], _kind(each["schema"]), each.get("required", False), each.get("description", ""))
        for each in told.get("parameters", [])
    ]
    return Operation(
        told["operationId"],
        method.upper(),
        path,
        told.get("summary", ""),
        told.get("description", ""),
        parameters,
        _content(told.get("requestBody", {})),
        [(status, each["description"], _content(each)) for status, each in sorted(told["responses"].items())],
    )


def _content(told: Node) -> Markup:
    kinds = [
        Markup("{} ({})").format(_kind(each.get("schema", {})), media_type)
        for media_type, each in told.get("content", {}).items()
    ]
    return Markup(", ").join(kinds)


def _shape(name: str, schema: Node) -> Shape:
    needed = schema.get("required", [])
    fields = [
        Field(field, "", _kind(each), field in needed, each.get("description", ""))
        for field, each in schema.get("properties", {}).items()
    ]
    return Shape(name, schema.get("description", ""), fields, Markup("") if fields else _kind(schema))


def _kind(schema: Node) -> Markup:
    """A schema in a few words; named ones are links."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        return Markup('<a href="#schema-{0}">{0}</a>').format(name)
    for word in ("oneOf", "anyOf", "allOf"):
        if word in schema:
            return _joined(" or " if word != "allOf" else " and ", (_kind(each) for each in schema[word]))
    if "enum" in schema:
        return _joined(" · ", (Markup("<code>{}</code>").format(each) for each in schema["enum"]))
    if "const" in schema:
        return Markup("<code>{}</code>").format(schema["const"])
    if schema.get("type") == "array":
        return Markup("list of {}").format(_kind(schema.get("items", {})))
    return Markup("{}").format(_plain(schema))


def _joined(word: str, kinds: Iterable[Markup]) -> Markup:
    return escape(word).join(dict.fromkeys(kinds))


def _plain(schema: Node) -> str:
    kind = schema.get("type", "anything")
    said = " or ".join(kind) if isinstance(kind, list) else str(kind)
    return f"{said} ({re.sub('-', ' ', schema['format'])})" if "format" in schema else said
