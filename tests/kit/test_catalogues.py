"""The catalogue tool: finds what the product says, keeps what was translated, names what is missing or idle."""

from pathlib import Path

import pytest

from booking.kit import catalogues


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A product of two sentences without catalogues."""
    monkeypatch.setattr(catalogues, "LOCALE_DIR", tmp_path)
    monkeypatch.setattr(catalogues, "find_sentences", lambda: {"予約する": ["a.py"], "のこり {n}席": ["b.html"]})
    return tmp_path


def test_sentences_are_found_in_python_and_templates() -> None:
    found = catalogues.find_sentences()
    assert "kit/errors.py" in found["入力を見直してください。まだ何も保存していません。"]
    assert "kit/templates/confirm.html" in found["もどる"]


def test_translations_are_kept_and_forms_for_one_and_many_stay_apart(empty: Path) -> None:
    assert catalogues.update("en", {"予約する": "Book", "のこり {n}席": ("{n} seat", "{n} seats")}) == (2, 0)
    assert catalogues.update("en", {}) == (2, 0)
    assert catalogues.read("en") == {"予約する": "Book", "のこり {n}席": ("{n} seat", "{n} seats")}


def test_japanese_says_itself(empty: Path) -> None:
    catalogues.update("ja", {})
    assert catalogues.read("ja")["予約する"] == "予約する"


def test_what_is_missing_or_idle_is_named(empty: Path, capsys: pytest.CaptureFixture[str]) -> None:
    catalogues.write("en", {"予約する": "", "昔の文": "Old"})
    assert catalogues.main(["check"]) == 1
    said = capsys.readouterr().out
    assert "en does not say: 予約する  (a.py)" in said
    assert "en says what nobody uses: 昔の文" in said


def test_the_command_takes_translations_from_a_file(empty: Path, tmp_path: Path) -> None:
    file = tmp_path / "en.json"
    file.write_text('{"予約する": "Book", "のこり {n}席": ["{n} seat", "{n} seats"]}', encoding="utf-8")
    assert catalogues.main(["update", "--say", "en", str(file)]) == 0
    assert catalogues.main(["check"]) == 0
