"""What people's pages post, as browsers send it, and as the verbs take it."""

from uuid import UUID

import msgspec

from booking.facilities import queries as facilities
from booking.facilities.rules import MunicipalityKind
from booking.facilities.rules_names import town_in_letters
from booking.facilities.schemas import MunicipalityView
from booking.kit.errors import Refusal
from booking.kit.i18n import N_, translate
from booking.kit.words import say_words
from booking.people import rules_form, rules_text, words
from booking.people.rules import CONTACTS_PER_MEMBER, RELATIONS
from booking.people.schemas import ConsentForm, ConsentTextView, ContactForm, MemberForm


class MemberPage(msgspec.Struct, kw_only=True):
    """The form of a member on any page. `step`: what the pressed button asks for."""

    step: str
    as_self: bool
    family_name: str
    given_name: str
    family_kana: str
    given_kana: str
    latin_name: str
    shown_name: str
    birth_on_year: str
    birth_on_month: str
    birth_on_day: str
    grade: str
    municipality: str
    school_name: str
    assistance: str
    relation: str
    contact_name: list[str]
    contact_relation: list[str]
    contact_phone: list[str]
    body: str
    text_id: str
    agreed: bool
    phone: str
    language: str
    signed: bool


def blank_page() -> MemberPage:
    """The form with nothing in it."""
    fields = msgspec.structs.fields(MemberPage)
    empty = {field.name: {str: "", bool: False}.get(field.type, []) for field in fields}
    return msgspec.convert(empty, MemberPage)


def page_of(form: MemberForm) -> MemberPage:
    """The form of a page filled from a member's form."""
    year, month, day = [*form.birth_on.split("-"), "", "", ""][:3]
    return msgspec.structs.replace(
        blank_page(),
        family_name=form.family_name,
        given_name=form.given_name,
        family_kana=form.family_kana,
        given_kana=form.given_kana,
        latin_name=form.latin_name,
        shown_name=form.shown_name,
        birth_on_year=year,
        birth_on_month=month.lstrip("0"),
        birth_on_day=day.lstrip("0"),
        grade=form.grade,
        municipality=form.municipality,
        school_name=form.school_name,
        assistance=form.assistance,
        relation=form.relation,
        contact_name=[contact.name for contact in form.contacts],
        contact_relation=[contact.relation for contact in form.contacts],
        contact_phone=[rules_text.print_phone(contact.phone) for contact in form.contacts],
    )


def member_form(page: MemberPage) -> MemberForm:
    """The member's form of a page. A contact without a relation stands as whoever fills the form does."""
    rows = zip(page.contact_name, page.contact_relation, page.contact_phone, strict=False)
    return MemberForm(
        family_name=page.family_name,
        given_name=page.given_name,
        family_kana=page.family_kana,
        given_kana=page.given_kana,
        latin_name=page.latin_name,
        shown_name=page.shown_name,
        birth_on=rules_text.join_birth(page.birth_on_year, page.birth_on_month, page.birth_on_day),
        grade=page.grade,
        municipality=page.municipality,
        school_name=page.school_name,
        assistance=page.assistance,
        relation=page.relation,
        contacts=[
            ContactForm(name=name, relation=relation or page.relation, phone=phone)
            for name, relation, phone in list(rows)[: CONTACTS_PER_MEMBER + 1]
        ],
    )


def consent_form(body: str, text_id: str, *, agreed: bool) -> ConsentForm:
    """What was agreed to, as posted; an unreadable id is a text that is not in force."""
    try:
        read = UUID(text_id)
    except ValueError:
        read = None
    return ConsentForm(body_code=body, text_id=read, is_agreed=agreed)


def contact_rows(page: MemberPage, *, spare: bool = True) -> list[tuple[str, str, str]]:
    """The contacts of a form and one empty row to write into, while there is room."""
    rows = list(zip(page.contact_name, page.contact_relation, page.contact_phone, strict=False))
    rows = [row for row in rows if any(row)][:CONTACTS_PER_MEMBER]
    return [*rows, ("", "", "")] if not rows or (spare and len(rows) < CONTACTS_PER_MEMBER) else rows


async def municipality_options(language: str = "ja") -> list[tuple[str, str]]:
    """Every municipality to choose from: as addresses write it, and for other readers how it is said."""
    return [(each.code, _said_in(each, language)) for each in await facilities.list_municipalities()]


def _said_in(town: MunicipalityView, language: str) -> str:
    if town.kind == MunicipalityKind.OUTSIDE:
        return translate(N_("県外"), language)
    if language == "ja":
        return town.name
    return town.kana if language == "ja-easy" else f"{town_in_letters(town.kana)} ({town.name})"


def relation_options() -> list[tuple[str, str]]:
    """Relations to choose from, as msgids."""
    return [(code, words.RELATIONS[code]) for code in RELATIONS]


def grade_options(*, adult: bool) -> list[tuple[str, str]]:
    """School years to choose from, as msgids; the desk may say that somebody is a grown-up."""
    grades = [(str(grade), word) for grade, word in words.GRADES.items()]
    return [*grades, (rules_form.ADULT, words.STAGES["adult"])] if adult else grades


async def places_of_bodies(texts: list[ConsentTextView], language: str) -> list[tuple[str, str, str]]:
    """Each body that can be registered with, and the places it runs."""
    places = await facilities.list_facilities()
    return [
        (
            text.body_code,
            text.body(language),
            ("、" if language.startswith("ja") else ", ").join(
                say_words(place.names, language)
                for place in places
                if place.body_code == text.body_code and place.ended_on is None
            ),
        )
        for text in texts
    ]


def errors_of(refusal: Refusal | None) -> dict[str, Refusal]:
    """The refusals at the fields of a form."""
    return refusal.fields if refusal is not None else {}
