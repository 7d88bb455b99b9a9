"""Settings: read once from the environment, each with a sentence; a wrong value stops the start with one sentence.

What differs between bodies (sender address, consent text, retention) is data in the database, never a setting.
"""

import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

PREFIX = "BOOKING_"


class SettingRefused(Exception):
    """A setting has a value the service cannot work with; the text names the setting."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything an installation may choose. Field docs are the README's table (checked by a test)."""

    database_url: Annotated[str, "PostgreSQL address for requests; empty starts an embedded server in DATA_DIR"] = ""
    database_direct_url: Annotated[
        str, "address without a pooler, for LISTEN, migrations and the job leader; default DATABASE_URL"
    ] = ""
    data_dir: Annotated[Path, "folder for the embedded database and the generated secret"] = Path("data")
    public_url: Annotated[str, "address people type; https unless the host is localhost"] = "http://localhost:8000"
    secret_key: Annotated[str, "at least 32 characters; seals keys and second factors; empty makes one in DATA_DIR"] = (
        ""
    )
    timezone: Annotated[str, "zone of local days and times, an IANA name"] = "Asia/Tokyo"
    smtp_url: Annotated[str, "smtp://user:password@host:port or smtps://…; empty sends no mail outside a demo"] = ""
    log_format: Annotated[Literal["text", "json"], "how log lines are written"] = "text"
    log_level: Annotated[Literal["debug", "info", "warning", "error"], "the least serious line that is written"] = (
        "info"
    )
    pool_size: Annotated[int, "database connections per worker process"] = 8
    horizon_weeks: Annotated[int, "weeks ahead for which sessions are generated"] = 8
    demo: Annotated[bool, "set by `serve --demo`, never in production"] = False

    @property
    def zone(self) -> ZoneInfo:
        """The zone of local days."""
        return ZoneInfo(self.timezone)

    @property
    def is_secure(self) -> bool:
        """Whether people reach the service over HTTPS, so that cookies are marked Secure."""
        return self.public_url.startswith("https://")


def load(environ: Mapping[str, str]) -> Settings:
    """Read settings from `environ`. Raises: SettingRefused with one sentence that names the setting."""
    known = {PREFIX + field.name.upper(): field for field in msgspec.structs.fields(Settings)}
    if unknown := sorted(
        name for name in environ if name.startswith(PREFIX) and name not in known and not _is_ours(name)
    ):
        raise SettingRefused(f"{unknown[0]} is not a setting; the README lists those there are.")
    values: dict[str, object] = {}
    for name, field in known.items():
        if name in environ:
            values[field.name] = _parsed(name, environ[name], field.type)
    settings = msgspec.structs.replace(Settings(), **values)
    _check(settings)
    return settings


_OURS = frozenset({"BOOKING_REQUIRE_BROWSER"})
PROVIDER_PREFIX = "BOOKING_PROVIDER_"
"""Secrets of sign-in providers and LINE channels: a body's administrator writes down the name, the environment holds
the value."""


def _is_ours(name: str) -> bool:
    return name in _OURS or name.startswith(PROVIDER_PREFIX)


def provider_secret(name: str) -> str:
    """The secret that a variable `BOOKING_PROVIDER_…` holds; empty when there is none, and for every other name."""
    return os.environ.get(name, "") if name.startswith(PROVIDER_PREFIX) else ""


def _parsed(name: str, text: str, kind: object) -> object:
    kind = getattr(kind, "__origin__", kind)
    try:
        if kind is Path:
            return Path(text).expanduser()
        return msgspec.convert(text, kind, strict=False)
    except msgspec.ValidationError as error:
        raise SettingRefused(f"{name} has a value that cannot be used: {error}.") from None


def _check(settings: Settings) -> None:
    try:
        ZoneInfo(settings.timezone)
    except (ZoneInfoNotFoundError, ValueError):
        raise SettingRefused(f"BOOKING_TIMEZONE names no zone: {settings.timezone!r}.") from None
    for field in ("database_url", "database_direct_url"):
        value = getattr(settings, field)
        if value and urlsplit(value).scheme not in ("postgresql", "postgres"):
            raise SettingRefused(f"{PREFIX}{field.upper()} must begin with postgresql://.")
    if settings.smtp_url and urlsplit(settings.smtp_url).scheme not in ("smtp", "smtps"):
        raise SettingRefused("BOOKING_SMTP_URL must begin with smtp:// or smtps://.")
    public = urlsplit(settings.public_url)
    if public.scheme not in ("http", "https") or not public.hostname:
        raise SettingRefused("BOOKING_PUBLIC_URL must be an address that begins with https://.")
    if public.scheme == "http" and public.hostname not in ("localhost", "127.0.0.1", "::1"):
        raise SettingRefused("BOOKING_PUBLIC_URL must be https unless its host is localhost: tablets need it.")
    if settings.secret_key and len(settings.secret_key) < 32:
        raise SettingRefused("BOOKING_SECRET_KEY must have at least 32 characters.")
    for field, low, high in (("pool_size", 1, 100), ("horizon_weeks", 1, 52)):
        if not low <= getattr(settings, field) <= high:
            raise SettingRefused(f"{PREFIX}{field.upper()} must be between {low} and {high}.")


@cache
def get_settings() -> Settings:
    """The settings of this process. Tests and `serve` replace them with `use_settings`."""
    return _chosen[-1] if _chosen else load(os.environ)


_chosen: list[Settings] = []


def use_settings(settings: Settings) -> None:
    """Make `settings` those of this process."""
    _chosen[:] = [settings]
    get_settings.cache_clear()
