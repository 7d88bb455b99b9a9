"""A provider of sign-ins and LINE messages, as a process of its own: `python -m tests.providers PORT`.

It keeps the rules a real one keeps (redirect address, PKCE, client secret, a code once) and signs with real keys. How
it misbehaves is told to `POST /_set`; what it was asked to send lies at `GET /_messages`.
"""

import base64
import hashlib
import hmac
import json
import secrets
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey, RSAKey

from tests.served import ROOT, free_port

CLIENT, SECRET, TOKEN = "channel-1234567890", "s3cret-of-the-channel-0123456789ab", "channel-access-token"
KEYS: dict[str, Any] = {
    "rsa": RSAKey.generate_key(2048, {"kid": "r1", "use": "sig"}),
    "ec": ECKey.generate_key("P-256", {"kid": "e1", "use": "sig"}),
    "stranger": RSAKey.generate_key(2048, {"kid": "r1", "use": "sig"}),
}
LINE_PATHS = ("/v2/bot/profile/", "/v2/bot/message/push")


class State:
    """What the provider knows, and how it misbehaves now."""

    def __init__(self) -> None:
        self.told: dict[str, Any] = {}
        self.codes: dict[str, dict[str, str]] = {}
        self.messages: list[dict[str, Any]] = []
        self.retry_keys: set[str] = set()
        self.lock = threading.Lock()


STATE = State()


def by_hand(header: dict[str, str], claims: dict[str, Any], secret: bytes | None) -> str:
    """A token as no library would make it."""
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (header, claims)]
    sign = b"" if secret is None else hmac.digest(secret, b".".join(parts), "sha256")
    return b".".join([*parts, base64.urlsafe_b64encode(sign).rstrip(b"=")]).decode()


class Provider(BaseHTTPRequestHandler):
    """Its doors."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    @property
    def here(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"  # type: ignore[str-bytes-safe]

    def answer(self, status: int, body: Any, kind: str = "application/json", **headers: str) -> None:
        raw = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(asked.query).items()}
        if asked.path == "/.well-known/openid-configuration":
            self.answer(200, self.description())
        elif asked.path == "/keys":
            self.answer(200, KeySet([KEYS["rsa"], KEYS["ec"]]).as_dict(private=False))
        elif asked.path == "/authorize":
            self.authorize(query)
        elif asked.path == "/_messages":
            self.answer(200, STATE.messages)
        elif asked.path.startswith(LINE_PATHS[0]):
            self.profile()
        else:
            self.answer(404, {})

    def description(self) -> dict[str, Any]:
        return {
            "issuer": STATE.told.get("issuer", self.here),
            "authorization_endpoint": f"{self.here}/authorize",
            "token_endpoint": f"{self.here}/token",
            "jwks_uri": f"{self.here}/keys",
            "token_endpoint_auth_methods_supported": STATE.told.get("auth", ["client_secret_basic"]),
        }

    def authorize(self, query: dict[str, str]) -> None:
        needed = ("client_id", "redirect_uri", "state", "nonce", "code_challenge", "response_type", "scope")
        is_known = query.get("client_id") == CLIENT and query.get("code_challenge_method") == "S256"
        if not all(query.get(name) for name in needed) or not is_known or query["response_type"] != "code":
            self.answer(400, {"error": "invalid_request", "asked": query})
            return
        back = query["redirect_uri"]
        if STATE.told.get("denies"):
            self.answer(302, "", Location=f"{back}?{urlencode({'error': 'access_denied', 'state': query['state']})}")
            return
        code = secrets.token_urlsafe(16)
        STATE.codes[code] = {**query, "sub": STATE.told.get("sub", "U" + "1" * 32)}
        there = f"{back}?{urlencode({'code': code, 'state': query['state']})}"
        if STATE.told.get("asks"):
            self.answer(
                200, f'<html lang="pt-BR"><title>LINE</title><a href="{there}">Permitir</a></html>', "text/html"
            )
        else:
            self.answer(302, "", Location=there)

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("content-length", "0"))).decode()
        if self.path == "/_set":
            STATE.told = json.loads(raw)
            self.answer(200, {})
        elif self.path == "/token":
            self.token({name: values[0] for name, values in parse_qs(raw).items()})
        elif self.path == LINE_PATHS[1]:
            self.push(json.loads(raw))
        else:
            self.answer(404, {})

    def knows_client(self, sent: dict[str, str]) -> bool:
        scheme, _, value = self.headers.get("authorization", "").partition(" ")
        if scheme == "Basic":
            return base64.b64decode(value).decode() == f"{CLIENT}:{SECRET}"
        return (sent.get("client_id"), sent.get("client_secret")) == (CLIENT, SECRET)

    def token(self, sent: dict[str, str]) -> None:
        if STATE.told.get("breaks"):
            self.answer(500, "<html>broken</html>", "text/html")
            return
        grant = STATE.codes.pop(sent.get("code", ""), None)
        if not self.knows_client(sent) or grant is None or sent.get("redirect_uri") != grant["redirect_uri"]:
            self.answer(400, {"error": "invalid_grant"})
            return
        challenge = base64.urlsafe_b64encode(hashlib.sha256(sent.get("code_verifier", "").encode()).digest())
        if challenge.rstrip(b"=").decode() != grant["code_challenge"]:
            self.answer(400, {"error": "invalid_grant"})
            return
        said = {"access_token": "a", "token_type": "Bearer", "expires_in": 3600, "id_token": self.id_token(grant)}
        self.answer(200, said)

    def id_token(self, grant: dict[str, str]) -> str:
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": self.here,
            "sub": grant["sub"],
            "aud": CLIENT,
            "nonce": grant["nonce"],
            "iat": now,
            "exp": now + 600,
            "email": "known@example.jp",
            "email_verified": True,
            "name": "Ana",
            **STATE.told.get("claims", {}),
        }
        for name in STATE.told.get("leaves_out", []):
            claims.pop(name)
        way = STATE.told.get("signs", "RS256")
        if way == "none":
            return by_hand({"alg": "none", "typ": "JWT"}, claims, None)
        if way == "public-as-secret":
            return by_hand({"alg": "HS256", "kid": "r1"}, claims, KEYS["rsa"].as_pem(private=False))
        if way == "HS256":
            return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(STATE.told.get("secret", SECRET)))
        if way == "ES256":
            return jwt.encode({"alg": "ES256", "kid": "e1"}, claims, KEYS["ec"])
        return jwt.encode({"alg": "RS256", "kid": "r1"}, claims, KEYS["stranger" if way == "stranger" else "rsa"])

    def is_channel(self) -> bool:
        if self.headers.get("authorization") == f"Bearer {TOKEN}":
            return True
        self.answer(401, {"message": "Authentication failed"})
        return False

    def profile(self) -> None:
        if not self.is_channel():
            return
        user = self.path.removeprefix(LINE_PATHS[0])
        if user in STATE.told.get("blocked", []):
            self.answer(404, {"message": "Not found"})
        else:
            self.answer(200, {"userId": user, "displayName": "Ana"})

    def push(self, sent: dict[str, Any]) -> None:
        if not self.is_channel():
            return
        status = STATE.told.get("pushes", 200)
        if status != 200:
            self.answer(status, {"message": "no"})
            return
        with STATE.lock:
            key = self.headers.get("x-line-retry-key", "")
            if key in STATE.retry_keys:
                self.answer(409, {"message": "The retry key is already accepted"})
                return
            STATE.retry_keys.add(key)
            STATE.messages.append(sent)
        self.answer(200, {"sentMessages": [{"id": "1"}]})


class Running:
    """The process, from outside."""

    def __init__(self, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}"

    def set(self, **told: Any) -> None:
        """How it behaves from now on; nothing told: well."""
        self._ask("/_set", json.dumps(told).encode())

    def messages(self) -> list[dict[str, Any]]:
        """What it was asked to push, the oldest first."""
        return list(json.loads(self._ask("/_messages")))

    def _ask(self, path: str, body: bytes | None = None) -> bytes:
        with urllib.request.urlopen(f"{self.address}{path}", data=body, timeout=10) as answer:
            return bytes(answer.read())


@contextmanager
def running() -> Iterator[Running]:
    """A provider in a process of its own, ended at the end."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "tests.providers", str(port)], cwd=ROOT)
    try:
        made, until = Running(port), time.monotonic() + 30
        while True:
            try:
                made.messages()
                break
            except OSError:
                if time.monotonic() > until or process.poll() is not None:
                    raise
                time.sleep(0.05)
        yield made
    finally:
        process.terminate()
        process.wait(10)


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Provider).serve_forever()
