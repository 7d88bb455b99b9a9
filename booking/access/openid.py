"""The conversation with an OpenID provider: where it answers, the way there, and what its ID token proves.

Nothing of an answer is logged or kept: of a token only who issued it and whom it names.
"""

import hashlib
import hmac
from functools import cache
from typing import Any
from urllib.parse import quote, urlencode, urlsplit
from uuid import UUID

import httpx
import msgspec
import structlog
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OctKey

from booking.access.errors import NotProved, ProviderAway
from booking.access.rules import ProviderKind
from booking.access.rules_providers import ALGORITHMS, LINE, LINE_ISSUER, LOOPBACK, UI_LOCALES, Endpoints
from booking.access.rules_providers import is_safe_address as is_safe
from booking.access.schemas import Proved, Provider
from booking.kit import clock
from booking.kit.settings import get_settings, provider_secret
from booking.kit.tokens import digest, to_text

log = structlog.get_logger()
TIMEOUT_SECONDS = 10
KEPT_SECONDS = 600
"""How long a provider's description and keys are used before they are asked for again."""
SKEW_SECONDS = 60
BIGGEST = 200_000
KEY_TYPES = ("RSA", "EC", "OKP")
"""What a provider publishes to be verified with: public keys, never a shared secret."""
_known: dict[UUID, tuple[float, str, Endpoints]] = {}
_keys: dict[str, tuple[float, KeySet]] = {}


def may_be_here() -> bool:
    """Whether a provider on this machine may be talked to without TLS: only where people reach us on it, too."""
    return urlsplit(get_settings().public_url).hostname in LOOPBACK and not get_settings().is_secure


def return_address(provider_id: UUID) -> str:
    """Where a provider sends people back to; one of its own for each, so that no answer passes for another's."""
    return f"{get_settings().public_url.rstrip('/')}/sign-in/with/{provider_id}/back"


@cache
def _tls() -> Any:
    """One trust store for all conversations: reading it takes longer than a conversation."""
    return httpx.create_ssl_context()


def _talk() -> httpx.AsyncClient:
    return httpx.AsyncClient(timeout=TIMEOUT_SECONDS, verify=_tls(), trust_env=False)


async def _fetch(address: str, label: str) -> bytes:
    if not is_safe(address, loopback=may_be_here()):
        raise ProviderAway(label=label)
    try:
        async with _talk() as http:
            answer = await http.get(address, headers={"Accept": "application/json"})
    except httpx.HTTPError:
        raise ProviderAway(label=label) from None
    if answer.status_code != 200 or len(answer.content) > BIGGEST:
        raise ProviderAway(label=label)
    return answer.content


async def find_endpoints(provider: Provider) -> Endpoints:
    """Where a provider answers: LINE's own addresses are known, any other's stand in its description.

    Raises: ProviderAway, also for a description of another issuer or with an address that is not safe.
    """
    if provider.kind == ProviderKind.LINE and provider.issuer == LINE_ISSUER:
        return LINE
    now = clock.now().timestamp()
    known = _known.get(provider.id)
    if known is not None and known[1] == provider.issuer and abs(now - known[0]) < KEPT_SECONDS:
        return known[2]
    said = await _fetch(f"{provider.issuer}/.well-known/openid-configuration", provider.label)
    try:
        found = msgspec.json.decode(said, type=Endpoints)
    except msgspec.MsgspecError:
        raise ProviderAway(label=provider.label) from None
    addresses = (found.authorization_endpoint, found.token_endpoint, found.jwks_uri)
    if found.issuer != provider.issuer or not all(is_safe(each, loopback=may_be_here()) for each in addresses):
        log.warning("provider describes itself otherwise", provider=str(provider.id))
        raise ProviderAway(label=provider.label)
    _known[provider.id] = (now, provider.issuer, found)
    return found


def way_there(provider: Provider, endpoints: Endpoints, *, state: str, nonce: str, verifier: str, language: str) -> str:
    """The provider's address to which a browser is sent. Source: RFC 6749, 4.1.1; RFC 7636, 4.2."""
    asked = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": return_address(provider.id),
        "scope": "openid",
        "state": state,
        "nonce": nonce,
        "code_challenge": to_text(hashlib.sha256(verifier.encode()).digest()),
        "code_challenge_method": "S256",
        "ui_locales": UI_LOCALES.get(language, language),
    }
    if provider.kind == ProviderKind.LINE and provider.message_secret_name:
        asked["bot_prompt"] = "aggressive"
    return f"{endpoints.authorization_endpoint}?{urlencode(asked)}"


async def prove(provider: Provider, endpoints: Endpoints, *, code: str, verifier: str, nonce_digest: str) -> Proved:
    """Exchange the code and check the ID token: whom it names. Raises: ProviderAway, NotProved."""
    token = await _exchange(provider, endpoints, code, verifier)
    try:
        return await _check(provider, endpoints, token, nonce_digest)
    except (JoseError, ValueError, KeyError, TypeError, AttributeError) as error:
        log.warning("ID token refused", provider=str(provider.id), reason=type(error).__name__)
        raise NotProved from None


async def _exchange(provider: Provider, endpoints: Endpoints, code: str, verifier: str) -> str:
    """The ID token for a code. Source: RFC 6749, 4.1.3 and 2.3.1; RFC 7636, 4.5."""
    sent = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": return_address(provider.id),
        "code_verifier": verifier,
    }
    secret = provider_secret(provider.secret_name)
    by_header: httpx.Auth = httpx.Auth()
    if endpoints.auth_method == "client_secret_basic":
        by_header = httpx.BasicAuth(quote(provider.client_id, safe=""), quote(secret, safe=""))
    else:
        sent |= {"client_id": provider.client_id, "client_secret": secret}
    try:
        async with _talk() as http:
            answer = await http.post(endpoints.token_endpoint, data=sent, auth=by_header)
    except httpx.HTTPError:
        raise ProviderAway(label=provider.label) from None
    if answer.status_code >= 500:
        raise ProviderAway(label=provider.label)
    if answer.status_code != 200 or len(answer.content) > BIGGEST:
        log.warning("code not exchanged", provider=str(provider.id), status=answer.status_code)
        raise NotProved
    try:
        return str(msgspec.json.decode(answer.content)["id_token"])
    except (msgspec.MsgspecError, KeyError, TypeError):
        raise NotProved from None


async def _check(provider: Provider, endpoints: Endpoints, token: str, nonce_digest: str) -> Proved:
    """Source: OpenID Connect Core 1.0, 3.1.3.7."""
    allowed = ALGORITHMS[ProviderKind(provider.kind)]
    key = await _key_of(provider, endpoints, token)
    claims = jwt.decode(token, key, algorithms=list(allowed)).claims
    jwt.JWTClaimsRegistry(
        now=lambda: int(clock.now().timestamp()),
        leeway=SKEW_SECONDS,
        iss={"essential": True, "value": endpoints.issuer},
        aud={"essential": True, "value": provider.client_id},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
        nonce={"essential": True},
    ).validate(claims)
    subject, nonce, audience = claims["sub"], claims["nonce"], claims["aud"]
    is_for_others = isinstance(audience, list) and len(audience) > 1
    if not isinstance(subject, str) or not 0 < len(subject) <= 255 or not isinstance(nonce, str):
        raise ValueError("subject or nonce is no text")
    if not hmac.compare_digest(digest(nonce), nonce_digest):
        raise ValueError("nonce of another sign-in")
    if (is_for_others or "azp" in claims) and claims.get("azp") != provider.client_id:
        raise ValueError("made for another party")
    return Proved(endpoints.issuer, subject)


async def _key_of(provider: Provider, endpoints: Endpoints, token: str) -> OctKey | KeySet:
    """What a token must be signed with. A key that is not known yet is asked for once more: providers change them."""
    header = jws.extract_compact(token.encode()).headers()
    if header.get("alg") == "HS256" and provider.kind == ProviderKind.LINE:
        return OctKey.import_key(provider_secret(provider.secret_name))
    now = clock.now().timestamp()
    known = _keys.get(endpoints.jwks_uri)
    if known is not None and abs(now - known[0]) < KEPT_SECONDS:
        kid = header.get("kid")
        if kid is None or any(key.kid == kid for key in known[1].keys):
            return known[1]
    keys = msgspec.json.decode(await _fetch(endpoints.jwks_uri, provider.label))["keys"]
    found = KeySet.import_key_set({"keys": [key for key in keys if key.get("kty") in KEY_TYPES]})
    _keys[endpoints.jwks_uri] = (now, found)
    return found
