"""What may be certified, and what is said of a difference."""

import re
from collections.abc import Collection, Sequence
from datetime import date

from booking.kit.fields import Fields
from booking.kit.fiscal import fiscal_span
from booking.kpi.errors import CertifyRefused, NoSuchBody, NoSuchPeriod, NotOver, ReasonMissing
from booking.kpi.rules import Period
from booking.kpi.schemas_certifying import CertifyForm, PeriodState, Span

LONGEST_OFFICE, LONGEST_NOTE = 60, 400
_MONTH = re.compile(r"^(20[0-9]{2})-(0[1-9]|1[0-2])$")


def month_span(month: str) -> tuple[date, date] | None:
    """First day of a month written `2026-10`, and of the next."""
    found = _MONTH.match(month)
    if found is None:
        return None
    first = date(int(found[1]), int(found[2]), 1)
    return first, date(first.year + first.month // 12, first.month % 12 + 1, 1)


def check_form(form: CertifyForm, bodies: Collection[str]) -> tuple[Span, str, str]:
    """Span, office and note. Raises: CertifyRefused, NoSuchPeriod, NoSuchBody."""
    read = Fields()
    office = read.words("office", form.office, longest=LONGEST_OFFICE)
    note = read.words("note", form.note, longest=LONGEST_NOTE, is_needed=False)
    read.refuse_if_any(CertifyRefused)
    if form.body and form.body not in bodies:
        raise NoSuchBody
    return span_of(form.month or form.fiscal_year, form.body, is_month=bool(form.month)), office, note


def span_of(text: str, body: str, *, is_month: bool | None = None) -> Span:
    """A month `2026-10` or a fiscal year `2026` of a body; either, where it is not said which. Raises: NoSuchPeriod."""
    year = fiscal_span(int(text)) if re.fullmatch(r"20[0-9]{2}", text) else None
    days = month_span(text) if is_month else year if is_month is False else month_span(text) or year
    if days is None:
        raise NoSuchPeriod
    period = Period.YEAR if days == year else Period.MONTH
    return Span(period=period, starts_on=days[0], until_on=days[1], body=body)


def refuse_unfinished(state: PeriodState, today: date, note: str) -> None:
    """Raises: NotOver, ReasonMissing."""
    if state.span.until_on > today:
        raise NotOver
    if (state.unclosed or any(not gap.reason for gap in state.uncovered)) and not note:
        raise ReasonMissing(days=len(state.unclosed) + sum(1 for gap in state.uncovered if not gap.reason))


CODED = {
    "late-scan": "あとから届いた記録とまとめました",
    "left": "帰ったところを見ました",
    "merged": "同じ人の2つの記録を、1つにまとめました",
}
"""What the service itself gives as the reason of a correction."""


def reason_of(late: int, corrections: Sequence[str]) -> str:
    """What changed a certified day, in the words that go into the record."""
    said = [f"あとから届いた記録 {late}件"] if late else []
    said += [f"訂正：{CODED.get(reason, reason)}" for reason in corrections]
    return "。".join(said) if said else "記録がまとめられました"
