"""For whom a session is, in words: for refusals, and for the pages that say it before anybody asks."""

from booking.kit.i18n import N_, translate
from booking.kit.words import say_words
from booking.programs.schemas import EligibilityView

GRADES = (
    N_("小学1年"),
    N_("小学2年"),
    N_("小学3年"),
    N_("小学4年"),
    N_("小学5年"),
    N_("小学6年"),
    N_("中学1年"),
    N_("中学2年"),
    N_("中学3年"),
    N_("高校1年"),
    N_("高校2年"),
    N_("高校3年"),
)
ADULTS = N_("大人")


def say_grade(grade: int, language: str) -> str:
    """A school year 1–12 in words."""
    return translate(GRADES[grade - 1], language)


Ages = tuple[int | None, int | None]


def say_audience(
    min_grade: int | None, max_grade: int | None, adults: bool, language: str, *, ages: Ages = (None, None)
) -> str:
    """For whom a session is, in words: school years, adults, both, with or only by age, or nobody yet."""
    span = _say_ages(ages, language)
    if span and min_grade is None and not adults:
        return span
    who = _say_years(min_grade, max_grade, adults, language)
    return translate(N_("{who}（{ages}）"), language, who=who, ages=span) if span else who


def say_rule(rule: EligibilityView | None, language: str) -> str:
    """For whom a session is, in words, with the qualification it asks for."""
    if rule is None:
        return say_audience(None, None, False, language)
    who = say_audience(rule.min_grade, rule.max_grade, rule.adults, language, ages=(rule.min_age, rule.max_age))
    if rule.qualification_id is None:
        return who
    name = say_words(rule.qualification_names, language)
    return translate(N_("{who}、「{qualification}」を受けた人"), language, who=who, qualification=name)


def _say_ages(ages: Ages, language: str) -> str:
    low, high = ages
    if low is not None and high is not None:
        return translate(N_("{low}歳から{high}歳まで"), language, low=low, high=high)
    if low is not None:
        return translate(N_("{low}歳から"), language, low=low)
    return "" if high is None else translate(N_("{high}歳まで"), language, high=high)


def _say_years(min_grade: int | None, max_grade: int | None, adults: bool, language: str) -> str:
    years = ""
    if min_grade is not None and max_grade is not None:
        first, last = say_grade(min_grade, language), say_grade(max_grade, language)
        years = first if first == last else translate(N_("{first}〜{last}"), language, first=first, last=last)
    if years and adults:
        return translate(N_("{years}と大人"), language, years=years)
    return years or translate(ADULTS if adults else N_("準備中"), language)
