"""A member's form checked as a whole: every field's refusal at once, then the facts as they are kept."""

from collections.abc import Collection
from datetime import date

from booking.kit.errors import Refusal
from booking.people import rules, rules_text
from booking.people.errors import (
    ChoiceUnknown,
    FamilyNameMissing,
    GivenNameMissing,
    GradeUnreadable,
    KanaMissing,
    MunicipalityUnknown,
    NameMissing,
    TooManyContacts,
)
from booking.people.rules_text import KANA_LIMIT, NAME_LIMIT, SCHOOL_LIMIT, SHOWN_LIMIT, Sieve
from booking.people.schemas import ContactForm, Facts, HouseholdForm, MemberForm, MemberView

ADULT = "adult"
"""What the desk chooses instead of a school year for somebody past school."""


def check_facts(form: MemberForm, today: date, municipalities: Collection[str], *, at_desk: bool = False) -> Facts:
    """A member's facts from a form. The desk may leave reading, day of birth and municipality for the next visit.

    Raises: InvalidForm with a refusal for every field that cannot be used.
    """
    sieve = Sieve()
    family, given, latin = _check_names(form, sieve)
    family_kana = _check_reading(sieve, "family_kana", form.family_kana, family, needed=not latin and not at_desk)
    given_kana = _check_reading(sieve, "given_kana", form.given_kana, given, needed=not latin and not at_desk)
    shown = sieve.take("shown_name", rules_text.check_line, form.shown_name, SHOWN_LIMIT) or ""
    born, grade = _check_years(form, sieve, today, at_desk=at_desk)
    municipality = form.municipality.strip() or None
    if municipality not in municipalities and not (at_desk and municipality is None):
        sieve.refuse("municipality", MunicipalityUnknown())
    school = sieve.take("school_name", rules_text.check_line, form.school_name, SCHOOL_LIMIT)
    assistance = sieve.take("assistance", rules_text.check_note, form.assistance, rules_text.ASSISTANCE_LIMIT)
    sieve.settle()
    return Facts(
        family_name=family,
        given_name=given,
        family_kana=family_kana,
        given_kana=given_kana,
        latin_name=latin or None,
        shown_name=shown or _shown(given_kana or given or latin),
        birth_on=born,
        grade=grade,
        municipality_code=municipality,
        school_name=school or None,
        assistance=assistance or None,
    )


def _check_names(form: MemberForm, sieve: Sieve) -> tuple[str, str, str]:
    family = sieve.take("family_name", rules_text.check_line, form.family_name, NAME_LIMIT) or ""
    given = sieve.take("given_name", rules_text.check_line, form.given_name, NAME_LIMIT) or ""
    latin = sieve.take("latin_name", rules_text.check_latin, form.latin_name) or ""
    if not (family or given or latin):
        sieve.refuse("family_name", NameMissing())
    elif not latin and not (family and given):
        sieve.refuse(*(("given_name", GivenNameMissing()) if family else ("family_name", FamilyNameMissing())))
    return family, given, latin


def _check_reading(sieve: Sieve, field: str, typed: str, name: str, *, needed: bool) -> str:
    """The reading as typed, or the name itself where it is written in kana."""
    kana = sieve.take(field, rules_text.check_kana, typed) or ""
    if not kana and name and not typed.strip():
        try:
            return rules_text.check_kana(name, KANA_LIMIT)
        except Refusal:
            if needed:
                sieve.refuse(field, KanaMissing())
    return kana


def _check_years(form: MemberForm, sieve: Sieve, today: date, *, at_desk: bool) -> tuple[date | None, int | None]:
    """Day of birth, or at the desk the school year alone."""
    chosen = form.grade.strip()
    if form.birth_on.strip() or not (at_desk and chosen):
        born = sieve.take("birth_on", rules_text.check_birth_text, form.birth_on, today)
        return born, None
    if chosen == ADULT:
        return None, None
    if not (chosen.isascii() and chosen.isdigit() and 1 <= int(chosen) <= 12):
        sieve.refuse("grade", GradeUnreadable())
        return None, None
    return None, int(chosen)


def _shown(name: str) -> str:
    """As many words of a name as kiosk and card have room for."""
    words = name.split(" ")
    while len(words) > 1 and len(" ".join(words)) > SHOWN_LIMIT:
        words.pop()
    return " ".join(words)[:SHOWN_LIMIT]


def check_contacts(forms: list[ContactForm]) -> list[ContactForm]:
    """Emergency contacts as they are kept; empty ones are left out.

    Raises: InvalidForm with fields `contacts.N.name`, `.relation`, `.phone`.
    """
    sieve = Sieve()
    kept: list[ContactForm] = []
    for place, typed in enumerate(forms):
        if not (typed.name.strip() or typed.phone.strip()):
            continue
        name = sieve.take(f"contacts.{place}.name", rules_text.check_line, typed.name, NAME_LIMIT, required=True)
        phone = sieve.take(f"contacts.{place}.phone", rules_text.check_phone, typed.phone)
        if typed.relation not in rules.RELATIONS:
            sieve.refuse(f"contacts.{place}.relation", ChoiceUnknown())
        kept.append(ContactForm(name=name or "", relation=typed.relation, phone=phone or ""))
    if len(kept) > rules.CONTACTS_PER_MEMBER:
        sieve.refuse("contacts", TooManyContacts(limit=rules.CONTACTS_PER_MEMBER))
    sieve.settle()
    return kept


def check_household(form: HouseholdForm, languages: Collection[str]) -> HouseholdForm:
    """Who signs in, checked. Raises: InvalidForm."""
    sieve = Sieve()
    name = sieve.take("name", rules_text.check_line, form.name, NAME_LIMIT, required=True)
    phone = sieve.take("phone", rules_text.check_phone, form.phone)
    if form.preferred not in set(rules.Preferred):
        sieve.refuse("preferred", ChoiceUnknown())
    if form.language not in languages:
        sieve.refuse("language", ChoiceUnknown())
    if form.role not in set(rules.HouseholdRole):
        sieve.refuse("role", ChoiceUnknown())
    sieve.settle()
    return HouseholdForm(
        name=name or "", phone=phone or "", preferred=form.preferred, language=form.language, role=form.role
    )


def form_of(member: MemberView, contacts: list[ContactForm]) -> MemberForm:
    """The form that would make this member: what an edit starts from."""
    return MemberForm(
        family_name=member.family_name,
        given_name=member.given_name,
        family_kana=member.family_kana,
        given_kana=member.given_kana,
        latin_name=member.latin_name or "",
        shown_name=member.shown_name,
        birth_on=member.birth_on.isoformat() if member.birth_on else "",
        grade=str(member.grade or "") if member.birth_on is None else "",
        municipality=member.municipality_code or "",
        school_name=member.school_name or "",
        assistance=member.assistance or "",
        relation=member.rights.relation if member.rights else "",
        contacts=contacts,
    )
