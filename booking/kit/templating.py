"""Templates: one Jinja environment over the `templates/` folders of all rooms, addressed `room/file.html`."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, PrefixLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from booking.kit import clock, i18n
from booking.kit.assets import asset
from booking.kit.errors import Refusal
from booking.kit.icons import icon, with_sprite
from booking.kit.squares import squares
from booking.kit.words import say_words, words_lang, words_tag

PACKAGE = Path(__file__).parents[1]


def _wall_attribute(value: time | datetime) -> str:
    if isinstance(value, datetime):
        return clock.local(value).isoformat(timespec="minutes")
    return value.isoformat(timespec="minutes")


def date_tag(value: date | datetime, *, year: bool = False) -> Markup:
    """A local day as a `<time>` element."""
    day = clock.local_date(value) if isinstance(value, datetime) else value
    return Markup('<time datetime="{}">{}</time>').format(day.isoformat(), i18n.format_day(day, year=year))


def time_tag(value: time | datetime) -> Markup:
    """A local time as a `<time>` element."""
    return Markup('<time datetime="{}">{}</time>').format(_wall_attribute(value), i18n.format_time(value))


def span_tag(start: time | datetime, end: time | datetime) -> Markup:
    """From when to when, not broken across lines."""
    return Markup('<span class="nowrap">{}</span>').format(i18n.format_range(time_tag(start), time_tag(end)))


def moment_tag(value: datetime, *, year: bool = False) -> Markup:
    """A local day and time as one `<time>` element."""
    said = i18n.format_moment(value, year=year)
    return Markup('<time datetime="{}">{}</time>').format(_wall_attribute(value), said)


def last_day(until: date | datetime) -> date:
    """The last local day before an exclusive end, as people say it: until 31 March, not before 1 April."""
    if isinstance(until, datetime):
        return clock.local_date(until - timedelta(microseconds=1))
    return until - timedelta(days=1)


def sentence_of(refusal: Refusal | str | None) -> str:
    """What a refusal says in the page's language; a text says itself; nothing says nothing."""
    if isinstance(refusal, Refusal):
        return refusal.say(i18n.spoken())
    return refusal or ""


def _plural(sentence: str, _: str, n: int) -> str:
    return i18n.find_sentence(sentence, i18n.spoken(), n=n)


def _gettext(sentence: str) -> str:
    return i18n.find_sentence(sentence, i18n.spoken())


@cache
def environment() -> Environment:
    """The environment of all templates."""
    rooms = {folder.parent.name: FileSystemLoader(folder) for folder in sorted(PACKAGE.glob("*/templates"))}
    env = Environment(
        loader=PrefixLoader(rooms),
        autoescape=select_autoescape(disabled_extensions=("txt",), default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    )
    env.policies["ext.i18n.trimmed"] = True
    helpers: dict[str, Callable[..., Any]] = {
        "_": i18n.say,
        "gettext": _gettext,
        "ngettext": _plural,
        "spoken": i18n.spoken,
        "weekday_name": i18n.format_weekday,
        "month_day_name": i18n.format_month_day,
        "asset": asset,
        "icon": icon,
        "squares_svg": squares,
        "date_tag": date_tag,
        "time_tag": time_tag,
        "span_tag": span_tag,
        "moment_tag": moment_tag,
        "meeting": i18n.format_meeting,
        "span": i18n.format_span,
        "from_to": i18n.format_range,
        "sentence_of": sentence_of,
        "words_tag": words_tag,
        "words_lang": words_lang,
        "lang_of": lambda language: i18n.HTML_LANG.get(language, language),
        "say_words": say_words,
    }
    env.globals.update(helpers)
    env.globals["other_languages"] = [(language, i18n.NAMES[language]) for language in i18n.LANGUAGES[1:]]
    env.filters.update(
        number=i18n.format_number,
        bracketed=i18n.bracketed,
        day=i18n.format_day,
        time=i18n.format_time,
        moment=i18n.format_moment,
        month=i18n.format_month,
        listed=i18n.format_list,
        last_day=last_day,
    )
    return env


def render(template: str, language: str, /, **context: Any) -> str:
    """Render a template in a language; also for mail texts."""
    with i18n.speaking(language):
        return with_sprite(environment().get_template(template).render(**context))


def render_piece(template: str, language: str, /, **context: Any) -> Markup:
    """Render a piece of HTML that a page includes (a slot)."""
    return Markup(render(template, language, **context))  # noqa: S704 - the template has escaped what is not its own
