"""Log lines on standard error, as text or JSON, without personal data.

A failure is logged as where it happened and of which kind, never with its message: messages of a database quote the
values that offended it, and those may name a person.
"""

import logging
import sys
import traceback
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any

import structlog

from booking.kit.settings import Settings

Line = MutableMapping[str, Any]


def configure(settings: Settings) -> None:
    """Set up logging for this process, our own lines and those of libraries alike."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _where_it_failed,
    ]
    last: Any = structlog.processors.JSONRenderer(ensure_ascii=False)
    if settings.log_format == "text":
        last = structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"])
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
        )
    )
    logging.basicConfig(handlers=[handler], level=settings.log_level.upper(), force=True)
    for chatty in ("uvicorn", "uvicorn.error", "apscheduler", "asyncio", "httpx"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def _where_it_failed(_logger: Any, _method: str, line: Line) -> Line:
    """Replace an exception by its kind and the places it passed, the innermost last."""
    given = line.pop("exc_info", None)
    error = given[1] if isinstance(given, tuple) else given if isinstance(given, BaseException) else None
    if error is None and given:
        error = sys.exc_info()[1]
    if error is not None:
        line["error"] = " < ".join(_kinds(error))
        line["at"] = _places(error.__traceback__)
    return line


def _kinds(error: BaseException | None) -> list[str]:
    kinds: list[str] = []
    while error is not None and len(kinds) < 10:
        kinds.append(f"{type(error).__module__}.{type(error).__qualname__}")
        error = error.__cause__ or error.__context__
    return kinds


def _places(trace: TracebackType | None) -> str:
    frames = traceback.extract_tb(trace)[-12:]
    return " > ".join(
        f"{frame.filename.rpartition('site-packages/')[2]}:{frame.lineno} {frame.name}" for frame in frames
    )
