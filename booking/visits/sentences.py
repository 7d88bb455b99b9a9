"""What a verdict says in words: the same catalogue as the kiosk's own, without furigana.

The catalogue `kiosk` is keyed by context: `code` is the headline of a verdict, `code.detail` what follows, with
`.later`, `.none` and `.next` where a value is absent or far. `kiosk/src/words.ts` chooses in the same way.
"""

import re
from collections.abc import Mapping
from functools import cache

from babel.messages.pofile import read_po

from booking.kit.i18n import LANGUAGES, LOCALE_DIR, format_moment, format_time
from booking.visits.schemas import Verdict

_FURIGANA = re.compile(r"\[([^|\]]+)\|[^\]]+\]")
_VALUE = re.compile(r"\{\w+\}")
_SOON_MINUTES = 90


@cache
def words(language: str) -> Mapping[str, str]:
    """Every sentence of the door in one language by its key, furigana dropped."""
    path = LOCALE_DIR / language / "LC_MESSAGES" / "kiosk.po"
    with path.open("rb") as file:
        return {
            str(message.context): _FURIGANA.sub(r"\1", str(message.string)) for message in read_po(file) if message.id
        }


def say(verdict: Verdict, language: str) -> str:
    """The headline of a verdict and what follows, as one text."""
    said = words(language if language in LANGUAGES else "ja")
    values = {
        "label": verdict.label,
        "turn": verdict.turn or 0,
        "minutes": _stay(verdict.minutes or 0, said),
        "stay": _stay(verdict.minutes or 0, said),
        "time": format_time(verdict.at, language) if verdict.at is not None else "",
        "when": format_moment(verdict.at, language) if verdict.at is not None else "",
    }
    stop = "。" if language in ("ja", "ja-easy", "zh-Hans") else ". "
    return stop.join(said[key].format(**values) for key in _keys(verdict))


def gist(code: str, language: str) -> str:
    """The headline of a code without its values, for staff who read about many scans at once."""
    return _VALUE.sub("…", words(language if language in LANGUAGES else "ja").get(code, code))


def _keys(verdict: Verdict) -> list[str]:
    """Which sentences a verdict takes."""
    code = verdict.code
    if code == "too-early":
        is_soon = (verdict.minutes or 0) <= _SOON_MINUTES
        return ["too-early" if is_soon else "too-early.later", "too-early.detail"]
    if code in ("closed", "nothing-now"):
        return [code, f"{code}.detail" if verdict.at is not None else f"{code}.none"]
    if code == "goodbye":
        return ["goodbye", "goodbye.detail", *(["goodbye.next"] if verdict.at is not None else [])]
    if code.startswith("ask-") or (not verdict.label and "{label}" in words("ja").get(f"{code}.detail", "")):
        return [code]
    return [code, f"{code}.detail"]


def _stay(minutes: int, said: Mapping[str, str]) -> str:
    """How long, in hours and minutes."""
    hours, rest = divmod(minutes, 60)
    parts = [said["n-hours"].format(n=hours)] if hours else []
    if rest or not hours:
        parts.append(said["n-minutes"].format(n=rest))
    return " ".join(parts)
