"""A list of registrants, row by row: what each cell means, and why a row cannot be used. From values alone."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import TypeVar

import msgspec

from booking.kit.errors import InvalidForm, Refusal
from booking.kit.fiscal import fiscal_year
from booking.kit.spreadsheet_columns import unused_of
from booking.kit.spreadsheet_files import Cell, FormulaWithoutValue, Table, Unusable
from booking.people import rules_columns, rules_form, rules_text
from booking.people.errors import BirthMissing, GradeUnreadable, MunicipalityUnknown
from booking.people.errors_import import ConsentDayImpossible, NameNotSplit, SameRowDiffers
from booking.people.rules_era import day_of_number, read_day
from booking.people.rules_text import Sieve
from booking.people.schemas import ContactForm, Facts, MemberForm
from booking.people.schemas_import import Fault, Known, Read, Registrant, fault

Someone = TypeVar("Someone", Registrant, Known)
_LANGUAGES = {
    "日本語": "ja",
    "やさしい日本語": "ja-easy",
    "英語": "en",
    "english": "en",
    "ポルトガル語": "pt-BR",
    "português": "pt-BR",
    "ベトナム語": "vi",
    "tiếng việt": "vi",
    "スペイン語": "es",
    "español": "es",
    "中国語": "zh-Hans",
    "简体中文": "zh-Hans",
    "タガログ語": "tl",
    "フィリピノ語": "tl",
    "tagalog": "tl",
}
_RELATIONS = {
    **dict.fromkeys(("母", "お母さん", "母親", "mother"), "mother"),
    **dict.fromkeys(("父", "お父さん", "父親", "father"), "father"),
    **dict.fromkeys(("祖父", "祖母", "祖父母", "祖父・祖母", "grandparent"), "grandparent"),
    **dict.fromkeys(("兄", "姉", "弟", "妹", "きょうだい", "兄弟", "姉妹", "sibling"), "sibling"),
    **dict.fromkeys(("おじ", "おば", "叔父", "叔母", "伯父", "伯母", "親せき", "親戚", "親族", "relative"), "relative"),
}
_GRADE = re.compile(r"(小学校?|中学校?|高校|高等学校|小|中|高)([1-6])年?生?")
_BEFORE = {"小": 0, "中": 6, "高": 9}
_ADULTS = frozenset({"おとな", "大人", "成人", "一般", "社会人", "大学生", "adult"})
_PREFECTURE = re.compile(r"(東京都|北海道|京都府|大阪府|[一-龥]{2,3}県)")


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """What rows are checked against: today, the municipalities (code → name) and the languages there are."""

    today: date
    municipalities: dict[str, str]
    outside: str | None
    languages: tuple[str, ...]


def read_rows(table: Table, setting: Setting) -> Read:
    """Every row below the columns' names, checked. Raises: NamesNotFound."""
    head, columns = rules_columns.find_columns(table.rows)
    titles = table.rows[head]
    named = {field: str(titles[at]) for field, at in columns.items()}
    faults: list[Fault] = []
    people: list[Registrant] = []
    repeats: list[tuple[int, int]] = []
    seen: dict[tuple[str, str, str], list[Registrant]] = {}
    for number, row in enumerate(table.rows[head + 1 :], start=head + 2):
        if all(cell == "" for cell in row):
            continue
        cells = {field: row[at] for field, at in columns.items() if at < len(row)}
        try:
            person = _read_row(number, cells, setting, counts_from_1904=table.counts_from_1904)
            before = find_same(seen, person.born, person.names)
            if before is not None and not _says_the_same(before, person):
                raise InvalidForm(fields={"full_name": SameRowDiffers(other=before.row)})
        except InvalidForm as wrong:
            faults.extend(_faults(number, wrong.fields, named))
            continue
        if before is not None:
            repeats.append((number, before.row))
            continue
        people.append(person)
        remember(seen, person, person.born, person.names)
    return Read(registrants=people, repeats=repeats, faults=faults, unused=unused_of(titles, columns))


def remember(
    seen: dict[tuple[str, str, str], list[Someone]], one: Someone, born: str, names: Mapping[str, str]
) -> None:
    """Note somebody under every spelling."""
    for kind, text in names.items():
        seen.setdefault((born, kind, text), []).append(one)


def find_same(
    seen: Mapping[tuple[str, str, str], list[Someone]], born: str, names: Mapping[str, str]
) -> Someone | None:
    """Who was noted with this birth and a spelling of this name, and with no other spelling that differs."""
    for kind, text in names.items():
        for one in seen.get((born, kind, text), ()):
            if all(one.names.get(other, spelled) == spelled for other, spelled in names.items()):
                return one
    return None


def _says_the_same(one: Registrant, other: Registrant) -> bool:
    return msgspec.structs.replace(one, row=0) == msgspec.structs.replace(other, row=0)


_SHOWN_AT = {
    "family_name": "full_name",
    "given_name": "full_name",
    "family_kana": "full_kana",
    "given_kana": "full_kana",
    "contacts.0.name": "contact_name",
    "contacts.0.phone": "contact_phone",
    "contacts.0.relation": "contact_relation",
    "full_name": "family_name",
}
"""Where a refusal stands in a list that has no column of the field's own name."""


def _faults(number: int, refused: Mapping[str, Refusal], named: Mapping[str, str]) -> list[Fault]:
    found = []
    for field, refusal in refused.items():
        stands_at = field if field in named else _SHOWN_AT.get(field, field)
        found.append(fault(number, named.get(stands_at) or rules_columns.TITLES.get(stands_at, "電話番号"), refusal))
    return found


def _read_row(number: int, cells: Mapping[str, Cell], setting: Setting, *, counts_from_1904: bool) -> Registrant:
    """One row. Raises: InvalidForm with every field's refusal."""
    sieve = Sieve()
    for field, cell in cells.items():
        if isinstance(cell, Unusable):
            sieve.refuse(field, FormulaWithoutValue())
    sieve.settle()
    text = {field: _said(cell) for field, cell in cells.items()}
    born = sieve.take("birth_on", _day, cells.get("birth_on", ""), counts_from_1904=counts_from_1904)
    agreed = sieve.take("consent_on", _day, cells.get("consent_on", ""), counts_from_1904=counts_from_1904)
    if agreed is not None and agreed > setting.today:
        sieve.refuse("consent_on", ConsentDayImpossible())
    phone = sieve.take("phone", rules_text.check_phone, _zero(text.get("phone") or text.get("contact_phone", "")))
    grade = sieve.take("grade", grade_of, text.get("grade", "")) or ""
    if born is None and not grade:
        sieve.refuse("birth_on", BirthMissing())
    form = msgspec.structs.replace(
        _names(text, sieve),
        birth_on=born.isoformat() if born else "",
        grade=grade or rules_form.ADULT,
        municipality=sieve.take("municipality", municipality_of, text.get("municipality", ""), setting) or "",
        school_name=unicodedata.normalize("NFKC", text.get("school_name", "")),
        assistance=text.get("assistance", ""),
    )
    facts, contacts = _checked(form, _contact(text), setting, sieve)
    sieve.settle()
    return Registrant(
        row=number,
        facts=facts,
        phone=phone or "",
        language=_language(text.get("language", ""), setting.languages),
        contacts=contacts,
        consent_on=agreed,
        born=born_of(facts.birth_on, _cohort(facts, setting.today), phone or ""),
    )


def _checked(
    form: MemberForm, contacts: list[ContactForm], setting: Setting, sieve: Sieve
) -> tuple[Facts, list[ContactForm]]:
    """The form as the desk's are checked. Raises: InvalidForm, with what the sieve has refused already."""
    kept: list[ContactForm] = []
    facts: Facts | None = None
    try:
        facts = rules_form.check_facts(form, setting.today, setting.municipalities, at_desk=True)
    except InvalidForm as wrong:
        for field, refusal in wrong.fields.items():
            sieve.refuse(field, refusal)
    try:
        kept = rules_form.check_contacts(contacts)
    except InvalidForm as wrong:
        for field, refusal in wrong.fields.items():
            sieve.refuse(field, refusal)
    if facts is None:
        raise InvalidForm(fields=sieve.refused)
    return facts, kept


def born_of(birth_on: date | None, cohort: int | None, phone: str) -> str:
    """What two rows of one person share besides the name: the day of birth, or else the school class and telephone."""
    return birth_on.isoformat() if birth_on else f"{'adult' if cohort is None else cohort}:{phone}"


def _cohort(facts: Facts, today: date) -> int | None:
    return None if facts.grade is None else fiscal_year(today) - facts.grade


def _said(cell: Cell) -> str:
    if isinstance(cell, Unusable):
        return ""
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _day(cell: Cell, *, counts_from_1904: bool) -> date | None:
    """A day from a cell; None from an empty one. Raises: BirthUnreadable, DayNotInEra."""
    if isinstance(cell, date):
        return cell
    if isinstance(cell, int | float):
        is_serial = cell < 19_000_000
        return day_of_number(cell, counts_from_1904=counts_from_1904) if is_serial else read_day(str(cell))
    if isinstance(cell, Unusable) or not cell.strip():
        return None
    return read_day(cell)


def _zero(phone: str) -> str:
    """A number with the zero that spreadsheets take from its front."""
    plain = re.sub(r"[\s()ー−‐―-]", "", unicodedata.normalize("NFKC", phone))
    return f"0{plain}" if re.fullmatch(r"[1-9]\d{8,9}", plain) else phone


def _names(text: Mapping[str, str], sieve: Sieve) -> MemberForm:
    """A form with the name, from two cells or one; in Latin letters it is the name on the residence card."""
    family, given = text.get("family_name", ""), text.get("given_name", "")
    whole = text.get("full_name", "")
    latin = text.get("latin_name", "")
    if not (family or given) and whole:
        family, given = ("", "") if _is_latin(whole) else _split(whole, "full_name", sieve)
        latin = latin or (whole if _is_latin(whole) else "")
    elif (family or given) and _is_latin(family + given):
        latin, family, given = latin or f"{family} {given}".strip(), "", ""
    family_kana, given_kana = text.get("family_kana", ""), text.get("given_kana", "")
    if not (family_kana or given_kana) and (reading := text.get("full_kana", "")) and not (latin and not family):
        family_kana, given_kana = _split(reading, "full_kana", sieve)
    return MemberForm(
        family_name=family,
        given_name=given,
        family_kana=family_kana,
        given_kana=given_kana,
        latin_name=latin,
    )


def _is_latin(name: str) -> bool:
    letters = [each for each in unicodedata.normalize("NFKC", name) if each.isalpha()]
    return bool(letters) and all(unicodedata.name(each, "").startswith("LATIN") for each in letters)


def _split(name: str, field: str, sieve: Sieve) -> tuple[str, str]:
    """Family and given name from one cell; what cannot be told apart is refused there."""
    family, _, given = rules_text.tidy(name).partition(" ")
    if not given:
        sieve.refuse(field, NameNotSplit())
        return family, family
    return family, given


def grade_of(text: str) -> str:
    """The school year as forms have it. Raises: GradeUnreadable."""
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).lower()
    if not plain or (plain.isdigit() and 1 <= int(plain) <= 12):
        return plain
    if plain in _ADULTS:
        return rules_form.ADULT
    found = _GRADE.fullmatch(plain)
    if found is None or (found[1][0] != "小" and int(found[2]) > 3):
        raise GradeUnreadable
    return str(_BEFORE[found[1][0]] + int(found[2]))


def municipality_of(text: str, setting: Setting) -> str:
    """The code of a municipality from its code, its name, or an address that begins with it.

    Raises: MunicipalityUnknown.
    """
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    if not plain:
        return ""
    by_code = next((code for code in setting.municipalities if plain in (code, code[:5])), None)
    if by_code is not None:
        return by_code
    prefecture = _PREFECTURE.match(plain)
    is_outside = plain in ("県外", "群馬県外") or (prefecture is not None and prefecture[1] != "群馬県")
    if is_outside and setting.outside is not None:
        return setting.outside
    local = re.sub(r"^(群馬県)?([一-龥]{1,3}郡)?", "", plain)
    for code, name in sorted(setting.municipalities.items(), key=lambda one: -len(one[1])):
        if local.startswith(name) or (len(name) > 2 and local == name[:-1]):
            return code
    raise MunicipalityUnknown


def _contact(text: Mapping[str, str]) -> list[ContactForm]:
    """The guardian or whoever else is called, under the row's own telephone where there is no other."""
    name = text.get("contact_name", "")
    if not name.strip():
        return []
    plain = unicodedata.normalize("NFKC", text.get("contact_relation", "")).strip().lower()
    phone = _zero(text.get("contact_phone", "") or text.get("phone", ""))
    return [ContactForm(name=name, relation=_RELATIONS.get(plain, "other"), phone=phone)]


def _language(text: str, languages: tuple[str, ...]) -> str:
    """The language somebody reads; Japanese where nothing else is said."""
    plain = text.strip()
    return plain if plain in languages else _LANGUAGES.get(plain.lower(), "ja")
