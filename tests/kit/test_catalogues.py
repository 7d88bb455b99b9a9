"""The catalogue tool: finds what the product says, keeps what was translated, names what is missing or idle."""

import json
from pathlib import Path

import pytest

from booking.kit import audiences, catalogues
from booking.kit.i18n import LANGUAGES


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A product of two sentences without catalogues."""
    monkeypatch.setattr(catalogues, "LOCALE_DIR", tmp_path)
    monkeypatch.setattr(
        catalogues, "find_sentences", lambda: {"予約する": ["kit/web.py"], "のこり {n}席": ["jobs/pages.py"]}
    )
    return tmp_path


def test_sentences_are_found_in_python_and_templates() -> None:
    found = catalogues.find_sentences()
    assert "kit/errors.py invalid-form" in found["入力を見直してください。まだ何も保存していません。"]
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
    assert f"not said in {' '.join(LANGUAGES)}: 予約する  (kit/web.py)" in said
    assert "not said in ja en: のこり {n}席  (jobs/pages.py)" in said
    assert "en says what nobody uses: 昔の文" in said


def test_other_languages_must_say_what_residents_read_and_may_leave_the_staff_s(empty: Path) -> None:
    assert catalogues.list_unsaid("en") == ["予約する", "のこり {n}席"]
    assert catalogues.list_unsaid("vi") == ["予約する"]
    catalogues.write("vi", {"予約する": "Đặt chỗ", "のこり {n}席": ""})
    assert catalogues.list_unsaid("vi") == []


def test_the_command_prints_what_is_unsaid_with_its_english(empty: Path, capsys: pytest.CaptureFixture[str]) -> None:
    catalogues.write("en", {"予約する": "Book"})
    assert catalogues.main(["unsaid", "vi"]) == 0
    assert json.loads(capsys.readouterr().out) == {"予約する": "Book"}


def test_the_command_takes_translations_from_a_file(empty: Path, tmp_path: Path) -> None:
    file = tmp_path / "en.json"
    file.write_text('{"予約する": "Book", "のこり {n}席": ["{n} seat", "{n} seats"]}', encoding="utf-8")
    given = [word for language in LANGUAGES for word in ("--say", language, str(file))]
    assert catalogues.main(["update", *given]) == 0
    assert catalogues.main(["check"]) == 0


@pytest.mark.parametrize(
    ("place", "staff_only"),
    [
        ("kit/templates/home.html", False),
        ("jobs/templates/jobs.html", True),
        ("kit/templates/staff.html", True),
        ("visits/templates/day_close_parts.html", True),
        ("facilities/templates/facility_parts.html", False),
        ("people/pages_move.py", False),
        ("people/pages_member.py", True),
        ("access/errors.py wrong-code", False),
        ("access/errors.py wrong-totp", True),
    ],
)
def test_a_place_is_the_residents_until_it_is_known_to_be_the_staff_s(place: str, staff_only: bool) -> None:
    assert audiences.is_staff_only(place) is staff_only
