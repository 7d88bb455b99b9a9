"""Sign-in providers: what may be written down, and how LINE is reached."""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

import msgspec

from booking.access.errors import ClientNeeded, LabelNeeded, WrongIssuer, WrongKind, WrongScope, WrongSecretName
from booking.access.rules import ProviderKind
from booking.access.schemas import ProviderForm
from booking.kit.errors import InvalidForm, Refusal

LINE_ISSUER = "https://access.line.me"
LINE_MESSAGES = "https://api.line.me"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
ALGORITHMS: Mapping[str, tuple[str, ...]] = {
    ProviderKind.LINE: ("HS256", "ES256"),
    ProviderKind.OIDC: ("RS256", "PS256", "ES256", "EdDSA"),
}
"""How an ID token may be signed. LINE signs those of web pages with the channel's secret (HS256), so only there is a
shared secret a key; anywhere else a public key could be passed off as one. Source: LINE, Get profile information from
ID tokens; RFC 8725, 3.1."""
UI_LOCALES = {"ja-easy": "ja", "zh-Hans": "zh-Hans zh-CN", "tl": "fil tl", "pt-BR": "pt-BR pt"}


class Endpoints(msgspec.Struct, frozen=True, kw_only=True):
    """Where a provider answers."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)

    @property
    def auth_method(self) -> str:
        """How we prove ourselves at the token endpoint: as the standard says, unless only the body is taken."""
        basic = "client_secret_basic"
        return basic if basic in self.token_endpoint_auth_methods_supported else "client_secret_post"


LINE = Endpoints(
    issuer=LINE_ISSUER,
    authorization_endpoint=f"{LINE_ISSUER}/oauth2/v2.1/authorize",
    token_endpoint="https://api.line.me/oauth2/v2.1/token",  # noqa: S106 - an address, no secret
    jwks_uri="https://api.line.me/oauth2/v2.1/certs",
    token_endpoint_auth_methods_supported=("client_secret_post",),
)


def is_safe_address(address: str, *, loopback: bool) -> bool:
    """Whether an address may be talked to: https; http only on this machine, and only where we ourselves are there."""
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return False
    if not host or parts.username or parts.query or parts.fragment or not address.isprintable() or " " in address:
        return False
    return parts.scheme == "https" or (loopback and parts.scheme == "http" and host in LOOPBACK)


def secret_prefix(body_code: str) -> str:
    """How the names of a body's variables begin, so that no administrator reads another secret of the service."""
    return f"BOOKING_PROVIDER_{body_code}_"


def is_secret_name(name: str, body_code: str) -> bool:
    """Whether a name is one of the body's."""
    return re.fullmatch(re.escape(secret_prefix(body_code)) + r"[A-Z0-9_]{1,40}", name) is not None


def check_provider(form: ProviderForm, bodies: frozenset[str], *, loopback: bool) -> ProviderForm:
    """A provider as it is kept. Raises: InvalidForm with a refusal at every field that cannot be used."""
    wrong: dict[str, Refusal] = {}
    is_line = form.kind == ProviderKind.LINE
    issuer = form.issuer.strip() or (LINE_ISSUER if is_line else "")
    api = (form.message_api.strip().rstrip("/") or LINE_MESSAGES) if is_line else ""
    if form.kind not in tuple(ProviderKind):
        wrong["kind"] = WrongKind()
    if form.body_code not in bodies:
        wrong["body_code"] = WrongScope()
    if not 0 < len(form.label.strip()) <= 40:
        wrong["label"] = LabelNeeded()
    if not 0 < len(form.client_id.strip()) <= 200:
        wrong["client_id"] = ClientNeeded()
    for field, address in (("issuer", issuer), ("message_api", api)):
        is_needed = field == "issuer" or is_line
        if is_needed and (address.endswith("/") or not is_safe_address(address, loopback=loopback)):
            wrong[field] = WrongIssuer()
    for field in ("secret_name", "message_secret_name", "hook_secret_name"):
        name = getattr(form, field)
        is_needed = field == "secret_name" or bool(name.strip())
        if is_needed and not is_secret_name(name.strip(), form.body_code):
            wrong[field] = WrongSecretName(prefix=secret_prefix(form.body_code or "100005"))
    if wrong:
        raise InvalidForm(fields=wrong)
    return ProviderForm(
        body_code=form.body_code,
        kind=form.kind,
        label=form.label.strip(),
        issuer=issuer,
        client_id=form.client_id.strip(),
        secret_name=form.secret_name.strip(),
        message_api=api,
        message_secret_name=form.message_secret_name.strip() if is_line else "",
        hook_secret_name=form.hook_secret_name.strip() if is_line else "",
        is_on=form.is_on,
    )
