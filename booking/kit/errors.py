"""Refusals: how every room says no. A refusal is a sentence with a stable code, never a stack trace."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, ClassVar

from booking.kit.i18n import N_, format_day, format_moment, translate
from booking.kit.words import say_words


def say_value(value: Any, language: str) -> Any:
    """A value of a sentence as people say it: instants, days, names kept in several languages; others as they are."""
    if isinstance(value, datetime):
        return format_moment(value, language)
    if isinstance(value, date):
        return format_day(value, language, year=True)
    return say_words(value, language) if isinstance(value, Mapping) else value


class Refusal(Exception):
    """A rule said no. Subclasses give the words; instances the values in them.

    `code` is unique in the product, kebab-case and never changes; `sentence` is a message id that says what happened,
    what is true now and what to do; `fields` maps a form field to the refusal of that field.
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 409
    sentence: ClassVar[str] = N_("この操作は受け付けられませんでした。何も変わっていません。")

    def __init__(self, *, fields: "dict[str, Refusal] | None" = None, **params: Any) -> None:
        super().__init__(self.code)
        self.fields = fields or {}
        self.params = params

    def say(self, language: str) -> str:
        """The sentence in a language, with its instants, days and names."""
        return self._put(self.sentence, language)

    def _put(self, sentence: str, language: str) -> str:
        return translate(sentence, language, **{name: say_value(each, language) for name, each in self.params.items()})


class InvalidForm(Refusal):
    """Some fields of a form or body hold what cannot be used; `fields` says which and why."""

    code = "invalid-form"
    status = 422
    sentence = N_("入力を見直してください。まだ何も保存していません。")


class MalformedRequest(Refusal):
    """The body is not what this address takes."""

    code = "malformed-request"
    status = 400
    sentence = N_("送られた内容を読み取れませんでした。何も保存していません。")


class NotFound(Refusal):
    """There is no such thing, or it is not for this person to see."""

    code = "not-found"
    status = 404
    sentence = N_("お探しのページは、終わったか、なくなりました。あなたの予約は、そのまま残っています。")


class Busy(Refusal):
    """The database does not answer now."""

    code = "unavailable"
    status = 503
    sentence = N_("いま、つながりにくくなっています。少し待ってから、もう一度ためしてください。何も失われていません。")
