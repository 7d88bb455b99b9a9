"""Refusals: how every room says no. A refusal is a sentence with a stable code, never a stack trace."""

from typing import Any, ClassVar

from booking.kit.i18n import N_, translate


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
        """The sentence in a language."""
        return translate(self.sentence, language, **self.params)


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
