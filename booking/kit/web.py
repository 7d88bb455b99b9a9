"""Pages: how a room answers a person. Templates, forms, navigation, and what keeps other sites' pages out.

Every page works without JavaScript; a form posts, the verb acts, the answer is a redirect or the form again with the
sentences at its fields.
"""

import math
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar
from urllib.parse import urlencode, urlsplit

import msgspec
from litestar import Request, Response
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie, MutableScopeHeaders, State, UploadFile
from litestar.exceptions import ClientException
from litestar.exceptions.http_exceptions import RequestEntityTooLarge
from litestar.handlers import BaseRouteHandler
from litestar.types import Message, Scope
from markupsafe import Markup

from booking.kit import clock, i18n
from booking.kit.errors import MalformedRequest, Refusal
from booking.kit.fields import Texts
from booking.kit.i18n import N_
from booking.kit.settings import get_settings
from booking.kit.templating import render

Form = TypeVar("Form", bound=msgspec.Struct)
Asking = Request[Any, Any, Any]
Slot = Callable[..., Awaitable[Markup]]

POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'self'"
)
FIELD_LENGTH = 20_000
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class CrossSiteRequest(Refusal):
    """Another site's page sent a form in the name of the person signed in here."""

    code = "cross-site-request"
    status = 403
    sentence = N_(
        "ほかのサイトから送られたので、受け付けていません。何も変わっていません。このサイトのページから、もう一度送ってください。"
    )


@dataclass(frozen=True, kw_only=True)
class NavItem:
    """A link that the frame of every page shows: `menu` (thumb bar, staff menu) or `foot` (footer)."""

    label: str
    address: str
    icon: str = "next"
    roles: tuple[str, ...] = ()
    place: Literal["menu", "foot"] = "menu"
    when: Literal["always", "signed-in", "signed-out", "resident"] = "always"
    order: int = 50

    def is_for(self, roles: frozenset[str], *, signed_in: bool) -> bool:
        """Whether someone with these roles sees the link; who works here has a role, a resident none."""
        if self.when == "resident":
            return signed_in and not roles
        if self.when != "always" and (self.when == "signed-in") != signed_in:
            return False
        return not self.roles or bool(roles.intersection(self.roles))


ONE_PART = ((0, ""),)
"""A staff menu without headings."""


def frame(nav: Iterable[NavItem], slots: Mapping[str, Slot], parts: Sequence[tuple[int, str]] = ONE_PART) -> State:
    """What the frame of every page needs; `wiring` gives it to the application as its state.

    `parts` heads the staff menu: (the order its first item may have, the heading).
    """
    in_order: list[NavItem] = sorted(nav, key=lambda item: item.order)
    return State({"nav": tuple(in_order), "slots": dict(slots), "parts": tuple(parts)})


async def slot(name: str, request: Asking, **context: Any) -> Markup:
    """The piece of HTML that a room above has hung under `name`; nothing when none has."""
    found = request.app.state.get("slots", {}).get(name)
    return Markup("") if found is None else await found(request, **context)


async def slots(prefix: str, request: Asking, **context: Any) -> list[Markup]:
    """Every piece hung under a name that begins with `prefix.`, in the order of the names."""
    hung: dict[str, Slot] = request.app.state.get("slots", {})
    return [await hung[name](request, **context) for name in sorted(hung) if name.startswith(f"{prefix}.")]


def language_of(request: ASGIConnection[Any, Any, Any, Any]) -> str:
    """The language this request is answered in."""
    return i18n.language_of(request)


def actor_of(request: ASGIConnection[Any, Any, Any, Any]) -> Any:
    """Who asks, as `access` has noted it on the request; None where nobody has been asked for."""
    return getattr(request.state, "actor", None)


def page(
    request: Asking, template: str, *, status: int = 200, headers: Mapping[str, str] | None = None, **context: Any
) -> Response[str]:
    """A page in the reader's language.

    The template gets besides `context`: actor, language, path, nav, now, refusal and form (None unless given).
    """
    language = language_of(request)
    given: dict[str, Any] = {"refusal": None, "form": None, **frame_of(request, language), **context}
    asked = request.query_params.get("lang")
    cookies = [_language_cookie(language)] if asked == language else []
    return Response(
        render(template, language, **given),
        status_code=status,
        headers={**_protection(given["signed_in"]), "Content-Language": given["html_lang"], **(headers or {})},
        cookies=cookies,
        media_type="text/html",
    )


def error_page(request: Asking, *, status: int, code: str, sentence: str) -> Response[str]:
    """The page for people when something is not there, not allowed or broken: what is true and what they can do."""
    headers = {"Retry-After": "5"} if status == 503 else {}
    return page(request, "kit/error.html", status=status, headers=headers, code=code, sentence=sentence, error=status)


def redirect(path: str, **query: str) -> Response[None]:
    """Send the browser on to a page of ours (303), as after every form."""
    if not path.startswith("/") or path.startswith(("//", "/\\")):
        raise ValueError(f"not an address of ours: {path!r}")
    location = f"{path}?{urlencode(query)}" if query else path
    return Response(None, status_code=303, headers={"Location": location, "Cache-Control": "no-store"})


def frame_of(request: Asking, language: str | None = None) -> dict[str, Any]:
    """What the frame of a page shows to this reader: who they are, their menus, the languages, where they are."""
    language, actor = language or language_of(request), actor_of(request)
    signed_in = actor is not None and actor.id is not None
    roles = frozenset(str(grant.role) for grant in actor.grants) if signed_in else frozenset()
    items = [item for item in request.app.state.get("nav", ()) if item.is_for(roles, signed_in=signed_in)]
    path = request.url.path
    return {
        "actor": actor,
        "signed_in": signed_in,
        "language": language,
        "html_lang": i18n.HTML_LANG.get(language, language),
        "languages": _language_menu(request, language),
        "path": path,
        "nav": [item for item in items if not item.roles and item.place == "menu"],
        "staff_nav": _in_parts(request, [item for item in items if item.roles and item.place == "menu"]),
        "foot_nav": [item for item in items if item.place == "foot"],
        "here": _here(path, items),
        "now": clock.now(),
        "demo": get_settings().demo,
    }


def _in_parts(request: Asking, items: Sequence[NavItem]) -> list[tuple[str, list[NavItem]]]:
    """The staff menu under its headings, without those that would head nothing."""
    parts = request.app.state.get("parts", ONE_PART)
    ends = [first for first, _ in parts[1:]] + [math.inf]
    found = [
        (heading, [item for item in items if first <= item.order < end])
        for (first, heading), end in zip(parts, ends, strict=True)
    ]
    return [(heading, below) for heading, below in found if below]


def _here(path: str, items: Iterable[NavItem]) -> str:
    """The address of the menu entry that the page belongs to: the longest that the path continues."""
    fitting = [
        item.address for item in items if path == item.address or path.startswith(item.address.rstrip("/") + "/")
    ]
    return max(fitting, key=len, default="")


def _language_menu(request: Asking, language: str) -> list[dict[str, Any]]:
    """The same page in every language; where a form was posted, the page that held the form."""
    page_itself = "" if request.method in SAFE_METHODS else urlsplit(request.headers.get("referer", "")).path or "/"
    kept = [(name, value) for name, value in request.query_params.multi_items() if name != "lang"]
    return [
        {
            "code": code,
            "tag": i18n.HTML_LANG.get(code, code),
            "name": i18n.NAMES[code],
            "href": page_itself + "?" + urlencode([*kept, ("lang", code)]),
            "current": code == language,
        }
        for code in i18n.LANGUAGES
    ]


def _language_cookie(language: str) -> Cookie:
    return Cookie(i18n.COOKIE, value=language, max_age=365 * 86_400, samesite="lax", secure=get_settings().is_secure)


def _protection(signed_in: bool) -> dict[str, str]:
    headers = {
        "Content-Security-Policy": POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
        "Cache-Control": "no-store" if signed_in else "private, no-cache",
        "Vary": "Accept-Language, Cookie",
    }
    if get_settings().is_secure:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    return headers


async def protect_answer(message: Message, scope: Scope) -> None:
    """Hook of the whole application, before anything is sent: what every answer says besides its own headers.

    Nobody guesses its kind, no other site learns where its reader was, and no cache keeps what the API said unless
    its door allows that.
    """
    if message["type"] != "http.response.start":
        return
    headers = MutableScopeHeaders.from_message(message)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    if headers.get("Content-Type", "").startswith("text/html"):
        headers.setdefault("Content-Security-Policy", POLICY)
    if scope["path"].startswith("/api/"):
        headers.setdefault("Cache-Control", "no-store")
    if get_settings().is_secure:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")


async def refuse_cross_site(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Guard of the whole application: an unsafe method must come from our own pages or carry a token.

    Browsers send `Sec-Fetch-Site` or `Origin` with every unsafe method; what sends neither is no browser and holds no
    person's cookie. Raises: CrossSiteRequest. Source: decisions, CSRF.
    """
    if connection.scope.get("method") in SAFE_METHODS or "authorization" in connection.headers:
        return
    site = connection.headers.get("sec-fetch-site")
    if site is not None:
        if site not in ("same-origin", "none"):
            raise CrossSiteRequest
        return
    origin = connection.headers.get("origin")
    if origin is None:
        return
    ours = {urlsplit(get_settings().public_url).netloc, connection.headers.get("host", "")}
    if urlsplit(origin).netloc not in ours:
        raise CrossSiteRequest


async def form(request: Asking, struct: type[Form]) -> Form:
    """The posted form as a struct of loose types: `str`, `list[str]`, `bool` (a ticked box), `UploadFile | None`.

    What is missing is empty. Raises: MalformedRequest for a field the form has not, twice the same, or too long.
    """
    if request.content_type[0] not in ("", "application/x-www-form-urlencoded", "multipart/form-data"):
        raise MalformedRequest
    try:
        sent = await request.form()
    except RequestEntityTooLarge:
        raise
    except (ClientException, ValueError):
        raise MalformedRequest from None
    known = {field.encode_name: field for field in msgspec.structs.fields(struct)}
    if not set(sent) <= set(known):
        raise MalformedRequest
    return struct(**{field.name: _loose(field.type, sent.getall(name, [])) for name, field in known.items()})


def _loose(kind: Any, values: list[Any]) -> Any:
    files = [value for value in values if isinstance(value, UploadFile)]
    if kind == UploadFile | None:
        if len(values) > 1 or len(files) != len(values):
            raise MalformedRequest
        return files[0] if files and files[0].filename else None
    if files or any(len(value) > FIELD_LENGTH or "\x00" in value for value in values):
        raise MalformedRequest
    if kind in (list[str], Texts):
        return [str(value) for value in values]
    if len(values) > 1:
        raise MalformedRequest
    return bool(values and values[0]) if kind is bool else str(values[0]).strip() if values else ""
