"""Refusals and sentences: every code once, documented, every sentence said in English and none idle."""

import importlib
import re

from booking.kit import catalogues
from booking.kit.errors import Refusal
from booking.kit.i18n import LANGUAGES
from tests.house.code import ROOT, modules

REFUSALS = ROOT / "docs" / "refusals.md"


def refusals() -> list[type[Refusal]]:
    """Every way the product says no."""
    for module in modules():
        if module.path.stem != "__main__":
            name = ".".join(module.path.relative_to(ROOT).with_suffix("").parts)
            importlib.import_module(name.removesuffix(".__init__"))
    found: list[type[Refusal]] = []
    waiting = [Refusal]
    while waiting:
        kind = waiting.pop()
        found.append(kind)
        waiting.extend(kind.__subclasses__())
    ours = {kind for kind in found if kind.__module__.startswith("booking.") and "code" in vars(kind)}
    return sorted(ours, key=lambda kind: kind.code)


def documented() -> str:
    """The page `docs/refusals.md` as the code says it now."""
    lines = [
        "# Refusals",
        "",
        "Every way the service says no: the stable `code`, the HTTP status and the sentence people read. Written by",
        "`python -m tests.house.refusals`; a test compares it with the code.",
        "",
        "| code | status | sentence |",
        "|---|---|---|",
    ]
    lines += [f"| `{kind.code}` | {kind.status} | {kind.sentence} |" for kind in refusals()]
    return "\n".join(lines) + "\n"


def test_refusal_codes_are_unique_and_plain() -> None:
    codes = [kind.code for kind in refusals()]
    assert len(codes) == len(set(codes)), sorted(code for code in codes if codes.count(code) > 1)
    assert [code for code in codes if not re.fullmatch(r"[a-z]+(-[a-z]+)*", code)] == []
    assert [kind.code for kind in refusals() if not 400 <= kind.status < 600] == []


def test_refusals_say_a_sentence_without_blame() -> None:
    for kind in refusals():
        assert re.search(r"([。」］]|例：\S+)$", kind.sentence), kind.code
        assert not re.search(r"エラー|不正|無効です", kind.sentence), kind.code


def test_every_refusal_is_documented() -> None:
    assert REFUSALS.read_text(encoding="utf-8") == documented(), "run: python -m tests.house.refusals"


def test_japanese_and_english_are_complete_and_no_sentence_is_idle() -> None:
    wrong = catalogues.faults()
    assert not wrong, "run: python -m booking.kit.catalogues update, then translate\n" + "\n".join(wrong)


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
