"""Languages: the Japanese sentence is the message id; dates, times and numbers in the forms of the look.

A sentence missing in a language falls back to English, then to Japanese; やさしい日本語 falls back to Japanese at once.
Catalogues (`booking/locale/<language>/LC_MESSAGES/<domain>.po`) are read when a language is first asked for.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any, Literal

from babel import Locale
from babel.dates import format_date, get_day_names
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from litestar.connection import ASGIConnection
from markupsafe import Markup, escape

from booking.kit import clock

LOCALE_DIR = Path(__file__).parents[1] / "locale"
COOKIE = "language"
LANGUAGES = ("ja", "ja-easy", "en", "pt-BR", "vi", "es", "zh-Hans", "tl")
"""Every language of the service, in the order of the menu."""
NAMES = {
    "ja": "日本語",
    "ja-easy": "やさしい にほんご",
    "en": "English",
    "pt-BR": "Português",
    "vi": "Tiếng Việt",
    "es": "Español",
    "zh-Hans": "简体中文",
    "tl": "Tagalog",
}
HTML_LANG = {"ja-easy": "ja"}
"""The `lang` attribute where it differs: a screen reader knows no やさしい日本語."""

_BY_TAG = {"ja": "ja", "en": "en", "pt": "pt-BR", "vi": "vi", "es": "es", "zh": "zh-Hans", "tl": "tl", "fil": "tl"}
_CLDR = {"ja-easy": "ja", "tl": "fil"}
_EASY_DAYS = ("げつようび", "かようび", "すいようび", "もくようび", "きんようび", "どようび", "にちようび")
_speaking: ContextVar[str] = ContextVar("language", default="ja")


def N_(sentence: str) -> str:  # noqa: N802 - the name gettext tools know
    """Mark a sentence for the catalogues; `translate` says it later."""
    return sentence


@cache
def catalogue(language: str, domain: str = "booking") -> Mapping[str, str | tuple[str, ...]]:
    """The sentences of one language, without those not translated yet or marked fuzzy."""
    path = LOCALE_DIR / language / "LC_MESSAGES" / f"{domain}.po"
    if not path.exists():
        return {}
    found: dict[str, str | tuple[str, ...]] = {}
    with path.open("rb") as file:
        for message in read_po(file):
            key = message.id if isinstance(message.id, str) else message.id[0]
            said = message.string if isinstance(message.string, str) else tuple(message.string or ())
            if key and not message.fuzzy and (said if isinstance(said, str) else said and all(said)):
                found[key] = said
    return found


def _chain(language: str) -> tuple[str, ...]:
    if language in ("ja", "ja-easy"):
        return (language,)
    return (language, "en")


def find_sentence(sentence: str, language: str, domain: str = "booking", n: object = None) -> str:
    """The sentence in a language with its placeholders still in it; `n` chooses between one and many."""
    for candidate in _chain(language):
        said = catalogue(candidate, domain).get(sentence)
        if said is not None:
            return said if isinstance(said, str) else said[0 if n == 1 else len(said) - 1]
    return sentence


def translate(sentence: str, language: str, /, *, domain: str = "booking", **params: Any) -> str:
    """Say a sentence in a language. `{name}` takes the parameter of that name; `n` also chooses one or many.

    When a parameter is Markup (a link, a `<time>`), the result is Markup and everything else in it is escaped.
    """
    said = find_sentence(sentence, language, domain, params.get("n"))
    if not params:
        return said
    if any(isinstance(value, Markup) for value in params.values()):
        return escape(said).format(**params)
    return said.format(**params)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Within the block, templates and formats speak this language unless told otherwise."""
    token = _speaking.set(language)
    try:
        yield
    finally:
        _speaking.reset(token)


def spoken() -> str:
    """The language of the block around (`speaking`), Japanese outside any."""
    return _speaking.get()


def say(sentence: str, /, *, domain: str = "booking", **params: Any) -> str:
    """`translate` into the language of the block around; the `_` of templates."""
    return translate(sentence, _speaking.get(), domain=domain, **params)


def language_of(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """The language of a request: `?lang=`, the cookie, the signed-in person's, the browser's, Japanese."""
    for asked in (connection.query_params.get("lang"), connection.cookies.get(COOKIE)):
        if asked in LANGUAGES:
            return str(asked)
    actor = getattr(connection.state, "actor", None)
    if actor is not None and actor.id is not None and actor.language in LANGUAGES:
        return str(actor.language)
    return negotiate(connection.headers.get("accept-language", ""))


def negotiate(accept_language: str) -> str:
    """The best language for an Accept-Language header."""
    wanted: list[tuple[float, int, str]] = []
    for position, part in enumerate(accept_language[:500].split(",")):
        tag, _, weight = part.partition(";")
        try:
            quality = float(weight.strip().removeprefix("q=") or 1)
        except ValueError:
            quality = 0.0
        known = _BY_TAG.get(tag.strip().lower().split("-")[0])
        if known and quality > 0:
            wanted.append((-quality, position, known))
    return min(wanted)[2] if wanted else "ja"


@cache
def _cldr(language: str) -> Locale:
    return Locale.parse(_CLDR.get(language, language).replace("-", "_"))


def _day(value: date | datetime) -> date:
    return clock.local(value).date() if isinstance(value, datetime) else value


def _wall(value: time | datetime) -> time:
    return clock.local(value).time() if isinstance(value, datetime) else value


def format_day(value: date | datetime, language: str | None = None, *, year: bool = False) -> str:
    """`11月22日（日）` · `Sun 22 Nov`; with the year when asked. Instants are shown as the local day."""
    language, day = language or spoken(), _day(value)
    if language == "ja-easy":
        years = f"{day.year}ねん " if year else ""
        return f"{years}{day.month}がつ {day.day}にち（{_EASY_DAYS[day.weekday()]}）"
    locale = _cldr(language)
    if language in ("ja", "zh-Hans"):
        return str(format_date(day, "y年M月d日（EEE）" if year else "M月d日（EEE）", locale=locale))
    return str(format_date(day, "EEE d MMM y" if year else "EEE d MMM", locale=locale)).replace(".", "")


def format_weekday(number: int, language: str | None = None, *, short: bool = False) -> str:
    """The weekday (1 Monday … 7 Sunday): `月曜日` · `Monday`; short `月` · `Mon`."""
    language = language or spoken()
    if language == "ja-easy":
        return _EASY_DAYS[number - 1][: -len("ようび")] if short else _EASY_DAYS[number - 1]
    width: Literal["abbreviated", "wide"] = "abbreviated" if short else "wide"
    return str(get_day_names(width, context="stand-alone", locale=_cldr(language))[number - 1]).replace(".", "")


def format_month(value: date, language: str | None = None, *, year: bool = True) -> str:
    """`2026年11月` · `Nov 2026`; without the year where it is said above."""
    language = language or spoken()
    if language == "ja-easy":
        return f"{value.year}ねん {value.month}がつ" if year else f"{value.month}がつ"
    pattern = "M月" if language in ("ja", "zh-Hans") else "MMM"
    if year:
        pattern = "y年M月" if language in ("ja", "zh-Hans") else "MMM y"
    return str(format_date(value, pattern, locale=_cldr(language))).replace(".", "")


def format_month_day(month: int, day: int, language: str | None = None) -> str:
    """A day of every year: `12月29日` · `29 Dec`."""
    language = language or spoken()
    if language == "ja-easy":
        return f"{month}がつ {day}にち"
    pattern = "M月d日" if language in ("ja", "zh-Hans") else "d MMM"
    return str(format_date(date(2028, month, day), pattern, locale=_cldr(language))).replace(".", "")


def format_time(value: time | datetime, language: str | None = None) -> str:
    """`10:00`; in やさしい日本語 `ごご 3じ 30ぷん`."""
    language, wall = language or spoken(), _wall(value)
    if language != "ja-easy":
        return f"{wall.hour}:{wall.minute:02d}"
    half = "ごぜん" if wall.hour < 12 else "ごご"
    hour = wall.hour % 12 or (12 if wall.hour else 0)
    counter = "ふん" if wall.minute % 10 in (2, 5, 7, 9) else "ぷん"
    return f"{half} {hour}じ" + (f" {wall.minute}{counter}" if wall.minute else "")


def format_span(start: time | datetime, end: time | datetime, language: str | None = None) -> str:
    """`10:00 〜 12:00` · `10:00 – 12:00`."""
    return format_range(format_time(start, language), format_time(end, language), language)


def format_range(first: str, last: str, language: str | None = None) -> str:
    """From one to the other, both said already: `11月 〜 12月` · `Nov – Dec`."""
    pair = "{} 〜 {}" if (language or spoken()) in ("ja", "ja-easy") else "{} – {}"
    return (escape(pair) if isinstance(first, Markup) else pair).format(first, last)


def format_moment(value: datetime, language: str | None = None, *, year: bool = False) -> str:
    """`11月22日（日） 10:00` · `Sun 22 Nov, 10:00`."""
    language = language or spoken()
    return f"{format_day(value, language, year=year)}{_between(language)}{format_time(value, language)}"


def format_meeting(start: datetime, end: datetime, language: str | None = None) -> str:
    """`11月22日（日） 10:00 〜 12:00` · `Sun 22 Nov, 10:00 – 12:00`: a day and from when to when, as plain text."""
    language = language or spoken()
    return f"{format_day(start, language)}{_between(language)}{format_span(start, end, language)}"


def _between(language: str) -> str:
    """What stands between a day and a time."""
    return " " if language in ("ja", "ja-easy", "zh-Hans") else ", "


def format_number(value: float | int, language: str | None = None, *, decimals: int = 0) -> str:
    """`9,400` with the separators of the language."""
    language = language or spoken()
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return str(format_decimal(value, format=pattern, locale=_cldr(language)))


def format_list(texts: Iterable[str], language: str | None = None) -> str:
    """What stands in a row: `11月、12月` · `Nov, Dec`."""
    return ("、" if (language or spoken()) in ("ja", "ja-easy", "zh-Hans") else ", ").join(texts)


def bracketed(text: str, language: str | None = None) -> str:
    """`（text）` after what it belongs to; ` (text)` where brackets are half as wide and stand apart."""
    pair = "（{}）" if (language or spoken()) in ("ja", "ja-easy", "zh-Hans") else " ({})"
    return (escape(pair) if isinstance(text, Markup) else pair).format(text)
