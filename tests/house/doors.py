"""The doors of the application, told from its route table, and what each of them is sent when it is used as meant."""

import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, get_type_hints

import msgspec
from litestar import Litestar

OPEN_TO_ALL = ("/staff/sign-in", "/api/v1/privacy/record")
_FORM = re.compile(r"form\(request, (\w+)\)")


@dataclass(frozen=True)
class Door:
    """One method of one address."""

    method: str
    path: str
    fields: tuple[str, ...] = ()
    """What its form or its JSON body may name."""
    texts: tuple[str, ...] = ()
    """Those that a browser sends empty when nothing was typed: neither boxes nor lists."""

    @property
    def is_staffs(self) -> bool:
        """Whether it is for staff alone."""
        staffs = ("/staff", "/api/v1/staff/", "/api/v1/audit", "/api/v1/privacy", "/api/v1/kpi")
        return self.path.startswith(staffs) and not self.path.startswith(OPEN_TO_ALL)

    @property
    def is_api(self) -> bool:
        """Whether programs ask here; below `openapi` the framework answers by itself."""
        return self.path.startswith("/api/v1/") and not self.path.startswith("/api/v1/openapi")

    def at(self, ids: Mapping[str, str]) -> str:
        """Its address with these things in it."""
        return re.sub(r"\{(\w+):\w+\}", lambda found: ids[found[1]], self.path)


def doors(app: Litestar) -> Iterator[Door]:
    """Every door of the application but the way out, behind which all others would be asked by nobody."""
    for route in app.routes:
        for handler in getattr(route, "route_handlers", ()):
            for method in sorted(handler.http_methods - {"OPTIONS"}):
                if not route.path.endswith("/sign-out"):
                    fields = [] if method == "GET" else _fields(handler)
                    texts = tuple(one.encode_name for one in fields if one.type is str)
                    yield Door(str(method), route.path, tuple(one.encode_name for one in fields), texts)


def _fields(handler: Any) -> list[msgspec.structs.FieldInfo]:
    """The fields of the struct that a handler reads its form or its body into."""
    work = getattr(handler.fn, "value", handler.fn)
    named = _FORM.search(inspect.getsource(work))
    struct = work.__globals__.get(named[1]) if named else get_type_hints(work).get("data")
    if not (isinstance(struct, type) and issubclass(struct, msgspec.Struct)):
        return []
    return list(msgspec.structs.fields(struct))
