"""What the review report is written from: years as counted, and what of them the public may see."""

from datetime import date

import msgspec

from booking.kit.suppression import Count, Published, Shown
from booking.kpi import rules_report as words
from booking.kpi.rules import ANNUAL_USERS, Unit
from booking.kpi.schemas import Definition, ScopeView
from booking.kpi.schemas_certifying import Certification, Gap
from booking.kpi.schemas_importing import Break
from booking.kpi.schemas_parallel import Parallel
from booking.kpi.schemas_report import Actual, Remark
from booking.occupancy.schemas_history import UseOfPlaces


class YearFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A fiscal year until a day, as counted. `parts` are lines by dimension in the unit that can be broken down."""

    fiscal_year: int
    until_on: date
    is_whole: bool
    values: dict[str, dict[str, int]]
    parts: dict[str, dict[str, int]]
    certification: Certification | None = None
    open_days: int = 0
    unclosed: list[Gap] = []
    uncovered: list[Gap] = []
    bands: list[tuple[int, int | None, int]] = []
    use: UseOfPlaces | None = None
    has_totals: bool = False


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a report is written from. `years` are of the body, `of_plan` of the plan where that is another."""

    fiscal_year: int
    body: str
    body_name: str
    today: date
    secret: bytes
    definition: Definition
    scopes: list[ScopeView]
    names: dict[str, dict[str, str]]
    targets: dict[tuple[int, int], int]
    plan: list[dict[str, str]]
    actuals: list[Actual]
    remark: Remark | None
    years: list[YearFacts]
    of_plan: list[YearFacts]
    since: YearFacts | None = None
    breaks: list[Break] = []
    parallels: list[Parallel] = []

    @property
    def of_two(self) -> list[YearFacts]:
        """The last closed year and the running one, as far as the plan has them."""
        return [year for year in self.years if year.fiscal_year >= self.fiscal_year - 1]

    def target_of(self, year: YearFacts) -> int | None:
        """The plan's target of a year; a body has none of its own."""
        return None if self.body else self.targets.get((ANNUAL_USERS, year.fiscal_year)) or None

    def total(self, year: YearFacts, body: str | None = None) -> Shown:
        """The figure of a year under the reading in force or, where it is certified, as it was certified."""
        if body in (None, self.body) and unit_of_parts(self.definition) is self.definition.unit:
            return self.published(year).total
        one, name = year.certification, self._name(year, self.body if body is None else body)
        value = year.values[self.definition.scope][self.definition.unit] if one is None else one.value
        may_be_exact = not body or not self._leaves_few(year, value, self.definition.unit)
        return words.total_of(
            f"{name} {self.definition.unit}",
            value,
            self.secret,
            is_certified=one is not None,
            may_be_exact=may_be_exact,
        )

    def published(self, year: YearFacts) -> Published:
        """The breakdowns of a year with their whole, in the unit that can be broken down."""
        unit, one = unit_of_parts(self.definition), year.certification
        value = year.values[self.definition.scope][unit]
        is_certified = one is not None and one.definition.unit is unit
        if one is not None and is_certified:
            value = one.value
        may_be_exact = not self._leaves_few(year, value, unit)
        count = Count(value, is_certified)
        return words.parts_of(self._name(year, self.body), year.parts, count, self.secret, may_be_exact=may_be_exact)

    def _leaves_few(self, year: YearFacts, value: int, unit: Unit) -> bool:
        """Whether a body's total beside the plan's would say how few came to the places of the other."""
        whole = next((each for each in self.of_plan if each.fiscal_year == year.fiscal_year), None)
        if whole is None:
            return False
        one, scope = whole.certification, self.definition.scope
        kept = one.value if one is not None and one.definition.unit is unit else None
        return any(words.is_few(each - value) for each in (kept, whole.values[scope][unit]) if each is not None)

    def _name(self, year: YearFacts, body: str) -> str:
        """A whole year of the plan is named as the open data names it, so that a count reads the same in both."""
        is_open = year.is_whole and not body
        return str(year.fiscal_year) if is_open else f"report {body} {year.fiscal_year} {year.until_on}"


def unit_of_parts(definition: Definition) -> Unit:
    """People cannot be broken down so that lines add up; then lines are of person-days."""
    return Unit.PERSON_SESSIONS if definition.unit is Unit.PERSON_SESSIONS else Unit.PERSON_DAYS


def label_of(facts: Facts, year: YearFacts) -> str:
    """A year as the head of a column."""
    if year.is_whole:
        return f"{year.fiscal_year}年度"
    return f"{year.fiscal_year}年度（{_last(year).month}月{_last(year).day}日まで）"


def _last(year: YearFacts) -> date:
    return date.fromordinal(year.until_on.toordinal() - 1)
