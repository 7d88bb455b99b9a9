"""Every way the annual-users figure says no."""

from booking.kit.errors import Refusal
from booking.kit.i18n import N_


class NoSuchFiscalYear(Refusal):
    """The plan has no such year, or what was asked is no year."""

    code = "no-such-fiscal-year"
    status = 404
    sentence = N_("その年度は計画にありません。2024年度から2028年度までを選んでください。")


class NoSuchBody(Refusal):
    """The code is not that of a body of this service."""

    code = "no-such-body"
    status = 404
    sentence = N_("その団体コードの団体はありません。群馬県は100005、桐生市は102032です。")


class NoSuchPeriod(Refusal):
    """A month is written as 2026-11."""

    code = "no-such-period"
    status = 422
    sentence = N_("月は 2026-11 のように書いてください。")


BY_CONSTRAINT: dict[str, type[Refusal]] = {}
