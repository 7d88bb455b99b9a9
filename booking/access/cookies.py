"""The two cookies: which browser it is, and who is signed in on it. For both kinds of doors."""

from typing import Any, TypeVar

from litestar import Request, Response
from litestar.datastructures import Cookie

from booking.access.rules import cookie_name, device_cookie_name, sign_in_lasts
from booking.access.schemas import Browser, SignedIn
from booking.kit.i18n import language_of
from booking.kit.settings import get_settings
from booking.kit.tokens import digest, keyed_digest, new_secret

A_YEAR = 365 * 86_400
Answer = TypeVar("Answer", bound=Response[Any])


def network_of(request: Request[Any, Any, Any]) -> str:
    """Digest of the network address that asks, for limits; the address itself is kept nowhere."""
    return keyed_digest(request.client.host if request.client else "")


def browser_of(request: Request[Any, Any, Any]) -> tuple[Browser, str]:
    """The browser that asks, and its device cookie's value: a new one when it has none."""
    value = request.cookies.get(device_cookie_name(secure=get_settings().is_secure), "")
    device = value if 20 <= len(value) <= 100 else new_secret()
    browser = Browser(device=digest(device), network=network_of(request), language=language_of(request))
    return browser, device


def _cookie(name: str, value: str, lasts_seconds: int) -> Cookie:
    secure = get_settings().is_secure
    return Cookie(name, value=value, path="/", max_age=lasts_seconds, httponly=True, secure=secure, samesite="lax")


def know_device(answer: Answer, device: str) -> Answer:
    """Let the browser keep its device cookie."""
    answer.set_cookie(_cookie(device_cookie_name(secure=get_settings().is_secure), device, A_YEAR))
    return answer


def know_sign_in(answer: Answer, signed_in: SignedIn) -> Answer:
    """Let the browser keep its sign-in."""
    lasts = sign_in_lasts(signed_in.kind, second_factor=not signed_in.needs_second)
    name = cookie_name(secure=get_settings().is_secure)
    answer.set_cookie(_cookie(name, signed_in.cookie, int(lasts.total_seconds())))
    return answer


def forget_sign_in(answer: Answer) -> Answer:
    """Let the browser forget its sign-in."""
    answer.set_cookie(_cookie(cookie_name(secure=get_settings().is_secure), "", 0))
    return answer
