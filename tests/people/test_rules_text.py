"""What people write: made uniform, or refused with a sentence at the field."""

from datetime import date

import pytest

from booking.kit.errors import InvalidForm, Refusal
from booking.people import errors
from booking.people import rules_text as rules

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  前橋　太郎 ", "前橋 太郎"),
        ("ﾏｴﾊﾞｼ", "マエバシ"),
        ("\ufa19谷", "\ufa19谷"),
        ("﨑山", "﨑山"),
        ("葛\U000e0100飾", "葛\U000e0100飾"),
        ("Nguyê\u0303n", "Nguy\u1ec5n"),
        ("", ""),
    ],
)
def test_a_name_stays_as_the_family_writes_it(typed: str, kept: str) -> None:
    assert rules.check_line(typed, 40) == kept


@pytest.mark.parametrize(
    ("typed", "refusal"),
    [
        ("太郎😀", errors.CharacterUnusable),
        ("太\u202e郎", errors.CharacterUnusable),
        ("太\n郎", errors.CharacterUnusable),
        ("太\ud800郎", errors.CharacterUnusable),
        ("a" * 41, errors.TextTooLong),
        ("  ", errors.TextMissing),
    ],
)
def test_a_name_that_cannot_be_printed(typed: str, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        rules.check_line(typed, 40, required=True)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("マエバシ", "まえばし"),
        ("ﾏｴﾊﾞｼ", "まえばし"),
        ("まえ ばし", "まえ ばし"),
        ("ヴァイオレット", "ゔぁいおれっと"),
        ("", ""),
    ],
)
def test_a_reading_becomes_hiragana(typed: str, kept: str) -> None:
    assert rules.check_kana(typed) == kept


def test_a_kanji_in_the_reading_is_named() -> None:
    with pytest.raises(errors.WrongKana) as refused:
        rules.check_kana("新い")
    assert refused.value.say("ja") == "「新」は漢字です。読みかたを、ひらがなで書いてください。"
    with pytest.raises(errors.WrongKana):
        rules.check_kana("ささ々")


@pytest.mark.parametrize("typed", ["Arai", "あら1", "あら!"])
def test_other_characters_in_the_reading(typed: str) -> None:
    with pytest.raises(errors.NotHiragana):
        rules.check_kana(typed)


@pytest.mark.parametrize("typed", ["NGUYEN VAN A", "D'Souza-Lima Jr.", "José", "ＳＭＩＴＨ ＪＯＨＮ"])
def test_a_latin_name(typed: str) -> None:
    assert rules.check_latin(typed)


@pytest.mark.parametrize("typed", ["山田", "Иван", "R2D2"])
def test_not_a_latin_name(typed: str) -> None:
    with pytest.raises(errors.NotLatin):
        rules.check_latin(typed)


def test_notes_keep_their_lines() -> None:
    assert rules.check_note("一\r\n二 ", 10) == "一\n二"
    with pytest.raises(errors.TextTooLong):
        rules.check_note("あ" * 11, 10)
    with pytest.raises(errors.CharacterUnusable):
        rules.check_note("a\x07", 10)


@pytest.mark.parametrize(
    ("typed", "kept", "printed"),
    [
        ("090-1234-5678", "+819012345678", "090-1234-5678"),
        ("０９０ー１２３４ー５６７８", "+819012345678", "090-1234-5678"),
        ("09012345678", "+819012345678", "090-1234-5678"),
        ("0272231111", "+81272231111", "(027)223-1111"),
        ("03 3581 2361", "+81335812361", "(03)3581-2361"),
        ("050-3733-1111", "+815037331111", "050-3733-1111"),
        ("0120-123-456", "+81120123456", "0120-123-456"),
        ("+1 650-253-0000", "+16502530000", "+1 650-253-0000"),
    ],
)
def test_a_telephone_number(typed: str, kept: str, printed: str) -> None:
    assert rules.check_phone(typed) == kept
    assert rules.print_phone(kept) == printed


@pytest.mark.parametrize("typed", ["", "110", "abc", "0901234567", "090-1234-5678 内線 3", "090-1234-5678x3"])
def test_not_a_telephone_number(typed: str) -> None:
    with pytest.raises(errors.PhoneUnreadable):
        rules.check_phone(typed)


def test_what_is_no_number_is_printed_as_it_is() -> None:
    assert rules.print_phone("") == ""


@pytest.mark.parametrize(
    ("typed", "born"),
    [
        (("2013", "4", "2"), date(2013, 4, 2)),
        (("２０１３", "０４", "０２"), date(2013, 4, 2)),
        (("", " ", ""), None),
    ],
)
def test_a_day_of_birth(typed: tuple[str, str, str], born: date | None) -> None:
    text = rules.join_birth(*typed)
    assert (rules.check_birth_text(text, TODAY) if text else None) == born


@pytest.mark.parametrize(
    ("typed", "refusal"),
    [
        (("2013", "2", "30"), errors.BirthUnreadable),
        (("2013", "", "3"), errors.BirthUnreadable),
        (("平成25", "4", "2"), errors.BirthUnreadable),
        (("20130", "4", "2"), errors.BirthUnreadable),
        (("25", "4", "2"), errors.BirthImpossible),
        (("2026", "11", "22"), errors.BirthImpossible),
    ],
)
def test_not_a_day_of_birth(typed: tuple[str, str, str], refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        rules.check_birth_text(rules.join_birth(*typed), TODAY)


def test_a_day_of_birth_as_one_text() -> None:
    assert rules.check_birth_text("2013-04-02", TODAY) == date(2013, 4, 2)
    for wrong, refusal in {
        "": errors.BirthMissing,
        "2013/04/02": errors.BirthUnreadable,
        "13-04-02": errors.BirthImpossible,
        "    -  -  ": errors.BirthUnreadable,
    }.items():
        with pytest.raises(refusal):
            rules.check_birth_text(wrong, TODAY)


def test_digits_of_a_number_however_typed() -> None:
    assert rules.digits_of(" １２34-56 78 ") == "12345678"


def test_a_sieve_answers_all_fields_at_once() -> None:
    sieve = rules.Sieve()
    assert sieve.take("phone", rules.check_phone, "0272231111") == "+81272231111"
    assert sieve.take("kana", rules.check_kana, "abc") is None
    sieve.refuse("kana", errors.KanaMissing())
    sieve.refuse("name", errors.NameMissing())
    with pytest.raises(InvalidForm) as refused:
        sieve.settle()
    assert {name: each.code for name, each in refused.value.fields.items()} == {
        "kana": "not-hiragana",
        "name": "name-missing",
    }
    rules.Sieve().settle()
