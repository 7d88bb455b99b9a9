"""Problem documents: every error of the API has one shape. Source: RFC 9457."""

import logging

import msgspec
from litestar import Response
from litestar.exceptions import HTTPException
from litestar.exceptions import ValidationException as LitestarValidation

from booking.kit.db import LOST, UNSTORABLE
from booking.kit.errors import Busy, MalformedRequest, NotFound, Refusal
from booking.kit.i18n import N_

MEDIA_TYPE = "application/problem+json"
log = logging.getLogger("booking")


class Problem(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A refusal as the API says it: `code` is stable, `detail` a sentence in the asked language."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    fields: dict[str, str] = {}


class MethodRefused(Refusal):
    """The address exists, but not for this method."""

    code = "method-not-allowed"
    status = 405
    sentence = N_("この操作は、ここではできません。")


class TooLarge(Refusal):
    """The body is larger than this address takes."""

    code = "request-too-large"
    status = 413
    sentence = N_("送られた内容が大きすぎます。分けて送ってください。")


class NotAcceptable(Refusal):
    """The kind of content sent or asked for is not one this address knows."""

    code = "unsupported-media-type"
    status = 415
    sentence = N_("この形式の内容は受け取れません。")


class Broken(Refusal):
    """We made a mistake; it is in our log."""

    code = "internal-error"
    status = 500
    sentence = N_("こちらの不具合で、うまくいきませんでした。少し待って、もう一度ためしてください。")


_BY_STATUS: dict[int, type[Refusal]] = {
    400: MalformedRequest,
    404: NotFound,
    405: MethodRefused,
    406: NotAcceptable,
    413: TooLarge,
    415: NotAcceptable,
    422: MalformedRequest,
    503: Busy,
}


def as_refusal(error: Exception) -> Refusal:
    """Any exception as a refusal; what we did not foresee is logged without the request's content."""
    if isinstance(error, Refusal):
        return error
    if isinstance(error, LitestarValidation):
        return MalformedRequest()
    if isinstance(error, HTTPException) and error.status_code < 500:
        return _BY_STATUS.get(error.status_code, MalformedRequest)()
    if isinstance(error, UNSTORABLE):
        log.warning("unstorable %s", type(error).__name__, exc_info=error)
        return MalformedRequest()
    if isinstance(error, LOST):
        return Busy()
    log.error("unforeseen %s", type(error).__name__, exc_info=error)
    return Broken()


def problem(refusal: Refusal, language: str) -> Problem:
    """The document of a refusal."""
    detail = refusal.say(language)
    return Problem(
        type=f"urn:booking:problem:{refusal.code}",
        title=refusal.code.replace("-", " "),
        status=refusal.status,
        detail=detail,
        code=refusal.code,
        fields={name: each.say(language) for name, each in refusal.fields.items()},
    )


def problem_response(refusal: Refusal, language: str) -> Response[bytes]:
    """A refusal as an HTTP answer of the API."""
    headers: dict[str, str] = {"cache-control": "no-store", "content-language": language}
    if refusal.status == 503:
        headers["retry-after"] = "5"
    headers.update(getattr(refusal, "headers", {}))
    return Response(
        msgspec.json.encode(problem(refusal, language)),
        status_code=refusal.status,
        media_type=MEDIA_TYPE,
        headers=headers,
    )


__all__ = ["MEDIA_TYPE", "Problem", "as_refusal", "problem", "problem_response"]
