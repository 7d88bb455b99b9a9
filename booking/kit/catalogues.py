"""The catalogue tool: finds every sentence of the product and keeps the catalogues in step.

`python -m booking.kit.catalogues update` takes new sentences in and drops those nobody says any more, in every
language; `update --say en FILE.json` also takes translations (`{"日本語": "English"}`, or a list of one and many).
`unsaid vi` prints what residents read and Vietnamese does not say, as `{"日本語": "English"}`: put the translation in
place of the English and give the file to `update --say vi`. `check` exits 1 when Japanese or English misses a sentence,
another language one that residents read, or a catalogue holds one that is not used. Only the domain `booking`; what the
kiosk says is the domain `kiosk`.
"""

import argparse
import json
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

from booking.kit.audiences import is_staff_only, refusal_lines
from booking.kit.i18n import LANGUAGES, LOCALE_DIR

PACKAGE = Path(__file__).parents[1]
COMPLETE = ("ja", "en")
Said = str | tuple[str, ...]
_KEYWORDS: dict[str, None] = {"N_": None, "_": None, "gettext": None}
_JINJA = {"trimmed": "true", "silent": "false", "extensions": "jinja2.ext.do"}


def _sources() -> Iterable[tuple[str, Path, dict[str, str]]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        yield "python", path, {}
    for path in sorted(PACKAGE.glob("*/templates/**/*")):
        if path.is_file():
            yield "jinja2.ext:babel_extract", path, _JINJA


@cache
def find_sentences(folder: Path | None = None) -> dict[str, list[str]]:
    """Every sentence marked in the product (or in `folder`), with the places that say it: a file, or a file and the
    code of the refusal."""
    found: dict[str, list[str]] = {}
    for method, path, options in _sources():
        if folder is not None and not path.is_relative_to(folder):
            continue
        for message in extract_from_file(method, path, keywords=_KEYWORDS, options=options):
            sentence = message[1] if isinstance(message[1], str) else message[1][0]
            if sentence:
                found.setdefault(sentence, []).append(_place(path, message[0]))
    return found


def _place(path: Path, line: int) -> str:
    place = str(path.relative_to(PACKAGE))
    if path.suffix == ".py":
        for first, last, code in refusal_lines(path):
            if first <= line <= last:
                return f"{place} {code}"
    return place


def list_unsaid(language: str) -> list[str]:
    """What a language must say and does not: everything in Japanese and English, in the others what residents read."""
    said = read(language)
    return [
        sentence
        for sentence, places in find_sentences().items()
        if not _is_said(said.get(sentence, ""))
        and (language in COMPLETE or not all(is_staff_only(place) for place in places))
    ]


def path_of(language: str) -> Path:
    """The catalogue of a language."""
    return LOCALE_DIR / language / "LC_MESSAGES" / "booking.po"


def read(language: str) -> dict[str, Said]:
    """What a catalogue says, empty translations among it."""
    path = path_of(language)
    if not path.exists():
        return {}
    with path.open("rb") as file:
        return {_key(message): _said(message) for message in read_po(file) if message.id}


def _key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _said(message: Message) -> Said:
    return message.string if isinstance(message.string, str) else tuple(message.string or ())


def write(language: str, said: dict[str, Said]) -> None:
    """Write a catalogue, sorted, so that a change is one line of a diff."""
    catalogue = Catalog(domain="booking", fuzzy=False)
    catalogue.header_comment = f"# The sentences of the service in {language}. Kept by booking.kit.catalogues."
    for sentence in sorted(said):
        value = said[sentence]
        catalogue.add(sentence if isinstance(value, str) else (sentence, sentence), string=value)
    path = path_of(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalogue, width=0, no_location=True, omit_header=True, sort_output=True)


def update(language: str, given: dict[str, Said]) -> tuple[int, int]:
    """Bring one catalogue into step; returns how many sentences it has and how many of them it does not say yet."""
    old = read(language)
    new: dict[str, Said] = {}
    for sentence in find_sentences():
        kept = given.get(sentence, old.get(sentence, ""))
        new[sentence] = sentence if language == "ja" else kept
    write(language, new)
    return len(new), sum(not _is_said(value) for value in new.values())


def _is_said(value: Said) -> bool:
    return bool(value) and (isinstance(value, str) or all(value))


def faults() -> list[str]:
    """What is wrong with the catalogues, one line each."""
    used = find_sentences()
    silent: dict[str, list[str]] = {}
    for language in LANGUAGES:
        for sentence in list_unsaid(language):
            silent.setdefault(sentence, []).append(language)
    found = [
        f"not said in {' '.join(languages)}: {sentence}  ({', '.join(sorted(set(used[sentence])))})"
        for sentence, languages in silent.items()
    ]
    for language in LANGUAGES:
        found += [
            f"{language} says what nobody uses: {sentence}" for sentence in read(language) if sentence not in used
        ]
    return found


def _read_pairs(path: Path) -> dict[str, Said]:
    pairs = json.loads(path.read_text(encoding="utf-8"))
    return {sentence: tuple(said) if isinstance(said, list) else said for sentence, said in pairs.items()}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m booking.kit.catalogues")
    verbs = parser.add_subparsers(dest="verb", required=True)
    updating = verbs.add_parser("update")
    updating.add_argument("--say", nargs=2, action="append", default=[], metavar=("LANGUAGE", "FILE"))
    verbs.add_parser("check")
    verbs.add_parser("unsaid").add_argument("language", choices=LANGUAGES)
    return parser


def main(arguments: list[str] | None = None) -> int:
    """The command."""
    asked = _parser().parse_args(arguments)
    if asked.verb == "unsaid":
        english = read("en")
        pairs = {sentence: english.get(sentence, "") for sentence in list_unsaid(asked.language)}
        sys.stdout.write(json.dumps(pairs, ensure_ascii=False, indent=0) + "\n")
        return 0
    if asked.verb == "check":
        wrong = faults()
        sys.stdout.writelines(f"{line}\n" for line in wrong)
        return 1 if wrong else 0
    given: dict[str, dict[str, Said]] = {}
    for language, file in asked.say:
        given.setdefault(language, {}).update(_read_pairs(Path(file)))
    for language in LANGUAGES:
        total, missing = update(language, given.get(language, {}))
        sys.stdout.write(f"{language}: {total} sentences, {missing} not said yet\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
