"""Refusals and sentences: every code once, every sentence said where it is read, and none idle."""

import re
from fnmatch import fnmatchcase

from booking.kit import audiences, catalogues
from booking.kit.i18n import LANGUAGES
from tests.house.documents import refusals


def test_refusal_codes_are_unique_and_plain() -> None:
    codes = [kind.code for kind in refusals()]
    assert len(codes) == len(set(codes)), sorted(code for code in codes if codes.count(code) > 1)
    assert [code for code in codes if not re.fullmatch(r"[a-z]+(-[a-z]+)*", code)] == []
    assert [kind.code for kind in refusals() if not 400 <= kind.status < 600] == []


def test_refusals_say_a_sentence_without_blame() -> None:
    for kind in refusals():
        assert re.search(r"([。」］]|例：\S+)$", kind.sentence), kind.code
        assert not re.search(r"エラー|不正|無効です", kind.sentence), kind.code


def test_every_language_says_what_its_readers_meet_and_no_sentence_is_idle() -> None:
    wrong = catalogues.faults()
    assert not wrong, "run: python -m booking.kit.catalogues update, then translate\n" + "\n".join(wrong)


def test_the_list_of_what_only_staff_read_names_nothing_that_is_gone() -> None:
    places = {place for said in catalogues.find_sentences().values() for place in said}
    idle = [line for line in audiences.named_staff_only() if not any(fnmatchcase(place, line) for place in places)]
    assert not idle, "\n".join(idle)


def test_translations_keep_their_placeholders() -> None:
    lost: list[str] = []
    for language in LANGUAGES:
        for sentence, said in catalogues.read(language).items():
            wanted = set(re.findall(r"{(\w+)", sentence))
            for form in (said,) if isinstance(said, str) else said:
                if form and set(re.findall(r"{(\w+)", form)) - wanted:
                    lost.append(f"{language}: {sentence} → {form}")
                if form and isinstance(said, str) and wanted - set(re.findall(r"{(\w+)", form)):
                    lost.append(f"{language}: {sentence} → {form}")
    assert not lost, "\n".join(lost)


def test_a_number_before_a_plural_has_a_form_for_one() -> None:
    wrong = [
        f"{language}: {said}"
        for language in ("en", "es", "pt-BR")
        for said in catalogues.read(language).values()
        if isinstance(said, str) and re.search(r"(?<!all )(?<!los )(?<!os )(?<!nos ){n} (?:\w+ )?[^\W\d]{3,}s\b", said)
    ]
    assert not wrong, "give the catalogue a list of one and many\n" + "\n".join(wrong)
